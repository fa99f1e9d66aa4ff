/** `otherworld replay bisect`: where a replay first differs from its recording, or two recordings or builds differ. */
import { availableParallelism } from 'node:os'
import {
  compareBuilds,
  describeVerification,
  RecordingError,
  type Comparison,
  type Recording,
  type RecordingResult,
} from '../../../replay/index.ts'
import { openRecording, reportUnusable } from '../../files/recording-input.ts'
import { paint, printFailure, printJson, Progress, schemaOf, terminal, type Terminal } from '../../output.ts'
import { BUILD_OPTIONS, buildOf, type Build } from '../../builds/load-build.ts'
import {
  COMPARISON_EXITS,
  COMPARISON_WHAT,
  fieldsOf,
  hashesCompared,
  sameText,
  statesText,
  textOf,
} from '../../reports/comparison-report.ts'
import { bisectFile } from '../../workers/bisect-file.ts'
import { JobError } from '../../workers/pool.ts'
import { inThisThread, inThreads, type TickRange } from '../../workers/verify-files.ts'
import { jobsOf, rangeOf } from '../../workers/options.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'
import { compareFiles, loadSimulation, type Load } from './diff.ts'

const NAME = 'replay bisect'

export interface BisectHow {
  /** Threads without `--jobs`. */
  readonly threads?: number
  /** The bundle of the threads. */
  readonly workerFile?: URL
}

export async function runBisect(
  args: Arguments,
  to: Terminal,
  load: Load = loadSimulation,
  how: BisectHow = {},
): Promise<number> {
  const [file = '', second] = args.positionals
  if (args.positionals.length !== 1 && args.positionals.length !== 2)
    throw new UsageError('it takes one recording, or two: otherworld replay bisect FILE [ACTUAL]')
  const range = rangeOf(args)
  const jobs = jobsOf(args, how.threads ?? 1)
  const build = await buildOf(args)
  const unused = ['jobs', 'from', 'to'].find((name) => build !== null && args.text(name) !== undefined)
  if (unused !== undefined)
    throw new UsageError(
      `--${unused} has no effect with --build and --engine, which replay the whole recording; leave it out`,
    )
  if (second !== undefined) {
    if (build) throw new UsageError('--build and --engine replay one recording; leave the second out')
    return await compareFiles(NAME, args, range, to, load)
  }
  const progress = new Progress(to, 'replaying')
  const onProgress = (done: number, total: number): void => progress.update(done, total)
  const found = build
    ? await besideBuild(file, build, load, onProgress)
    : await againstReplay(file, { jobs, range, load, onProgress, ...how })
  progress.end()
  if (found instanceof RecordingError) return reportUnusable(to, NAME, args.flag('json'), file, found)
  if (found instanceof JobError) {
    printFailure(to, NAME, args.flag('json'), { reason: 'thread', message: `${file}: ${found.message}` })
    return Exit.failed
  }
  report(file, found, build, args, to)
  return found.comparison.difference ? Exit.failed : Exit.ok
}

interface Found {
  readonly recording: Recording
  readonly comparison: Comparison
}

const foundIn = (recording: Recording, compared: RecordingResult<Comparison>): Found | RecordingError =>
  compared.ok ? { recording, comparison: compared.value } : compared.error

async function besideBuild(
  file: string,
  { simulation }: Build,
  load: Load,
  onProgress: (done: number, total: number) => void,
): Promise<Found | RecordingError> {
  const recording = await openRecording(file)
  if (recording instanceof RecordingError) return recording
  const options = { onProgress: (each: { done: number; total: number }) => onProgress(each.done, each.total) }
  return foundIn(recording, await compareBuilds(recording, await load(), simulation, options))
}

interface ReplayOptions extends BisectHow {
  readonly jobs: number
  readonly range: TickRange
  readonly load: Load
  onProgress(done: number, total: number): void
}

async function againstReplay(
  file: string,
  { jobs, range, load, onProgress, workerFile }: ReplayOptions,
): Promise<Found | RecordingError | JobError> {
  const simulation = await load()
  const verifier = jobs > 1 ? inThreads(jobs, null, workerFile) : inThisThread(simulation)
  try {
    const bisected = await bisectFile(file, verifier, { range, onProgress })
    if (bisected instanceof RecordingError) return bisected
    const { recording, found } = bisected
    if (found instanceof RecordingError) return found
    return foundIn(recording, await describeVerification(recording, simulation, found))
  } catch (error) {
    if (error instanceof JobError) return error
    throw error
  } finally {
    await verifier.close()
  }
}

function report(
  file: string,
  { recording, comparison }: Found,
  build: Build | null,
  args: Arguments,
  to: Terminal,
): void {
  const { difference } = comparison
  if (args.flag('json'))
    return printJson(to, schemaOf(NAME), { ...fieldsOf(comparison), ...(build && buildFields(build, comparison)) })
  if (difference)
    return to.out(
      textOf(
        to,
        comparison,
        difference,
        recording,
        build ? ['this program', build.path] : ['what was recorded', 'what this program replays'],
      ),
    )
  to.out(
    build
      ? `${paint(to, 'green', '✓')} ${build.path} replays ${file} as this program does: ${statesText(comparison)} are equal\n`
      : sameText(to, comparison, [file], recording.header.tickRate),
  )
}

const buildFields = ({ path, simulation }: Build, found: Comparison) => ({
  build: { path, engine: simulation.engine, simVersion: simulation.version },
  hashesCompared: hashesCompared(found),
})

export const bisect: CliCommand = {
  name: NAME,
  summary: [
    'Finds the first tick at which a replay differs from its recording, or at which two recordings differ.',
    '',
    COMPARISON_WHAT,
    'One recording: its checkpoints are compared first, then its ticks from the start on, in parts. Two recordings: their hashes are compared, and only the first difference is replayed.',
    'With --build or --engine, this program and another one replay the recording side by side.',
    'The state of a run that this program does not replay is known only at its checkpoints: then the fields are compared at the next one.',
    COMPARISON_EXITS,
  ].join('\n'),
  positionals: 'FILE [ACTUAL]',
  options: {
    jobs: {
      type: 'string',
      value: 'N',
      help: 'threads that replay parts of one recording (default: the cores)',
    },
    from: { type: 'string', value: 'TICK', help: 'start at the last checkpoint that is not after this tick' },
    to: { type: 'string', value: 'TICK', help: 'the last tick to compare' },
    ...BUILD_OPTIONS,
  },
  run: (args) => runBisect(args, terminal, loadSimulation, { threads: availableParallelism() }),
}
