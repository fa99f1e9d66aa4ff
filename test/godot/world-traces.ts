/** Traces of remote elements for the Godot addon's tests, which must match clock, playback and tracks here. */
import { ServerClock } from '../../netcode/client/playback/clock.ts'
import { Playback } from '../../netcode/client/playback/playback.ts'
import type { AvatarSample, PropSample } from '../../netcode/client/types.ts'
import { ReplicatedWorld } from '../../netcode/client/replicated-world.ts'
import { SnapshotDecoder, SnapshotSource, SnapshotBuilder } from '../../netcode/snapshot/index.ts'
import { decodeServerPacket, encodeServerPacket, type SnapshotPart } from '../../protocol/index.ts'
import { propAdded } from '../../server/realm/replication/element-catalog.ts'
import { DEFAULT_DEFINITION, type AvatarView, type Pose, type PropView, type Quat, type Vec3 } from '../../sim/index.ts'
import { playArrivals, type ArrivalsOptions } from '../../netcode/client/playback/snapshot-arrivals.fixture.ts'
import { Dice } from '../../bots/bot-behaviour.ts'
import { hex } from '../protocol/message-vector.ts'

/** Nine decimals for ticks, six for values that are compared within 1e-4. */
const exact = (x: number): number => Number(x.toFixed(9))
const digits = (x: number): number => Number(x.toFixed(6))

const CHANGE = (atMs: number): number => (atMs > 4_000 && atMs < 8_000 ? 150 : 20)
const LINES: readonly (readonly [string, ArrivalsOptions])[] = [
  ['even', { seed: 1, lengthMs: 3_000 }],
  ['jitter and loss', { seed: 2, lengthMs: 12_000, jitterMs: 60, lossShare: 0.06 }],
  ['a round trip that changes', { seed: 3, lengthMs: 12_000, jitterMs: 4, delayMs: CHANGE }],
  ['a server that pauses', { seed: 4, lengthMs: 12_000, jitterMs: 10, serverPausesMs: [[4_000, 6_500]] }],
  [
    'a main thread that stalls',
    {
      seed: 5,
      lengthMs: 12_000,
      jitterMs: 10,
      pageStallsMs: [
        [3_000, 3_200],
        [5_000, 5_250],
        [7_000, 9_000],
      ],
    },
  ],
  ['a line that breaks', { seed: 6, lengthMs: 9_000, jitterMs: 300, lossShare: 0.4 }],
]
const DRIFTING: readonly [string, ArrivalsOptions] = [
  'a clock that goes wrong',
  { seed: 7, lengthMs: 45_000, jitterMs: 20, clockMs: (atMs) => atMs * 1.0005 },
]

interface TraceLine {
  readonly name: string
  /** `[0, msec, tick, round trip]`: an arrival; `[1, msec, …]`: the results then. */
  readonly events: readonly (readonly number[])[]
}

/** By frame: the drawn tick, the delay, the jitter, the rate. */
export const playbackTrace = (): TraceLine[] =>
  LINES.map(([name, options]) => {
    const [playback, events] = [new Playback(60), [] as number[][]]
    playArrivals(options, {
      snapshotArrived: (tick, rttMs, nowMs) => {
        playback.recordSnapshot(tick, nowMs)
        events.push([0, exact(nowMs), tick, exact(rttMs)])
      },
      frame: (nowMs) => {
        const drawn = playback.drawTick(nowMs)
        events.push([
          1,
          exact(nowMs),
          digits(drawn),
          digits(playback.delayMs),
          digits(playback.jitterMs),
          digits(playback.rate),
        ])
      },
    })
    return { name, events }
  })

/** Frames between two readings of the clock. */
const CLOCK_FRAMES = 6

/** By reading: the tick, the drift, the number of steps. */
export const clockTrace = (): TraceLine[] =>
  [...LINES, DRIFTING].map(([name, options]) => {
    const [clock, events] = [new ServerClock(60), [] as number[][]]
    let frame = 0
    playArrivals(options, {
      snapshotArrived: (tick, rttMs, nowMs) => {
        clock.roundTrip(rttMs, nowMs)
        clock.recordSnapshot(tick, nowMs)
        events.push([0, exact(nowMs), tick, exact(rttMs)])
      },
      frame: (nowMs) => {
        frame += 1
        if (frame % CLOCK_FRAMES === 0)
          events.push([1, exact(nowMs), digits(clock.tick(nowMs)), digits(clock.driftPpm), clock.steps])
      },
    })
    return { name, events }
  })

// --- tracks

