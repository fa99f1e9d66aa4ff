/**
 * Cost and accuracy of snapshots: 100 clients among 100 avatars × 200 props of which 60 move, over the in-memory
 * network, with real sessions and decoders at both ends. The truth is the simulation's state at the drawn time.
 */
import { avatarAdded, propAdded } from '../server/realm/replication/element-catalog.ts'
import {
  avatars,
  free,
  loadEngine,
  props,
  type AvatarView,
  type Engine,
  type PropView,
  type Quat,
  type Realm,
  type Vec3,
} from '../sim/index.ts'
import { PROTOCOL_VERSION } from '../protocol/index.ts'
import { SAVINGS, SnapshotDecoder, SnapshotSource, SnapshotBuilder, type Savings } from '../netcode/snapshot/index.ts'
import { ClientSession, ServerSession } from '../netcode/session/index.ts'
import { Playback } from '../netcode/client/playback/playback.ts'
import { ReplicatedWorld } from '../netcode/client/replicated-world.ts'
import type { AvatarSample, PropSample } from '../netcode/client/types.ts'
import { Dice } from '../bots/bot-behaviour.ts'
import type { FittedClips } from '../bots/motion-clip-player.ts'
import { median, samples, timed, type TimeSamples } from './measure.ts'
import { percentile } from '../bots/figures.ts'
import type { BenchReport, BenchRow } from './report.ts'
import { scene, sceneDefinition, loadFittedClips, type BenchScene } from './scene.ts'

const AVATARS = 100
/** Clients whose drawn state is compared with the truth; the others only acknowledge. */
const WATCHED = 4
const MOVING_PROPS = 60
const WARM_UP_TICKS = 150
const MEASURED_TICKS = 300
const TICK_MS = 1_000 / 60
const SNAPSHOT_TICKS = 3
const NEAR_METRES = 4
/** Ticks of true states that are kept: longer than the longest delay. */
const TRUTH_TICKS = 90

interface NetworkProfile {
  readonly name: string
  readonly delayMs: number
  readonly jitterMs: number
  readonly lossShare: number
}

const NETWORKS: readonly NetworkProfile[] = [
  { name: 'at 0 % loss', delayMs: 25, jitterMs: 0, lossShare: 0 },
  { name: 'at 5 % loss, 50 ms, 20 ms jitter', delayMs: 50, jitterMs: 20, lossShare: 0.05 },
]

/** One direction of a connection, with random loss and jitter. */
class DelayedPath {
  readonly #network: NetworkProfile
  readonly #dice: Dice
  #underWay: { readonly dueMs: number; readonly bytes: Uint8Array }[] = []

  constructor(network: NetworkProfile, dice: Dice) {
    this.#network = network
    this.#dice = dice
  }

  send(packets: readonly Uint8Array[], nowMs: number): void {
    const { delayMs, jitterMs, lossShare } = this.#network
    for (const bytes of packets) {
      const dueMs = nowMs + delayMs + this.#dice.between(0, jitterMs)
      if (this.#dice.between(0, 1) >= lossShare) this.#underWay.push({ dueMs, bytes })
    }
  }

  receive(nowMs: number): Uint8Array[] {
    const due = this.#underWay.filter(({ dueMs }) => dueMs <= nowMs).toSorted((a, b) => a.dueMs - b.dueMs)
    this.#underWay = this.#underWay.filter(({ dueMs }) => dueMs > nowMs)
    return due.map(({ bytes }) => bytes)
  }
}

/** Both ends of one client's connection. */
class MeasuredClient {
  readonly server = new ServerSession(0)
  readonly client = new ClientSession(0)
  readonly view: SnapshotBuilder
  readonly decoder = new SnapshotDecoder()
  readonly world: ReplicatedWorld
  readonly playback = new Playback(60)
  readonly avatar: AvatarView
  readonly down: DelayedPath
  readonly up: DelayedPath
  missing = 0

