/** `otherworld fuzz`: checks the properties of the physics on random sessions, in all cores. */
import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { plural } from '../../http-contract/plural.ts'
import { RecordingError } from '../../replay/index.ts'
import type { BatchOutput, FuzzFailure } from '../../testing/fuzz/batch.ts'
import { violationText } from '../../testing/properties/check-physics.ts'
import { checkRecording, PROPERTIES } from '../../testing/index.ts'
import { SEED_MAX } from '../../testing/properties/search.ts'
import { unreadable } from '../files/file-faults.ts'
import { reportUnusable } from '../files/recording-input.ts'
import { makeResultFolder } from '../files/write-new.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../command.ts'
import { formatSeconds, paint, printJson, schemaOf, tellWork, terminal, type Terminal } from '../output.ts'
import { JobPool } from '../workers/pool.ts'
import type { FuzzKinds } from '../workers/fuzz-worker.ts'
import { runPlantedBugs } from './planted-bugs.ts'

const NAME = 'fuzz'
const DEFAULT_SECONDS = 60
const DAY_SECONDS = 86_400
const RUNS_MAX = 1e9
/** Sessions of one job: about a second. */
const BATCH_RUNS = 20
/** A batch that takes longer hangs, ms. */
const HANGS_MS = 300_000

/** The bundle of fuzz-worker.ts: two folders above this file, or beside the other bundles. */
const FUZZ_WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/node/fuzz-worker.js' : './fuzz-worker.js',
  import.meta.url,
)

interface FuzzPlan {
  readonly seed: number
  /** Infinity: until the time is up. */
  readonly runs: number
  readonly seconds: number
  readonly jobs: number
  readonly property: string | null
  readonly saveTo: string | null
}

interface FuzzResult {
  readonly runs: number
  readonly seconds: number
  readonly failure: FuzzFailure | null
}

/** Checks sessions in several threads until one fails, or time or runs are used up. */
class Fuzzer {
  readonly #plan: FuzzPlan
  readonly #pool: JobPool<FuzzKinds>
  readonly #startMs = performance.now()
  #given = 0
  #failure: FuzzFailure | null = null
  runs = 0

  constructor(plan: FuzzPlan) {
    this.#plan = plan
    this.#pool = new JobPool<FuzzKinds>(plan.jobs, FUZZ_WORKER)
  }

