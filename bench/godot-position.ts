/**
 * Compares where a real Godot draws other players with where they were. Twelve bots walk about; a headless Godot
 * watches them over a network with 50 ms and 20 ms of jitter each way, with and without loss, and writes what it would
 * draw in each frame. The truth is the replayed recording: the simulation's positions at the drawn tick, linear between
 * two ticks. Needs Godot (GODOT, or scripts/get-godot.sh) and the rights to create networks. WEBRTC_NATIVE=folder with
 * the webrtc-native extension's files adds WebRTC to WebSocket.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LinkConditions } from '../netcode/link-conditions.ts'
import { RecordingPlayer, readRecording, simulationOf } from '../replay/index.ts'
import { avatars, loadEngine, type Vec3 } from '../sim/index.ts'
import { listRecordings } from '../storage/recordings/index.ts'
import { importProject, projectWithAddon, runGodot } from '../test/environments/godot.ts'
import { whyNoNetwork } from '../test/environments/network/available.ts'
import { TestNetwork } from '../test/environments/network/network.ts'
import type { NetworkHost } from '../test/environments/network/host.ts'
import { median } from './measure.ts'
import { CLI, serveIn } from './namespace-server.ts'
import { percentile } from '../bots/figures.ts'
import type { BenchReport, BenchRow } from './report.ts'

const SECONDS = 30
const BOTS = 12
const DELAY: Partial<LinkConditions> = { delayMs: 50, jitterMs: 20 }
const LINES: readonly { readonly name: string; readonly conditions: Partial<LinkConditions> }[] = [
  { name: '0 % loss', conditions: DELAY },
  { name: '5 % loss', conditions: { ...DELAY, lossShare: 0.05 } },
]

interface PositionFigures {
  readonly transport: string
  readonly rttMs: number
  readonly loss: number
  readonly delayMs: number
  readonly snapshotsPerSecond: number
}
/** A frame of Godot: the drawn tick, and the elements with their positions. */
interface Drawn {
  readonly tick: number
  readonly places: readonly { readonly element: number; readonly position: Vec3 }[]
}

function drawnOf(file: string): { readonly drawn: Drawn[]; readonly figures: PositionFigures } {
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [number, number[]] | PositionFigures)
  const figures = lines.pop()
  if (figures === undefined || Array.isArray(figures)) throw new Error('Godot did not end with its figures')
  const drawn = lines.flatMap((line) => (Array.isArray(line) ? [{ tick: line[0], places: placesOf(line[1]) }] : []))
  return { drawn, figures }
}

const placesOf = (numbers: readonly number[]): Drawn['places'] =>
  Array.from({ length: numbers.length / 4 }, (_, i) => {
    const [element = 0, x = 0, y = 0, z = 0] = numbers.slice(i * 4, i * 4 + 4)
    return { element, position: { x, y, z } }
  })

/** Positions of all avatars at the ticks from `from` to `to`, from the recordings of a data directory. */
async function truthOf(data: string, from: number, to: number): Promise<Map<number, Map<number, Vec3>>> {
  const truth = new Map<number, Map<number, Vec3>>()
  const simulation = simulationOf(await loadEngine())
  for (const { path } of await listRecordings(join(data, 'recordings'))) {
    const recording = readRecording(readFileSync(path))
    if (!recording.ok) throw recording.error
    const player = await RecordingPlayer.open(recording.value, simulation, from)
    if (!player.ok) throw player.error
    await player.value.seek(from)
    while (player.value.tick <= to && !player.value.done) {
      truth.set(
        player.value.tick,
        new Map([...avatars(player.value.realm)].map(({ id, position }) => [id, { ...position }])),
      )
      const stepped = player.value.step()
      if (!stepped.ok) throw stepped.error
    }
    player.value.free()
  }
  return truth
}

