/** Why the server cannot start or go on, in words for the operator. */
import { Data } from 'effect'

export type ServerErrorReason =
  | 'bad-realm' | 'bad-setting' | 'data-directory' | 'already-running' | 'port-in-use' | 'listen' | 'transport' | 'recording' | 'realm' | 'not-built' | 'archive' | 'assets'

/** `what` went wrong, `where`, and what to `fix`; the message says all three. */
export class ServerError extends Data.TaggedError('ServerError')<{
  readonly reason: ServerErrorReason
  readonly what: string
  readonly where: string
  readonly fix: string
  readonly cause?: unknown
}> {
  override get message(): string {
    return `${this.what}\n  where: ${this.where}\n  what to do: ${this.fix}`
  }
}

/** The text of anything that was thrown, without its stack. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The system's code of a failed call (ENOENT, EADDRINUSE …), if there is one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
