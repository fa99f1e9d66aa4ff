/** `otherworld replay seek`: the state of a recorded session at a tick. */
import { avatars, loadEngine, props, type ElementId, type Field, type Realm } from '../../../sim/index.ts'
import {
  bitsOf,
  fieldText,
  RecordingError,
  RecordingPlayer,
  simulationOf,
  type Simulation,
} from '../../../replay/index.ts'
import { UINT32_MAX } from '../../../protocol/limits.ts'
import { plural } from '../../../http-contract/plural.ts'
import { openHolding, reportUnusable } from '../../files/recording-input.ts'
import { formatSeconds, paint, printJson, rows, schemaOf, terminal, type Terminal } from '../../output.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

const NAME = 'replay seek'

interface Element {
  readonly element: ElementId
  readonly kind: 'realm' | 'plane' | 'marker' | 'avatar' | 'prop'
  /** The name of a person or of a prop; empty for others. */
  readonly name: string
  readonly fields: Readonly<Record<string, Field['value']>>
}

/** Every element of a state, in the order of the state's fields. */
function elementsOf(realm: Realm, fields: Iterable<Field>): Element[] {
  const people = new Map(avatars(realm).map(({ id, name }) => [id, name]))
  const names = new Map(props(realm).map(({ id, spec }) => [id, spec.name]))
  const found = new Map<ElementId, Record<string, Field['value']>>()
  for (const { element, field, value } of fields) {
    const known = found.get(element) ?? {}
    known[field] = value
    found.set(element, known)
  }
  return Array.from(found, ([element, values]) => ({
    element,
    kind: people.has(element)
      ? 'avatar'
      : names.has(element)
        ? 'prop'
        : element === 0
          ? 'realm'
          : values['kind'] === 'plane'
            ? 'plane'
            : 'marker',
    name: people.get(element) ?? names.get(element) ?? '',
    fields: values,
  }))
}

/** The bits of the values that JSON does not hold: it writes -0 as 0, and NaN and infinities as null. */
const bitsBesideJson = ({ fields }: Element): Readonly<Record<string, string | null>> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
      .map(([field, value]) => [field, bitsOf(value)]),
  )

const playersOf = (realm: Realm) =>
  avatars(realm).map(({ player, user, name, id }) => ({ player, user, name, element: id }))
const holdsOf = (realm: Realm) =>
  props(realm)
    .filter(({ holder }) => holder !== 0)
    .map(({ id, holder, hand }) => ({ player: holder, hand, element: id }))

export async function runSeek(
  args: Arguments,
  to: Terminal,
  load: () => Promise<Simulation<Realm>> = async () => simulationOf(await loadEngine()),
): Promise<number> {
  if (args.positionals.length === 0 || args.text('tick') === undefined)
    throw new UsageError(`it takes a recording and a tick: otherworld ${NAME} FILE --tick N`)
  const tick = args.number('tick', { min: 0, max: UINT32_MAX, integer: true })
  const { file, recording } = await openHolding(
    args.positionals,
    tick,
    (text) => to.err(`otherworld ${NAME}: ${text}\n`),
    () => ({ from: tick, to: tick }),
  )
  const failed = (error: RecordingError): number => reportUnusable(to, NAME, args.flag('json'), file, error)
  if (recording instanceof RecordingError) return failed(recording)
  const simulation = await load()
  const opened = await RecordingPlayer.open(recording, simulation, tick)
  if (!opened.ok) return failed(opened.error)
  const player = opened.value
  try {
    const reached = await player.reach(tick)
    if (!reached.ok) return failed(reached.error)
    const hash = simulation.hash(player.realm)
    return show(args, to, { file, tick, hash, seconds: tick / recording.header.tickRate }, player.realm, simulation)
  } finally {
    player.free()
  }
}

interface Place {
  readonly file: string
  readonly tick: number
  readonly hash: string
  /** Since tick 0. */
  readonly seconds: number
}

