/** The query language of `replay search`: its syntax tree, and its errors. docs/replay.md describes the language. */
import type { CommandType, UserNumber } from '../../sim/index.ts'
import type { FactKind } from './facts.ts'

/** A name, with `*` for any characters; case does not matter. Or an id. */
export type Pattern =
  | { readonly type: 'name'; readonly name: string; readonly matches: (name: string) => boolean }
  | { readonly type: 'id'; readonly id: number }
  | { readonly type: 'user'; readonly user: UserNumber }
  /** Anyone or anything, also another one than in the step before. */
  | { readonly type: 'any' }

export type Duration =
  | { readonly unit: 'seconds'; readonly seconds: number }
  | { readonly unit: 'ticks'; readonly ticks: number }

/** Events that are alternatives, with the conditions on each. */
export interface EventStep {
  readonly type: 'event'
  readonly kinds: readonly FactKind[]
  readonly player: Pattern | null
  readonly element: Pattern | null
  /** Reason of a rejection, release or freeze. */
  readonly reason: string | null
  /** Type of the rejected command. */
  readonly command: CommandType | null
  /** Part of the text of a note, quarantine or fault, in lower case. */
  readonly text: string | null
}

export interface HeldStep {
  readonly type: 'held'
  readonly player: Pattern | null
  readonly element: Pattern | null
  readonly atLeast: Duration | null
  readonly atMost: Duration | null
}

/** More than `over` events, or inputs, of one player within `per`. */
export interface RateStep {
  readonly type: 'rate'
  /** Null: inputs. */
  readonly of: EventStep | null
  readonly player: Pattern | null
  readonly over: number
  readonly per: Duration
}

export type Step = EventStep | HeldStep | RateStep

/** Steps in the order of time. */
export interface Query {
  readonly text: string
  readonly steps: readonly Step[]
  /** For each step but the first: the longest time since the end of the step before; null: any. */
  readonly within: readonly (Duration | null)[]
}

/** A query that cannot be understood, with the place of the fault in its text. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly query: string
  /** Characters from `start` to before `end`. */
  readonly start: number
  readonly end: number

  constructor(message: string, query: string, start: number, end: number) {
    super(message)
    this.query = query
    this.start = start
    this.end = Math.max(end, start + 1)
  }

  /** The message, and the query with the faulty part marked below it. */
  get explanation(): string {
    const marks = `${' '.repeat(this.start)}${'^'.repeat(this.end - this.start)}`
    return `character ${this.start + 1} of the query: ${this.message}\n  ${this.query}\n  ${marks}`
  }
}

export const ticksOf = (duration: Duration, tickRate: number): number =>
  duration.unit === 'ticks' ? duration.ticks : duration.seconds * tickRate
