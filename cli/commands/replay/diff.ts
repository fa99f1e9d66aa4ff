/** `otherworld replay diff` and `replay bisect`: where two runs of a realm first differ. */
import { loadEngine, type Input, type Realm } from '../../../sim/index.ts'
import {
  bitsOf,
  compareBuilds,
  compareRecordings,
  compareReplay,
  fieldText,
  RecordingError,
  simulationOf,
  type Comparison,
  type FieldDifference,
  type Recording,
  type RunDifference,
  type Simulation,
} from '../../../replay/index.ts'
import { plural } from '../../../http-contract/plural.ts'
import { openRecording, reportUnusable } from '../../files/recording-input.ts'
import { formatSeconds, paint, printJson, Progress, rows, schemaOf, terminal, type Terminal } from '../../output.ts'
import { BUILD_OPTIONS, buildOf, type Build } from '../../builds/load-build.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

/** Fields in the text of a report; JSON has all. */
const SHOWN_MAX = 12

interface Done {
  readonly done: number
  readonly total: number
}

type Load = () => Promise<Simulation<Realm>>
const loadSimulation: Load = async () => simulationOf(await loadEngine())

export async function runDiff(args: Arguments, to: Terminal, load: Load = loadSimulation): Promise<number> {
  if (args.positionals.length !== 2)
    throw new UsageError('it takes two recordings: otherworld replay diff EXPECTED ACTUAL')
  return await run('replay diff', args, to, load)
}

export async function runBisect(args: Arguments, to: Terminal, load: Load = loadSimulation): Promise<number> {
  if (args.positionals.length !== 1 && args.positionals.length !== 2)
    throw new UsageError('it takes one recording, or two: otherworld replay bisect FILE [ACTUAL]')
  return await run('replay bisect', args, to, load)
}

async function run(name: string, args: Arguments, to: Terminal, load: Load): Promise<number> {
  const [first = '', second] = args.positionals
  const failed = (file: string, error: RecordingError): number =>
    reportUnusable(to, name, args.flag('json'), file, error)
  const expected = await openRecording(first)
  if (expected instanceof RecordingError) return failed(first, expected)
  const actual = second === undefined ? null : await openRecording(second)
  if (actual instanceof RecordingError) return failed(second ?? first, actual)
  if (actual && actual.header.realm !== expected.header.realm)
    throw new UsageError(
      `${first} is of the realm "${expected.header.realm}", ${second} of "${actual.header.realm}"; compare recordings of one realm`,
    )
  const build = name === 'replay bisect' ? await buildOf(args) : null
  if (build && actual) throw new UsageError('--build and --engine replay one recording; leave the second out')
  const simulation = await load()
  const progress = new Progress(to, 'replaying')
  const options = { onProgress: (each: Done) => progress.update(each.done, each.total) }
  const found = build
    ? await compareBuilds(expected, simulation, build.simulation, options)
    : actual
      ? await compareRecordings(expected, actual, simulation)
      : await compareReplay(expected, simulation, options)
  progress.end()
  if (!found.ok) return failed(args.positionals.join(', '), found.error)
  const { difference } = found.value
  if (args.flag('json'))
    printJson(to, schemaOf(name), { ...fieldsOf(found.value), ...(build && buildFields(build, found.value)) })
  else {
    const sides: Sides = build
      ? ['this program', build.path]
      : actual
        ? ['the first recording', 'the second recording']
        : ['what was recorded', 'what this program replays']
    to.out(
      difference
        ? textOf(to, found.value, difference, expected, sides)
        : build
          ? `${paint(to, 'green', '✓')} ${build.path} replays ${first} as this program does: ${statesText(found.value)} are equal\n`
          : sameText(to, found.value, args.positionals, expected.header.tickRate),
    )
  }
  return difference ? Exit.failed : Exit.ok
}

/** Where the two runs come from. */
type Sides = readonly [expected: string, actual: string]

/** False if the builds hash their states in different ways; then only the fields were compared. */
const hashesCompared = (found: Comparison): boolean => !('comparesHashes' in found) || found.comparesHashes === true

const buildFields = ({ path, simulation }: Build, found: Comparison) => ({
  build: { path, engine: simulation.engine, simVersion: simulation.version },
  hashesCompared: hashesCompared(found),
})

const statesText = (found: Comparison): string =>
  `the ${hashesCompared(found) ? 'hashes' : 'fields'} of ${plural(found.to - found.from + 1, 'state')}`

const withBits = (each: FieldDifference) => ({
  ...each,
  expectedBits: bitsOf(each.expected),
  actualBits: bitsOf(each.actual),
})

/** The fields of a report without a difference. */
const NONE: Omit<RunDifference, 'tick'> & { readonly tick: null } = {
  tick: null,
  phase: null,
  element: null,
  field: null,
  expected: null,
  actual: null,
  differences: [],
  fieldsTick: null,
  inputs: { expected: [], actual: [] },
  trap: null,
}

