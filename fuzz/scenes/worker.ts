/** A worker thread of scripts/fuzz-scenes.mjs: runs the worlds that it is given, one after the other. */
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { DEFAULT_DEFINITION, loadEngine, type Engine, type Input, type InputFrame } from '../../sim/index.ts'
import { runWorld, sceneSource, seedOf, type Source } from './run.ts'

interface Settings {
  readonly seed: number
  readonly ticks: number
  readonly slowMs: number
  /** Frames to run instead of a scene's, as JSON. */
  readonly caseFile: string | null
  /** Tell every frame before it is stepped. */
  readonly tellsFrames: boolean
  /** Counts steps, and holds the tick of the last: how a thread that hangs is noticed. */
  readonly beats: Int32Array
}

const settings = workerData as Settings
const port = parentPort
if (!port) throw new Error('this runs in a worker thread alone')

/** Frames of a file like those that --save writes. Whoever acts in it and never joins has joined before. */
function caseSource(file: string): Source {
  const list = JSON.parse(readFileSync(file, 'utf8')) as { tick: number; input: Input }[]
  const joined = new Set(list.map(({ input: { command } }) => (command.type === 'join' ? command.player : 0)))
  const players = [...new Set(list.map(({ input }) => input.player))].filter((player) => player !== 0 && !joined.has(player))
  const joins = players.map((player, i): Input => ({ player: 0, sequence: i + 1, command: { type: 'join', player, user: player, name: `Player ${player}`, body: 0, permissions: DEFAULT_DEFINITION.permissions } }))
  const revived = ({ player, sequence, command }: Input): Input =>
    ({ player, sequence, command: command.type === 'pose' ? { type: 'pose', pose: { ...command.pose, bytes: Uint8Array.from(Object.values(command.pose.bytes)) } } : command })
  return {
    name: 'case', definition: DEFAULT_DEFINITION,
    frame: ({ tick }) => ({ tick: tick + 1, inputs: [...(tick === 0 ? joins : []), ...list.filter((each) => each.tick === tick + 1).map(({ input }) => revived(input))] }),
  }
}

function run(engine: Engine, world: number): void {
  const { seed, ticks, slowMs, caseFile, tellsFrames, beats } = settings
  const worldSeed = seedOf(seed, world)
  const onFrame = (frame: InputFrame): void => {
    if (tellsFrames) port?.postMessage({ type: 'frame', frame })
  }
  const onBeat = (tick: number): void => {
    Atomics.add(beats, 0, 1)
    Atomics.store(beats, 1, tick)
  }
  const makeSource = (): Source => (caseFile === null ? sceneSource(worldSeed) : caseSource(caseFile))
  if (tellsFrames) port?.postMessage({ type: 'definition', definition: makeSource().definition })
  port?.postMessage({ type: 'report', report: runWorld(engine, { world, ticks, slowMs, seed: worldSeed, makeSource, onFrame, onBeat }) })
}

const engine = await loadEngine()
// The first steps of a thread are compiled: not to be counted.
runWorld(engine, { world: 0, ticks: 30, slowMs: Infinity, seed: 0, makeSource: () => sceneSource(0) })
port.on('message', (world: number) => run(engine, world))
port.postMessage({ type: 'ready' })
