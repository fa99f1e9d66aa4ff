/** `otherworld replay rehearse`: replays recorded sessions on another build, before you update to it. */
import { loadEngine, type Realm } from '../../../sim/index.ts'
import {
  compareBuilds,
  RecordingError,
  simulationOf,
  type BuildComparison,
  type Simulation,
} from '../../../replay/index.ts'
import { percentile } from '../../../bots/figures.ts'
import { BUILD_OPTIONS, buildOf, type Build } from '../../builds/load-build.ts'
import { errorFields, exitOf, openRecording, recordingsIn } from '../../files/recording-input.ts'
import { formatSeconds, paint, printJson, Progress, schemaOf, terminal, type Terminal } from '../../output.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

const NAME = 'replay rehearse'
/** A build counts as slower from this median ratio of times on, if three quarters of the seconds are above 1. */
const SLOWER_FROM = 1.1
/** Seconds of a session that a ratio needs. */
const RATIO_SECONDS_MIN = 10
/** If files end differently, the first of these that occurred is the exit code. */
const GRAVITY: readonly number[] = [Exit.failed, Exit.corrupt, Exit.version]

interface Rehearsed {
  readonly file: string
  readonly result: BuildComparison | RecordingError
  readonly tickRate: number
}

/** Time of the other build divided by this program's: the median over seconds of the session, and the quartiles. */
interface TimeRatio {
  readonly median: number
  readonly low: number
  readonly high: number
}

function timeRatioOf(ratios: readonly number[]): TimeRatio | null {
  if (ratios.length < RATIO_SECONDS_MIN) return null
  const at = (share: number): number => Number(percentile(ratios, share).toFixed(3))
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}

function outcomeOf({ result }: Rehearsed): 'same' | 'changed' | 'faulted' | 'slower' | 'unusable' {
  if (result instanceof RecordingError) return 'unusable'
  if (result.difference) return result.difference.trap === null ? 'changed' : 'faulted'
  const ratio = timeRatioOf(result.timeRatios)
  return ratio && ratio.median >= SLOWER_FROM && ratio.low > 1 ? 'slower' : 'same'
}

export async function runRehearse(
  args: Arguments,
  to: Terminal,
  load: () => Promise<Simulation<Realm>> = async () => simulationOf(await loadEngine()),
): Promise<number> {
  const build = await buildOf(args)
  if (args.positionals.length === 0 || !build)
    throw new UsageError(`it takes recordings and a build: otherworld ${NAME} DIR --build PATH`)
  const files = await recordingsIn(args.positionals)
  const simulation = await load()
  const progress = new Progress(to, `rehearsing ${files.length === 1 ? 'a recording' : `${files.length} recordings`}`)
  const done: Rehearsed[] = []
  for (const file of files) {
    const each = await rehearse(file, simulation, build, (share) => progress.update(done.length + share, files.length))
    done.push(each)
    progress.end()
    if (!args.flag('json')) to.out(lineOf(to, each))
  }
  const exits = new Set(done.map(exitFor))
  if (args.flag('json')) {
    const { path, simulation: other } = build
    const about = { path, engine: other.engine, simVersion: other.version }
    printJson(to, schemaOf(NAME), {
      ok: exits.size === 1 && exits.has(Exit.ok),
      build: about,
      files: done.map(fieldsOf),
    })
  }
  return GRAVITY.find((code) => exits.has(code)) ?? Exit.ok
}

async function rehearse(
  file: string,
  simulation: Simulation<Realm>,
  build: Build,
  onShare: (share: number) => void,
): Promise<Rehearsed> {
  const recording = await openRecording(file)
  if (recording instanceof RecordingError) return { file, result: recording, tickRate: 0 }
  const found = await compareBuilds(recording, simulation, build.simulation, {
    onProgress: ({ done, total }) => onShare(total > 0 ? done / total : 1),
  })
  return { file, result: found.ok ? found.value : found.error, tickRate: recording.header.tickRate }
}

function exitFor(each: Rehearsed): number {
  if (each.result instanceof RecordingError) return exitOf(each.result)
  return outcomeOf(each) === 'same' ? Exit.ok : Exit.failed
}

function fieldsOf(each: Rehearsed): Readonly<Record<string, unknown>> {
  const { file, result } = each
  const outcome = outcomeOf(each)
  if (result instanceof RecordingError) return { file, outcome, error: errorFields(result) }
  const { difference, ticksExecuted, comparesHashes, timeRatios } = result
  return {
    file,
    outcome,
    tick: difference?.tick ?? null,
    phase: difference?.phase ?? null,
    element: difference?.element ?? null,
    field: difference?.field ?? null,
    expected: difference?.expected ?? null,
    actual: difference?.actual ?? null,
    trap: difference?.trap ?? null,
    ticksExecuted,
    hashesCompared: comparesHashes,
    timeRatio: timeRatioOf(timeRatios),
  }
}

function lineOf(to: Terminal, each: Rehearsed): string {
  const { file, result, tickRate } = each
  const outcome = outcomeOf(each)
  const mark = outcome === 'same' ? paint(to, 'green', '✓') : paint(to, 'red', '✗')
  return `${mark} ${outcome.padEnd(8)}  ${paint(to, 'bold', file)}: ${result instanceof RecordingError ? result.message : wordsOf(result, tickRate)}\n`
}

function wordsOf({ difference, ticksExecuted, timeRatios }: BuildComparison, tickRate: number): string {
  const ratio = timeRatioOf(timeRatios)
  const time = ratio ? `; time × ${ratio.median} (half of the seconds: ${ratio.low} to ${ratio.high})` : ''
  if (!difference) return `${formatSeconds(ticksExecuted / tickRate)} replayed${time}`
  const { tick, phase, element, field, trap } = difference
  if (trap !== null) return `tick ${tick}: ${trap}${time}`
  const what = field === null ? "the physics engine's own state" : `element ${element} ${field}`
  return `tick ${tick}${phase === null ? '' : `, phase "${phase}"`}, ${what}${time}`
}

export const command: CliCommand = {
  name: NAME,
  summary: [
    'Replays recorded sessions by this program and by another build, side by side, and reports what an update would change.',
    '',
    'Each file is the same, changed (first tick, phase, element and field), faulted (the other build trapped) or slower.',
    'Both builds step in turns, so that a busy machine slows both. The time is a ratio for each second: its median and quartiles.',
    'Exit codes: 0 all the same, 1 changed, faulted or slower, 2 usage, 3 corrupt, 4 other version.',
  ].join('\n'),
  positionals: 'DIR...',
  options: BUILD_OPTIONS,
  run: (args) => runRehearse(args, terminal),
}
