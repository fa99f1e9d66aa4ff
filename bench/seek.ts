/**
 * Time of random seeks in long recordings, in both directions, with the hash of each state compared; the time to fill the
 * ring of states before, and the memory at the end. Makes its recordings, or takes files.
 */
import { mkdtempSync, openSync, closeSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Dice } from '../bots/bot-behaviour.ts'
import { percentile } from '../bots/figures.ts'
import { openBytes } from '../cli/files/paged-file.ts'
import { loadEngine } from '../sim/index.ts'
import { CheckpointRing, readRecording, RecordingPlayer, simulationOf } from '../replay/index.ts'
import { recordScene } from './record-scene.ts'
import type { BenchReport, BenchRow } from './report.ts'
import { loadFittedClips } from './scene.ts'

const MIB = 1024 * 1024
const SCENES = [
  { players: 20, minutes: 60, goalMs: 50 },
  { players: 100, minutes: 10, goalMs: 250 },
] as const
const TICKS_PER_MINUTE = 3_600
const SEEKS = 1_000
/** Seeks to compare the memory with: leaks show in the rest. */
const SEEKS_BEFORE = 100
const SEED = 11

const rssMib = (): number => process.memoryUsage().rss / MIB

interface Measured {
  readonly path: string
  readonly label: string
  readonly goalMs: number | null
}

async function measure({ path, label, goalMs }: Measured): Promise<BenchRow[]> {
  const row = (what: string, value: number, unit: string): BenchRow => ({ what: `${label}: ${what}`, value, unit })
  const openMs = performance.now()
  const recording = readRecording(openBytes(path))
  if (!recording.ok) throw recording.error
  const opened = performance.now() - openMs
  const simulation = simulationOf(await loadEngine())
  const ring = new CheckpointRing()
  const player = await RecordingPlayer.open(recording.value, simulation, undefined, { ring })
  if (!player.ok) throw player.error
  const { startTick, lastTick } = recording.value
  const dice = new Dice(SEED)
  const [timesMs, processorMs]: [number[], number[]] = [[], []]
  const prepareMs = performance.now()
  await player.value.prepare()
  const prepared = (performance.now() - prepareMs) / 1000
  let rssBefore = 0
  for (let i = 0; i < SEEKS; i++) {
    if (i === SEEKS_BEFORE) rssBefore = rssMib()
    const tick = Math.floor(dice.between(startTick, lastTick + 1))
    const [start, before] = [performance.now(), process.cpuUsage()]
    const reached = await player.value.reach(tick)
    timesMs.push(performance.now() - start)
    const { user, system } = process.cpuUsage(before)
    processorMs.push((user + system) / 1000)
    if (!reached.ok) throw reached.error
  }
  player.value.free()
  const longest = row('seek, the longest, wall', Math.max(...timesMs), 'ms')
  const p99 = row('seek p99, wall', percentile(timesMs, 0.99), 'ms')
  return [
    row('open, all checked', opened, 'ms'),
    row('prepare', prepared, 's'),
    row('seek p50, wall', percentile(timesMs, 0.5), 'ms'),
    goalMs === null ? p99 : { ...p99, goal: goalMs },
    longest,
    row('seek p50, processor', percentile(processorMs, 0.5), 'ms'),
    row('seek p99, processor', percentile(processorMs, 0.99), 'ms'),
    row('spacing', ring.everyTicks, 'ticks'),
    row('states', ring.ticks.length, ''),
    row('memory of states', ring.memoryBytes / MIB, 'MiB'),
    row('resident memory', rssMib(), 'MiB'),
    row(`resident memory, growth in ${SEEKS - SEEKS_BEFORE} seeks`, rssMib() - rssBefore, 'MiB'),
  ]
}

async function measureScenes(folder: string): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  const engine = await loadEngine()
  const clips = await loadFittedClips()
  for (const { players, minutes, ...scene } of SCENES) {
    const path = join(folder, `${players}.owr`)
    const file = openSync(path, 'w')
    try {
      await recordScene(engine, { players, clips, ticks: minutes * TICKS_PER_MINUTE }, (bytes) =>
        writeSync(file, bytes),
      )
    } finally {
      closeSync(file)
    }
    rows.push(...(await measure({ path, label: `${players} players, ${minutes} min`, ...scene })))
    rmSync(path)
  }
  return rows
}

/** `files`: recordings; without any, it makes its own. */
export async function run(files: readonly string[]): Promise<BenchReport> {
  const rows: BenchRow[] = []
  const folder = mkdtempSync(join(tmpdir(), 'otherworld-bench-seek-'))
  try {
    for (const file of files) rows.push(...(await measure({ path: file, label: basename(file), goalMs: null })))
    if (files.length === 0) rows.push(...(await measureScenes(folder)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { name: 'seek', about: `${SEEKS} random seeks in both directions, each hash compared`, rows }
}