/** Metres between the drawn and the true position, for each avatar in each frame. */
async function errorsOf(drawn: readonly Drawn[], data: string): Promise<number[]> {
  const ticks = drawn.map(({ tick }) => tick)
  const truth = await truthOf(data, Math.floor(Math.min(...ticks)) - 1, Math.ceil(Math.max(...ticks)) + 1)
  return drawn.flatMap(({ tick, places }) => {
    const [before, after] = [truth.get(Math.floor(tick)), truth.get(Math.floor(tick) + 1)]
    return places.flatMap(({ element, position }) => {
      const [a, b] = [before?.get(element), after?.get(element)]
      if (!a || !b) return []
      const share = tick - Math.floor(tick)
      const along = (axis: keyof Vec3): number => position[axis] - (a[axis] + (b[axis] - a[axis]) * share)
      return [Math.hypot(along('x'), along('y'), along('z'))]
    })
  })
}

async function watch(
  home: NetworkHost,
  away: NetworkHost,
  transport: string,
): Promise<{ readonly errors: number[]; readonly figures: PositionFigures }> {
  const folder = mkdtempSync(join(tmpdir(), 'otherworld-bench-'))
  const data = join(folder, 'data')
  const { process: server, url } = await serveIn(home, data)
  try {
    const bots = home.spawn(
      process.execPath,
      [
        CLI,
        'bots',
        '--url',
        url,
        '--count',
        String(BOTS),
        '--behaviour',
        'walk',
        '--seconds',
        String(SECONDS + 60),
        '--json',
      ],
      'ignore',
    )
    const project = projectWithAddon(folder, process.env.WEBRTC_NATIVE)
    await importProject(project)
    const out = join(folder, 'drawn.jsonl')
    const watched = await runGodot(
      ['-s', join(process.cwd(), 'godot-bridge/bench/watch.gd'), '--', url, String(SECONDS), out, transport],
      { project, within: ['ip', 'netns', 'exec', away.namespace] },
    )
    if (watched.status !== 0) throw new Error(`Godot did not watch to the end:\n${watched.output}`)
    bots.kill('SIGKILL')
    const ended = new Promise((resolve) => {
      server.once('close', resolve)
    })
    server.kill('SIGTERM')
    await ended
    const { drawn, figures } = drawnOf(out)
    return { errors: await errorsOf(drawn, data), figures }
  } finally {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

function rowsOf(name: string, errors: readonly number[], figures: PositionFigures): BenchRow[] {
  const row = (what: string, value: number, unit: string): BenchRow => ({ what: `${name}: ${what}`, value, unit })
  const rms = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)
  return [
    row(`error, RMS of ${errors.length}`, rms * 100, 'cm'),
    row('error, median', median(errors) * 100, 'cm'),
    row('error, p99', percentile(errors, 0.99) * 100, 'cm'),
    row('drawn behind the newest in time', figures.delayMs, 'ms'),
    row('round trip', figures.rttMs, 'ms'),
    row('snapshots a second', figures.snapshotsPerSecond, ''),
  ]
}

export async function run(): Promise<BenchReport> {
  const impossible = whyNoNetwork()
  if (impossible !== null) throw new Error(`this benchmark creates networks: ${impossible}`)
  const rows: BenchRow[] = []
  for (const transport of process.env.WEBRTC_NATIVE === undefined ? ['websocket'] : ['webrtc', 'websocket'])
    for (const { name, conditions } of LINES) {
      const network = await TestNetwork.start(1)
      try {
        const [home, away] = [await network.host('home'), await network.host('away')]
        away.line.set(conditions)
        const { errors, figures } = await watch(home, away, transport)
        rows.push(...rowsOf(`${figures.transport}, ${name}`, errors, figures))
      } finally {
        await network.stop()
      }
    }
  return {
    name: 'godot-position',
    about: `${BOTS} walking bots as a headless Godot draws them over 50 ms and 20 ms of jitter each way, ${SECONDS} s, against the recording`,
    rows,
  }
}
