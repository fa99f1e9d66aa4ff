/**
 * Prediction as a player experiences it, with real render clients and a real realm over the in-memory network: the
 * difference between the server's answers and the prediction, and the time from an input until the player and another
 * player see its effect.
 */
import { RenderClient } from '../netcode/client/render-client.ts'
import type { AvatarSample, MoveInput } from '../netcode/client/types.ts'
import type { LinkConditions } from '../netcode/link-conditions.ts'
import { DEFAULT_DEFINITION, loadEngine, type Engine, type RealmDefinition, type Vec3 } from '../sim/index.ts'
import { Dice } from '../bots/bot-behaviour.ts'
import { SmallServer } from '../test/harness/small-server.ts'
import { percentile } from '../bots/figures.ts'
import type { BenchReport, BenchRow } from './report.ts'

const NETWORKS: readonly { readonly name: string; readonly conditions: Partial<LinkConditions> }[] = [
  { name: '50 ms, 20 ms jitter, 0 % loss', conditions: { delayMs: 50, jitterMs: 20, lossShare: 0 } },
  { name: '50 ms, 20 ms jitter, 5 % loss', conditions: { delayMs: 50, jitterMs: 20, lossShare: 0.05 } },
]
const TICK_MS = 1_000 / 60
/** The client draws at its own rate, so that its frames and the server's ticks drift past each other. */
const FRAME_MS = 1_000 / 72
const WARM_UP_MS = 6_000
const WALK_MS = 180_000
/** Number of times that the player starts from rest. */
const STARTS = 200
/** Time from one start to the next, and the walking part of it, ms. */
const START_EVERY_MS = 1_500
const START_WALK_MS = 500
/** An effect counts as seen beyond this distance, metres: more than any rounding of a snapshot. */
const SEEN_METRES = 0.01
const OWN_SEEN_METRES = 0.0005

/** A wide plain without props. */
const PLAIN: RealmDefinition = {
  ...DEFAULT_DEFINITION,
  props: [],
  ground: { x: 2_000, z: 2_000 },
  spawn: { position: { x: 0, y: 0, z: 0 }, yaw: 0, radius: 0 },
  bounds: { min: { x: -2_000, y: -50, z: -2_000 }, max: { x: 2_000, y: 200, z: 2_000 } },
}

class PredictionStage {
  readonly server: SmallServer
  readonly clients: readonly RenderClient[]
  #tickMs = 0
  #frameMs = 3

  constructor(engine: Engine, conditions: Partial<LinkConditions>, seed: number) {
    this.server = new SmallServer({ engine, definition: PLAIN, conditions, seed })
    this.clients = ['walker', 'watcher'].map((token) => {
      const client = new RenderClient({
        url: 'http://bench',
        token,
        connects: [this.server.transport.connect],
        clock: () => this.server.nowMs,
      })
      client.start()
      return client
    })
  }

  /** Advances time to the clients' next frame. */
  async frame(): Promise<number> {
    this.#frameMs += FRAME_MS
    for (; this.#tickMs <= this.#frameMs; this.#tickMs += TICK_MS) {
      this.server.transport.advance(this.#tickMs)
      this.server.simulate()
    }
    this.server.transport.advance(this.#frameMs)
    // Connecting needs settled promises.
    await Promise.resolve()
    for (const client of this.clients) client.update(this.#frameMs)
    return this.#frameMs
  }
}

const walkerOf = (client: RenderClient, nowMs: number): AvatarSample | undefined =>
  client.sample(nowMs).avatars.find(({ player }) => player === 1)
const apart = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)
const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)

/**
 * A player that walks as people do: it changes course about once a second, turns while walking, runs, stops, and
 * sometimes jumps.
 */
class WalkingPlayer {
  readonly #dice: Dice
  #untilMs = 0
  #move: MoveInput = { yaw: 0 }
  #yaw = 0
  #turning = 0

  constructor(dice: Dice) {
    this.#dice = dice
  }

