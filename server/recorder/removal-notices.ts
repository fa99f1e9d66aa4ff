/** What people are to be told of what a recovery took out of the realm, until they come back and hear it. */
import type { Note, Recording } from '../../replay/index.ts'
import type { UserNumber } from '../../sim/index.ts'
import { isNumber, parse } from './sequence-tracker.ts'

/** Kind of the note in a recording that carries it on. */
const REMOVALS_NOTE = 'otherworld.taken-out'
/** Things that are remembered for all together; the oldest is forgotten first. Some 200 bytes each. */
const NOTICES_MAX = 1_000
/** Told to one user at once; beyond it, how many more there are. */
const TOLD_MAX = 5

export class RemovalNotices {
  /** Called when somebody was told: the recording is to know, or a crash would have it told again. */
  onDelivered: () => void = () => undefined
  private rows: (readonly [UserNumber, string])[] = []

  /** For users alone: what is the realm's belongs to nobody. */
  add(user: UserNumber, text: string): void {
    if (user !== 0) this.rows = [...this.rows, [user, text] as const].slice(-NOTICES_MAX)
  }

  /** What this user has not been told; asked once. */
  deliver(user: UserNumber): readonly string[] {
    const own = this.rows.filter(([whose]) => whose === user).map(([, text]) => text)
    if (own.length === 0) return own
    this.rows = this.rows.filter(([whose]) => whose !== user)
    this.onDelivered()
    return own.length <= TOLD_MAX
      ? own
      : [...own.slice(0, TOLD_MAX), `The same happened to ${own.length - TOLD_MAX} more of your things.`]
  }

  note(tick: number): Note {
    return { tick, kind: REMOVALS_NOTE, text: JSON.stringify(this.rows) }
  }

  /** As of the last note up to `tick`; anything else in it is left out. */
  static fromRecording(parts: readonly Recording[], tick: number): RemovalNotices {
    const taken = new RemovalNotices()
    const note = parts.flatMap(({ notes }) => notes).findLast((one) => one.kind === REMOVALS_NOTE && one.tick <= tick)
    const rows = parse(note?.text ?? '[]')
    for (const row of Array.isArray(rows) ? rows : []) {
      const [user, text] = Array.isArray(row) ? (row as readonly unknown[]) : []
      if (isNumber(user) && typeof text === 'string') taken.add(user, text)
    }
    return taken
  }
}
