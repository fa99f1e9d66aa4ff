/**
 * The wire and the recording: plain types in and out, bytes between. Encoders trust their types; decoders trust
 * nothing.
 */
export * from './limits.ts'
export { describe, type ProtocolError, type Result } from './result.ts'
export { cleanName } from './check.ts'
export {
  CONNECT_MESSAGES,
  fillMessage,
  REJECTION_MESSAGES,
  UNKNOWN_REJECTION,
  UPLOAD_MESSAGES,
  UPLOAD_STAGE_LABELS,
} from './player-messages.ts'
export { decodeInput, encodeInput } from './input.ts'
export { decodeFrame, encodeFrame } from './input-frame.ts'
export { decodeServerMessage, encodeServerMessage, type ServerMessage, type Welcome } from './message.ts'
export {
  decodeClientPacket,
  encodeClientPacket,
  type ClientHead,
  type ClientMode,
  type ClientPacket,
  type Goodbye,
  type Hello,
} from './client-packet.ts'
export {
  DELIVERY,
  dragSlot,
  isLatestWins,
  slotOf,
  typesWith,
  type ClientCommandType,
  type LatestWinsType,
} from './delivery.ts'
export {
  decodeServerPacket,
  encodeServerPacket,
  encodeSnapshotPart,
  OWN_BYTES_MAX,
  type OwnState,
  type ServerPacket,
  type SnapshotPart,
} from './server-packet.ts'
export {
  decodeLockstep,
  encodeLockstep,
  type LockstepFrame,
  type LockstepMessage,
  type LockstepStart,
} from './lockstep.ts'
