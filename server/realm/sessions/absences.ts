/**
 * Tracks since which tick players are away while their avatars wait for them. The recording keeps it, so that a restart
 * of the realm does not extend the wait: an avatar that holds props leaves in time, no matter how often it restarts.
 */
import type { Note, Recording } from '../../../replay/index.ts'
import { noteRows } from '../recorder/note-rows.ts'
import type { PlayerId } from '../../../sim/index.ts'

/**
 * Kind of the note in a recording. Each row is a player and the tick since when it is away; 0: it is back or has left.
 * Recordings depend on this text.
 */
const AWAY_NOTE = 'otherworld.away'

export class Absences {
  readonly #since = new Map<PlayerId, number>()
  /** Changes that are not in the log yet. */
  readonly #unrecorded = new Map<PlayerId, number>()

  /** Returns null where the player is connected. */
  sinceTick(player: PlayerId): number | null {
    return this.#since.get(player) ?? null
  }

  /** The player's connection is lost. An absence that has begun already keeps its tick. */
  begin(player: PlayerId, tick: number): void {
    if (!this.#since.has(player)) this.#set(player, tick)
  }

  /** The player is back or has left for good. */
  end(player: PlayerId): void {
    if (this.#since.has(player)) this.#set(player, 0)
  }

  #set(player: PlayerId, tick: number): void {
    if (tick === 0) this.#since.delete(player)
    else this.#since.set(player, tick)
    this.#unrecorded.set(player, tick)
  }

  /** Note with all absences, for the start of a recording. */
  note(tick: number): Note {
    this.#unrecorded.clear()
    return noteOf(tick, this.#since)
  }

  /** Note with the changes since the last note, or null where there are none. */
  changes(tick: number): Note | null {
    if (this.#unrecorded.size === 0) return null
    const note = noteOf(tick, this.#unrecorded)
    this.#unrecorded.clear()
    return note
  }

  /** Reads the notes of a recording up to the state after `tick`. Rows that are not valid are ignored. */
  readNotes(notes: Recording['notes'], tick: number): void {
    for (const note of notes) {
      if (note.kind !== AWAY_NOTE || note.tick > tick) continue
      for (const [player, since] of noteRows(note.text)) {
        if (!isCount(player) || !isCount(since)) continue
        if (since === 0) this.#since.delete(player)
        else this.#since.set(player, Math.min(since, tick))
      }
    }
  }
}

const noteOf = (tick: number, rows: ReadonlyMap<PlayerId, number>): Note => ({
  tick,
  kind: AWAY_NOTE,
  text: JSON.stringify([...rows]),
})

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
