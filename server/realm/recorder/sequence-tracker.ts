/**
 * Tracks the highest input sequences of each player in the recording. A session that resumes after a crash starts from
 * them, so that a command is carried out once, no matter how often it was sent.
 */
import { isLatestWins } from '../../../protocol/index.ts'
import type { Recording } from '../../../replay/index.ts'
import type { InputFrame, PlayerId } from '../../../sim/index.ts'
import { noteRows, isUint32 } from './note-rows.ts'
import { Absences } from '../sessions/absences.ts'

/** Kind of the note that carries the sequences into the next recording. Recordings depend on this text. */
export const SEQUENCES_NOTE = 'otherworld.heard'

/** The sequences that the recording holds of one player. */
export interface SequenceNumbers {
  /** Highest sequence of the player's inputs. */
  readonly sequence: number
  /** Highest sequence of the player's commands. */
  readonly ackCommand: number
}

export class SequenceTracker {
  readonly absences = new Absences()
  readonly #numbers = new Map<PlayerId, SequenceNumbers>()

  /** Counts the inputs of a frame. A player who leaves is removed. */
  apply(frame: InputFrame): void {
    for (const { player, sequence, command } of frame.inputs) {
      if (command.type === 'leave') this.#numbers.delete(command.player)
      if (player === 0) continue
      const before = this.#numbers.get(player) ?? { sequence: 0, ackCommand: 0 }
      this.#numbers.set(player, {
        sequence: Math.max(before.sequence, sequence),
        ackCommand: isLatestWins(command.type) ? before.ackCommand : Math.max(before.ackCommand, sequence),
      })
    }
  }

  get all(): ReadonlyMap<PlayerId, SequenceNumbers> {
    return this.#numbers
  }

  toText(): string {
    return JSON.stringify(
      [...this.#numbers].map(([player, { sequence, ackCommand }]) => [player, sequence, ackCommand]),
    )
  }

  /** Reads what `toText` has written. Rows that are not valid are ignored. */
  readText(text: string): void {
    for (const [player, sequence, ackCommand] of noteRows(text)) {
      if (isUint32(player) && isUint32(sequence) && isUint32(ackCommand))
        this.#numbers.set(player, { sequence, ackCommand })
    }
  }

  /**
   * Reads the sequences from the intact parts of a recording, up to the state after `tick`: the note at the start, then
   * the frames.
   */
  static fromRecording(parts: readonly Recording[], tick: number): SequenceTracker {
    const sequences = new SequenceTracker()
    for (const recording of parts) {
      sequences.absences.readNotes(recording.notes, tick)
      for (const note of recording.notes)
        if (note.kind === SEQUENCES_NOTE && note.tick === recording.startTick) sequences.readText(note.text)
      for (let at = recording.startTick + 1; at <= Math.min(tick, recording.lastTick + 1); at++) {
        const frame = recording.frame(at)
        if (frame.ok) sequences.apply(frame.value)
      }
    }
    return sequences
  }
}
