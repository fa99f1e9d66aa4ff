/** `otherworld replay fork`: what would have happened with other inputs. */
import { readFile } from 'node:fs/promises'
import { loadEngine, type CommandType, type PlayerId, type Realm } from '../../../sim/index.ts'
import {
  faultText,
  RecordingError,
  RecordingPlayer,
  simulationOf,
  type Recording,
  type Simulation,
} from '../../../replay/index.ts'
import {
  editOf,
  ForkRunner,
  InputLineError,
  lastSequences,
  movedBetween,
  parseInputLines,
  peopleOf,
  placesOf,
  playersCalled,
  recordFork,
  type ForkEdits,
  type InputEdit,
  type Person,
  type Placed,
} from '../../../replay/fork/index.ts'
import { DELIVERY } from '../../../protocol/index.ts'
import { UINT32_MAX } from '../../../protocol/limits.ts'
import { unreadable } from '../../files/file-faults.ts'
import { openHolding, reportUnusable } from '../../files/recording-input.ts'
import { requireNew, writeNew } from '../../files/write-new.ts'
import { Progress, printJson, schemaOf, terminal, type Terminal } from '../../output.ts'
import { forkText, namedMoves, type ForkReport } from '../../reports/fork-report.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

const NAME = 'replay fork'

export async function runFork(
  args: Arguments,
  to: Terminal,
  load: () => Promise<Simulation<Realm>> = async () => simulationOf(await loadEngine()),
): Promise<number> {
  const out = args.text('out')
  if (args.positionals.length === 0 || out === undefined || args.text('at') === undefined)
    throw new UsageError(`it takes a recording, a tick and a file: otherworld ${NAME} FILE --at N --out OUT.owr`)
  requireNew(out)
  const at = args.number('at', { min: 1, max: UINT32_MAX, integer: true })
  const { file, recording } = await openHolding(args.positionals, at, (text) => to.err(`otherworld ${NAME}: ${text}\n`))
  const failed = (error: RecordingError): number => reportUnusable(to, NAME, args.flag('json'), file, error)
  if (recording instanceof RecordingError) return failed(recording)
  if (at === recording.startTick) throw new UsageError(`--at is ${at}; the inputs of ${file} begin with tick ${at + 1}`)
  const last = lastTick(args, at, file, recording)
  const simulation = await load()
  const opened = await ForkRunner.open(recording, simulation, at - 1)
  if (!opened.ok) return failed(opened.error)
  const people = peopleOf(opened.value, last)
  if (!people.ok) return failed(people.error)
  const edits = await editsOf(args, at, people.value)
  checkInputs(edits.inputs, { runner: opened.value, at, last, file: args.text('inputs') ?? '' })
  const all = [...people.value, ...joining(edits, people.value)]
  const report = await makeFork({ file, out, opened: opened.value, last, edits, people: all }, to)
  if (report instanceof RecordingError) return failed(report)
  await writeNew(out, report.bytes)
  const { bytes, ...fields } = report.report
  if (args.flag('json')) printJson(to, schemaOf(NAME), { ...fields, bytes })
  else to.out(forkText(to, report.report, recording.header.tickRate))
  return report.report.fault === null ? Exit.ok : Exit.failed
}

function lastTick(args: Arguments, at: number, file: string, recording: Recording): number {
  if (args.text('to') === undefined) return recording.lastTick
  const last = args.number('to', { min: at, max: UINT32_MAX, integer: true })
  if (last <= recording.lastTick) return last
  throw new UsageError(`--to is ${last}; ${file} ends with tick ${recording.lastTick}`)
}

