/**
 * Since when players are away whose avatars wait for them, in ticks of the realm. It stands in the recording, so that a
 * restart gives nobody more time than was left: a ghost that holds things goes, however often the realm starts again.
 */
import type { Note, Recording } from '../../replay/index.ts'
import type { PlayerId } from '../../sim/index.ts'

/** Kind of the note in a recording: rows of a player and the tick since which it is away; 0: it is back, or has left. */
const AWAY_NOTE = 'otherworld.away'

export class Absences {
  private readonly since = new Map<PlayerId, number>()
  /** What the log has not heard. */
  private readonly news = new Map<PlayerId, number>()

  /** Null: the player is here. */
  sinceTick(player: PlayerId): number | null {
    return this.since.get(player) ?? null
  }

  /** The player's connection is lost. Who is away already is so since then. */
  begin(player: PlayerId, tick: number): void {
    if (!this.since.has(player)) this.set(player, tick)
  }

  /** The player is back, or has left for good. */
  end(player: PlayerId): void {
    if (this.since.has(player)) this.set(player, 0)
  }

  private set(player: PlayerId, tick: number): void {
    if (tick === 0) this.since.delete(player)
    else this.since.set(player, tick)
    this.news.set(player, tick)
  }

  /** All who are away, for the beginning of a recording. */
  note(tick: number): Note {
    this.news.clear()
    return noteOf(tick, this.since)
  }

  /** What has changed since it was last told; null: nothing. */
  changes(tick: number): Note | null {
    if (this.news.size === 0) return null
    const note = noteOf(tick, this.news)
    this.news.clear()
    return note
  }

  /** Takes the notes of a recording up to the state after `tick`; what is none of ours is left out. */
  readNotes(notes: Recording['notes'], tick: number): void {
    for (const note of notes) {
      if (note.kind !== AWAY_NOTE || note.tick > tick) continue
      for (const row of rowsOf(note.text)) {
        const [player, since] = Array.isArray(row) ? (row as readonly unknown[]) : []
        if (!isCount(player) || !isCount(since)) continue
        if (since === 0) this.since.delete(player)
        else this.since.set(player, Math.min(since, tick))
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

function rowsOf(text: string): readonly unknown[] {
  try {
    const rows: unknown = JSON.parse(text)
    return Array.isArray(rows) ? rows : []
  } catch {
    return []
  }
}
