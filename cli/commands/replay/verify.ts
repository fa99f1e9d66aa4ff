/** `otherworld replay verify`: replays recordings and compares every state hash. */
import { loadEngine, type Realm } from '../../../sim/index.ts'
import { RecordingError, simulationOf, verify, type Simulation, type Verification } from '../../../replay/index.ts'
import { formatSeconds, paint, printJson, Progress, terminal, type Terminal } from '../../output.ts'
import { plural } from '../../../http-contract/plural.ts'
import { errorFields, exitOf, openRecording, recordingsIn } from '../../files/recording-input.ts'
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
  readonly result: Verification | RecordingError
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

/** `startMs`: the moment of performance.now() from which `--timeout-seconds` counts. */
export async function runVerify(
  args: Arguments,
  to: Terminal,
  load: () => Promise<Simulation<Realm>> = async () => simulationOf(await loadEngine()),
  startMs = performance.now(),
): Promise<number> {
  if (args.positionals.length === 0) throw new UsageError('it takes recordings: otherworld replay verify FILE...')
  const deadline =
    args.text('timeout-seconds') === undefined
      ? null
      : new Deadline(startMs, args.number('timeout-seconds', { min: 0.001, max: TIMEOUT_SECONDS_MAX }))
  const files = await recordingsIn(args.positionals)
  const simulation = deadline ? (deadline.hasPassed ? null : await deadline.within(load())) : await load()
  const outcomes: FileOutcome[] = []
  for (const file of files) {
    const outcome =
      simulation === null || deadline?.hasPassed
        ? notBegun(file)
        : await verifyFile(
            file,
            simulation,
            deadline?.signal ?? null,
            new Progress(to, files.length === 1 ? 'verifying' : `${outcomes.length + 1}/${files.length} ${file}`),
          )
    if (!args.flag('json')) to.out(lineOf(to, outcome))
    outcomes.push(outcome)
  }
  const exit = GRAVITY.find((code) => outcomes.some((outcome) => outcome.exit === code)) ?? Exit.ok
  if (args.flag('json')) printJson(to, SCHEMA, { ok: exit === Exit.ok, files: outcomes.map(fieldsOf) })
  else if (files.length > 1) to.out(summaryOf(to, outcomes))
  return exit
}

/** The result for a file for which no time was left. It is not even opened. */
const notBegun = (file: string): FileOutcome => ({
  file,
  exit: Exit.timeout,
  tickRate: 0,
  result: {
    ok: false,
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

async function verifyFile(
  file: string,
  simulation: Simulation<Realm>,
  signal: AbortSignal | null,
  progress: Progress,
): Promise<FileOutcome> {
  const recording = await openRecording(file)
  if (recording instanceof RecordingError) return { file, exit: exitOf(recording), result: recording, tickRate: 0 }
  const result = await verify(recording, simulation, {
    ...(signal && { signal }),
    onProgress: ({ done, total }) => progress.update(done, total),
  })
  progress.end()
  if (!result.ok) return { file, exit: exitOf(result.error), result: result.error, tickRate: recording.header.tickRate }
  return {
    file,
    exit: result.value.ok ? Exit.ok : result.value.aborted ? Exit.timeout : Exit.failed,
    result: result.value,
    tickRate: recording.header.tickRate,
  }
}

function fieldsOf({ file, exit, result }: FileOutcome): Readonly<Record<string, unknown>> {
  if (!(result instanceof RecordingError)) {
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
    error: errorFields(result),
  }
}

function lineOf(to: Terminal, { file, result, tickRate }: FileOutcome): string {
  const name = paint(to, 'bold', file)
  if (result instanceof RecordingError) return `${paint(to, 'red', '✗')} ${name}: ${result.message}\n`
  const { ticksExecuted, firstDivergence, truncated, realTimeFactor, hashesCompared, aborted } = result
  const counted = `${plural(hashesCompared, 'hash', 'hashes')} of ${plural(ticksExecuted, 'tick')} compared`
  if (firstDivergence)
    return `${paint(to, 'red', '✗')} ${name}: diverged at tick ${firstDivergence.tick}; ${counted}\n    ${firstDivergence.message}\n`
  if (aborted && ticksExecuted === 0) return `${paint(to, 'yellow', '?')} ${name}: timed out before its first tick\n`
  if (aborted)
    return `${paint(to, 'yellow', '?')} ${name}: timed out at tick ${ticksExecuted}; ${counted}, all equal so far\n`
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
    'timeout-seconds': { type: 'string', value: 'N', help: 'timeout in seconds, from the start of the command' },
  },
  // performance.now() counts from the start of the process.
  run: (args) => runVerify(args, terminal, undefined, 0),
}
