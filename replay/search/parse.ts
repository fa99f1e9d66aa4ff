/** Parses a query. */
import { DELIVERY } from '../../protocol/delivery.ts'
import { REJECT_REASONS, type CommandType, type FreezeCause } from '../../sim/index.ts'
import {
  QueryError,
  type Duration,
  type EventStep,
  type HeldStep,
  type Pattern,
  type Query,
  type Step,
} from './query.ts'
import { nearest } from '../nearest.ts'
import { RESERVED, TOPIC_NAMES, TOPICS, UNITS, type Topic } from './query-words.ts'
import { tokensOf, type Token } from './tokens.ts'
import type { FactKind, ReleaseCause } from './facts.ts'

/** Kinds whose facts have a reason. */
const REASONED: ReadonlySet<Topic> = new Set<Topic>(['rejected', 'released', 'frozen'])
/** Kinds whose facts have a text, and are about no player. */
const TEXTUAL: ReadonlySet<Topic> = new Set<Topic>(['note', 'quarantined', 'fault', 'packaged'])
/** Kinds whose facts are about a prop. */
const ABOUT_PROPS: ReadonlySet<Topic> = new Set<Topic>([
  'spawned',
  'despawned',
  'expired',
  'grabbed',
  'released',
  'scaled',
  'access-changed',
  'returned',
  'frozen',
  'thawed',
  'rejected',
  'held',
])
const COMMANDS: ReadonlySet<string> = new Set(Object.keys(DELIVERY))
const REASONS: readonly string[] = REJECT_REASONS
const RELEASES: Readonly<Record<ReleaseCause, true>> = {
  hand: true,
  slipped: true,
  left: true,
  teleported: true,
  returned: true,
  despawned: true,
  expired: true,
  access: true,
}
const FREEZES: Readonly<Record<FreezeCause, true>> = { work: true, unstable: true }

/** The reasons that facts of these kinds have. */
const reasonsOf = (topics: readonly Topic[]): readonly string[] => [
  ...(topics.includes('rejected') ? REASONS : []),
  ...(topics.includes('released') ? Object.keys(RELEASES) : []),
  ...(topics.includes('frozen') ? Object.keys(FREEZES) : []),
]

/** Throws QueryError, which says where the fault is. */
export function parseQuery(text: string): Query {
  return new Parser(text).query()
}

interface Clauses {
  player: Pattern | null
  element: Pattern | null
  reason: string | null
  command: CommandType | null
  text: string | null
  atLeast: Duration | null
  atMost: Duration | null
  over: number | null
  per: Duration | null
}

