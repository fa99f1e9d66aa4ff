/**
 * Which input numbers of each player the recording holds. A session that goes on after a crash starts from them, so
 * that a command is carried out once, however often it was sent.
 */
import { isLatestWins } from '../../protocol/index.ts'
import type { Recording } from '../../replay/index.ts'
import type { InputFrame, PlayerId } from '../../sim/index.ts'
import { Absences } from '../realm/absences.ts'
import type { SequenceNumbers } from '../realm/member.ts'

/** Kind of the note in a recording that carries the numbers of the recording before it. */
export const SEQUENCES_NOTE = 'otherworld.heard'

export class SequenceTracker {
  readonly absences = new Absences()
  private readonly numbers = new Map<PlayerId, SequenceNumbers>()

  /** Takes the inputs of a frame; who leaves is forgotten. */
  apply(frame: InputFrame): void {
    for (const { player, sequence, command } of frame.inputs) {
      if (command.type === 'leave') this.numbers.delete(command.player)
      if (player === 0) continue
      const before = this.numbers.get(player) ?? { sequence: 0, ackCommand: 0 }
      this.numbers.set(player, {
        sequence: Math.max(before.sequence, sequence),
        ackCommand: isLatestWins(command.type) ? before.ackCommand : Math.max(before.ackCommand, sequence),
      })
    }
  }

  get all(): ReadonlyMap<PlayerId, SequenceNumbers> {
    return this.numbers
  }

  toText(): string {
    return JSON.stringify([...this.numbers].map(([player, { sequence, ackCommand }]) => [player, sequence, ackCommand]))
  }

  /** Takes what `toText` made; anything else is left out. */
  readText(text: string): void {
    const rows: unknown = parse(text)
    if (!Array.isArray(rows)) return
    for (const row of rows) {
      const [player, sequence, ackCommand] = Array.isArray(row) ? (row as readonly unknown[]) : []
      if (isNumber(player) && isNumber(sequence) && isNumber(ackCommand))
        this.numbers.set(player, { sequence, ackCommand })
    }
  }

  /** Of the whole parts of a recording, up to the state after `tick`: the note it began with, then its frames. */
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

/** A number of the wire: an unsigned integer of 32 bits. */
export const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff

export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