  constructor(realm: Realm, avatar: AvatarView, network: NetworkProfile, dice: Dice) {
    this.avatar = avatar
    this.view = new SnapshotBuilder(realm.tick)
    this.world = new ReplicatedWorld(realm.definition.bounds, 60, this.decoder)
    this.down = new DelayedPath(network, dice)
    this.up = new DelayedPath(network, dice)
    this.server.queue({
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      realm: 'bench',
      tick: realm.tick,
      tickRate: 60,
      player: avatar.player,
      user: avatar.user,
      avatar: avatar.id,
      permissions: 7,
      definition: '{}',
      resumed: false,
      sequence: 0,
      ackCommand: 0,
    })
    for (const other of realm.avatars.values()) this.world.receive(avatarAdded(other))
    for (const prop of props(realm)) this.world.receive(propAdded(prop))
  }

  /** An active client acknowledges 15 times a second. */
  talk(nowMs: number): void {
    if (this.client.welcomed)
      this.client.latest({ type: 'move', x: 0, y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false })
    this.up.send(this.client.packets(nowMs), nowMs)
    for (const bytes of this.up.receive(nowMs)) this.server.receive(bytes, nowMs)
  }

  packets(source: SnapshotSource, nowMs: number): Uint8Array[] {
    return this.server.packets([this.view.nextPart(source, this.avatar.id, this.server.acknowledgementMs)], nowMs)
  }

  receive(nowMs: number, watched: boolean): void {
    for (const bytes of this.down.receive(nowMs)) {
      const received = this.client.receive(bytes, nowMs)
      if (!received.ok) throw new Error(received.error.message)
      const { snapshot, packet } = received.value
      const decoded = snapshot === null || !watched ? null : this.decoder.decode(snapshot)
      if (decoded === null || snapshot === null) continue
      if (!decoded.ok) throw new Error(decoded.error.message)
      if (decoded.value.missing > 0) {
        this.missing += 1
        this.client.withholdAck(packet)
      }
      this.world.applySamples(decoded.value.samples)
      this.playback.recordSnapshot(snapshot.tick, nowMs)
    }
  }
}

interface Truth {
  readonly avatars: ReadonlyMap<number, AvatarView>
  readonly props: ReadonlyMap<number, PropView>
}

interface Errors {
  readonly rootCm: number[]
  readonly handCm: number[]
  readonly boneDegrees: number[]
  readonly propCm: number[]
}
const noErrors = (): Errors => ({ rootCm: [], handCm: [], boneDegrees: [], propCm: [] })

const apartCm = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z) * 100
function degrees(a: Quat, b: Quat): number {
  return (2 * Math.acos(Math.min(1, Math.abs(a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w))) * 180) / Math.PI
}

function addAvatarError(into: Errors, seen: AvatarSample, truth: AvatarView): void {
  into.rootCm.push(apartCm(seen.position, truth.position))
  if (truth.pose === null || seen.pose === null) return
  into.handCm.push(
    apartCm(seen.pose.left.position, truth.pose.left.position),
    apartCm(seen.pose.right.position, truth.pose.right.position),
  )
  for (const [i, bone] of truth.pose.bones.entries()) {
    const shown = seen.pose.bones[i]
    if (bone && shown) into.boneDegrees.push(degrees(bone, shown))
  }
}

interface SnapshotErrors {
  readonly near: Errors
  readonly far: Errors
  readonly quantised: TimeSamples
  readonly encoded: TimeSamples
  /** Sizes of packets, bytes. */
  readonly bytes: number[]
  delayMs: number
  missing: number
}

/** Compares what a client draws with the truth at that time. */
function compare(
  line: MeasuredClient,
  nowMs: number,
  history: readonly (Truth | undefined)[],
  outcome: SnapshotErrors,
): void {
  // The truth is known at whole ticks.
  const tick = Math.floor(line.playback.drawTick(nowMs))
  const truth = history[tick % TRUTH_TICKS]
  const own = truth?.avatars.get(line.avatar.id)
  if (truth === undefined || own === undefined) return
  for (const seen of line.world.avatarsAt(tick, line.avatar.player)) {
    const real = truth.avatars.get(seen.element)
    if (real === undefined || seen.own) continue
    addAvatarError(apartCm(real.position, own.position) <= NEAR_METRES * 100 ? outcome.near : outcome.far, seen, real)
  }
  for (const seen of line.world.propsAt(tick)) addPropError(seen, truth, own, outcome)
}

