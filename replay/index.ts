/**
 * Recordings: write, read, play and verify them. Runs in Node and in the browser. docs/recording.md describes the
 * format.
 */
export { RecordingError, type RecordingErrorReason, type RecordingResult } from './error.ts'
export { exactJson } from '../packages/exact-json.ts'
export { CHECKPOINT_BYTES_MAX, CHECKPOINT_EVERY_TICKS, Encoding, SAMPLE_EVERY_TICKS } from './format/format.ts'
export { type ReadHeader, type RecordingHeader } from './format/header.ts'
export { toHex, type Note, type Quarantine, type Sample, type StoredCheckpoint } from './format/payloads.ts'
export { packCheckpoint, rawCheckpoint } from './format/compress.ts'
export { RecordingWriter, WriterError } from './writer.ts'
export { Recording, type Damage } from './recording.ts'
export { readRecording, salvageRecording } from './read.ts'
export { readMoment, type TickRange } from './player/read-moment.ts'
export { WINDOW_BYTES, type RandomAccessBytes } from './format/random-access.ts'
export { readSummary, type RecordingSummary } from './summary.ts'

export { simulationOf, type Simulation } from './simulation.ts'
export { RecordingPlayer } from './player.ts'
export { CheckpointRing } from './player/checkpoint-ring.ts'
export { verify, type Verification } from './verify.ts'
export { BuildError, simulationOfModule } from './versions/build.ts'
export { compareBuilds, type BuildComparison } from './versions/side-by-side.ts'
export { joinParts, partsOf, type Part } from './versions/parts.ts'
export { compareRecordings, compareReplay, type Comparison, type RunDifference } from './compare.ts'
export { bitsOf, fieldText, type FieldDifference } from './fields.ts'
export { clipRecording } from './clip.ts'
export { sealRecording } from './seal.ts'
export { describeRecording, type RecordingInfo } from './info.ts'
