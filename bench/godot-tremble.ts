/**
 * The tremble of the own avatar at obstacles of a package in a real Godot: the scenes of bench/tremble.ts, over a real
 * server and a network with 50 ms and 20 ms of jitter each way. A headless Godot walks as the addon's client, once
 * without the package's colliders, as before its manifest is loaded, and once with them. It notes the correction of
 * each snapshot. Needs Godot (GODOT, or scripts/get-godot.sh), the rights to create networks, and `npm run build`.
 * WEBRTC_NATIVE=folder with the webrtc-native extension's files uses WebRTC in place of WebSocket.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { percentile } from '../bots/figures.ts'
import { writeGlb } from '../ingest/preflight/container.ts'
import { DEFAULT_DEFINITION, PERMISSIONS_MAX, type Collider, type RealmDefinition } from '../sim/index.ts'
import { importProject, projectWithAddon, runGodot } from '../test/environments/godot.ts'
import { whyNoNetwork } from '../test/environments/network/available.ts'
import type { NetworkHost } from '../test/environments/network/host.ts'
import { TestNetwork } from '../test/environments/network/network.ts'
import { median } from './measure.ts'
import { CLI, serveIn } from './namespace-server.ts'
import type { BenchReport, BenchRow } from './report.ts'
import { SCENES, type Scene } from './tremble-scenes.ts'

const CONDITIONS = { delayMs: 50, jitterMs: 20 }
const WALK_SECONDS = 5
/** Walks of each scene, each from the start, without and with the colliders. */
const WALKS = 3
/** Godot is ended after this time, seconds: the walks take 240 s with their joins. */
const GODOT_SECONDS_MAX = 1_200

/** Everyone may place static props, and joins at the middle. */
const REALM: RealmDefinition = {
  ...DEFAULT_DEFINITION,
  id: 'tremble',
  props: [],
  permissions: PERMISSIONS_MAX,
  spawn: { position: { x: 0, y: 0, z: 0 }, yaw: 0, radius: 0 },
}

/** What godot-bridge/bench/tremble.gd prints for a walk: corrections in metres. */
interface Walk {
  readonly scene: string
  readonly isKnown: boolean
  readonly corrections: readonly number[]
}

/** An invisible static object with these boxes as its OMI colliders. */
function glbOf(colliders: readonly Collider[]): Uint8Array {
  const boxes = colliders.flatMap(({ shape, position }) =>
    shape.type === 'box' ? [{ half: shape.halfExtents, position }] : [],
  )
  const sizes = boxes.map(({ half }) => [half.x * 2, half.y * 2, half.z * 2])
  return writeGlb(
    {
      asset: { version: '2.0' },
      extensionsUsed: ['OMI_physics_shape', 'OMI_physics_body'],
      extensions: { OMI_physics_shape: { shapes: sizes.map((size) => ({ type: 'box', box: { size } })) } },
      scene: 0,
      scenes: [{ nodes: boxes.map((_, i) => i) }],
      nodes: boxes.map(({ position: { x, y, z } }, shape) => ({
        translation: [x, y, z],
        extensions: { OMI_physics_body: { collider: { shape } } },
      })),
    },
    new Uint8Array(),
  )
}

/** Uploads an object and returns its package's hash. */
function upload(home: NetworkHost, url: string, folder: string, colliders: readonly Collider[]): string {
  const file = join(folder, 'obstacle.glb')
  writeFileSync(file, glbOf(colliders))
  const identity = join(folder, 'identities.json')
  const command = ['upload', file, '--url', url, '--share', '--json', '--identity', identity]
  const uploaded = execFileSync('ip', ['netns', 'exec', home.namespace, process.execPath, CLI, ...command], {
    encoding: 'utf8',
  })
  return (JSON.parse(uploaded) as { readonly package: string }).package
}

async function walk(home: NetworkHost, away: NetworkHost, scene: Scene): Promise<Walk[]> {
  const folder = mkdtempSync(join(tmpdir(), 'otherworld-bench-'))
  const realm = join(folder, 'realm.json')
  writeFileSync(realm, JSON.stringify(REALM))
  const { process: server, url } = await serveIn(home, join(folder, 'data'), '--realm', realm)
  try {
    const extension = process.env.WEBRTC_NATIVE
    const project = projectWithAddon(folder, extension)
    await importProject(project)
    const order = {
      url,
      transport: extension === undefined ? 'websocket' : 'webrtc',
      hash: upload(home, url, folder, scene.colliders),
      seconds: WALK_SECONDS,
      walks: WALKS,
      ...scene,
    }
    const { status, output } = await runGodot(['-s', resolve('godot-bridge/bench/tremble.gd')], {
      project,
      within: ['ip', 'netns', 'exec', away.namespace],
      env: { OTHERWORLD_TREMBLE: JSON.stringify(order) },
      secondsMax: GODOT_SECONDS_MAX,
    })
    const walks = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Walk] : []))
    if (status !== 0 || walks.length !== 2 * WALKS) throw new Error(`Godot did not walk to the end:\n${output}`)
    return walks
  } finally {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

function rowsOf({ name }: Scene, walks: readonly Walk[]): BenchRow[] {
  return [false, true].flatMap((isKnown) => {
    const sizes = walks.filter((one) => one.isKnown === isKnown).flatMap(({ corrections }) => corrections)
    const row = (what: string, metres: number): BenchRow => ({
      what: `${name}, colliders ${isKnown ? 'known' : 'unknown'}: ${what}`,
      value: metres * 100,
      unit: 'cm',
    })
    return [
      row(`correction, median of ${sizes.length}`, median(sizes)),
      row('correction, p99', percentile(sizes, 0.99)),
      row('correction, largest', Math.max(...sizes)),
    ]
  })
}

export async function run(): Promise<BenchReport> {
  const impossible = whyNoNetwork()
  if (impossible !== null) throw new Error(`this benchmark creates networks: ${impossible}`)
  const rows: BenchRow[] = []
  for (const scene of SCENES) {
    const network = await TestNetwork.start(1)
    try {
      const [home, away] = [await network.host('home'), await network.host('away')]
      away.line.set(CONDITIONS)
      rows.push(...rowsOf(scene, await walk(home, away, scene)))
    } finally {
      await network.stop()
    }
  }
  return {
    name: 'godot-tremble',
    about: `a headless Godot walks ${WALK_SECONDS} s into a wall and up a stair of a package, ${WALKS} times; 50 ms and 20 ms of jitter each way`,
    rows,
  }
}