function fieldsOf({ difference, from, to, inputsTick }: Comparison): Readonly<Record<string, unknown>> {
  const found = difference ?? NONE
  return {
    diverged: difference !== null,
    ...found,
    expectedBits: bitsOf(found.expected),
    actualBits: bitsOf(found.actual),
    differences: found.differences.map(withBits),
    inputsTick,
    compared: { from, to },
  }
}

function sameText(
  to: Terminal,
  { from, to: last, inputsTick }: Comparison,
  [first = '', second]: readonly string[],
  tickRate: number,
): string {
  const states = `the hashes of ${plural(last - from + 1, 'state')} are equal`
  if (second === undefined) return `${paint(to, 'green', '✓')} ${first} replays as it was recorded: ${states}\n`
  const inputs =
    inputsTick === null
      ? ''
      : `  The inputs differ from tick ${inputsTick} on (${formatSeconds(inputsTick / tickRate)}), without an effect.\n`
  return `${paint(to, 'green', '✓')} ${first} and ${second} agree in the ticks that both have, ${from} to ${last}: ${states}\n${inputs}`
}

function textOf(
  to: Terminal,
  { from, inputsTick }: Comparison,
  found: RunDifference,
  expected: Recording,
  sides: Sides,
): string {
  const { tick, phase } = found
  const time = formatSeconds(tick / expected.header.tickRate)
  const what =
    tick === from
      ? `the states differ at tick ${tick} already, the first that can be compared`
      : `the states first differ after ${phase === null ? '' : `phase "${phase}" of `}tick ${tick}`
  const shown = found.differences.slice(0, SHOWN_MAX)
  const more = found.differences.length - shown.length
  return [
    `${paint(to, 'red', '✗')} ${paint(to, 'bold', what)} (${time})\n`,
    rows(to, [
      ['expected', sides[0]],
      ['actual', sides[1]],
    ]),
    fieldsText(found),
    rows(
      to,
      shown.map((each) => [
        `element ${each.element} ${each.field}`,
        `expected ${fieldText(each.expected)}, actual ${fieldText(each.actual)}`,
      ]),
    ),
    more > 0 ? `  and ${plural(more, 'more field')}; --json has all\n` : '',
    inputsText(found, inputsTick),
  ].join('')
}

function fieldsText({ tick, fieldsTick, differences, trap }: RunDifference): string {
  if (trap !== null) return `\nThe simulation trapped: ${trap}\n`
  if (fieldsTick === null)
    return '\nNo two states could be compared: this program does not replay this tick, and no later checkpoint differs.\n'
  const when = fieldsTick === tick ? '' : ` at the next checkpoint, of tick ${fieldsTick}`
  if (differences.length === 0)
    return `\nNo field differs${when}: only the physics engine's own state does (contacts, forces, sleep).\n`
  return `\n${plural(differences.length, 'field differs', 'fields differ')}${when}:\n`
}

function inputsText({ tick, inputs }: RunDifference, inputsTick: number | null): string {
  const list = (from: readonly Input[]): string =>
    (from.length === 0 ? '    none\n' : '') +
    from
      .map(({ player, sequence, command }) => `    player ${player}, ${sequence}: ${JSON.stringify(command)}\n`)
      .join('')
  const cause =
    inputsTick === null
      ? ''
      : `\nThe inputs differ from tick ${inputsTick} on, so the runs had to become different there.\n`
  const same = JSON.stringify(inputs.expected) === JSON.stringify(inputs.actual)
  if (same && inputs.expected.length === 0) return `${cause}\nTick ${tick} has no inputs.\n`
  if (same) return `${cause}\nThe inputs of tick ${tick}:\n${list(inputs.expected)}`
  return `${cause}\nThe inputs of tick ${tick}:\n  expected\n${list(inputs.expected)}  actual\n${list(inputs.actual)}`
}

const EXITS = 'Exit codes: 0 equal, 1 different, 2 usage, 3 corrupt, 4 other version.'
const WHAT = [
  'The report has the first tick, phase of the step, element and field that differ, and the inputs of that tick. Numbers are',
  'shown in decimal and as the bits of a float.',
].join(' ')

export const diff: CliCommand = {
  name: 'replay diff',
  summary: ['Compares two recordings of one realm, tick by tick.', '', WHAT, EXITS].join('\n'),
  positionals: 'EXPECTED ACTUAL',
  options: {},
  run: (args) => runDiff(args, terminal),
}

export const bisect: CliCommand = {
  name: 'replay bisect',
  summary: [
    'Finds the first tick at which a replay differs from its recording, or at which two recordings differ.',
    '',
    WHAT,
    'With --build or --engine, this program and another one replay the recording side by side.',
    'The state of a run that this program does not replay is known only at its checkpoints: then the fields are compared at the next one.',
    EXITS,
  ].join('\n'),
  positionals: 'FILE [ACTUAL]',
  options: BUILD_OPTIONS,
  run: (args) => runBisect(args, terminal),
}
