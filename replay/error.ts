/** Errors in recordings, returned as values or thrown by the command line. */

/**
 * - `not-a-recording`: the magic is missing.
 * - `unsupported-version`: another format version, or an unknown chunk that must not be skipped.
 * - `torn-header`: the file ends within its header; there is nothing to replay.
 * - `no-start`: the file ends within the checkpoint that it starts from; there is nothing to replay.
 * - `corrupt`: damaged or contradictory at `offset`.
 * - `other-engine`, `other-sim`: made by another build of the physics or another version of the simulation.
 * - `bad-definition`: the simulation refuses the realm definition in the header.
 * - `no-common-tick`: two recordings are compared that have no tick in common.
 * - `diverged`: the replay does not give a recorded state that is needed.
 * - `aborted`: stopped before the end.
 * - `unreadable`: the storage failed, or the file was replaced or cut while it was read.
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
  | 'no-common-tick'
  | 'diverged'
  | 'aborted'
  | 'unreadable'

export class RecordingError extends Error {
  override readonly name = 'RecordingError'
  readonly reason: RecordingErrorReason
  /** The message without the place in the file. */
  readonly what: string
  /** Byte offset in the file, if known. */
  readonly offset: number | null
  /** Sequence number of the chunk, if known. */
  readonly chunk: number | null

  constructor(
    reason: RecordingErrorReason,
    message: string,
    offset: number | null = null,
    chunk: number | null = null,
  ) {
    super(offset === null ? message : `${message} (at byte ${offset}${chunk === null ? '' : `, chunk ${chunk}`})`)
    this.reason = reason
    this.what = message
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

/** The result of `run`, or the RecordingError that it throws: storage that fails in the middle of a read throws one. */
export function caught<T>(run: () => RecordingResult<T>): RecordingResult<T> {
  try {
    return run()
  } catch (error) {
    if (error instanceof RecordingError) return bad(error)
    throw error
  }
}

/** Why the step of a tick failed, without the tick: a SimulationFault's message begins with it, and so does its reader. */
export const faultText = (error: unknown, tick: number): string =>
  (error instanceof Error ? error.message : String(error)).replace(`tick ${tick}: `, '')
