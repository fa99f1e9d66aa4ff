/**
 * What a recovery finds out about commands whose senders may not have heard of them: those that the replay carried out
 * again, and those that it had to leave out. Told once more when their players come back; who knows already ignores it.
 */
import { COMMANDS_UNACKED_MAX } from '../../netcode/session/index.ts'
import { decodeFrame, isLatestWins } from '../../protocol/index.ts'
import type { Note, Quarantine, Recording, Simulation } from '../../replay/index.ts'
import type { InputFrame, PlayerId, SimEvent } from '../../sim/index.ts'
import { isNumber, type Heard } from './sequence-tracker.ts'
import { answerTo, type Answer } from '../realm/outcomes.ts'

/** Outcomes that their senders have not heard, oldest first. */
export type Unheard = ReadonlyMap<PlayerId, readonly Answer[]>

/** Kind of the note in a recording that carries them over a checkpoint: what came before it is not replayed. */
const UNHEARD_NOTE = 'otherworld.unheard'

export const unheardNote = (tick: number, unheard: Unheard): Note => ({
  tick,
  kind: UNHEARD_NOTE,
  text: JSON.stringify(
    [...unheard].flatMap(([player, answers]) =>
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

export class Unanswered {
  /** By player, by the input's sequence, oldest first; a client waits for COMMANDS_UNACKED_MAX answers at most. */
  private readonly answers = new Map<PlayerId, Map<number, Answer>>()

  of(player: PlayerId): readonly Answer[] {
    return [...(this.answers.get(player)?.values() ?? [])]
  }

  /** Of all players, for the next recording. */
  get all(): Unheard {
    return new Map([...this.answers].map(([player, answers]) => [player, [...answers.values()]]))
  }

  /** Adds what the last note up to `tick` carries over, before what the replay told. Anything else in it is left out. */
  carryOver(parts: readonly Recording[], tick: number): void {
    const replayed = this.all
    const note = parts.flatMap(({ notes }) => notes).findLast((one) => one.kind === UNHEARD_NOTE && one.tick <= tick)
    this.answers.clear()
    for (const row of rowsOf(note?.text ?? '[]')) {
      const [player, sequence, at, what] = Array.isArray(row) ? (row as readonly unknown[]) : []
      if (!isNumber(player) || !isNumber(sequence) || !isNumber(at)) continue
      if (isNumber(what)) this.put(player, { type: 'commandDone', sequence, element: what, tick: at })
      else if (typeof what === 'string') this.put(player, { type: 'commandRejected', sequence, reason: what, tick: at })
    }
    for (const [player, answers] of replayed) for (const answer of answers) this.put(player, answer)
  }

  /** The simulation, with its events noted as it replays. */
  watching<R>(simulation: Simulation<R>): Simulation<R> {
    return {
      ...simulation,
      step: (realm, frame, onPhase) => {
        const events = simulation.step(realm, frame, onPhase)
        this.take(frame.tick, events)
        return events
      },
    }
  }

  take(tick: number, events: readonly SimEvent[]): void {
    for (const event of events)
      if ('sequence' in event && event.sequence !== 0 && event.player !== 0)
        this.put(event.player, answerTo(event, tick))
  }

  /** A frame that is left out counts as heard, or its senders would send again what made the simulation fail. */
  leftOut({ tick, frame }: Quarantine, heard: Heard): void {
    const decoded = decodeFrame(frame)
    if (!decoded.ok) return
    const inputs = decoded.value.inputs.filter(({ player }) => player !== 0)
    heard.take({ tick, inputs } satisfies InputFrame)
    for (const { player, sequence, command } of inputs)
      if (!isLatestWins(command.type))
        this.put(player, { type: 'commandRejected', sequence, reason: QUARANTINED, tick })
  }

  private put(player: PlayerId, answer: Answer): void {
    const own = this.answers.get(player) ?? new Map<number, Answer>()
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
