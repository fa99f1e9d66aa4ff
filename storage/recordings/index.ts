/** Recordings on disk: the durable log of running realms, the restart from it, and the recovery from faults. */
export { FREE_BYTES_MIN } from './directory-watch.ts'
export { COMMIT_EVERY_MS, RecordingFile, type RecordingFileOptions } from './recording-file.ts'
export { nodePlatform, type InputFile, type OutputFile, type Platform } from './platform.ts'
export { RecordingFault } from './fault.ts'
export { listRecordings, removeUnfinished, type RecordingEntry } from './list.ts'
export { parseRecordingName, recordingName } from './names.ts'
export { resumeRecording, ReplayFault, type Resumed, type ResumeResult, type Skipped } from './resume-recording.ts'
export {
  frameOf,
  runAttempt,
  type AttemptOutcome,
  type RecoveryPlan,
  type RecoverableSimulation,
  type RemovableElement,
  type Attempt,
} from './fault-recovery/attempt.ts'
export { findRecoveryPlan, type SearchResult } from './fault-recovery/plan-search.ts'
export { describeElement, quarantineOf, removableElements, recoverable } from './fault-recovery/removable-elements.ts'
export { sealLeftOpen } from './seal.ts'