/** The edits that the options describe. Throws UsageError. */
async function editsOf(args: Arguments, at: number, people: readonly Person[]): Promise<ForkEdits> {
  const withoutPlayers = new Set<PlayerId>()
  for (const wanted of args.texts('without-player')) {
    const found = playersCalled(people, wanted)
    if (found.length === 0)
      throw new UsageError(
        `--without-player is "${wanted}"; from this tick on there are ${people.map(({ player, name }) => `${name} (${player})`).join(', ') || 'no players'}`,
      )
    for (const player of found) withoutPlayers.add(player)
  }
  const withoutCommands = new Set<CommandType>()
  for (const type of (args.text('without-inputs') ?? '').split(',').map((word) => word.trim())) {
    if (type === '') continue
    if (!isCommandType(type))
      throw new UsageError(`--without-inputs has "${type}"; the types are ${Object.keys(DELIVERY).join(', ')}`)
    withoutCommands.add(type)
  }
  const leaving = people.filter(({ player, isThere }) => isThere && withoutPlayers.has(player))
  return {
    at,
    withoutPlayers,
    leaving: leaving.map(({ player }) => player),
    withoutCommands,
    inputs: await inputsOf(args, people),
  }
}

/** The players whom added joins bring in. */
const joining = ({ inputs }: ForkEdits, people: readonly Person[]): Person[] =>
  inputs.flatMap(({ command }) =>
    command?.type === 'join' && !people.some(({ player }) => player === command.player)
      ? [{ player: command.player, name: command.name, isThere: false }]
      : [],
  )

const isCommandType = (word: string): word is CommandType => Object.hasOwn(DELIVERY, word)

async function inputsOf(args: Arguments, people: readonly Person[]): Promise<InputEdit[]> {
  const path = args.text('inputs')
  if (path === undefined) return []
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error)
  })
  try {
    return parseInputLines(text, (name) => playersCalled(people, name))
  } catch (error) {
    if (error instanceof InputLineError) throw new UsageError(`${path}, ${error.message}`, { cause: error })
    throw error
  }
}

/** Throws UsageError for an input outside the fork, and for one that replaces an input that was not recorded. */
function checkInputs(
  inputs: readonly InputEdit[],
  {
    runner,
    at,
    last,
    file,
  }: { readonly runner: ForkRunner<Realm>; readonly at: number; readonly last: number; readonly file: string },
): void {
  for (const { tick, player, sequence } of inputs) {
    if (tick < at || tick > last)
      throw new UsageError(`${file} has an input of tick ${tick}; the fork has ticks ${at} to ${last}`)
    if (sequence === null) continue
    const frame = runner.frame(tick)
    const recorded = frame.ok ? frame.value.inputs.filter((input) => input.player === player) : []
    if (recorded.some((input) => input.sequence === sequence)) continue
    const known = recorded.map((input) => `${input.sequence} (${input.command.type})`).join(', ')
    throw new UsageError(
      `${file} replaces input ${sequence} of player ${player} at tick ${tick}; ${known === '' ? 'the player has no input' : `the player's inputs are ${known}`} there. Leave "sequence" out to add an input`,
    )
  }
}

interface ForkWork {
  readonly file: string
  readonly out: string
  readonly opened: ForkRunner<Realm>
  readonly last: number
  readonly edits: ForkEdits
  readonly people: readonly Person[]
}

