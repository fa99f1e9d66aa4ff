/** Errors that stop the server, with a message for the operator. */
import { Data } from 'effect'
import { faultText, type OperatorFault } from '../storage/fault.ts'

export type ServerErrorReason =
  | 'bad-realm'
  | 'bad-setting'
  | 'data-directory'
  | 'already-running'
  | 'port-in-use'
  | 'listen'
  | 'transport'
  | 'recording'
  | 'other-version'
  | 'realm'
  | 'not-built'
  | 'archive'
  | 'assets'

/** `what` went wrong, `where`, and how to `fix` it. The message contains all three. */
export class ServerError extends Data.TaggedError('ServerError')<
  OperatorFault & {
    readonly reason: ServerErrorReason
  }
> {
  override get message(): string {
    return faultText(this)
  }
}

/** Returns the text of anything that was thrown, without its stack. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

export { codeOf } from '../storage/fault.ts'
