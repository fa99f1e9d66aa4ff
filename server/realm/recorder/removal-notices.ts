/**
 * Notices for users about props and avatars that a recovery removed from the realm. They are kept until the user
 * returns.
 */
import type { Note, Recording } from '../../../replay/index.ts'
import type { UserNumber } from '../../../sim/index.ts'
import { noteRows, isUint32 } from './note-rows.ts'

/** Kind of the note that keeps the notices in a recording. Recordings depend on this text. */
const REMOVALS_NOTE = 'otherworld.taken-out'
/** Notices kept for all users together, some 200 bytes each. The oldest is dropped first. */
const NOTICES_MAX = 1_000
/** Notices sent to one user. Beyond that, one more says how many there are. */
const SENT_MAX = 5

export class RemovalNotices {
  /** Called after a delivery. Record the remaining notices then, or a crash would deliver them again. */
  onDelivered: () => void = () => undefined
  #rows: (readonly [UserNumber, string])[] = []

  /** Adds a notice for a user. User 0 is the realm, which nobody reads for. */
  add(user: UserNumber, text: string): void {
    if (user !== 0) this.#rows = [...this.#rows, [user, text] as const].slice(-NOTICES_MAX)
  }

  /** Returns the user's notices and removes them. */
  deliver(user: UserNumber): readonly string[] {
    const own = this.#rows.filter(([whose]) => whose === user).map(([, text]) => text)
    if (own.length === 0) return own
    this.#rows = this.#rows.filter(([whose]) => whose !== user)
    this.onDelivered()
    return own.length <= SENT_MAX
      ? own
      : [...own.slice(0, SENT_MAX), `The same happened to ${own.length - SENT_MAX} more of your props.`]
  }

  note(tick: number): Note {
    return { tick, kind: REMOVALS_NOTE, text: JSON.stringify(this.#rows) }
  }

  /** Reads the last note up to `tick`. Rows that are not valid are ignored. */
  static fromRecording(parts: readonly Recording[], tick: number): RemovalNotices {
    const notices = new RemovalNotices()
    const note = parts.flatMap(({ notes }) => notes).findLast((one) => one.kind === REMOVALS_NOTE && one.tick <= tick)
    for (const [user, text] of noteRows(note?.text ?? '[]'))
      if (isUint32(user) && typeof text === 'string') notices.add(user, text)
    return notices
  }
}
