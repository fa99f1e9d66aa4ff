/** `otherworld replay verify`: replays recordings and compares every state hash. */
import { loadEngine } from '../../../sim/index.ts'
import { RecordingError, simulationOf, type Simulation, type Verification } from '../../../replay/index.ts'
import { UINT32_MAX } from '../../../protocol/limits.ts'
import { formatSeconds, paint, printJson, Progress, terminal, type Terminal } from '../../output.ts'
import { plural } from '../../../http-contract/plural.ts'
import { errorFields, exitOf, recordingsIn } from '../../files/recording-input.ts'
import { BUILD_OPTIONS, loadBuild, type Build } from '../../builds/load-build.ts'
import { defaultThreads, JobError } from '../../workers/pool.ts'
import { followNewest } from './verify-follow.ts'
import { jobsOf, rangeOf } from '../../workers/options.ts'
import {
  inThisThread,
  inThreads,
  verifyFiles,
  type FileResult,
  type TickRange,
  type Verifier,
} from '../../workers/verify-files.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

const SCHEMA = 'otherworld/replay-verify/1'
/** The longest that `--timeout-seconds` may ask for: a week. */
const TIMEOUT_SECONDS_MAX = 604_800
/**
 * If files end differently, the first of these that occurred is the exit code: proven errors before undecided files.
 */
const GRAVITY: readonly number[] = [Exit.failed, Exit.corrupt, Exit.version, Exit.timeout, Exit.ok]

/** The result for one file. */
interface FileOutcome {
  readonly file: string
  readonly exit: number
  readonly result: Verification | RecordingError | JobError
  readonly tickRate: number
}

/** The end of the time that the command has. A machine without a free processor delays timers, so the clock counts. */
class Deadline {
  readonly signal: AbortSignal
  readonly #endMs: number

