/** Tells owners and the operator what the realm itself did to props: froze them, or removed what was left behind. */
import type { FreezeCause, SimEvent, UserNumber } from '../sim/index.ts'
import { PROP_REPORT_MS } from './limits.ts'

export interface PropReportsOptions {
  /** For a player of that user, if there is one. */
  notify(user: UserNumber, text: string): void
  /** For the operator. */
  note(text: string): void
}

type Kind = FreezeCause | 'expired'

/** `one` for one prop, `many` for more: each with the number before it. */
const props = (n: number, of: string, one: string, many: string): string => `${n} ${n === 1 ? 'prop' : 'props'} of ${of} ${n === 1 ? one : many}`

/** What an owner is told: what happened, why, and what to do. */
const TO_OWNER: Readonly<Record<Kind, (n: number) => string>> = {
  work: (n) => props(n, 'yours', 'stopped moving: too much touches in this realm. Remove it, or move it away.', 'stopped moving: too much touches in this realm. Remove some, or move them apart.'),
  unstable: (n) => props(n, 'yours', 'could not be simulated and stays where it last was. Grab or scale it to try again.', 'could not be simulated and stay where they last were. Grab or scale them to try again.'),
  expired: (n) => props(n, 'yours', 'was removed while you were away: the realm needed the room.', 'were removed while you were away: the realm needed the room.'),
}

const TO_OPERATOR: Readonly<Record<Kind, (n: number, users: string) => string>> = {
  work: (n, users) => props(n, users, 'stands still', 'stand still') + ': physics work is over the realm\'s workMax',
  unstable: (n, users) => props(n, users, 'had numbers that are not finite; it was put back and stands still', 'had numbers that are not finite; they were put back and stand still'),
  expired: (n, users) => props(n, users, 'was', 'were') + ' removed: the owner has left, and the realm\'s leftBehind rule lets it go',
}

/** Gathers events and reports them in one sentence a kind, at most once in PROP_REPORT_MS. */
export class PropReports {
  private readonly options: PropReportsOptions
  /** By kind, then by owner. */
  private readonly gathered = new Map<Kind, Map<UserNumber, number>>()
  private reportedAtMs = -Infinity

  constructor(options: PropReportsOptions) {
    this.options = options
  }

  stepped(events: readonly SimEvent[], nowMs: number): void {
    for (const event of events) {
      if (event.type === 'frozen') this.gather(event.cause, event.owner)
      else if (event.type === 'expired') this.gather('expired', event.owner)
    }
    if (this.gathered.size === 0 || nowMs - this.reportedAtMs < PROP_REPORT_MS) return
    this.reportedAtMs = nowMs
    for (const [kind, owners] of this.gathered) this.report(kind, owners)
    this.gathered.clear()
  }

  private gather(kind: Kind, owner: UserNumber): void {
    const owners = this.gathered.get(kind) ?? new Map<UserNumber, number>()
    owners.set(owner, (owners.get(owner) ?? 0) + 1)
    this.gathered.set(kind, owners)
  }

  private report(kind: Kind, owners: ReadonlyMap<UserNumber, number>): void {
    let sum = 0
    for (const [owner, n] of owners) {
      sum += n
      if (owner !== 0) this.options.notify(owner, TO_OWNER[kind](n))
    }
    const users = [...owners.keys()].slice(0, 5).map((owner) => (owner === 0 ? 'the realm' : `user ${owner}`))
    const others = owners.size > users.length ? ` and ${owners.size - users.length} others` : ''
    this.options.note(TO_OPERATOR[kind](sum, users.join(', ') + others))
  }
}
