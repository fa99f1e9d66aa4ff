/**
 * What a recovery finds out about commands whose senders may not have heard of them: those that the replay carried out
 * again, and those that it had to leave out. Told once more when their players come back; who knows already ignores it.
 */
import { COMMANDS_UNACKED_MAX } from '../netcode/session/index.ts'
import { decodeFrame, isLatestWins } from '../protocol/index.ts'
import type { Quarantine, Simulation } from '../replay/index.ts'
import type { InputFrame, PlayerId, SimEvent } from '../sim/index.ts'
import type { Heard } from './heard.ts'
import { answerTo, type Answer } from './outcomes.ts'

/** The reason that the sender of a quarantined command is told. */
export const QUARANTINED = 'quarantined'

export class Unanswered {
  /** By player, by the input's sequence, oldest first; a client waits for COMMANDS_UNACKED_MAX answers at most. */
  private readonly answers = new Map<PlayerId, Map<number, Answer>>()

  of(player: PlayerId): readonly Answer[] {
    return [...(this.answers.get(player)?.values() ?? [])]
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
    for (const event of events) if ('sequence' in event && event.sequence !== 0 && event.player !== 0) this.put(event.player, answerTo(event, tick))
  }

  /** A frame that is left out counts as heard, or its senders would send again what made the simulation fail. */
  leftOut({ tick, frame }: Quarantine, heard: Heard): void {
    const decoded = decodeFrame(frame)
    if (!decoded.ok) return
    const inputs = decoded.value.inputs.filter(({ player }) => player !== 0)
    heard.take({ tick, inputs } satisfies InputFrame)
    for (const { player, sequence, command } of inputs)
      if (!isLatestWins(command.type)) this.put(player, { type: 'commandRejected', sequence, reason: QUARANTINED, tick })
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
