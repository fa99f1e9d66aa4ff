/** Where a condition first becomes true in a run. */
import type { Realm } from '../../sim/index.ts'
import { good, type RecordingResult } from '../error.ts'
import { momentOf } from './moment.ts'
import type { Predicate } from './predicate.ts'
import type { EditInputs, ForkRunner } from './run-fork.ts'

export interface Failure {
  readonly tick: number
  /** Message of a fault without its numbers, which may differ from run to run; else empty. */
  readonly reason: string
}

const reasonOf = (error: Error): string => error.message.replaceAll(/\d+(?:\.\d+)?/g, 'N')

/** True if the predicate holds in the runner's starting state. */
export const holdsAtStart = (runner: ForkRunner<Realm>, predicate: Predicate): boolean =>
  runner.withStart(
    (realm) => predicate.kind === 'moment' && predicate.holds(momentOf(runner.simulation, realm, runner.startTick, [])),
  )

/**
 * The first tick up to `to` at which the predicate holds. Null if it never does, and if a state predicate holds already
 * in the starting state: then the run does not show how it came about. Error: `corrupt`.
 */
export function firstFailure(
  runner: ForkRunner<Realm>,
  predicate: Predicate,
  { to, edit }: { readonly to: number; readonly edit?: EditInputs },
): RecordingResult<Failure | null> {
  const { simulation, recording } = runner
  if (holdsAtStart(runner, predicate)) return good(null)
  const ran = runner.run({ to, ...(edit && { edit }) }, ({ realm, tick, events }) => {
    if (predicate.kind === 'moment') return predicate.holds(momentOf(simulation, realm, tick, events))
    return (
      predicate.kind === 'divergence' && tick <= recording.lastTick && simulation.hash(realm) !== recording.hash(tick)
    )
  })
  if (!ran.ok) return ran
  const end = ran.value
  if (end.kind === 'stopped') return good({ tick: end.tick, reason: '' })
  if (end.kind !== 'fault' || predicate.kind === 'moment') return good(null)
  return good({ tick: end.tick, reason: reasonOf(end.error) })
}
