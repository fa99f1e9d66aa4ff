/**
 * The tremble of the own avatar at obstacles whose colliders come from a package: the correction of each snapshot while
 * a player walks into a wall for 5 s, with a steady and with a turning view, and up a stair. Each is measured without
 * the package's colliders, as before its manifest is loaded, and with them. A render client and a real realm over the
 * in-memory network.
 */
import { RenderClient } from '../netcode/client/render-client.ts'
import { percentile } from '../bots/figures.ts'
import { DEFAULT_DEFINITION, loadEngine, type Engine, type RealmDefinition } from '../sim/index.ts'
import { spec } from '../sim/stage.fixture.ts'
import { SmallServer } from '../test/harness/small-server.ts'
import { median } from './measure.ts'
import type { BenchReport, BenchRow } from './report.ts'
import { SCENES, type Scene } from './tremble-scenes.ts'

const CONDITIONS = { delayMs: 50, jitterMs: 20, lossShare: 0 }
const TICK_MS = 1_000 / 60
const FRAME_MS = 1_000 / 72
const WARM_UP_MS = 6_000
const WALK_MS = 5_000
/** Walks of each scene, each from the start. */
const WALKS = 6
const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
const HASH = 'ab'.repeat(32)

const PLAIN: RealmDefinition = {
  ...DEFAULT_DEFINITION,
  props: [],
  spawn: { position: { x: 0, y: 0, z: 0 }, yaw: 0, radius: 0 },
}

/** Sizes of all corrections while the player walks, cm. */
async function corrections(
  engine: Engine,
  { colliders, metresAhead, yaw, swing, swingMs }: Scene,
  isKnown: boolean,
  seed: number,
): Promise<number[]> {
  const server = new SmallServer({ engine, definition: PLAIN, conditions: CONDITIONS, seed })
  const prop = spec('static', ...colliders)
  server.order({ type: 'package', hash: HASH, physics: { kind: 'object', prop } })
  const position = { x: 0, y: 0, z: -metresAhead }
  server.order({ type: 'spawn', prop: HASH, position, rotation: IDENTITY, scale: 1, access: 0, owner: 0 })
  const client = new RenderClient({
    url: 'http://bench',
    token: 'walker',
    connects: [server.transport.connect],
    clock: () => server.nowMs,
    collidersOf: (hash) => (isKnown && hash === HASH ? colliders : null),
  })
  client.start()
  const sizes: number[] = []
  let [tickMs, snapshots] = [0, 0]
  for (let frameMs = 3; frameMs < WARM_UP_MS + WALK_MS; frameMs += FRAME_MS) {
    for (; tickMs <= frameMs; tickMs += TICK_MS) {
      server.transport.advance(tickMs)
      server.simulate()
    }
    server.transport.advance(frameMs)
    await Promise.resolve()
    client.update(frameMs)
    client.sample(frameMs)
    const walkedMs = frameMs - WARM_UP_MS
    if (walkedMs < 0) continue
    client.move({ z: -1, yaw: yaw + swing * Math.sin(walkedMs / swingMs) })
    const stats = client.stats(frameMs)
    if (stats.snapshotsReceived > snapshots) sizes.push(stats.correctionMetres * 100)
    snapshots = stats.snapshotsReceived
  }
  server.free()
  return sizes
}

export async function run(): Promise<BenchReport> {
  const engine = await loadEngine()
  const rows: BenchRow[] = []
  for (const scene of SCENES)
    for (const isKnown of [false, true]) {
      const sizes: number[] = []
      for (let seed = 1; seed <= WALKS; seed += 1) sizes.push(...(await corrections(engine, scene, isKnown, seed)))
      const row = (what: string, value: number): BenchRow => ({
        what: `${scene.name}, colliders ${isKnown ? 'known' : 'unknown'}: ${what}`,
        value,
        unit: 'cm',
      })
      rows.push(row(`correction, median of ${sizes.length}`, median(sizes)))
      rows.push(row('correction, p99', percentile(sizes, 0.99)), row('correction, largest', Math.max(...sizes)))
    }
  return {
    name: 'tremble',
    about: `a player walks ${WALK_MS / 1_000} s into a wall and up a stair of a package, ${WALKS} times; 50 ms and 20 ms of jitter each way`,
    rows,
  }
}
