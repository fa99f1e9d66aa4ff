/** Finds where the replay of a recording first differs from it, and describes the difference. */
import { difference, inputsOf, leadingOf, playerAt, type Comparison, type RunDifference } from './compare.ts'
import { bad, good, RecordingError, type RecordingResult } from './error.ts'
import { fieldDifferences } from './fields.ts'
import type { Recording } from './recording.ts'
import type { Simulation } from './simulation.ts'
import { verify, type Verification, type VerifyOptions } from './verify.ts'

/**
 * Replays a recording and finds where the replay first differs from it. Errors: those of `verify` and of
 * `describeVerification`.
 */
export async function compareReplay<R>(
  recording: Recording,
  simulation: Simulation<R>,
  options: VerifyOptions = {},
): Promise<RecordingResult<Comparison>> {
  const verified = await verify(recording, simulation, options)
  return verified.ok ? await describeVerification(recording, simulation, verified.value) : verified
}

/**
 * Describes the first difference that a verification found. `expected` is what was recorded, `actual` what was replayed. It
 * replays from the last checkpoint before the difference to the first after it. Errors: `diverged` if a checkpoint cannot
 * be restored; `aborted` if the verification was; those of RecordingPlayer.
 */
export async function describeVerification<R>(
  recording: Recording,
  simulation: Simulation<R>,
  { firstDivergence, aborted, from, to, ticksExecuted }: Verification,
): Promise<RecordingResult<Comparison>> {
  if (aborted) return bad(new RecordingError('aborted', `stopped at tick ${from + ticksExecuted}`))
  const compared = { from, inputsTick: null }
  if (!firstDivergence) return good({ ...compared, to, difference: null })
  const { tick, kind, message } = firstDivergence
  const found =
    kind === 'checkpoint'
      ? await checkpointDifference(recording, simulation, tick, message)
      : await difference(
          { recording, simulation, replayedFrom: null },
          { recording, simulation, replayedFrom: Math.max(tick - 1, recording.startTick) },
          tick,
          kind === 'fault' ? message : null,
        )
  return found.ok ? good({ ...compared, to: tick, difference: found.value }) : found
}

/** Compares the state of a checkpoint with that of a replay from the checkpoint before it. */
async function checkpointDifference<R>(
  recording: Recording,
  simulation: Simulation<R>,
  tick: number,
  message: string,
): Promise<RecordingResult<RunDifference>> {
  const replayed = await playerAt({ recording, simulation, replayedFrom: tick - 1 }, tick)
  if (!replayed.ok) return replayed
  if (!replayed.value) return bad(new RecordingError('diverged', message))
  const player = replayed.value
  try {
    for (const entry of recording.checkpoints.filter((each) => each.tick === tick)) {
      const bytes = await recording.checkpointBytes(entry)
      if (!bytes.ok) return bytes
      const restored = simulation.restore(player.definition, bytes.value)
      try {
        if (simulation.hash(restored) === recording.hash(tick)) continue
        const inputs = inputsOf(recording, tick)
        return good({
          kind: 'checkpoint',
          tick,
          equalAgainTick: null,
          phase: null,
          ...leadingOf(fieldDifferences(simulation.fields(restored), simulation.fields(player.realm))),
          fieldsTick: tick,
          inputs: { expected: inputs, actual: inputs },
          trap: null,
        })
      } finally {
        simulation.free(restored)
      }
    }
  } catch {
    return bad(new RecordingError('diverged', message))
  } finally {
    player.free()
  }
  return bad(new RecordingError('diverged', message))
}