  get seconds(): number {
    return (performance.now() - this.#startMs) / 1000
  }

  /** A line about the work so far. */
  line(): string {
    const { seconds: limit, seed, runs } = this.#plan
    const rate = this.runs / Math.max(this.seconds, 0.001)
    const total = Number.isFinite(runs)
      ? `of ${runs} sessions`
      : `sessions, ${formatSeconds(Math.max(0, limit - this.seconds))} left`
    return `fuzzing: ${this.runs} ${total}; ${rate.toFixed(1)} a second, seed ${seed + this.#given}`
  }

  async run(): Promise<FuzzResult> {
    try {
      await Promise.all(Array.from({ length: this.#plan.jobs }, () => this.#thread()))
      return { runs: this.runs, seconds: this.seconds, failure: this.#failure }
    } finally {
      await this.#pool.close()
    }
  }

  /** Gives one thread a batch after the other. */
  async #thread(): Promise<void> {
    const { runs, seconds, seed, property, saveTo } = this.#plan
    while (!this.#failure && this.seconds < seconds && this.#given < runs) {
      const firstSeed = seed + this.#given
      const count = Math.min(BATCH_RUNS, runs - this.#given)
      this.#given += count
      const output = await this.#batch({ firstSeed, runs: count, property, saveTo })
      this.runs += output.runs
      this.#failure ??= output.failure
    }
  }

  async #batch(input: {
    firstSeed: number
    runs: number
    property: string | null
    saveTo: string | null
  }): Promise<BatchOutput> {
    const end = AbortSignal.timeout(HANGS_MS)
    try {
      return await this.#pool.run('batch', input, { signal: end })
    } catch (error) {
      if (!end.aborted) throw error
      throw new Error(
        `a session of the seeds ${input.firstSeed} to ${input.firstSeed + input.runs - 1} did not end within ${HANGS_MS / 1000} s: run them one at a time with --runs 1 --seed N`,
        { cause: error },
      )
    }
  }
}

function planOf(args: Arguments): FuzzPlan {
  const property = args.text('property') ?? null
  if (property !== null && !PROPERTIES.some(({ name }) => name === property))
    throw new UsageError(`--property is "${property}"; there are ${PROPERTIES.map(({ name }) => name).join(', ')}`)
  const save = args.text('save')
  const hasRuns = args.text('runs') !== undefined
  const runs = hasRuns ? args.number('runs', { min: 1, max: RUNS_MAX, integer: true }) : Infinity
  const hasSeconds = args.text('seconds') !== undefined
  const jobs = jobsOf(args)
  return {
    seed:
      args.text('seed') === undefined
        ? randomInt(SEED_MAX >> 1)
        : args.number('seed', { min: 0, max: SEED_MAX, integer: true }),
    runs,
    seconds: hasSeconds
      ? args.number('seconds', { min: 1, max: DAY_SECONDS })
      : hasRuns
        ? DAY_SECONDS
        : DEFAULT_SECONDS,
    jobs: Math.min(jobs, Math.ceil(runs / BATCH_RUNS)),
    property,
    saveTo: save === undefined ? null : resolve(save),
  }
}

const jobsOf = (args: Arguments): number =>
  args.text('jobs') === undefined ? availableParallelism() : args.number('jobs', { min: 1, max: 256, integer: true })

function failureText(to: Terminal, { text, again, saved }: FuzzFailure): string {
  const [first = '', ...rest] = text.split('\n')
  const lines = [`${paint(to, 'red', '✗')} ${first}`, ...rest, `  again: ${again}`]
  if (saved) lines.push(`  saved: ${saved.recording}${saved.test === null ? '' : `\n         ${saved.test}`}`)
  return `${lines.join('\n')}\n`
}

const holding = (property: string | null): string => (property === null ? 'all properties hold' : `${property} holds`)

async function fuzz(args: Arguments, to: Terminal): Promise<number> {
  const plan = planOf(args)
  if (plan.saveTo !== null) makeResultFolder(plan.saveTo)
  const fuzzer = new Fuzzer(plan)
  const told = tellWork(to, () => fuzzer.line())
  let result: FuzzResult
  try {
    result = await fuzzer.run()
  } finally {
    told.end()
  }
  const { runs, seconds, failure } = result
  if (args.flag('json')) {
    const { text: _text, ...fields } = failure ?? { text: '' }
    printJson(to, schemaOf(NAME), {
      ok: failure === null,
      seed: plan.seed,
      runs,
      seconds: Number(seconds.toFixed(1)),
      properties: plan.property === null ? PROPERTIES.map(({ name }) => name) : [plan.property],
      failure: failure && fields,
    })
  } else if (failure) to.out(failureText(to, failure))
  else
    to.out(
      `${paint(to, 'green', '✓')} ${plural(runs, 'session')} from seed ${plan.seed} in ${formatSeconds(seconds)}: ${holding(plan.property)}\n`,
    )
  return failure ? Exit.failed : Exit.ok
}

/** Checks the properties on recordings instead of random sessions. */
async function checkFiles(args: Arguments, to: Terminal): Promise<number> {
  for (const name of ['seconds', 'runs', 'jobs', 'seed', 'save'])
    if (args.text(name) !== undefined)
      throw new UsageError(`--${name} is for random sessions, and files have none: leave --${name} or the files out`)
  const { property } = planOf(args)
  const properties = PROPERTIES.filter(({ name }) => property === null || name === property)
  const files: Readonly<Record<string, unknown>>[] = []
  let exit: number = Exit.ok
  for (const file of args.positionals) {
    const bytes = await readFile(file).catch((error: unknown) => {
      throw unreadable(file, error)
    })
    try {
      const violation = await checkRecording(bytes, properties)
      files.push({ file, ok: violation === null, violation })
      if (violation) exit = Exit.failed
      if (!args.flag('json'))
        to.out(
          violation
            ? `${paint(to, 'red', '✗')} ${file}: ${violationText(violation)}\n`
            : `${paint(to, 'green', '✓')} ${file}: ${holding(property)}\n`,
        )
    } catch (error) {
      if (error instanceof RecordingError && error.reason === 'no-start')
        throw new UsageError(`${file}: ${error.message}`, { cause: error })
      if (error instanceof RecordingError) return reportUnusable(to, NAME, args.flag('json'), file, error)
      throw error
    }
  }
  if (args.flag('json')) printJson(to, schemaOf(NAME), { ok: exit === Exit.ok, files })
  return exit
}

async function runFuzz(args: Arguments, to: Terminal): Promise<number> {
  if (args.flag('planted-bugs')) return await runPlantedBugs(args, to, FUZZ_WORKER, jobsOf(args))
  return args.positionals.length > 0 ? await checkFiles(args, to) : await fuzz(args, to)
}

export const command: CliCommand = {
  name: NAME,
  summary: [
    'Checks properties of the physics on random sessions. The first session that fails is shrunk, printed with the command that repeats it, and saved with --save.',
    '',
    'With FILE, it checks the properties on recordings that begin at a genesis, such as those that it saved.',
    'Exit codes: 0 all properties hold, 1 one does not, 2 usage, 3 corrupt recording, 4 recording of another version.',
  ].join('\n'),
  positionals: '[FILE...]',
  options: {
    seconds: {
      type: 'string',
      value: 'N',
      help: `how long to search (default ${DEFAULT_SECONDS}, or until all --runs are done)`,
    },
    runs: { type: 'string', value: 'N', help: 'number of sessions' },
    jobs: { type: 'string', value: 'N', help: 'threads; by default one for each core' },
    seed: {
      type: 'string',
      value: 'S',
      help: 'seed of the first session; the next has the next number; by default a random one',
    },
    property: {
      type: 'string',
      value: 'NAME',
      help: `one of ${PROPERTIES.map(({ name }) => name).join(', ')}; by default all`,
    },
    save: { type: 'string', value: 'DIR', help: 'saves the session that fails as a recording and a Vitest file' },
    'planted-bugs': { type: 'boolean', help: 'plants known bugs one by one, and shows what catches each' },
  },
  run: (args) => runFuzz(args, terminal),
}