function addPropError(seen: PropSample, truth: Truth, own: AvatarView, { near, far }: SnapshotErrors): void {
  const real = truth.props.get(seen.element)
  if (real === undefined || real.asleep) return
  const errors = apartCm(real.position, own.position) <= NEAR_METRES * 100 ? near : far
  errors.propCm.push(apartCm(seen.position, real.position))
}

/** Keeps as many props moving as the load needs, because the bots leave most at rest. */
class Mover {
  readonly #at: readonly { readonly x: number; readonly z: number }[]

  constructor(dice: Dice) {
    this.#at = Array.from({ length: MOVING_PROPS }, () => ({ x: dice.between(-10, 10), z: dice.between(-10, 10) }))
  }

  /** The props, but the first sixty move in circles of a metre, once in three seconds. */
  move(views: readonly PropView[], tick: number): PropView[] {
    return views.map((view, i) => {
      const centre = this.#at[i]
      if (centre === undefined) return { ...view, asleep: true }
      const angle = (tick / 180) * 2 * Math.PI + i
      const half = angle / 2
      const position = {
        x: centre.x + Math.cos(angle),
        y: 0.5 + 0.3 * Math.abs(Math.sin(angle * 3)),
        z: centre.z + Math.sin(angle),
      }
      const speed = (2 * Math.PI) / 3
      const rise = 0.9 * speed * Math.cos(angle * 3) * Math.sign(Math.sin(angle * 3))
      const linvel = { x: -Math.sin(angle) * speed, y: rise, z: Math.cos(angle) * speed }
      return {
        ...view,
        position,
        linvel,
        rotation: { x: 0, y: Math.sin(half), z: 0, w: Math.cos(half) },
        asleep: false,
      }
    })
  }
}

function play(
  { realm, nextFrame: next, step }: BenchScene,
  network: NetworkProfile,
  ticks: number,
  savings: Savings = SAVINGS,
): SnapshotErrors {
  const dice = new Dice(11)
  const mover = new Mover(dice)
  step(next())
  const lines = avatars(realm).map((avatar) => new MeasuredClient(realm, avatar, network, dice))
  const source = new SnapshotSource(realm.definition.bounds, savings)
  const history: (Truth | undefined)[] = []
  const outcome: SnapshotErrors = {
    near: noErrors(),
    far: noErrors(),
    quantised: samples(),
    encoded: samples(),
    bytes: [],
    delayMs: 0,
    missing: 0,
  }
  for (let i = 0; i < ticks; i += 1) {
    step(next())
    const nowMs = i * TICK_MS
    const [people, things] = [avatars(realm), mover.move(props(realm), realm.tick)]
    history[realm.tick % TRUTH_TICKS] = {
      avatars: new Map(people.map((one) => [one.id, one])),
      props: new Map(things.map((one) => [one.id, one])),
    }
    const measured = i >= WARM_UP_TICKS
    for (const line of lines) line.talk(nowMs)
    timed(measured ? outcome.quantised : samples(), () => source.update(realm.tick, people, things))
    const due = lines.filter((_, k) => (realm.tick + k) % SNAPSHOT_TICKS === 0)
    const sent = timed(measured ? outcome.encoded : samples(), () => due.map((line) => line.packets(source, nowMs)))
    for (const [k, line] of due.entries()) line.down.send(sent[k] ?? [], nowMs)
    if (measured) for (const { length } of sent.flat()) outcome.bytes.push(length)
    for (const [k, line] of lines.entries()) line.receive(nowMs, k < WATCHED)
    if (measured) for (const line of lines.slice(0, WATCHED)) compare(line, nowMs, history, outcome)
  }
  const delays = lines.slice(0, WATCHED).map(({ playback }) => playback.delayMs)
  return { ...outcome, delayMs: median(delays), missing: lines.reduce((sum, { missing }) => sum + missing, 0) }
}

const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)

