/** `otherworld replay why`: the inputs that caused an element to be where it is. */
import { loadEngine, type Realm } from '../../../sim/index.ts'
import { RecordingError, simulationOf, type Simulation } from '../../../replay/index.ts'
import { chainOf, why, type Cause, type WhyProgress } from '../../../replay/why/index.ts'
import { plural } from '../../../http-contract/plural.ts'
import { UINT32_MAX } from '../../../protocol/limits.ts'
import { openHolding, reportUnusable } from '../../files/recording-input.ts'
import { formatSeconds, printJson, schemaOf, tellWork, terminal, type Terminal } from '../../output.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

const NAME = 'replay why'
const DEFAULT_SECONDS = 120
const SECONDS_MAX = 86_400

/** A line of progress with the time that is left at most: how many forks are needed shows only at the end. */
function lineOf({ tries, left }: WhyProgress, element: number, passed: number, seconds: number): string {
  const time = `${formatSeconds(Math.max(0, Math.ceil(seconds - passed)))} left at most`
  const found = tries === 0 ? 'replaying' : `${plural(left, 'input')} left after ${plural(tries, 'try', 'tries')}`
  return `looking for the cause of element ${element}: ${found}, ${time}`
}

export async function runWhy(
  args: Arguments,
  to: Terminal,
  load: () => Promise<Simulation<Realm>> = async () => simulationOf(await loadEngine()),
): Promise<number> {
  if (args.positionals.length === 0 || args.text('element') === undefined || args.text('tick') === undefined)
    throw new UsageError(`it takes a recording, an element and a tick: otherworld ${NAME} FILE --element E --tick N`)
  const began = performance.now()
  const tick = args.number('tick', { min: 0, max: UINT32_MAX, integer: true })
  const element = args.number('element', { min: 1, max: UINT32_MAX, integer: true })
  const field = args.text('field') ?? null
  const tolerance =
    args.text('tolerance') === undefined ? null : args.number('tolerance', { min: 0, max: UINT32_MAX, integer: false })
  const seconds =
    args.text('seconds') === undefined ? DEFAULT_SECONDS : args.number('seconds', { min: 0.1, max: SECONDS_MAX })
  const { file, recording } = await openHolding(args.positionals, tick, (text) =>
    to.err(`otherworld ${NAME}: ${text}\n`),
  )
  const failed = (error: RecordingError): number => reportUnusable(to, NAME, args.flag('json'), file, error)
  if (recording instanceof RecordingError) return failed(recording)
  const simulation = await load()
  let last: WhyProgress = { stage: 'influence', tries: 0, left: 0 }
  const told = tellWork(to, () => lineOf(last, element, (performance.now() - began) / 1000, seconds))
  const found = await why(
    recording,
    simulation,
    { element, field, tick, tolerance },
    { seconds, onProgress: (progress) => void (last = progress) },
  ).finally(() => told.end())
  if (!found.ok) return failed(found.error)
  const cause = found.value
  if (field !== null && cause.fact.value === null)
    throw new UsageError(
      `at tick ${tick}, element ${element} has no field "${field}"; otherworld replay seek ${file} --tick ${tick} shows all fields`,
    )
  if (cause.kind === 'start' && cause.fact.value === null)
    throw new UsageError(
      `there is no element ${element} up to tick ${tick}; otherworld replay seek ${file} --tick ${tick} shows all elements`,
    )
  const isFromGenesis = recording.header.start === 'genesis'
  if (args.flag('json'))
    printJson(to, schemaOf(NAME), {
      file,
      element,
      field,
      tick,
      value: cause.fact.value,
      tolerance: cause.fact.tolerance,
      cause: cause.kind === 'start' && !isFromGenesis ? 'before' : cause.kind,
      inputs: cause.inputs.map(({ tick: at, input }) => ({ tick: at, ...input })),
      chain: chainOf(cause),
      minimal: cause.minimal,
      tries: cause.tries,
      milliseconds: Math.round(performance.now() - began),
    })
  else to.out(textOf(cause, tick, recording.header.tickRate, isFromGenesis))
  return cause.minimal ? Exit.ok : Exit.timeout
}

function valueText({ fact: { element, field, value, tolerance } }: Cause): string {
  const about = field === null ? `element ${element}` : `${field} of element ${element}`
  if (value === null) return `there is no element ${element}`
  if (typeof value !== 'object')
    return `${about} is ${value}${tolerance > 0 ? `, give or take ${tolerance.toFixed(3)}` : ''}`
  const place = [value.x, value.y, value.z].map((each) => each.toFixed(2)).join(', ')
  return `${about} is within ${tolerance.toFixed(2)} m of (${place})`
}

function textOf(cause: Cause, tick: number, tickRate: number, isFromGenesis: boolean): string {
  const head = `At tick ${tick}, ${valueText(cause)}.\n`
  if (cause.kind === 'start')
    return `${head}${isFromGenesis ? 'It was so from the start, without any input.' : 'It was so when the recording began: the cause lies before.'}\n`
  if (cause.kind === 'none') return `${head}It became so without any input of the recording.\n`
  const lines = chainOf(cause).map((link) => `${(link.tick / tickRate).toFixed(2).padStart(9)} s  ${link.text}\n`)
  const count = plural(cause.inputs.length, 'input')
  const result = cause.minimal
    ? `${count} caused it. Without any one of them, it would not be so.`
    : `${count} caused it, but the time was up: some of them may not matter. A larger --seconds leaves fewer.`
  return `${head}${result}\n${lines.join('')}`
}

export const command: CliCommand = {
  name: NAME,
  summary: [
    'Shows which inputs caused an element to be where it is, or one of its fields to have its value.',
    '',
    "FILE is a recording, several of one realm, a folder of them, or a server's data directory: the file that has the tick is used.",
    'The recording is run again with some inputs left out, until none of those that are left can be missed.',
    'Exit codes: 0 answered, 5 answered but the time was up and some of the inputs may not matter, 1 the replay differs from the recording, 2 usage, 3 corrupt, 4 other version.',
  ].join('\n'),
  positionals: 'FILE...',
  options: {
    element: { type: 'string', value: 'E', help: 'the number of the avatar or prop' },
    field: { type: 'string', value: 'F', help: 'a field, as replay seek shows it; without it, the place is asked' },
    tick: { type: 'string', value: 'N', help: 'the tick after which it is so' },
    tolerance: {
      type: 'string',
      value: 'T',
      help: 'how much the value may differ and count as the same, in metres for places',
    },
    seconds: {
      type: 'string',
      value: 'N',
      help: `how long the search may take (default ${DEFAULT_SECONDS}); then it shows the smallest set so far`,
    },
  },
  run: (args) => runWhy(args, terminal),
}
