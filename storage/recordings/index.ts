/** Recordings on disk: the durable log of running realms, and recovery from it. */
export { FREE_BYTES_MIN } from './directory-watch.ts'
export { COMMIT_EVERY_MS, RecordingFile, type RecordingFileOptions } from './recording-file.ts'
export { nodePlatform, type InputFile, type OutputFile, type Platform } from './platform.ts'
export { RecordingFault } from './fault.ts'
export { listRecordings, removeUnfinished, type RecordingEntry } from './list.ts'
export { parseRecordingName, recordingName } from './names.ts'
export { recover, ReplayFault, type Recovered, type Recovery, type Skipped } from './recover.ts'
export {
  frameOf,
  runAttempt,
  type AttemptOutcome,
  type Remedy,
  type RepairableSimulation,
  type RemovableElement,
  type RepairAttempt,
} from './remedy.ts'
export { findRemedy, type SearchResult } from './remedy-search.ts'
export { describeElement, quarantineOf, removableElements, repairable } from './removable-elements.ts'
export { sealLeftOpen } from './seal.ts'
