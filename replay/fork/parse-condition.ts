/** The expressions of `replay shrink --fails`. docs/replay.md describes the language. */
import { EVENT_TYPES, type ElementId, type Field } from '../../sim/index.ts'
import { knownText } from '../nearest.ts'
import { eventFields } from './event-fields.ts'
import type { Moment } from './moment.ts'

/** An expression is wrong. `offset`: characters from its beginning. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError'
  readonly offset: number

  constructor(message: string, offset: number) {
    super(`${message}, at character ${offset + 1} of the condition`)
    this.offset = offset
  }
}

type Value = Field['value']
type Element = ReadonlyMap<string, Value>
interface Scene {
  readonly moment: Moment
  /** The elements with their fields; read once for each moment. */
  elements(): ReadonlyMap<ElementId, Element>
}
type Term = (scene: Scene) => boolean

const COMPARISONS: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

/** Lengths of vectors, by the name that an expression uses: metres or radians a second. */
const LENGTHS: Readonly<Record<string, readonly string[]>> = {
  speed: ['linvel', 'velocity'],
  spin: ['angvel'],
}

interface Token {
  readonly text: string
  readonly quoted: boolean
  readonly offset: number
}

/** A word of a condition that has matched nothing so far. */
export interface UnknownWord {
  readonly what: 'field' | 'player' | 'prop' | 'element'
  readonly word: string
  /** The words of this kind that were there instead. */
  readonly known: readonly string[]
}

export interface Condition {
  holds(moment: Moment): boolean
  /** Fields that no element in question has had so far, and elements that there were not: they may be misspelt. */
  unknownWords(): readonly UnknownWord[]
}

/** Known words of a kind that are kept. */
const KNOWN_MAX = 1_000

/** Whether a word has matched something, and what there was instead. */
class Sought {
  readonly #what: UnknownWord['what']
  readonly #word: string
  readonly #known = new Set<string>()
  #wasAsked = false
  #isFound = false

  constructor(what: UnknownWord['what'], word: string) {
    this.#what = what
    this.#word = word
  }

  /** Call it whenever the word is compared. `known`: called until the word has matched. */
  note(isFound: boolean, known: () => Iterable<string>): void {
    this.#wasAsked = true
    if (isFound) this.#isFound = true
    if (!this.#isFound && this.#known.size < KNOWN_MAX) for (const word of known()) this.#known.add(word)
  }

  get unknown(): UnknownWord[] {
    if (!this.#wasAsked || this.#isFound) return []
    return [{ what: this.#what, word: this.#word, known: [...this.#known].toSorted() }]
  }
}

/** Parses an expression. Throws ConditionError. */
export function parseCondition(text: string): Condition {
  const parser = new Parser(text)
  const term = parser.whole()
  return {
    holds: (moment) => {
      let elements: ReadonlyMap<ElementId, Element> | undefined
      return term({ moment, elements: () => (elements ??= elementsOf(moment.fields())) })
    },
    unknownWords: () => parser.sought.flatMap(({ unknown }) => unknown),
  }
}

function elementsOf(fields: Iterable<Field>): Map<ElementId, Map<string, Value>> {
  const elements = new Map<ElementId, Map<string, Value>>()
  for (const { element, field, value } of fields) {
    let known = elements.get(element)
    if (!known) elements.set(element, (known = new Map()))
    known.set(field, value)
  }
  return elements
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = /\s*(?:"([^"]*)"|(<=|>=|!=|[<>=()])|([^\s"<>=!()]+))/y
  while (text.slice(pattern.lastIndex).trim() !== '') {
    const offset = pattern.lastIndex
    const found = pattern.exec(text)
    if (!found) throw new ConditionError('a double quote is not closed, or a character is unknown', offset)
    const [, quoted, sign, word] = found
    tokens.push({ text: quoted ?? sign ?? word ?? '', quoted: quoted !== undefined, offset })
  }
  return tokens
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #end: number
  /** Fields and elements that the condition names. */
  readonly sought: Sought[] = []
  #at = 0

  constructor(text: string) {
    this.#tokens = tokensOf(text)
    this.#end = text.length
  }

  whole(): Term {
    const term = this.#either()
    if (this.#at < this.#tokens.length)
      throw this.#error(
        `"${this.#word}" was not expected; join conditions with "and" or "or", and put names with spaces in double quotes`,
      )
    return term
  }