async function makeFork(
  { file, out, opened: runner, last, edits, people }: ForkWork,
  to: Terminal,
): Promise<{ readonly bytes: Uint8Array; readonly report: ForkReport } | RecordingError> {
  const { recording, simulation } = runner
  const added = new Set([0, ...edits.inputs.map(({ player }) => player)])
  const sequences = lastSequences(recording, edits.at - 1, added)
  if (!sequences.ok) return sequences.error
  const changes = changesOf(edits, people)
  const progress = new Progress(to, 'forking')
  let differsFrom: number | null = null
  let actual: readonly Placed[] = []
  const forked = await recordFork(runner, {
    to: last,
    edit: editOf(edits, sequences.value),
    recordedBy: `otherworld ${NAME}`,
    note: `a fork of ${recording.header.realm}, epoch ${recording.header.epoch}, segment ${recording.header.segment}, from tick ${edits.at}: ${changes.join('; ')}`,
    onTick: ({ tick, realm }, hash) => {
      if (differsFrom === null && hash !== recording.hash(tick)) differsFrom = tick
      if (tick === last) actual = placesOf(simulation.fields(realm))
      progress.update(tick - runner.startTick, last - runner.startTick)
    },
  })
  progress.end()
  if (!forked.ok) return forked.error
  const { bytes, end } = forked.value
  const fault = end.kind === 'fault' ? { tick: end.tick, message: faultText(end.error, end.tick) } : null
  const expected = fault ? [] : await recordedPlaces(recording, simulation, last)
  if (expected instanceof RecordingError) return expected
  const report: ForkReport = {
    file,
    out,
    from: edits.at,
    to: fault ? fault.tick : last,
    changes,
    differsFrom,
    fault,
    moved: fault ? [] : namedMoves(movedBetween(expected, actual), people),
    bytes: bytes.length,
  }
  return { bytes, report }
}

/** Words for each change of the fork. */
function changesOf({ withoutPlayers, withoutCommands, inputs }: ForkEdits, people: readonly Person[]): string[] {
  const nameOf = (player: PlayerId): string => people.find((each) => each.player === player)?.name ?? ''
  const dropped = inputs.filter(({ command }) => command === null).length
  const replaced = inputs.filter(({ sequence }) => sequence !== null).length - dropped
  const added = inputs.length - dropped - replaced
  const changes = [
    ...Array.from(withoutPlayers, (player) => `without player ${player}, ${nameOf(player)}`),
    ...(withoutCommands.size > 0 ? [`without inputs of type ${[...withoutCommands].join(', ')}`] : []),
    ...Object.entries({ added, replaced, dropped }).flatMap(([word, count]) =>
      count > 0 ? [`${count === 1 ? '1 input' : `${count} inputs`} ${word}`] : [],
    ),
  ]
  return changes.length > 0 ? changes : ['nothing changed']
}

async function recordedPlaces(
  recording: Recording,
  simulation: Simulation<Realm>,
  tick: number,
): Promise<readonly Placed[] | RecordingError> {
  const opened = await RecordingPlayer.open(recording, simulation, tick)
  if (!opened.ok) return opened.error
  try {
    const reached = await opened.value.reach(tick)
    return reached.ok ? placesOf(simulation.fields(opened.value.realm)) : reached.error
  } finally {
    opened.value.free()
  }
}

export const command: CliCommand = {
  name: NAME,
  summary: [
    'Runs a part of a recording again with other inputs, and records it. Shows what became different.',
    '',
    "FILE is a recording, several of one realm, a folder of them, or a server's data directory: the file that has the tick is used.",
    'The fork is a recording of its own, with its own hashes. It begins with the state before tick N, and has the recorded inputs except for your changes.',
    'Exit codes: 0 written, 1 the replay differs from the recording before the fork or the simulation fails in it, 2 usage, 3 corrupt, 4 other version.',
  ].join('\n'),
  positionals: 'FILE...',
  options: {
    at: { type: 'string', value: 'N', help: 'the first tick with other inputs' },
    to: { type: 'string', value: 'B', help: "the fork's last tick; without it, the recording's" },
    out: { type: 'string', value: 'OUT.owr', help: 'the file to write; it must not exist' },
    'without-player': {
      type: 'string',
      value: 'P',
      multiple: true,
      help: 'leave a player out, by name or number: the player leaves at tick N, and no input follows',
    },
    'without-inputs': { type: 'string', value: 'TYPES', help: 'leave out all inputs of these types: grab,drag' },
    inputs: {
      type: 'string',
      value: 'FILE',
      help: 'inputs to add, replace or drop, as lines of JSON (docs/replay.md)',
    },
  },
  run: (args) => runFork(args, terminal),
}