  /** `startMs`: a moment of performance.now(). */
  constructor(startMs: number, seconds: number) {
    this.#endMs = startMs + Math.ceil(seconds * 1_000)
    this.signal = AbortSignal.timeout(Math.max(0, Math.ceil(this.#endMs - performance.now())))
  }

  get hasPassed(): boolean {
    return this.signal.aborted || performance.now() >= this.#endMs
  }

  /** Resolves with null if the deadline passes first. */
  within<T>(work: Promise<T>): Promise<T | null> {
    if (this.signal.aborted) return Promise.resolve(null)
    const ended = new Promise<null>((resolve) => {
      this.signal.addEventListener('abort', () => resolve(null), { once: true })
    })
    return Promise.race([work, ended])
  }
}

export interface VerifyHow {
  load?(): Promise<Simulation<unknown>>
  /** The moment of performance.now() from which `--timeout-seconds` counts. */
  readonly startMs?: number
  /** Threads without `--jobs`. */
  readonly threads?: number
  /** Ends --follow. Without it, Ctrl+C does. */
  readonly signal?: AbortSignal
  /** The bundle of the threads. */
  readonly workerFile?: URL
}

export async function runVerify(args: Arguments, to: Terminal, how: VerifyHow = {}): Promise<number> {
  if (args.positionals.length === 0) throw new UsageError('it takes recordings: otherworld replay verify FILE...')
  if (args.flag('follow')) return runFollow(args, to, how)
  const range = rangeOf(args)
  const jobs = jobsOf(args, how.threads ?? 1)
  const deadline =
    args.text('timeout-seconds') === undefined
      ? null
      : new Deadline(
          how.startMs ?? performance.now(),
          args.number('timeout-seconds', { min: 0.001, max: TIMEOUT_SECONDS_MAX }),
        )
  const files = await recordingsIn(args.positionals)
  const path = args.text('build') ?? null
  const build = path === null ? null : await loadBuild(path)
  const verifier = await verifierOf(jobs, deadline, build, how)
  const outcomes = verifier ? await verifyAll(files, verifier, range, deadline, args, to) : files.map(notBegun)
  if (!verifier && !args.flag('json')) for (const outcome of outcomes) to.out(lineOf(to, outcome))
  const exit = GRAVITY.find((code) => outcomes.some((outcome) => outcome.exit === code)) ?? Exit.ok
  if (args.flag('json')) printJson(to, SCHEMA, { ok: exit === Exit.ok, files: outcomes.map(fieldsOf) })
  else if (outcomes.length > 1) to.out(summaryOf(to, outcomes))
  return exit
}

/** Ends with what was compared so far when `how.signal` ends it. */
async function runFollow(args: Arguments, to: Terminal, how: VerifyHow): Promise<number> {
  for (const option of ['jobs', 'to', 'timeout-seconds'] as const)
    if (args.text(option) !== undefined) throw new UsageError(`--follow does not go together with --${option}`)
  const [followedPath, ...others] = args.positionals
  if (followedPath === undefined || others.length > 0)
    throw new UsageError('--follow takes one recording or folder: otherworld replay verify FILE --follow')
  const path = args.text('build') ?? null
  const load =
    how.load ?? (async () => (path === null ? simulationOf(await loadEngine()) : (await loadBuild(path)).simulation))
  const signal = how.signal ?? interrupted()
  const followed = await followNewest(followedPath, await load(), rangeOf(args).from, to, signal)
  const outcome = outcomeOf({ ...followed, ticks: null })
  if (args.flag('json')) printJson(to, SCHEMA, { ok: outcome.exit === Exit.ok, files: [fieldsOf(outcome)] })
  else to.out(lineOf(to, outcome))
  return outcome.exit
}

/** Aborts at Ctrl+C or SIGTERM. */
function interrupted(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  return controller.signal
}

/** Null if no time is left. */
async function verifierOf(
  jobs: number,
  deadline: Deadline | null,
  build: Build | null,
  { load = async () => build?.simulation ?? simulationOf(await loadEngine()), workerFile }: VerifyHow,
): Promise<Verifier | null> {
  if (deadline?.hasPassed) return null
  if (jobs > 1) return inThreads(jobs, build?.path ?? null, workerFile)
  const simulation = deadline ? await deadline.within(load()) : await load()
  return simulation && inThisThread(simulation)
}

async function verifyAll(
  files: readonly string[],
  verifier: Verifier,
  range: TickRange,
  deadline: Deadline | null,
  args: Arguments,
  to: Terminal,
): Promise<readonly FileOutcome[]> {
  const progress = new Progress(to, files.length === 1 ? 'verifying' : `verifying ${files.length} recordings`)
  const outcomes: FileOutcome[] = []
  const outside: FileResult[] = []
  try {
    await verifyFiles(files, verifier, {
      range,
      signal: deadline?.signal ?? null,
      onProgress: (done, total) => progress.update(done, total),
      onResult: (found) => {
        if (isOutside(found, range)) return void outside.push(found)
        const outcome = outcomeOf(found)
        outcomes.push(outcome)
        progress.end()
        if (!args.flag('json')) to.out(lineOf(to, outcome))
      },
    })
  } finally {
    await verifier.close()
  }
  if (outcomes.length > 0) return outcomes
  const ranges = outside.map(({ file, ticks }) => `${file} has ticks ${ticks?.first} to ${ticks?.last}`)
  throw new UsageError(`no recording has a tick of --from and --to: ${ranges.join('; ')}`)
}

const isOutside = ({ result, ticks }: FileResult, { from = 0, to = UINT32_MAX }: TickRange): boolean =>
  result === null && ticks !== null && (from > ticks.last || to < ticks.first)

function outcomeOf({ file, result, tickRate }: FileResult): FileOutcome {
  if (result === null) return notBegun(file)
  if (result instanceof RecordingError) return { file, exit: exitOf(result), result, tickRate }
  if (result instanceof JobError) return { file, exit: Exit.failed, result, tickRate }
  return { file, exit: result.ok ? Exit.ok : result.aborted ? Exit.timeout : Exit.failed, result, tickRate }
}

/** The result for a file for which no time was left. It is not even opened. */
const notBegun = (file: string): FileOutcome => ({
  file,
  exit: Exit.timeout,
  tickRate: 0,
  result: {
    ok: false,
    from: 0,
    to: 0,
    ticksExecuted: 0,
    hashesCompared: 0,
    samplesCompared: 0,
    checkpointsCompared: 0,
    truncated: false,
    firstDivergence: null,
    realTimeFactor: 0,
    aborted: true,
  },
})

function fieldsOf({ file, exit, result }: FileOutcome): Readonly<Record<string, unknown>> {
  if (!(result instanceof Error)) {
    const { aborted, realTimeFactor, ...rest } = result
    return { file, ...rest, realTimeFactor: Number(realTimeFactor.toFixed(2)), ...(aborted && { timedOut: true }) }
  }
  return {
    file,
    ok: exit === Exit.ok,
    ticksExecuted: 0,
    hashesCompared: 0,
    truncated: false,
    firstDivergence: null,
    realTimeFactor: 0,
    error:
      result instanceof JobError ? { reason: 'thread', message: result.message, offset: null } : errorFields(result),
  }
}

function lineOf(to: Terminal, { file, result, tickRate }: FileOutcome): string {
  const name = paint(to, 'bold', file)
  if (result instanceof Error) return `${paint(to, 'red', '✗')} ${name}: ${result.message}\n`
  const { ticksExecuted, firstDivergence, truncated, realTimeFactor, hashesCompared, aborted } = result
  const counted = `${plural(hashesCompared, 'hash', 'hashes')} of ${plural(ticksExecuted, 'tick')} compared`
  if (firstDivergence)
    return `${paint(to, 'red', '✗')} ${name}: diverged at tick ${firstDivergence.tick}; ${counted}\n    ${firstDivergence.message}\n`
  if (aborted && ticksExecuted === 0) return `${paint(to, 'yellow', '?')} ${name}: timed out before its first tick\n`
  if (aborted)
    return `${paint(to, 'yellow', '?')} ${name}: timed out at tick ${result.from + ticksExecuted}; ${counted}, all equal so far\n`
  if (ticksExecuted === 0)
    return `${paint(to, 'green', '✓')} ${name}: ${paint(to, 'yellow', `${truncated ? 'cut before its first tick' : 'it holds no tick'}, so nothing could be compared`)}\n`
  const tail = truncated ? paint(to, 'yellow', '; it was not closed, and ends with its last whole tick') : ''
  return `${paint(to, 'green', '✓')} ${name}: ${counted}, all equal; ${formatSeconds(ticksExecuted / tickRate)} replayed ${realTimeFactor.toFixed(1)} × real time${tail}\n`
}

function summaryOf(to: Terminal, outcomes: readonly FileOutcome[]): string {
  const good = outcomes.filter(({ exit }) => exit === Exit.ok).length
  return `${paint(to, good === outcomes.length ? 'green' : 'red', `${good} of ${plural(outcomes.length, 'recording')} verified`)}\n`
}

export const command: CliCommand = {
  name: 'replay verify',
  summary:
    'Replays recordings and compares every state hash.\nExit codes: 0 all equal, 1 diverged, 2 usage, 3 corrupt, 4 other version, 5 timed out.',
  positionals: 'FILE...',
  options: {
    jobs: {
      type: 'string',
      value: 'N',
      help: 'threads: files are verified at the same time, and a long one in parts that start at its checkpoints (default: one less than the cores)',
    },
    build: BUILD_OPTIONS.build,
    from: { type: 'string', value: 'TICK', help: 'start at the last checkpoint that is not after this tick' },
    to: { type: 'string', value: 'TICK', help: 'the last tick to compare' },
    follow: {
      type: 'boolean',
      help: 'also compare what the server appends, until it closes the recording or you press Ctrl+C; takes one FILE or folder, and no --jobs, --to or --timeout-seconds',
    },
    'timeout-seconds': { type: 'string', value: 'N', help: 'timeout in seconds, from the start of the command' },
  },
  // performance.now() counts from the start of the process.
  run: (args) => runVerify(args, terminal, { startMs: 0, threads: defaultThreads() }),
}