  get #word(): string | undefined {
    const token = this.#tokens[this.#at]
    return token && !token.quoted ? token.text : undefined
  }

  #error(message: string): ConditionError {
    return new ConditionError(message, this.#tokens[this.#at]?.offset ?? this.#end)
  }

  #takes(word: string): boolean {
    if (this.#word !== word) return false
    this.#at++
    return true
  }

  #next(what: string): Token {
    const token = this.#tokens[this.#at]
    if (!token) throw this.#error(`${what} is missing`)
    this.#at++
    return token
  }

  #either(): Term {
    const terms = [this.#both()]
    while (this.#takes('or')) terms.push(this.#both())
    return (scene) => terms.some((term) => term(scene))
  }

  #both(): Term {
    const terms = [this.#single()]
    while (this.#takes('and')) terms.push(this.#single())
    return (scene) => terms.every((term) => term(scene))
  }

  #single(): Term {
    if (this.#takes('not')) {
      const term = this.#single()
      return (scene) => !term(scene)
    }
    if (this.#takes('(')) {
      const term = this.#either()
      if (!this.#takes(')')) throw this.#error('a ) is missing')
      return term
    }
    if (this.#takes('event')) return this.#event()
    return this.#state(this.#subject())
  }

  #event(): Term {
    const { text: type } = this.#next('the type of the event')
    if (!EVENT_TYPES.includes(type)) {
      this.#at--
      throw this.#error(`"${type}" is no event${knownText(type, EVENT_TYPES, 'the events are')}`)
    }
    const wanted: (readonly [field: string, value: Value])[] = []
    while (this.#tokens[this.#at + 1]?.text === '=' && !this.#tokens[this.#at + 1]?.quoted) {
      wanted.push(this.#eventField(type))
    }
    return ({ moment }) =>
      moment.events.some((event) => {
        if (event.type !== type) return false
        const fields = new Map<string, unknown>(Object.entries(event))
        return wanted.every(([field, value]) => fields.get(field) === value)
      })
  }

  /** A field of an event, and its value. */
  #eventField(type: string): readonly [field: string, value: Value] {
    const fields = eventFields(type)
    const { text: field } = this.#next('a field')
    const values = fields.get(field)
    if (values === undefined) {
      this.#at--
      throw this.#error(`"${type}" has no field "${field}"${knownText(field, [...fields.keys()], 'its fields are')}`)
    }
    this.#at++
    const value = valueOf(this.#next('a value'))
    const isRight =
      typeof values === 'string'
        ? typeof value === (values === 'text' ? 'string' : 'number')
        : values.includes(String(value))
    if (isRight) return [field, value]
    this.#at--
    throw this.#error(
      typeof values === 'string'
        ? `"${value}" is no ${field}: it is a ${values}${values === 'number' ? ', without quotes' : ''}`
        : `"${value}" is no ${field}${knownText(String(value), values, `each ${field} is one of`)}`,
    )
  }

  #seek(what: UnknownWord['what'], word: string): Sought {
    const sought = new Sought(what, word)
    this.sought.push(sought)
    return sought
  }

  /** The elements that a condition is about. */
  #subject(): (scene: Scene) => readonly Element[] {
    const word = this.#next('a condition')
    const every = (scene: Scene): Element[] => [...scene.elements().values()]
    switch (word.text) {
      case 'realm':
        return (scene) => [scene.elements().get(0) ?? new Map<string, Value>()]
      case 'element': {
        const id = this.#number()
        const sought = this.#seek('element', String(id))
        return (scene) => {
          const found = [scene.elements().get(id)].filter((each) => each !== undefined)
          sought.note(found.length > 0, () => Array.from(scene.elements().keys(), String))
          return found
        }
      }
      case 'player': {
        const who = this.#next('a name or number')
        const sought = this.#seek('player', who.text)
        return (scene) => {
          const found = every(scene).filter((each) => isPlayer(scene, each.get('player'), who))
          sought.note(found.length > 0, () => Array.from(scene.moment.realm.players.values(), ({ name }) => name))
          return found
        }
      }
      case 'prop': {
        const { text } = this.#next('a name')
        const sought = this.#seek('prop', text)
        return (scene) => {
          const all = every(scene).filter((each) => each.has('name') && !each.has('player'))
          const found = all.filter((each) => each.get('name') === text)
          sought.note(found.length > 0, () => all.map((each) => String(each.get('name'))))
          return found
        }
      }
      case 'any': {
        const kind = this.#next('"prop", "avatar" or "element"').text
        if (kind === 'prop') return (scene) => every(scene).filter((each) => each.has('name') && !each.has('player'))
        if (kind === 'avatar') return (scene) => every(scene).filter((each) => each.has('player'))
        if (kind === 'element') return every
        this.#at--
        throw this.#error(`"any ${kind}" is unknown; write any prop, any avatar or any element`)
      }
      default:
        this.#at--
        throw this.#error(
          `a condition begins with event, element, player, prop, any, realm or not; "${word.text}" is none of them`,
        )
    }
  }

  #number(): number {
    const { text } = this.#next('a number')
    if (/^\d+$/.test(text)) return Number(text)
    this.#at--
    throw this.#error(`"${text}" is not a number`)
  }

  #state(subject: (scene: Scene) => readonly Element[]): Term {
    if (this.#takes('exists')) return (scene) => subject(scene).length > 0
    if (this.#takes('missing')) return (scene) => subject(scene).length === 0
    const { text: field } = this.#next('a field, "exists" or "missing"')
    const compare = COMPARISONS[this.#word ?? '']
    if (!compare)
      throw this.#error('a comparison is missing: <, <=, >, >=, = or !=. Put names with spaces in double quotes')
    this.#at++
    const value = valueOf(this.#next('a value'))
    const sought = this.#seek('field', field)
    return (scene) =>
      subject(scene).some((each) => {
        const actual = fieldOf(each, field)
        sought.note(actual !== undefined, () => each.keys())
        return actual !== undefined && typeof actual === typeof value && compare(actual, value)
      })
  }
}

/** A number if it is written as one without quotes, such as -0.5 or 1e-3, else text. */
const valueOf = ({ text, quoted }: Token): Value =>
  !quoted && /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : text

function isPlayer({ moment }: Scene, player: Value | undefined, { text, quoted }: Token): boolean {
  if (typeof player !== 'number') return false
  if (!quoted && /^\d+$/.test(text)) return player === Number(text)
  return moment.realm.players.get(player)?.name.toLowerCase() === text.toLowerCase()
}

function fieldOf(element: Element, field: string): Value | undefined {
  const vector = LENGTHS[field]?.find((name) => element.has(`${name}.x`))
  if (vector === undefined) return element.get(field)
  return Math.hypot(...['x', 'y', 'z'].map((axis) => Number(element.get(`${vector}.${axis}`))))
}
