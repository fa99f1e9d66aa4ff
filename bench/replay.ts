/**
 * Replay speed of recordings with 20 and 100 players, compared with real time and with every hash compared: in this
 * process, and by `replay verify` in one and in two threads; and their size on disk.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defined } from '../sim/assert.ts'
import { free, genesis, loadEngine, type Engine } from '../sim/index.ts'
import { readRecording, simulationOf, verify, type Verification } from '../replay/index.ts'
import { median } from './measure.ts'
import type { BenchReport, BenchRow } from './report.ts'
import { recordScene } from './record-scene.ts'
import { sceneDefinition, loadFittedClips } from './scene.ts'
import type { FittedClips } from '../bots/motion-clip-player.ts'

const PLAYERS = [20, 100] as const
/** Two of the parts that threads share. */
const TICKS = 2_400
const RUNS = 3
const JOBS = [1, 2] as const
const CLI = 'cli/otherworld.js'
/** The goal for 100 avatars: this many times faster than real time. */
const REAL_TIME_FACTOR_GOAL = 14

async function verified(engine: Engine, bytes: Uint8Array): Promise<Verification> {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  const outcome = await verify(recording.value, simulationOf(engine))
  if (!outcome.ok) throw outcome.error
  if (!outcome.value.ok) throw new Error(`the replay diverged: ${outcome.value.firstDivergence?.message ?? 'stopped'}`)
  return outcome.value
}

/** Seconds of the realm that `replay verify` replays per second, from the opened file to its result. */
function verifySpeed(path: string, jobs: number): number {
  const args = [CLI, 'replay', 'verify', path, '--jobs', String(jobs), '--json']
  const out = execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const { files } = JSON.parse(out.toString()) as { readonly files: readonly { readonly realTimeFactor: number }[] }
  return defined(files[0], 'verify reports each file').realTimeFactor
}

/** Medians for each of JOBS, in turns. */
function verifySpeeds(bytes: Uint8Array): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'otherworld-bench-replay-'))
  try {
    const path = join(folder, 'scene.owr')
    writeFileSync(path, bytes)
    const turns = Array.from({ length: RUNS }, () => JOBS.map((jobs) => verifySpeed(path, jobs)))
    return JOBS.map((_, i) => median(turns.map((turn) => defined(turn[i], 'each turn has all'))))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(engine: Engine, players: number, clips: FittedClips): Promise<BenchRow[]> {
  const parts: Uint8Array[] = []
  await recordScene(engine, { players, clips, ticks: TICKS }, (part) => parts.push(part))
  const bytes = new Uint8Array(Buffer.concat(parts))
  const [byProcessor, byWall]: [number[], number[]] = [[], []]
  for (let i = 0; i < RUNS; i++) {
    const before = process.cpuUsage()
    const { realTimeFactor, ticksExecuted } = await verified(engine, bytes)
    const { user, system } = process.cpuUsage(before)
    byProcessor.push(ticksExecuted / 60 / ((user + system) / 1e6))
    byWall.push(realTimeFactor)
  }
  const row = (what: string, value: number, unit: string): BenchRow => ({
    what: `${players} players: ${what}`,
    value,
    unit,
    moreIsBetter: unit === '×',
  })
  return [
    { ...row('replay speed', median(byProcessor), '×'), goal: REAL_TIME_FACTOR_GOAL },
    row('replay speed, wall', median(byWall), '×'),
    ...verifySpeeds(bytes).map((speed, i) => row(`verify --jobs ${JOBS[i]}, wall`, speed, '×')),
    row('recording', bytes.length / 1024 / (TICKS / 60), 'KiB/s'),
  ]
}

export async function run(): Promise<BenchReport> {
  if (!existsSync('dist/node/cli.js')) throw new Error('the command is not built: npm run build')
  const engine = await loadEngine()
  const clips = await loadFittedClips()
  free(genesis(engine, sceneDefinition(1)))
  const rows: BenchRow[] = []
  for (const players of PLAYERS) rows.push(...(await measure(engine, players, clips)))
  return {
    name: 'replay',
    about: `mocap players, 200 dynamics, ${TICKS} ticks, every hash and checkpoint compared, median of ${RUNS}; processor time unless it says wall`,
    rows,
  }
}