function errorRows(where: string, name: string, { rootCm, handCm, boneDegrees, propCm }: Errors): BenchRow[] {
  const rows = (what: string, values: readonly number[], unit: string): BenchRow[] => [
    { what: `${name}: ${where} ${what}, RMS`, value: rms(values), unit },
    { what: `${name}: ${where} ${what}, p99`, value: percentile(values, 0.99), unit },
  ]
  return [
    ...rows('root', rootCm, 'cm'),
    ...rows('hands', handCm, 'cm'),
    ...rows('bones', boneDegrees, '°'),
    ...rows('moving props', propCm, 'cm'),
  ]
}

function measure(engine: Engine, clips: FittedClips, network: NetworkProfile): BenchRow[] {
  const played = scene(engine, AVATARS, clips)
  const outcome = play(played, network, WARM_UP_TICKS + MEASURED_TICKS)
  free(played.realm)
  const { name } = network
  const mean = outcome.bytes.reduce((sum, length) => sum + length, 0) / outcome.bytes.length
  const both = outcome.quantised.cpuMs.map((ms, i) => ms + (outcome.encoded.cpuMs[i] ?? 0))
  return [
    { what: `${name}: packet to a client, mean`, value: mean, unit: 'bytes' },
    { what: `${name}: packet to a client, largest`, value: Math.max(...outcome.bytes), unit: 'bytes', goal: 1_100 },
    { what: `${name}: down to a client`, value: (mean * 20 * 8) / 1_000, unit: 'kbit/s', goal: 256 },
    {
      what: `${name}: a tick's state quantised, once for all, median`,
      value: median(outcome.quantised.cpuMs),
      unit: 'ms',
    },
    {
      what: `${name}: a tick's packets encoded, a third of the clients, median`,
      value: median(outcome.encoded.cpuMs),
      unit: 'ms',
    },
    { what: `${name}: both, p99`, value: percentile(both, 0.99), unit: 'ms', goal: 4 },
    { what: `${name}: drawn behind arrivals`, value: outcome.delayMs, unit: 'ms' },
    { what: `${name}: baselines missing`, value: outcome.missing, unit: 'packets' },
    ...errorRows(`≤ ${NEAR_METRES} m`, name, outcome.near),
    ...errorRows(`> ${NEAR_METRES} m`, name, outcome.far),
  ]
}

/** Each saving is disabled separately. With the same bytes, its value shows in the errors. */
const WITHOUT: readonly (readonly [string, Partial<Savings>])[] = [
  ['all savings', {}],
  ['no deadbands', { deadband: 0 }],
  ['no levels', { levels: false }],
  ['no view factor', { behindFactor: 1 }],
  ['no urgency', { urgency: false }],
  ['no deltas', { deltas: false }],
]
const SAVING_TICKS = 120

function measureSavings(engine: Engine, clips: FittedClips): BenchRow[] {
  return WITHOUT.flatMap(([name, savings]) => {
    const played = scene(engine, AVATARS, clips)
    const { near, far } = play(played, NETWORKS[0] as NetworkProfile, WARM_UP_TICKS + SAVING_TICKS, {
      ...SAVINGS,
      ...savings,
    })
    free(played.realm)
    const row = (what: string, values: readonly number[], unit: string): BenchRow => ({
      what: `${name}: ${what}, RMS`,
      value: rms(values),
      unit,
    })
    return [
      row('near root', near.rootCm, 'cm'),
      row('near bones', near.boneDegrees, '°'),
      row('near props', near.propCm, 'cm'),
      row('far root', far.rootCm, 'cm'),
      row('far hands', far.handCm, 'cm'),
      row('far bones', far.boneDegrees, '°'),
      row('far props', far.propCm, 'cm'),
    ]
  })
}

export async function run(): Promise<BenchReport> {
  const engine = await loadEngine()
  const clips = await loadFittedClips()
  free(scene(engine, 1, clips).realm)
  const rows = [...NETWORKS.flatMap((network) => measure(engine, clips, network)), ...measureSavings(engine, clips)]
  const { spawn } = sceneDefinition(AVATARS)
  return {
    name: 'snapshots',
    about: `${AVATARS} clients, ${AVATARS} avatars with 18 bones within ${spawn.radius} m, 200 props of which ${MOVING_PROPS} move, 20 sends a second`,
    rows,
  }
}
