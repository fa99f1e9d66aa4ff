/** Tells owners and the operator what the realm itself did to props: froze them, or removed what was left behind. */
import type { ElementId, FreezeCause, SimEvent, UserNumber } from '../../sim/index.ts'
import { PROP_REPORT_MS } from '../limits.ts'

export interface PropReportsOptions {
  /** Why a prop stands still now; null: it does not, or is gone. */
  frozenCause(element: ElementId): FreezeCause | null
  /** For a player of that user, if there is one. */
  notify(user: UserNumber, text: string): void
  /** For the operator. */
  note(text: string): void
}

type Kind = FreezeCause | 'expired'

/** `one` for one prop, `many` for more: each with the number before it. */
const props = (n: number, of: string, one: string, many: string): string =>
  `${n} ${n === 1 ? 'prop' : 'props'} of ${of} ${n === 1 ? one : many}`

/** What an owner is told: what happened, why, and what to do. An owner whose props expire is not there. */
const TO_OWNER: Readonly<Record<FreezeCause, (n: number) => string>> = {
  work: (n) =>
    props(
      n,
      'yours',
      'stands still: too many things touch one another here. Remove it, or move it away.',
      'stand still: too many things touch one another here. Remove some, or move them apart.',
    ),
  unstable: (n) =>
    props(
      n,
      'yours',
      'could not be simulated and stays where it last was. Grab or scale it to try again.',
      'could not be simulated and stay where they last were. Grab or scale them to try again.',
    ),
}

const TO_OPERATOR: Readonly<Record<Kind, (n: number, users: string) => string>> = {
  work: (n, users) =>
    props(n, users, 'stands still', 'stand still') +
    ": contacts cost more than the realm's workMax; have some removed, or set it higher",
  unstable: (n, users) =>
    props(
      n,
      users,
      'could not be simulated; it was put back and stands still',
      'could not be simulated; they were put back and stand still',
    ),
  expired: (n, users) =>
    props(n, users, 'was', 'were') + " removed: the owner has left, and the realm's leftBehind rule lets it go",
}

/** Gathers events, and reports what came of them in one sentence a kind, PROP_REPORT_MS after the first. */
export class PropReports {
  readonly #options: PropReportsOptions
  /** By kind, then by element: its owner. */
  readonly #gathered = new Map<Kind, Map<ElementId, UserNumber>>()
  #sinceMs = 0

  constructor(options: PropReportsOptions) {
    this.#options = options
  }

  stepped(events: readonly SimEvent[], nowMs: number): void {
    for (const event of events) {
      if (event.type === 'frozen') this.#gather(event.cause, event.element, event.owner, nowMs)
      else if (event.type === 'expired') this.#gather('expired', event.element, event.owner, nowMs)
    }
    if (this.#gathered.size === 0 || nowMs - this.#sinceMs < PROP_REPORT_MS) return
    for (const [kind, elements] of this.#gathered) this.#report(kind, elements)
    this.#gathered.clear()
  }

  #gather(kind: Kind, element: ElementId, owner: UserNumber, nowMs: number): void {
    if (this.#gathered.size === 0) this.#sinceMs = nowMs
    const elements = this.#gathered.get(kind) ?? new Map<ElementId, UserNumber>()
    elements.set(element, owner)
    this.#gathered.set(kind, elements)
  }

  /** What moves again by now is not worth a word. */
  #report(kind: Kind, elements: ReadonlyMap<ElementId, UserNumber>): void {
    const owners = new Map<UserNumber, number>()
    let sum = 0
    for (const [element, owner] of elements) {
      if (kind !== 'expired' && this.#options.frozenCause(element) !== kind) continue
      sum++
      owners.set(owner, (owners.get(owner) ?? 0) + 1)
    }
    if (sum === 0) return
    if (kind !== 'expired')
      for (const [owner, n] of owners) if (owner !== 0) this.#options.notify(owner, TO_OWNER[kind](n))
    const users = [...owners.keys()].slice(0, 5).map((owner) => (owner === 0 ? 'the realm' : `user ${owner}`))
    const others = owners.size > users.length ? ` and ${owners.size - users.length} others` : ''
    this.#options.note(TO_OPERATOR[kind](sum, users.join(', ') + others))
  }
}
