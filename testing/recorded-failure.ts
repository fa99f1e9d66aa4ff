/** Conditions on recordings, for tests that hold a shrunk recording (`otherworld replay shrink`). */
import { readRecording, simulationOf } from '../replay/index.ts'
import { failureIn, parsePredicate, type Failure, type Moment, type Predicate } from '../replay/fork/index.ts'
import { loadEngine } from '../sim/index.ts'

/** Returns true for a moment of the kind that you look for. */
export type MomentCondition = (moment: Moment) => boolean

/**
 * Replays a recording until a condition becomes true. `condition` is an expression as for `otherworld replay shrink
 * --fails` (docs/replay.md), "fault", "divergence", or a function. Resolves with the tick, or with null if it never becomes
 * true. Rejects with a RecordingError if the recording cannot be replayed, and with a ConditionError if the expression is
 * wrong.
 */
export async function failureInRecording(
  bytes: Uint8Array,
  condition: string | MomentCondition,
): Promise<Failure | null> {
  const predicate: Predicate =
    typeof condition === 'string' ? parsePredicate(condition) : { kind: 'moment', text: 'a function', holds: condition }
  const read = readRecording(bytes)
  if (!read.ok) throw read.error
  const found = await failureIn(read.value, simulationOf(await loadEngine()), predicate)
  if (!found.ok) throw found.error
  return found.value
}
