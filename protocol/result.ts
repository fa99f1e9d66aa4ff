/** The result of every decoder: the value, or an error with its place and the expected value. */

/**
 * `too-large`: over a limit of limits.ts, refused before decoding. `malformed`: not the wire format. `missing`: a field
 * without default is absent. `out-of-range`: a value that the type does not allow. `order`: inputs of a frame out of
 * canonical order. `not-allowed`: a message that this sender may not send.
 */
export type ProtocolErrorReason = 'too-large' | 'malformed' | 'missing' | 'out-of-range' | 'order' | 'not-allowed'

export interface ProtocolError {
  readonly reason: ProtocolErrorReason
  /** Path in the message, e.g. `inputs[3].spawn.prop.name`; empty: the message itself. */
  readonly where: string
  /** A message for people: what is wrong, and what is expected. */
  readonly message: string
}

export type Result<T, E = ProtocolError> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

/** Stops decoding inside this folder. `attempt` turns it into a Result, so that it never leaves the folder. */
export class Invalid extends Error {
  readonly reason: ProtocolErrorReason
  where: string
  constructor(reason: ProtocolErrorReason, where: string, message: string) {
    super(message)
    this.reason = reason
    this.where = where
  }
}

/** Adds one path step to an error. Paths are built only for errors. */
export function within(step: string, error: unknown): unknown {
  if (error instanceof Invalid)
    error.where =
      error.where === '' ? step : error.where.startsWith('[') ? step + error.where : `${step}.${error.where}`
  return error
}

/** Runs a decoder. Errors that the generated code throws on broken bytes (RangeError, Error) become `malformed`. */
export function attempt<T>(decode: () => T): Result<T> {
  try {
    return { ok: true, value: decode() }
  } catch (error) {
    if (error instanceof Invalid)
      return { ok: false, error: { reason: error.reason, where: error.where, message: error.message } }
    return {
      ok: false,
      error: {
        reason: 'malformed',
        where: '',
        message: `the bytes are not a message: ${error instanceof Error ? error.message : String(error)}`,
      },
    }
  }
}

/** An error in one line, for logs and for the goodbye to its sender. */
export function describe(error: ProtocolError): string {
  return error.where === '' ? error.message : `${error.where}: ${error.message}`
}