  nextMove(nowMs: number): MoveInput {
    if (nowMs >= this.#untilMs) {
      const dice = this.#dice
      this.#untilMs = nowMs + dice.between(300, 1_800)
      this.#turning = dice.between(0, 1) < 0.4 ? dice.between(-2, 2) : 0
      const way = Math.floor(dice.between(0, 5))
      this.#move = {
        yaw: 0,
        z: way < 3 ? -1 : 0,
        x: way === 3 ? 1 : 0,
        run: dice.between(0, 1) < 0.3,
        jump: dice.between(0, 1) < 0.1,
      }
    }
    this.#yaw += (this.#turning * FRAME_MS) / 1_000
    const move = { ...this.#move, yaw: this.#yaw }
    this.#move = { ...this.#move, jump: false }
    return move
  }
}

/** Sizes of all corrections, cm. */
async function corrections(stage: PredictionStage): Promise<number[]> {
  const [walker] = stage.clients
  const player = new WalkingPlayer(new Dice(3))
  const sizes: number[] = []
  let snapshots = 0
  for (let nowMs = 0; nowMs < WARM_UP_MS + WALK_MS;) {
    nowMs = await stage.frame()
    if (walker?.state.type !== 'joined' || nowMs < WARM_UP_MS / 2) continue
    walker.move(player.nextMove(nowMs))
    walker.sample(nowMs)
    const stats = walker.stats(nowMs)
    if (nowMs > WARM_UP_MS && stats.snapshotsReceived > snapshots) sizes.push(stats.correctionMetres * 100)
    snapshots = stats.snapshotsReceived
  }
  return sizes
}

interface Effects {
  /** Frames from the input to the first visible change of the player's own avatar; 0 is the same frame. */
  readonly ownFrames: number[]
  /** Time until the watcher sees it, ms. */
  readonly otherMs: number[]
}

async function effects(stage: PredictionStage): Promise<Effects> {
  const [walker, watcher] = stage.clients
  const found: Effects = { ownFrames: [], otherMs: [] }
  if (walker === undefined || watcher === undefined) return found
  let nowMs = 0
  while (nowMs < WARM_UP_MS) {
    nowMs = await stage.frame()
    walker.sample(nowMs)
    watcher.sample(nowMs)
  }
  for (let i = 0; i < STARTS; i += 1) {
    const yaw = i * 0.7
    const [own, other] = [walkerOf(walker, nowMs), walkerOf(watcher, nowMs)]
    const startMs = nowMs
    const length = START_EVERY_MS + ((i * 37) % 50)
    let [ownSeen, otherSeen] = [false, false]
    for (let frames = 0; nowMs < startMs + length; frames += 1) {
      walker.move(nowMs < startMs + START_WALK_MS ? { z: -1, yaw } : { yaw })
      const [ownNow, otherNow] = [walkerOf(walker, nowMs), walkerOf(watcher, nowMs)]
      if (!ownSeen && own && ownNow && apart(own.position, ownNow.position) > OWN_SEEN_METRES) {
        ownSeen = true
        found.ownFrames.push(frames)
      }
      if (!otherSeen && other && otherNow && apart(other.position, otherNow.position) > SEEN_METRES) {
        otherSeen = true
        found.otherMs.push(nowMs - startMs)
      }
      nowMs = await stage.frame()
    }
  }
  return found
}

async function measure(engine: Engine, { name, conditions }: (typeof NETWORKS)[number]): Promise<BenchRow[]> {
  const walk = new PredictionStage(engine, conditions, 5)
  const sizes = await corrections(walk)
  const stats = walk.clients[0]?.stats()
  walk.server.free()
  const start = new PredictionStage(engine, conditions, 6)
  const { ownFrames, otherMs } = await effects(start)
  start.server.free()
  const goal = conditions.lossShare === 0 ? { goal: 1 } : {}
  const row = (what: string, value: number, unit: string, more: { readonly goal?: number } = {}): BenchRow => ({
    what: `${name}: ${what}`,
    value,
    unit,
    ...more,
  })
  return [
    row('corrections', sizes.length, ''),
    row('correction, RMS', rms(sizes), 'cm'),
    row('correction, p99', percentile(sizes, 0.99), 'cm', goal),
    row('correction, largest', Math.max(...sizes), 'cm'),
    row('corrections over 1 cm', (100 * sizes.filter((size) => size > 1).length) / sizes.length, '%'),
    row('drawn behind arrivals', stats?.delayMs ?? 0, 'ms'),
    row('input to own effect, largest', Math.max(...ownFrames), 'frames', { goal: 1 }),
    row(
      'input to own effect, in the same frame',
      (100 * ownFrames.filter((frames) => frames === 0).length) / ownFrames.length,
      '%',
    ),
    row('input to effect at another, p50', percentile(otherMs, 0.5), 'ms'),
    row('input to effect at another, p99', percentile(otherMs, 0.99), 'ms'),
    row('inputs whose effect was seen by both', Math.min(ownFrames.length, otherMs.length), `of ${STARTS}`),
  ]
}

export async function run(): Promise<BenchReport> {
  const engine = await loadEngine()
  const rows: BenchRow[] = []
  for (const network of NETWORKS) rows.push(...(await measure(engine, network)))
  return {
    name: 'prediction',
    about: `a player walks ${WALK_MS / 1_000} s on a plain and sets off ${STARTS} times, another watches; 72 frames a second, 20 snapshots a second`,
    rows,
  }
}
