/**
 * The public API of the Godot addon, from its reference (godot-bridge/docs/nodes.md), and the names that C# code uses of it.
 * Godot writes the reference, and test/e2e/godot/godot-reference.test.ts keeps it current.
 */

/** Numbers of arguments that a method or a signal takes. */
interface Arity {
  readonly min: number
  readonly max: number
}

export interface ApiClass {
  readonly properties: ReadonlySet<string>
  readonly signals: ReadonlyMap<string, Arity>
  readonly methods: ReadonlyMap<string, Arity>
}

export type Api = ReadonlyMap<string, ApiClass>

/** Splits a list at its commas outside brackets and strings. An empty list has no items. */
function itemsOf(list: string): readonly string[] {
  const items: string[] = []
  let [item, depth, isQuoted] = ['', 0, false]
  for (const letter of list) {
    if (letter === '"') isQuoted = !isQuoted
    if (!isQuoted) depth += Number('([{<'.includes(letter)) - Number(')]}>'.includes(letter))
    if (letter === ',' && depth === 0 && !isQuoted) {
      items.push(item.trim())
      item = ''
    } else item += letter
  }
  return item.trim() === '' ? items : [...items, item.trim()]
}

/** Returns what is between the bracket at `start` and its closing bracket. */
function inBrackets(text: string, start: number): string {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    depth += Number(text[at] === '(') - Number(text[at] === ')')
    if (depth === 0) return text.slice(start + 1, at)
  }
  return text.slice(start + 1)
}

function arityOf(signature: string): Arity {
  const items = itemsOf(inBrackets(signature, signature.indexOf('(')))
  return { min: items.filter((item) => !item.includes(' = ')).length, max: items.length }
}

/** The entries of a part of a class: each name with its signature. */
function entriesOf(page: string, title: string): readonly (readonly [string, string])[] {
  const part = page.split(`\n**${title}**\n`)[1]?.split('\n**')[0] ?? ''
  return [...part.matchAll(/^- `((?:static )?(\w+)[^`]*)`/gm)].map(([, signature = '', name = '']) => [name, signature])
}

/** Reads the classes of the reference. */
export function readApi(reference: string): Api {
  const pages = reference.split(/^## /m).slice(1)
  return new Map(
    pages.map((page) => {
      const arities = (title: string): ReadonlyMap<string, Arity> =>
        new Map(entriesOf(page, title).map(([name, signature]) => [name, arityOf(signature)]))
      const properties = [...entriesOf(page, 'Exports'), ...entriesOf(page, 'Properties')].map(([name]) => name)
      return [
        page.split('\n')[0] ?? '',
        { properties: new Set(properties), signals: arities('Signals'), methods: arities('Methods') },
      ]
    }),
  )
}

/** C# writes a name of the addon as a string: `receiver.Call("name", …)`. */
const USE = /\b(?:(\w+)\.)?(Call|CallDeferred|Get|Set|Connect|IsConnected|Disconnect|HasMethod|HasSignal|ToSignal)\(/g

function fits(arity: Arity | undefined, count: number): string | null {
  if (arity === undefined) return 'does not exist'
  return count < arity.min || count > arity.max ? `takes ${arity.min} to ${arity.max} arguments, not ${count}` : null
}

/** Number of arguments of a C# callback: `Callable.From<A, B>(…)` has two. Null for another expression. */
function callbackArity(expression: string): number | null {
  const from = /^Callable\.From(?:<(.*)>)?\(/s.exec(expression)
  return from === null ? null : itemsOf(from[1] ?? '').length
}

function faultOf(owner: ApiClass, verb: string, name: string, rest: readonly string[]): string | null {
  if (verb === 'Get' || verb === 'Set') return owner.properties.has(name) ? null : 'does not exist'
  if (verb.startsWith('Call')) return fits(owner.methods.get(name), rest.length)
  if (verb === 'HasMethod') return owner.methods.has(name) ? null : 'does not exist'
  const signal = owner.signals.get(name)
  const count = callbackArity(rest[0] ?? '')
  return signal === undefined || verb !== 'Connect' || count === null
    ? fits(signal, signal?.min ?? 0)
    : fits(signal, count)
}

/** What the names of an API check found: the number of names that it checked, and its faults. */
export interface ApiUse {
  readonly checked: number
  readonly faults: readonly string[]
}

/**
 * Checks the names of the addon in C# code. `receivers`: the class of each variable. A use of another variable is a fault,
 * and so is a name that is not a string literal. `foreign`: variables of other classes.
 */
export function checkUses(
  code: string,
  api: Api,
  receivers: Readonly<Record<string, string>>,
  foreign: readonly string[] = [],
): ApiUse {
  const faults: string[] = []
  let checked = 0
  for (const match of code.matchAll(USE)) {
    const items = itemsOf(inBrackets(code, match.index + match[0].length - 1))
    const verb = match[2] ?? ''
    const [receiver = '', quoted = '', ...rest] = verb === 'ToSignal' ? items : [match[1] ?? '', ...items]
    if (foreign.includes(receiver)) continue
    const name = /^"(\w+)"$/.exec(quoted)?.[1]
    const owner = receivers[receiver]
    const known = api.get(owner ?? '')
    checked++
    if (known === undefined) faults.push(`${receiver}.${verb}: the class of ${receiver} is unknown`)
    else if (name === undefined) faults.push(`${receiver}.${verb}(${quoted}): the name is not a string literal`)
    else {
      const fault = faultOf(known, verb, name, rest)
      if (fault !== null) faults.push(`${receiver}.${verb}: ${owner ?? ''}.${name} ${fault}`)
    }
  }
  return { checked, faults }
}
