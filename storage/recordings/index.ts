/** Recordings on disk: the durable log of running realms, and recovery from it. */
export { FREE_BYTES_MIN } from './directory-watch.ts'
export {
  COMMIT_EVERY_MS,
  RecordingFile,
  SEGMENT_BYTES_MAX,
  type RecordingFileOptions,
  type RollState,
} from './recording-file.ts'
export { nodePlatform, type InputFile, type OutputFile, type Platform } from './platform.ts'
export { RecordingFault, type RecordingFaultReason } from './fault.ts'
export { listRecordings, removeUnfinished, type RecordingEntry } from './list.ts'
export { parseRecordingName, recordingName, type RecordingName } from './names.ts'
export { recover, ReplayFault, type Recovered, type Recovery, type RecoverOptions, type Skipped } from './recover.ts'
export {
  frameOf,
  runTry,
  type Base,
  type Outcome,
  type Remedy,
  type RepairableSimulation,
  type Thing,
  type Trials,
  type Try,
} from './remedy.ts'
export { findRemedy, type Found } from './search.ts'
export { inWords, quarantineOf, repairable, things } from './things.ts'
export { sealLeftOpen, type Sealed } from './seal.ts'
