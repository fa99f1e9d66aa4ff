/** The wire and the recording: plain types in and out, bytes between. Encoders trust their types, decoders trust nothing. */
export * from './limits.ts'
export { describe, type ProtocolError, type ProtocolErrorReason, type Result } from './result.ts'
export { cleanName } from './check.ts'
export { decodeInput, encodeInput } from './input.ts'
export { decodeFrame, encodeFrame } from './frame.ts'
