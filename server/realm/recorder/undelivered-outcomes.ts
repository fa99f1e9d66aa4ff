/**
 * Outcomes of commands that may not have reached their senders before a crash: those of replayed commands, and the
 * rejections of commands that a recovery left out. They are sent again when their players return. A client that already
 * has an outcome ignores it.
 */
import { LruMap } from '../../../http/lru-map.ts'
import { COMMANDS_UNACKED_MAX } from '../../../netcode/session/index.ts'
import { decodeFrame, isLatestWins } from '../../../protocol/index.ts'
import type { Note, Quarantine, Recording, Simulation } from '../../../replay/index.ts'
import type { InputFrame, PlayerId, SimEvent } from '../../../sim/index.ts'
import { noteRows, isUint32 } from './note-rows.ts'
import type { SequenceTracker } from './sequence-tracker.ts'
import { outcomeOf, type CommandOutcome } from '../outcomes.ts'

/** Outcomes that have not been acknowledged, by player, oldest first. */
export type OutcomesByPlayer = ReadonlyMap<PlayerId, readonly CommandOutcome[]>

/**
 * Kind of the note that carries them over a checkpoint, as frames before it are not replayed. Recordings depend on this
 * text.
 */
const UNDELIVERED_NOTE = 'otherworld.unheard'

export const undeliveredNote = (tick: number, undelivered: OutcomesByPlayer): Note => ({
  tick,
  kind: UNDELIVERED_NOTE,
  text: JSON.stringify(
    [...undelivered].flatMap(([player, outcomes]) =>
      outcomes.map((outcome) => [
        player,
        outcome.sequence,
        outcome.tick,
        outcome.type === 'commandDone' ? outcome.element : outcome.reason,
      ]),
    ),
  ),
})

/** Rejection reason for a quarantined command. */
const QUARANTINED = 'quarantined'

export class UndeliveredOutcomes {
  /** By player and input sequence, oldest first. A client waits for at most COMMANDS_UNACKED_MAX outcomes. */
  readonly #outcomes = new Map<PlayerId, LruMap<number, CommandOutcome>>()

  of(player: PlayerId): readonly CommandOutcome[] {
    return [...(this.#outcomes.get(player)?.values() ?? [])]
  }

  /** Outcomes of all players, for the next recording. */
  get all(): OutcomesByPlayer {
    return new Map([...this.#outcomes].map(([player, outcomes]) => [player, [...outcomes.values()]]))
  }

  /**
   * Puts the outcomes of the last note up to `tick` before those of the replay. Rows that are not valid are ignored.
   */
  carryOver(parts: readonly Recording[], tick: number): void {
    const replayed = this.all
    const note = parts
      .flatMap(({ notes }) => notes)
      .findLast((one) => one.kind === UNDELIVERED_NOTE && one.tick <= tick)
    this.#outcomes.clear()
    for (const [player, sequence, at, what] of noteRows(note?.text ?? '[]')) {
      if (!isUint32(player) || !isUint32(sequence) || !isUint32(at)) continue
      if (isUint32(what)) this.#set(player, { type: 'commandDone', sequence, element: what, tick: at })
      else if (typeof what === 'string')
        this.#set(player, { type: 'commandRejected', sequence, reason: what, tick: at })
    }
    for (const [player, outcomes] of replayed) for (const outcome of outcomes) this.#set(player, outcome)
  }

  /** Wraps a simulation so that the outcomes of its steps are recorded here. */
  observing<R>(simulation: Simulation<R>): Simulation<R> {
    return {
      ...simulation,
      step: (realm, frame, onPhase) => {
        const events = simulation.step(realm, frame, onPhase)
        this.record(frame.tick, events)
        return events
      },
    }
  }

  record(tick: number, events: readonly SimEvent[]): void {
    for (const event of events)
      if ('sequence' in event && event.sequence !== 0 && event.player !== 0)
        this.#set(event.player, outcomeOf(event, tick))
  }

  /**
   * Rejects the commands of a frame that is left out and counts them as received. Otherwise clients would send again
   * what made the simulation fail.
   */
  recordLeftOut({ tick, frame }: Quarantine, sequences: SequenceTracker): void {
    const decoded = decodeFrame(frame)
    if (!decoded.ok) return
    const inputs = decoded.value.inputs.filter(({ player }) => player !== 0)
    sequences.apply({ tick, inputs } satisfies InputFrame)
    for (const { player, sequence, command } of inputs)
      if (!isLatestWins(command.type))
        this.#set(player, { type: 'commandRejected', sequence, reason: QUARANTINED, tick })
  }

  #set(player: PlayerId, outcome: CommandOutcome): void {
    const own = this.#outcomes.get(player) ?? new LruMap<number, CommandOutcome>(COMMANDS_UNACKED_MAX)
    this.#outcomes.set(player, own)
    own.set(outcome.sequence, outcome)
  }
}
