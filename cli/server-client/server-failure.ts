/** Why a server did not do what a command wanted: what is wrong, where, and what to do on the command line. */
import { ConnectError } from '../../netcode/index.ts'
import { printFailure, type Failure, type Terminal } from '../output.ts'
import { ApiError } from './server-api.ts'

/** What to do by the error's reason, where the server's advice is for programs that use its API. */
export type Advice = Readonly<Record<string, string>>

/** The failure in terms of the command line; null for any other error. */
export function serverFailure(error: unknown, advice: Advice = {}): Failure | null {
  if (error instanceof ConnectError) return { reason: error.reason, message: error.message }
  if (!(error instanceof ApiError)) return null
  const { reason, message, where, fix: given } = error
  const fix = Object.hasOwn(advice, reason) ? advice[reason] : given
  return { reason, message, ...(where ? { where } : {}), ...(fix ? { fix } : {}) }
}

/** Prints the failure; throws an error that is not the server's. */
export function printServerFailure(
  to: Terminal,
  command: string,
  json: boolean,
  error: unknown,
  advice?: Advice,
): void {
  const failure = serverFailure(error, advice)
  if (failure === null) throw error
  printFailure(to, command, json, failure)
}
