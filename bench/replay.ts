/**
 * Replay speed of recordings with 20 and 100 players, compared with real time and with every hash compared; and their
 * size on disk.
 */
import { free, genesis, loadEngine, type Engine } from '../sim/index.ts'
import { readRecording, simulationOf, verify, type Verification } from '../replay/index.ts'
import { median } from './measure.ts'
import type { BenchReport, BenchRow } from './report.ts'
import { recordScene } from './record-scene.ts'
import { sceneDefinition, loadFittedClips } from './scene.ts'
import type { FittedClips } from '../bots/motion-clip-player.ts'

const PLAYERS = [20, 100] as const
const TICKS = 1_200
const RUNS = 3
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
    row('recording', bytes.length / 1024 / (TICKS / 60), 'KiB/s'),
  ]
}

export async function run(): Promise<BenchReport> {
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
