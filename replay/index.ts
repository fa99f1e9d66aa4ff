/** Recordings: written, read, played, verified. Runs in Node and in the browser. docs/recording.md describes the format. */
export { RecordingError, type RecordingErrorReason, type RecordingResult } from './error.ts'
export { exactJson } from '../packages/exact-json.ts'
export {
  CHECKPOINT_BYTES_MAX,
  CHECKPOINT_EVERY_TICKS,
  Encoding,
  FORMAT_VERSION,
  SAMPLE_EVERY_TICKS,
  type EncodingId,
} from './format.ts'
export { encodeHeader, type ReadHeader, type RecordingHeader } from './header.ts'
export { toHex, type Note, type Quarantine, type Sample, type StoredCheckpoint } from './payloads.ts'
export { packCheckpoint, rawCheckpoint, sha256Hex, unpackCheckpoint } from './compress.ts'
export { RecordingWriter, WriterError } from './writer.ts'
export { Recording, type CheckpointEntry, type Damage } from './recording.ts'
export { readRecording, salvageRecording, type Salvage } from './read.ts'
export { readSummary, type ByteSource, type RecordingSummary } from './summary.ts'
export { type RecordingIndex } from './index-chunk.ts'
export { simulationOf, type Simulation } from './simulation.ts'
export { checkVersions, Player, type PlayedTick } from './player.ts'
export { verify, type Divergence, type Verification, type VerifyOptions } from './verify.ts'
export { sealRecording, type Seal } from './seal.ts'
export { describeRecording, type RecordingInfo } from './info.ts'
