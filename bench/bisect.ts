/**
 * Time in which `otherworld replay bisect` finds one wrong bit in an hour of 20 players, and whether it names tick, phase,
 * element and field. Makes its recording, or takes the file of one that `recordScene` made.
 */
import { execFile } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadEngine } from '../sim/index.ts'
import { simulationOf } from '../replay/index.ts'
import { open, plantHash, plantRun } from './plant.ts'
import { recordScene } from './record-scene.ts'
import type { BenchReport, BenchRow } from './report.ts'
import { loadFittedClips } from './scene.ts'

const CLI = 'cli/otherworld.js'
const PLAYERS = 20
const TICKS = 216_000
const GOAL_SECONDS = 10
const TICKS_PER_MINUTE = 3_600
/** `bisect` ends with 1 if it found a difference. */
const DIFFERENT = 1
/** Checkpoints are 600 ticks apart, phase hashes 60. */
const CHECKPOINT_TICKS = 600
const SAMPLE_TICKS = 60

/** The fields of a report that the planted bit determines. */
interface Expected {
  readonly tick: number
  readonly phase: string | null
  readonly element: number | null
  readonly field: string | null
  readonly kind?: string
  readonly equalAgainTick?: number
}

async function bisect(what: string, expected: Expected, args: readonly string[]): Promise<BenchRow[]> {
  const start = performance.now()
  const out = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [CLI, 'replay', 'bisect', ...args, '--json'], (error, stdout) =>
      error && error.code !== DIFFERENT ? reject(error) : resolve(stdout),
    )
  })
  const seconds = (performance.now() - start) / 1000
  const found = JSON.parse(out) as Readonly<Record<string, unknown>>
  const names = Object.entries(expected)
  const right = names.filter(([name, value]) => found[name] === value)
  const wrong = names.filter(([name, value]) => found[name] !== value).map(([name]) => `${name} ${String(found[name])}`)
  return [
    { what, value: seconds, unit: 's', goal: GOAL_SECONDS },
    {
      what: `${what}: named rightly${wrong.length > 0 ? ` (not: ${wrong.join(', ')})` : ''}`,
      value: right.length,
      unit: `of ${names.length}`,
    },
  ]
}

/** The last tick at this share of the recording that is a multiple of the checkpoints' distance. */
const checkpointAt = (lastTick: number, share: number): number =>
  Math.floor((lastTick * share) / CHECKPOINT_TICKS) * CHECKPOINT_TICKS

async function measure(path: string, folder: string): Promise<BenchRow[]> {
  const source = open(path)
  const simulation = simulationOf(await loadEngine())
  const { lastTick } = source
  const [late, middle, early] = [0.95, 0.5, 0.05].map((share) => checkpointAt(lastTick, share)) as [
    number,
    number,
    number,
  ]
  const phase = 'bones'
  const field = 'position.x'
  const [faulty, state, hash] = ['run.owr', 'state.owr', 'hash.owr'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const sampled = late - SAMPLE_TICKS
  const element = await plantRun(source, simulation, faulty, { run: { tick: sampled, phase } })
  await plantRun(source, simulation, state, { run: { tick: late, phase }, checkpointTick: middle })
  plantHash(source, path, hash, early + 1)
  const runAt = { tick: sampled, phase, element, field }
  const minute = ['--from', String(sampled - TICKS_PER_MINUTE / 2), '--to', String(sampled + TICKS_PER_MINUTE / 2)]
  return [
    ...(await bisect('two recordings, 1 s before a checkpoint', runAt, [path, faulty])),
    ...(await bisect('two recordings, at a checkpoint', { ...runAt, tick: late }, [path, state])),
    ...(await bisect('state of a checkpoint', { kind: 'checkpoint', tick: middle, phase: null, element, field }, [
      state,
    ])),
    ...(await bisect('run, known to a minute', runAt, [faulty, ...minute])),
    ...(await bisect(
      'one hash, after 5 % of the ticks',
      { tick: early + 1, phase: null, element: null, field: null, equalAgainTick: early + 2 },
      [hash],
    )),
    ...(await bisect('run, after 95 % of the ticks', runAt, [faulty])),
  ]
}

/** `files`: one recording; without it, it makes its own. */
export async function run([file]: readonly string[]): Promise<BenchReport> {
  if (!existsSync('dist/node/cli.js')) throw new Error('the command is not built: npm run build')
  const folder = mkdtempSync(join(tmpdir(), 'otherworld-bench-bisect-'))
  try {
    const path = file ?? join(folder, 'hour.owr')
    if (file === undefined) await record(path)
    return {
      name: 'bisect',
      about: `one wrong bit in a recording of ${(open(path).lastTick / TICKS_PER_MINUTE).toFixed(0)} min, ${availableParallelism()} threads, seconds of the whole command`,
      rows: await measure(path, folder),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function record(path: string): Promise<void> {
  const file = openSync(path, 'w')
  try {
    await recordScene(await loadEngine(), { players: PLAYERS, clips: await loadFittedClips(), ticks: TICKS }, (bytes) =>
      writeSync(file, bytes),
    )
  } finally {
    closeSync(file)
  }
}
