/** Reports to owners and the operator which props the realm froze, and which it removed after their owners had left. */
import type { ElementId, FreezeCause, SimEvent, UserNumber } from '../../../sim/index.ts'
import { PROP_REPORT_MS } from '../../limits.ts'
import { plural } from '../../../http-contract/plural.ts'

export interface PropReportsOptions {
  /** Returns why a prop is frozen at present. Null if it is not, or was removed. */
  frozenCause(element: ElementId): FreezeCause | null
  /** Sends a message to the players of a user. */
  notify(user: UserNumber, text: string): void
  /** Sends a message to the operator. */
  note(text: string): void
}

type Kind = FreezeCause | 'expired'

/** Returns the count of props with `one` for a single prop, `many` for more. */
const props = (n: number, of: string, one: string, many: string): string =>
  `${plural(n, 'prop')} of ${of} ${n === 1 ? one : many}`

/**
 * Messages for an owner: what happened, why, and what to do. There is none for expired props, as their owner has left.
 */
const TO_OWNER: Readonly<Record<FreezeCause, (n: number) => string>> = {
  work: (n) =>
    props(
      n,
      'yours',
      'is frozen: too many props touch each other here. Remove it, or move it away.',
      'are frozen: too many props touch each other here. Remove some, or move them apart.',
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
    props(n, users, 'is frozen', 'are frozen') +
    ": contacts cost more than the realm's workMax; have some removed, or set it higher",
  unstable: (n, users) =>
    props(
      n,
      users,
      'could not be simulated; it was put back and is frozen',
      'could not be simulated; they were put back and are frozen',
    ),
  expired: (n, users) =>
    props(n, users, 'was', 'were') + " removed: the owner has left, and the realm's leftBehind rule removes it",
}

/** Collects events and reports them PROP_REPORT_MS after the first, in one sentence for each kind. */
export class PropReports {
  readonly #options: PropReportsOptions
  /** Owners of the elements, by kind and element. */
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

  /** Leaves out props that move again. */
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
    const others = owners.size > users.length ? ` and ${plural(owners.size - users.length, 'other')}` : ''
    this.#options.note(TO_OPERATOR[kind](sum, users.join(', ') + others))
  }
}