const { bounds, props: placed } = DEFAULT_DEFINITION
const HEAD = {
  packet: 1,
  ackPacket: 0,
  ackBits: 0,
  ackCommand: 0,
  firstMessage: 0,
  clientTimeMs: 0,
  clientTimeAgeMs: 0,
  control: null,
}
const SECONDS = 9
const STILL: Vec3 = { x: 0, y: 0, z: 0 }

const about = (axis: 'x' | 'y' | 'z', angle: number): Quat => ({
  x: 0,
  y: 0,
  z: 0,
  [axis]: Math.sin(angle / 2),
  w: Math.cos(angle / 2),
})

function poseAt(seconds: number, mayHide: boolean): Pose {
  const swing = Math.sin(seconds * 5)
  const joint = (x: number, y: number, z: number) => ({ position: { x, y, z }, rotation: about('x', swing * 0.8 + x) })
  // The set of bones changes, because a tracker is lost for a while.
  const isSent = (i: number): boolean => !mayHide || i % 5 !== 0 || seconds % 3 < 1.5
  return {
    head: joint(0, 1.6 + swing * 0.05, -0.1),
    left: joint(-0.4, 1 + swing * 0.3, swing * 0.4),
    right: joint(0.4, 1 - swing * 0.3, -swing * 0.4),
    bones: Array.from({ length: 18 }, (_, i) =>
      isSent(i) ? (i % 4 === 3 ? about('z', 0) : about(i % 2 === 0 ? 'x' : 'z', swing * (0.2 + i * 0.05))) : null,
    ),
  }
}

/** Walks in a circle with pauses, is teleported after six seconds, and jumps at times. */
function walker(seconds: number): Pick<AvatarView, 'position' | 'velocity' | 'yaw' | 'grounded' | 'flying'> {
  const isPaused = seconds > 3 && seconds < 4.2
  const walked = seconds - Math.min(1.2, Math.max(0, seconds - 3))
  const [angle, speed] = [walked * 0.8, isPaused ? 0 : 2]
  const up = Math.max(0, (seconds % 2) - 1.3)
  const isUp = up > 0 && up < 0.6 && !isPaused
  const x = Math.sin(angle) * 2.5 + (seconds > 6 ? 9 : 0)
  return {
    position: { x, y: isUp ? 3 * up - 5 * up * up : 0, z: Math.cos(angle) * 2.5 },
    yaw: angle + Math.PI / 2,
    velocity: { x: Math.cos(angle) * speed, y: isUp ? 3 - 10 * up : 0, z: -Math.sin(angle) * speed },
    grounded: !isUp,
    flying: false,
  }
}

/** Flies up and down, and turns on the spot in jerks. */
const flier = (seconds: number): ReturnType<typeof walker> => ({
  position: { x: -3, y: 2 + Math.sin(seconds), z: 1 },
  velocity: { x: 0, y: Math.cos(seconds), z: 0 },
  yaw: Math.floor(seconds * 2) * 2.5,
  grounded: false,
  flying: true,
})

function avatarAt(id: number, seconds: number): AvatarView {
  const moving = id === 11 ? walker(seconds) : flier(seconds)
  return {
    id,
    player: id - 10,
    user: id - 10,
    name: `Player ${id - 10}`,
    body: 0,
    package: null,
    scale: 1,
    headMetres: 1.5,
    permissions: 7,
    ...moving,
    pose: poseAt(id === 11 ? seconds : Math.floor(seconds), id === 11),
    boneMask: 0,
    moveSequence: 0,
  }
}

/** The first is thrown repeatedly, the second is moved at times, the third rests. */
function propAt(i: number, seconds: number): PropView {
  const spec = placed.find(({ prop }) => prop.motion === 'dynamic')?.prop
  if (spec === undefined) throw new Error('the default realm has nothing that moves')
  const flight = seconds % 1.5
  const [x, y] = [flight * 3, 0.5 + flight * 4 - flight * flight * 5]
  const at = i === 0 ? { x, y: Math.max(0.2, y), z: 2 } : { x: 1 + Math.floor(seconds / 1.7) * (i - 2), y: 0.5, z: -2 }
  const linvel = i === 0 ? { x: 3, y: y > 0.2 ? 4 - 10 * flight : 0, z: 0 } : STILL
  return {
    id: 21 + i,
    spec,
    package: null,
    access: 0,
    position: at,
    rotation: i === 0 ? about('z', flight * 4) : about('y', Math.floor(seconds / 1.7)),
    linvel,
    angvel: STILL,
    scale: 1,
    holder: 0,
    hand: 0,
    owner: 0,
    asleep: i !== 0,
    frozen: null,
  }
}

const avatarsAt = (seconds: number): AvatarView[] => [11, 12].map((id) => avatarAt(id, seconds))
const propsAt = (seconds: number): PropView[] => [0, 1, 2].map((i) => propAt(i, seconds))

