/** Sequence numbers of edited inputs: those of a player whose inputs are added to count up from there. */
import { compareInputs, type Input, type PlayerId } from '../../sim/index.ts'
import { good, type RecordingResult } from '../error.ts'
import type { Recording } from '../recording.ts'

/** An input without a number of its own. */
export type AddedInput = Omit<Input, 'sequence'>

/**
 * Numbers the inputs of a run of ticks. Recorded numbers stay: they need not count up, as a `move` may arrive after a later
 * input. Only a player who was given an added input is numbered on from it. Use a new one for each run.
 */
export class SequenceKeeper {
  readonly #last: Map<PlayerId, number>
  readonly #numberedOn = new Set<PlayerId>()

  /** `last`: the highest number of each player before the run. */
  constructor(last: ReadonlyMap<PlayerId, number> = new Map()) {
    this.#last = new Map(last)
  }

  /** The inputs of the next tick in canonical order. Each added input comes after its player's recorded ones. */
  merge(recorded: readonly Input[], added: readonly AddedInput[]): readonly Input[] {
    const latest = added.map((input) => ({ ...input, sequence: Infinity }))
    return [...recorded, ...latest].toSorted(byPlayerThenSequence).map((input) => this.#numbered(input))
  }

  #numbered(input: Input): Input {
    const next = (this.#last.get(input.player) ?? 0) + 1
    const isAdded = !Number.isFinite(input.sequence)
    if (isAdded) this.#numberedOn.add(input.player)
    const sequence = isAdded
      ? next
      : this.#numberedOn.has(input.player)
        ? Math.max(next, input.sequence)
        : input.sequence
    this.#last.set(input.player, Math.max(next - 1, sequence))
    return sequence === input.sequence ? input : { ...input, sequence }
  }
}

/** As compareInputs; two added inputs of a player keep their order. */
const byPlayerThenSequence = (a: Input, b: Input): number =>
  a.player === b.player && a.sequence === b.sequence ? 0 : compareInputs(a, b)

/**
 * The last sequence number of each of the players up to `tick`, as far as the recording tells. Reads backwards, and stops
 * when all are found. Error: `corrupt`.
 */
export function lastSequences(
  recording: Recording,
  tick: number,
  players: Iterable<PlayerId>,
): RecordingResult<ReadonlyMap<PlayerId, number>> {
  const wanted = new Set(players)
  const found = new Map<PlayerId, number>()
  for (let at = tick; at > recording.startTick && wanted.size > 0; at--) {
    if (recording.frameOffset(at) === null) continue
    const frame = recording.frame(at)
    if (!frame.ok) return frame
    for (const { player, sequence } of frame.value.inputs.toReversed())
      if (wanted.delete(player)) found.set(player, sequence)
  }
  return good(found)
}
