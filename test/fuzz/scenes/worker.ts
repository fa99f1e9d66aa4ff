/** A worker thread of scripts/fuzz/fuzz-scenes.mjs that runs the given worlds one after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { ownThreadId } from '../../../server/both-threads/thread-time.ts'
import { loadEngine, type Engine, type InputFrame } from '../../../sim/index.ts'
import { readCase, savedOf, savedSource, shortestCase } from './cases.ts'
import { runWorld, sceneSource, seedOf, type Source } from './run.ts'

interface WorkerSettings {
  readonly seed: number
  readonly ticks: number
  readonly slowMs: number
  /** Frames to run instead of a scene's, as JSON. */
  readonly caseFile: string | null
  /** Report every frame before its step. */
  readonly tellsFrames: boolean
  /** Report the shortest inputs that fail in the same way. */
  readonly minimises: boolean
  /** Number of steps, tick of the last, and the thread's id in the system, so that a hanging thread is noticed. */
  readonly beats: Int32Array
}

const settings = workerData as WorkerSettings
const port = parentPort
if (!port) throw new Error('this runs only in a worker thread')

function run(engine: Engine, world: number): void {
  const { seed, ticks, slowMs, caseFile, tellsFrames, minimises, beats } = settings
  const worldSeed = seedOf(seed, world)
  const frames: InputFrame[] = []
  const onFrame = (frame: InputFrame): void => {
    if (minimises) frames.push(frame)
    if (tellsFrames) port?.postMessage({ type: 'frame', frame })
  }
  const onBeat = (tick: number): void => {
    Atomics.add(beats, 0, 1)
    Atomics.store(beats, 1, tick)
  }
  const saved = caseFile === null ? null : readCase(caseFile)
  const makeSource = (): Source => (saved ? savedSource(saved.list, saved.definition) : sceneSource(worldSeed))
  const { definition } = makeSource()
  if (tellsFrames) port?.postMessage({ type: 'definition', definition })
  const options = { world, ticks, slowMs, seed: worldSeed, onBeat }
  const report = runWorld(engine, { ...options, makeSource, onFrame })
  if (minimises)
    port?.postMessage({ type: 'shortest', list: shortestCase(engine, report, savedOf(frames), definition, options) })
  port?.postMessage({ type: 'report', report })
}

Atomics.store(settings.beats, 2, ownThreadId() ?? 0)
const engine = await loadEngine()
// The first steps of a thread include compilation and must not count.
runWorld(engine, { world: 0, ticks: 30, slowMs: Infinity, seed: 0, makeSource: () => sceneSource(0) })
port.on('message', (world: number) => run(engine, world))
port.postMessage({ type: 'ready' })