class Parser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokensOf(text)
  }

  query(): Query {
    const steps: Step[] = []
    const within: (Duration | null)[] = []
    let topics: readonly Topic[] = []
    let reversed = false
    for (;;) {
      const step = this.#step(topics)
      topics = step.topics
      if (reversed) steps.unshift(step.step)
      else steps.push(step.step)
      const next = this.#peek()
      if (!next) break
      if (reversed) this.#fail('"after" joins two steps only; write longer sequences with "then"', next)
      const late = this.#lastWithin(within)
      if (late) {
        within[within.length - 1] = late
        break
      }
      const link = this.#link()
      if (link.reversed && steps.length > 1)
        this.#fail('"after" joins two steps only; write longer sequences with "then"', next)
      reversed = link.reversed
      within.push(link.within)
    }
    return { text: this.#text, steps, within }
  }

  // --- tokens

  #peek(offset = 0): Token | undefined {
    return this.#tokens[this.#at + offset]
  }

  #word(...values: readonly string[]): boolean {
    const token = this.#peek()
    if (token?.type === 'quoted' || !token || !values.includes(token.value)) return false
    this.#at++
    return true
  }

  #fail(message: string, token: Token | undefined = this.#peek()): never {
    const end = this.#text.trimEnd().length
    throw new QueryError(message, this.#text, token?.start ?? end, token?.end ?? end + 1)
  }

  // --- steps

  /** A "within 2s" that ends the query belongs to its last link: "grabbed then released within 2s". */
  #lastWithin(within: readonly (Duration | null)[]): Duration | null {
    const start = this.#at
    const duration = within.at(-1) === null && this.#word('within') ? this.#duration() : null
    if (duration && !this.#peek()) return duration
    this.#at = start
    return null
  }

  #link(): { readonly within: Duration | null; readonly reversed: boolean } {
    const early = this.#word('within') ? this.#duration() : null
    if (this.#word('then', 'before')) {
      const late = early === null && this.#word('within') ? this.#duration() : null
      return { within: early ?? late, reversed: false }
    }
    if (this.#word('after')) {
      const late = early === null && this.#word('within') ? this.#duration() : null
      return { within: early ?? late, reversed: true }
    }
    if (early !== null) this.#fail('after "within" and a time comes "then" or "after"')
    const token = this.#peek()
    return this.#fail(
      `"${token?.text ?? ''}" is not expected here; a step ends with "then", "before", "after" or "within", and a name with spaces needs double quotes`,
    )
  }

  /** `before`: the topics of the step before, for a step that names none ("then by Bob"). */
  #step(before: readonly Topic[]): { readonly step: Step; readonly topics: readonly Topic[] } {
    const clauses: Clauses = {
      player: null,
      element: null,
      reason: null,
      command: null,
      text: null,
      atLeast: null,
      atMost: null,
      over: null,
      per: null,
    }
    const start = this.#peek()
    const isShort = before.length > 0 && start?.type === 'word' && ['by', 'of'].includes(start.value)
    if (!isShort && this.#topicAt(0) === null && this.#topicAt(1) !== null) clauses.player = this.#pattern('player')
    const topics = isShort ? before : this.#topics()
    while (this.#clause(topics, clauses));
    return { step: this.#built(topics, clauses, start), topics }
  }

  #topics(): readonly Topic[] {
    const topics: Topic[] = []
    do {
      const found = this.#topicAt(0)
      if (!found) this.#failTopic()
      this.#at += found.length
      topics.push(found.topic)
    } while (this.#word('or'))
    return topics
  }

  #topicAt(offset: number): { readonly topic: Topic; readonly length: number } | null {
    const found = TOPICS.find(({ words }) =>
      words.every((word, i) => {
        const token = this.#peek(offset + i)
        return token?.type === 'word' && token.value === word
      }),
    )
    return found ? { topic: found.topic, length: found.words.length } : null
  }

  #failTopic(): never {
    const token = this.#peek()
    const names = TOPIC_NAMES.join(', ')
    if (!token) this.#fail(`an event is missing here; it is one of ${names}`)
    const near = nearest(token.value, TOPIC_NAMES)
    return this.#fail(
      `"${token.text}" is not an event${near === null ? '' : `; did you mean "${near}"?`}; events are ${names}`,
    )
  }

  /** Reads one condition of a step. False if none follows. */
  #clause(topics: readonly Topic[], into: Clauses): boolean {
    const token = this.#peek()
    if (!token) return false
    if (this.#word('by')) {
      if (into.player) this.#fail('this step names a player already', token)
      into.player = this.#pattern('player')
    } else if (this.#word('of')) into.element = this.#elementClause(topics, into, token)
    else if (this.#word('reason')) into.reason = this.#reason(topics)
    else if (this.#word('for')) this.#lasting(topics, into, token)
    else if (token.type === 'sign') this.#rate(into)
    else if (token.type !== 'quoted' && RESERVED.has(token.value)) return false
    else this.#object(topics, into, token)
    return true
  }

  /** What follows an event directly: a reason, a command, a text or an element, depending on the event. */
  #object(topics: readonly Topic[], into: Clauses, token: Token): void {
    if (topics.every((topic) => TEXTUAL.has(topic))) {
      this.#at++
      into.text = (token.type === 'quoted' ? token.value : token.text).toLowerCase()
    } else if (topics.includes('rejected') && token.type === 'word' && COMMANDS.has(token.value)) {
      this.#at++
      into.command = token.value as CommandType
    } else if (topics.includes('rejected') && token.type === 'word' && REASONS.includes(token.value))
      into.reason = this.#reason(topics)
    else into.element = this.#elementClause(topics, into, token)
  }

  #elementClause(topics: readonly Topic[], into: Clauses, token: Token): Pattern {
    const other = topics.find((topic) => !ABOUT_PROPS.has(topic))
    if (other)
      this.#fail(
        `"${other}" is about a player; write "by ${token.text}", or a link such as "then" between two steps`,
        token,
      )
    if (into.element) this.#fail('this step names an element already', token)
    return this.#pattern('element')
  }

  #reason(topics: readonly Topic[]): string {
    const token = this.#peek()
    if (!topics.every((topic) => REASONED.has(topic)))
      this.#fail('only "rejected", "released" and "frozen" have a reason', token)
    if (!token) this.#fail('a reason is missing here, for example "out-of-reach"')
    const reasons = reasonsOf(topics)
    if (!reasons.includes(token.value)) {
      const near = nearest(token.value, reasons)
      this.#fail(
        `"${token.text}" is not a reason of "${topics.join('" or "')}"${near === null ? '' : `; did you mean "${near}"?`}; they are ${reasons.join(', ')}`,
        token,
      )
    }
    this.#at++
    return token.value
  }

  /** "for 5s" is at least; "for < 5s" is at most. */
  #lasting(topics: readonly Topic[], into: Clauses, start: Token): void {
    if (!topics.every((topic) => topic === 'held')) this.#fail('only "held" lasts for a time', start)
    const isAtMost = this.#word('<', '<=')
    if (!isAtMost) this.#word('>', '>=')
    if (isAtMost) into.atMost = this.#duration()
    else into.atLeast = this.#duration()
  }

  #rate(into: Clauses): void {
    const sign = this.#peek()
    if (!this.#word('>')) this.#fail('a rate is compared with ">", for example "rejections > 10 per 1s"', sign)
    const token = this.#peek()
    if (token?.type !== 'number') this.#fail('a number is missing here, for example "> 10 per 1s"')
    this.#at++
    into.over = Number(token.value)
    if (!this.#word('per')) this.#fail('"per" and a time are missing here, for example "> 10 per 1s"')
    into.per = this.#duration()
  }

  #pattern(what: 'player' | 'element'): Pattern {
    const token = this.#peek()
    if (
      !token ||
      token.type === 'sign' ||
      (token.type === 'word' && RESERVED.has(token.value) && token.value !== 'user')
    )
      this.#fail(`the name or the number of ${what === 'player' ? 'a player' : 'an element'} is missing here`)
    this.#at++
    if (token.type === 'number') {
      if (/^\d+$/.test(token.value)) return { type: 'id', id: Number(token.value) }
      this.#fail('a number of a player or an element is a whole number', token)
    }
    if (token.type === 'word' && token.value === (what === 'player' ? 'anyone' : 'anything')) return { type: 'any' }
    if (token.type === 'word' && token.value === 'user' && what === 'player') {
      const number = this.#peek()
      if (number?.type !== 'number') this.#fail('the number of a user is missing here')
      this.#at++
      return { type: 'user', user: Number(number.value) }
    }
    return { type: 'name', name: token.value, matches: nameMatcher(token.value) }
  }

  #duration(): Duration {
    const number = this.#peek()
    if (number?.type !== 'number') this.#fail('a time is missing here, for example 2s, 500ms, 3min or 30 ticks')
    this.#at++
    const unit = this.#peek()
    const seconds = unit?.type === 'word' && Object.hasOwn(UNITS, unit.value) ? UNITS[unit.value] : undefined
    if (seconds === undefined) this.#fail(`the unit of ${number.text} is missing here: ms, s, min, h or ticks`)
    this.#at++
    return seconds === null
      ? { unit: 'ticks', ticks: Number(number.value) }
      : { unit: 'seconds', seconds: Number(number.value) * seconds }
  }

  #built(topics: readonly Topic[], clauses: Clauses, start: Token | undefined): Step {
    const { player, element, reason, command, text, atLeast, atMost, over, per } = clauses
    if (topics.includes('held')) {
      if (topics.length > 1 || over !== null) this.#fail('"held" stands on its own: it lasts, and events do not', start)
      const held: HeldStep = { type: 'held', player, element, atLeast, atMost }
      return held
    }
    if (topics.includes('inputs')) {
      if (topics.length > 1 || over === null || per === null)
        this.#fail('inputs are counted: write "inputs > 100 per 1s"', start)
      if (element) this.#fail('inputs are counted for each player, not for each element', start)
      return { type: 'rate', of: null, player, over, per: this.#wholeSeconds(per, start) }
    }
    const event: EventStep = {
      type: 'event',
      kinds: topics as readonly FactKind[],
      player,
      element,
      reason,
      command,
      text,
    }
    return over !== null && per !== null ? { type: 'rate', of: event, player, over, per } : event
  }

  #wholeSeconds(per: Duration, start: Token | undefined): Duration {
    if (per.unit === 'seconds' && Number.isInteger(per.seconds) && per.seconds >= 1) return per
    return this.#fail('inputs are counted in whole seconds: write "per 1s" or longer', start)
  }
}

function nameMatcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  const expression = new RegExp(`^${parts.join('.*')}$`, 'isu')
  return (name) => expression.test(name)
}