function show(args: Arguments, to: Terminal, place: Place, realm: Realm, simulation: Simulation<Realm>): number {
  const all = elementsOf(realm, simulation.fields(realm))
  const asked = args.text('element') === undefined ? null : askedElement(args, all)
  const { seconds: _seconds, ...named } = place
  if (args.text('field') !== undefined) {
    const [field, value] = askedField(args, asked)
    const fields = { element: asked?.element, field, value, bits: bitsOf(value) }
    if (args.flag('json')) printJson(to, schemaOf(NAME), { ...named, ...fields })
    else to.out(`${fieldText(value)}\n`)
    return Exit.ok
  }
  const elements = asked ? [asked] : all
  if (args.flag('json'))
    printJson(to, schemaOf(NAME), {
      ...named,
      players: playersOf(realm),
      holds: holdsOf(realm),
      elements: elements.map((each) => ({ ...each, bits: bitsBesideJson(each) })),
    })
  else to.out(asked ? elementText(to, place, asked) : stateText(to, place, realm, elements))
  return Exit.ok
}

function askedElement(args: Arguments, all: readonly Element[]): Element {
  const id = args.number('element', { min: 0, max: UINT32_MAX, integer: true })
  const found = all.find(({ element }) => element === id)
  if (found) return found
  throw new UsageError(`there is no element ${id} at this tick; without --element all are listed`)
}

function askedField(args: Arguments, asked: Element | null): [field: string, value: Field['value']] {
  if (!asked) throw new UsageError('--field needs --element E')
  const field = args.text('field') ?? ''
  const value = Object.hasOwn(asked.fields, field) ? asked.fields[field] : undefined
  if (value !== undefined) return [field, value]
  throw new UsageError(
    `element ${asked.element} has no field "${field}"; it has ${Object.keys(asked.fields).join(', ')}`,
  )
}

const title = (to: Terminal, { file, tick, seconds, hash }: Place): string =>
  `${paint(to, 'bold', file)}\n${rows(to, [
    ['tick', `${tick}, ${formatSeconds(seconds)} after the realm's first`],
    ['state hash', hash],
  ])}`

const nameOf = ({ element, kind, name }: Element): string => `${element} ${kind}${name === '' ? '' : ` "${name}"`}`

function elementText(to: Terminal, place: Place, element: Element): string {
  const values = Object.entries(element.fields).map(([field, value]) => [field, fieldText(value)] as const)
  return `${title(to, place)}\n${paint(to, 'bold', nameOf(element))}\n${rows(to, values)}`
}

function stateText(to: Terminal, place: Place, realm: Realm, elements: readonly Element[]): string {
  const holders = new Map(holdsOf(realm).map(({ player, element }) => [element, player]))
  const names = new Map(playersOf(realm).map(({ player, name }) => [player, name]))
  const lines = elements
    .filter(({ kind }) => kind === 'avatar' || kind === 'prop')
    .map((each) => {
      const at = ['x', 'y', 'z'].map((axis) => Number(each.fields[`position.${axis}`]).toFixed(3))
      const holder = holders.get(each.element)
      const held = holder === undefined ? '' : `, held by ${names.get(holder) ?? `player ${holder}`}`
      return [nameOf(each), `at ${at.join(', ')}${held}`] as const
    })
  return `${title(to, place)}\n${plural(names.size, 'player')}, ${plural(elements.length - 1, 'element')}\n${rows(to, lines)}`
}

export const command: CliCommand = {
  name: NAME,
  summary: [
    'Shows the state of a recorded session after a tick: players, elements, places, who holds what.',
    '',
    "FILE is a recording, several of one realm, a folder of them, or a server's data directory: the file that has the tick is used.",
    '',
    'Positions are in metres. With --json every field of every element is printed, with the names that `replay diff` uses.',
    'bits: the number as a 32-bit float in hex, or as a 64-bit float if 32 bits cannot hold it; of elements, for those values that JSON does not hold (-0, NaN).',
    'Exit codes: 0 shown, 1 the replay differs from the recording before this tick, 2 usage, 3 corrupt, 4 other version.',
  ].join('\n'),
  positionals: 'FILE...',
  options: {
    tick: { type: 'string', value: 'N', help: 'the tick; `replay info` shows which there are' },
    element: { type: 'string', value: 'E', help: 'only this element, with all its fields; 0 is the realm itself' },
    field: { type: 'string', value: 'F', help: 'only this field of the element, for example position.x' },
  },
  run: (args) => runSeek(args, terminal),
}
