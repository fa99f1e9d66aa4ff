/** Facts that the server notes in recordings: lost connections, and remarks. */
import type { PlayerId } from '../../sim/index.ts'
import type { Note } from '../format/payloads.ts'
import type { Fact } from './facts.ts'

/** Kind of the note with rows [player, tick since when it is away; 0: it is back or has left]. */
const AWAY_NOTE = 'otherworld.away'
/** Notes with which a restart of the server continues. They repeat at every checkpoint and say nothing new. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['otherworld.heard', 'otherworld.unheard'])
/** A note of a return that is this many ticks before the player leaves is part of leaving. */
const LEAVE_TICKS = 3

interface Stay {
  readonly player: PlayerId
  readonly left: number | null
}

export function noteFacts(notes: readonly Note[], startTick: number, players: readonly Stay[]): Fact[] {
  const facts: Fact[] = []
  const away = new Set<PlayerId>()
  const leftAt = new Map(players.map(({ player, left }) => [player, left]))
  let before = ''
  for (const { tick, kind, text } of notes) {
    if (kind === AWAY_NOTE) {
      for (const [player, since] of awayRows(text)) {
        const fact = { player, element: 0, detail: '', about: '' }
        if (since > 0 && !away.has(player)) {
          away.add(player)
          facts.push({ ...fact, kind: 'dropped', tick: Math.max(since, startTick) })
        } else if (since === 0 && away.delete(player)) {
          const left = leftAt.get(player) ?? null
          if (left === null || left < tick || left > tick + LEAVE_TICKS)
            facts.push({ ...fact, kind: 'reconnected', tick })
        }
      }
    } else if (!BOOKKEEPING.has(kind) && text !== '[]' && `${kind} ${text}` !== before) {
      before = `${kind} ${text}`
      facts.push({ tick, kind: 'note', player: 0, element: 0, detail: text, about: kind })
    }
  }
  return facts
}

/** The valid rows of a note about absences. */
function awayRows(text: string): (readonly [player: number, since: number])[] {
  try {
    const rows: unknown = JSON.parse(text)
    if (!Array.isArray(rows)) return []
    return rows.filter(
      (row): row is [number, number] =>
        Array.isArray(row) && row.length === 2 && row.every((value) => Number.isSafeInteger(value) && value >= 0),
    )
  } catch {
    return []
  }
}