interface SentSnapshot {
  readonly part: SnapshotPart
  readonly heard: () => void
  readonly atMs: number
}

/** Snapshots of all that over a bad network: some are lost, all for 300 ms at a time, and some overtake others. */
function sentOver(dice: Dice): SentSnapshot[] {
  const [source, view] = [new SnapshotSource(bounds), new SnapshotBuilder(0)]
  let waiting: SentSnapshot[] = []
  const arrived: SentSnapshot[] = []
  for (let tick = 600; tick < 600 + SECONDS * 60; tick += 1) {
    const [seconds, nowMs] = [(tick - 600) / 60, (tick * 1_000) / 60]
    source.update(tick, avatarsAt(seconds), propsAt(seconds))
    for (const one of waiting.filter(({ atMs }) => atMs <= nowMs).toSorted((a, b) => a.atMs - b.atMs)) {
      // The server gets the acknowledgement at once.
      one.heard()
      arrived.push(one)
    }
    waiting = waiting.filter(({ atMs }) => atMs > nowMs)
    if (tick % 3 !== 0) continue
    const { bytes, acknowledged: heard } = view.nextPart(source, 11, 100)
    const packet = decodeServerPacket(encodeServerPacket(HEAD, [], bytes))
    if (!packet.ok || packet.value.snapshot === null) throw new Error('a snapshot could not be decoded')
    const atMs = nowMs + 40 + dice.between(0, 90)
    const isLost = dice.chance(0.08) || (seconds > 2 && seconds % 2.3 < 0.3)
    if (!isLost) waiting.push({ part: packet.value.snapshot, heard, atMs })
  }
  return arrived
}

const flat = ({ x, y, z }: Vec3): number[] => [digits(x), digits(y), digits(z)]
const turned = ({ x, y, z, w }: Quat): number[] => [digits(x), digits(y), digits(z), digits(w)]

/** `root`: position, yaw, velocity, 1 grounded + 2 flying; `pose`: head, left, right, position and rotation each; `bones`: null where it is not sent. */
const drawnAvatar = ({ element, position, yaw, velocity, grounded, flying, pose }: AvatarSample) => ({
  element,
  root: [...flat(position), digits(yaw), ...flat(velocity), (grounded ? 1 : 0) + (flying ? 2 : 0)],
  pose:
    pose && [pose.head, pose.left, pose.right].flatMap((joint) => [...flat(joint.position), ...turned(joint.rotation)]),
  bones: pose && pose.bones.map((bone) => bone && turned(bone)),
})
const drawnProp = ({ element, position, rotation, asleep }: PropSample) => ({
  element,
  at: [...flat(position), ...turned(rotation), asleep ? 1 : 0],
})

const TICK_MS = 1_000 / 60
/** Frames between two drawn ones, uneven compared with the snapshots. */
const DRAWN_FRAMES = 4

/** What a world draws from snapshots over a bad network: `{tick, avatars, props}` arrives, `{draw, avatars, props}` is drawn. */
export function tracksTrace() {
  const dice = new Dice(23)
  const [decoder, playback] = [new SnapshotDecoder(), new Playback(60)]
  const world = new ReplicatedWorld(bounds, 60, decoder)
  for (const { id, player, user, name, body, scale, headMetres } of avatarsAt(0))
    world.receive({ type: 'avatarAdded', element: id, player, user, name, body, package: null, scale, headMetres })
  for (const prop of propsAt(0)) world.receive(propAdded(prop))
  const sent = sentOver(dice)
  const events: object[] = []
  for (let frame = 1, next = 0; frame < SECONDS * 60; frame += 1) {
    const nowMs = 10_000 + frame * TICK_MS
    for (let one = sent[next]; one !== undefined && one.atMs <= nowMs; one = sent[next]) {
      const decoded = decoder.decode(one.part)
      if (!decoded.ok) throw new Error(decoded.error.message)
      world.applySamples(decoded.value.samples)
      playback.recordSnapshot(one.part.tick, one.atMs)
      events.push({ tick: one.part.tick, avatars: hex(one.part.avatars), props: hex(one.part.props) })
      next += 1
    }
    if (frame % DRAWN_FRAMES !== 0) continue
    const tick = digits(playback.drawTick(nowMs))
    events.push({
      draw: tick,
      avatars: world.avatarsAt(tick, 0).map(drawnAvatar),
      props: world.propsAt(tick).map(drawnProp),
    })
  }
  const first = propsAt(0).map(({ id, position, rotation }) => ({
    element: id,
    at: [...flat(position), ...turned(rotation)],
  }))
  return { boundsMin: bounds.min, avatars: [11, 12], props: first, events }
}
