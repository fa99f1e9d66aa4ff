/**
 * What a recovery finds out about commands whose senders may not have heard of them: those that the replay carried out
 * again, and those that it had to leave out. Told once more when their players come back; who knows already ignores it.
 */
import { COMMANDS_UNACKED_MAX } from '../../netcode/session/index.ts'
import { decodeFrame, isLatestWins } from '../../protocol/index.ts'
import type { Note, Quarantine, Recording, Simulation } from '../../replay/index.ts'
import type { InputFrame, PlayerId, SimEvent } from '../../sim/index.ts'
import { isNumber, type SequenceTracker } from './sequence-tracker.ts'
import { outcomeOf, type CommandOutcome } from '../realm/outcomes.ts'

/** Outcomes that their senders have not heard, oldest first. */
export type OutcomesByPlayer = ReadonlyMap<PlayerId, readonly CommandOutcome[]>

/** Kind of the note in a recording that carries them over a checkpoint: what came before it is not replayed. */
const UNDELIVERED_NOTE = 'otherworld.unheard'

export const undeliveredNote = (tick: number, undelivered: OutcomesByPlayer): Note => ({
  tick,
  kind: UNDELIVERED_NOTE,
  text: JSON.stringify(
    [...undelivered].flatMap(([player, answers]) =>
      answers.map((answer) => [
        player,
        answer.sequence,
        answer.tick,
        answer.type === 'commandDone' ? answer.element : answer.reason,
      ]),
    ),
  ),
})

/** The reason that the sender of a quarantined command is told. */
export const QUARANTINED = 'quarantined'

export class UndeliveredOutcomes {
  /** By player, by the input's sequence, oldest first; a client waits for COMMANDS_UNACKED_MAX answers at most. */
  private readonly answers = new Map<PlayerId, Map<number, CommandOutcome>>()

  of(player: PlayerId): readonly CommandOutcome[] {
    return [...(this.answers.get(player)?.values() ?? [])]
  }

  /** Of all players, for the next recording. */
  get all(): OutcomesByPlayer {
    return new Map([...this.answers].map(([player, answers]) => [player, [...answers.values()]]))
  }

  /** Adds what the last note up to `tick` carries over, before what the replay told. Anything else in it is left out. */
  carryOver(parts: readonly Recording[], tick: number): void {
    const replayed = this.all
    const note = parts
      .flatMap(({ notes }) => notes)
      .findLast((one) => one.kind === UNDELIVERED_NOTE && one.tick <= tick)
    this.answers.clear()
    for (const row of rowsOf(note?.text ?? '[]')) {
      const [player, sequence, at, what] = Array.isArray(row) ? (row as readonly unknown[]) : []
      if (!isNumber(player) || !isNumber(sequence) || !isNumber(at)) continue
      if (isNumber(what)) this.set(player, { type: 'commandDone', sequence, element: what, tick: at })
      else if (typeof what === 'string') this.set(player, { type: 'commandRejected', sequence, reason: what, tick: at })
    }
    for (const [player, answers] of replayed) for (const answer of answers) this.set(player, answer)
  }

  /** The simulation, with its events noted as it replays. */
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
        this.set(event.player, outcomeOf(event, tick))
  }

  /** A frame that is left out counts as heard, or its senders would send again what made the simulation fail. */
  recordLeftOut({ tick, frame }: Quarantine, sequences: SequenceTracker): void {
    const decoded = decodeFrame(frame)
    if (!decoded.ok) return
    const inputs = decoded.value.inputs.filter(({ player }) => player !== 0)
    sequences.apply({ tick, inputs } satisfies InputFrame)
    for (const { player, sequence, command } of inputs)
      if (!isLatestWins(command.type))
        this.set(player, { type: 'commandRejected', sequence, reason: QUARANTINED, tick })
  }

  private set(player: PlayerId, answer: CommandOutcome): void {
    const own = this.answers.get(player) ?? new Map<number, CommandOutcome>()
    this.answers.set(player, own)
    own.delete(answer.sequence)
    own.set(answer.sequence, answer)
    const oldest = own.keys().next()
    if (own.size > COMMANDS_UNACKED_MAX && !oldest.done) own.delete(oldest.value)
  }
}

function rowsOf(text: string): readonly unknown[] {
  try {
    const rows: unknown = JSON.parse(text)
    return Array.isArray(rows) ? rows : []
  } catch {
    return []
  }
}
