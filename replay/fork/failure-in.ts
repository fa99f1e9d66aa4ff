/** Whether a condition becomes true in a recording: what the tests of shrunk recordings ask. */
import type { Realm } from '../../sim/index.ts'
import type { RecordingResult } from '../error.ts'
import type { Recording } from '../recording.ts'
import type { Simulation } from '../simulation.ts'
import { firstFailure, type Failure } from './first-failure.ts'
import type { Predicate } from './predicate.ts'
import { ForkRunner, lastForkTick } from './run-fork.ts'

/** The first tick at which the predicate holds; null if it never does. Errors: those of ForkRunner.open. */
export async function failureIn(
  recording: Recording,
  simulation: Simulation<Realm>,
  predicate: Predicate,
): Promise<RecordingResult<Failure | null>> {
  const opened = await ForkRunner.open(recording, simulation, recording.startTick)
  return opened.ok ? firstFailure(opened.value, predicate, { to: lastForkTick(recording) }) : opened
}
