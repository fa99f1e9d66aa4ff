/** Errors in recordings, returned as values or thrown by the command line. */

/**
 * - `not-a-recording`: the magic is missing.
 * - `unsupported-version`: another format version, or a chunk that this reader must know and does not.
 * - `torn-header`: cut before its header was whole; there is nothing to replay.
 * - `no-start`: cut before the checkpoint that it starts from was whole; there is nothing to replay.
 * - `corrupt`: damaged or contradicting itself, at `offset`.
 * - `other-engine`, `other-sim`: made by another build of the physics or another version of the simulation.
 * - `bad-definition`: the realm definition in the header is refused by the simulation.
 */
export type RecordingErrorReason =
  | 'not-a-recording'
  | 'unsupported-version'
  | 'torn-header'
  | 'no-start'
  | 'corrupt'
  | 'other-engine'
  | 'other-sim'
  | 'bad-definition'

export class RecordingError extends Error {
  override readonly name = 'RecordingError'
  readonly reason: RecordingErrorReason
  /** Byte offset in the file, where known. */
  readonly offset: number | null
  /** Sequence number of the chunk, where known. */
  readonly chunk: number | null

  constructor(
    reason: RecordingErrorReason,
    message: string,
    offset: number | null = null,
    chunk: number | null = null,
  ) {
    super(offset === null ? message : `${message} (at byte ${offset}${chunk === null ? '' : `, chunk ${chunk}`})`)
    this.reason = reason
    this.offset = offset
    this.chunk = chunk
  }
}

export type RecordingResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: RecordingError }

export const good = <T>(value: T): RecordingResult<T> => ({ ok: true, value })
export const bad = (error: RecordingError): { readonly ok: false; readonly error: RecordingError } => ({
  ok: false,
  error,
})
