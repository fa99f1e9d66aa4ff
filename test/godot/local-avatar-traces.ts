/** Traces of a player's own avatar for the Godot addon's tests, which must match steering, prediction and grips here. */
import { HeldPrediction } from '../../netcode/client/prediction/held-prediction.ts'
import { Prediction, type Move, type Obstacle } from '../../netcode/client/prediction/prediction.ts'
import type { PropSample } from '../../netcode/client/types.ts'
import { OwnMoveTracker } from '../../netcode/snapshot/own-move-tracker.ts'
import type { OwnState } from '../../protocol/index.ts'
import {
  DEFAULT_DEFINITION,
  free,
  genesis,
  step,
  type Engine,
  type Input,
  type PlacedProp,
  type PropSpec,
  type Quat,
  type RealmDefinition,
  type Vec3,
} from '../../sim/index.ts'
import { stepFreely, type AvatarMotion } from '../../sim/avatar/steering.ts'
import { bit, digits, flat, TraceDice, turned } from './trace-numbers.ts'

/** Nine digits, enough to read back a 32-bit float exactly. */
const numbersOf = ({ x, y, z, yaw, jump, run, fly }: Move): number[] => [
  digits(x),
  digits(y),
  digits(z),
  digits(yaw),
  bit(jump),
  bit(run),
  bit(fly),
]

/** What a walking avatar needs of a realm. */
type Walked = Pick<RealmDefinition, 'ground' | 'gravity' | 'tickRate' | 'bounds' | 'reach'>
const walkedOf = ({ ground, gravity, tickRate, bounds, reach }: RealmDefinition): Walked => ({
  ground,
  gravity,
  tickRate,
  bounds,
  reach,
})

const WALKED_TICKS = 900

/** Runs of one move each: [x, y, z, yaw, jump, run, fly, ticks], then what the motion is after each tick: position, velocity, grounded. */
export function steeringTrace(): { definition: Walked; runs: { move: number[]; motions: number[][] }[] } {
  const definition = { ...PLAIN, ground: { x: 6, z: 5 } }
  const dice = new TraceDice(11)
  let motion: AvatarMotion = { position: { x: 0, y: 2, z: 0 }, velocity: { x: 0, y: 0, z: 0 }, grounded: false }
  const runs: { move: number[]; motions: number[][] }[] = []
  for (let left = WALKED_TICKS; left > 0;) {
    const ticks = 1 + dice.below(30)
    const move = dice.move(true)
    // Over the edge it would fall for ever, so it starts again in the middle.
    if (motion.position.y < -1) motion = { ...motion, position: { x: 0, y: 2, z: 0 } }
    const motions = [[...flat(motion.position), ...flat(motion.velocity), bit(motion.grounded)]]
    for (let i = 0; i < ticks; i += 1) {
      const { jumped: _, ...next } = stepFreely(definition, motion, move.yaw, move, move.fly)
      motion = next
      motions.push([...flat(motion.position), ...flat(motion.velocity), bit(motion.grounded)])
    }
    runs.push({ move: numbersOf(move), motions })
    left -= ticks
  }
  return { definition: walkedOf(definition), runs }
}

/** `sent`: sequence, tick, move. `told`: tick, moveSequence, moveTicks, position, velocity, yaw, grounded, flying, jumping, present, nowMs, awayTicks. `at`: present, nowMs, then position, velocity, yaw, grounded, flying, correction, its root mean square. */
type PredictionEvent = { sent: number[] } | { told: number[]; obstacles: number[][] } | { at: number[] }

export interface PredictionTrace {
  readonly name: string
  readonly definition: Walked
  readonly events: readonly PredictionEvent[]
}

const PLAIN: RealmDefinition = {
  ...DEFAULT_DEFINITION,
  props: [],
  spawn: { position: { x: 0, y: 0, z: 0 }, yaw: 0, radius: 0 },
}
const IDENTITY: Quat = { x: 0, y: 0, z: 0, w: 1 }
const PILLAR: PropSpec = {
  name: 'pillar',
  motion: 'static',
  density: 100,
  friction: 0.5,
  restitution: 0,
  color: 0,
  colliders: [{ shape: { type: 'sphere', radius: 0.6 }, position: { x: 0, y: 0, z: 0 }, rotation: IDENTITY }],
}
const PILLARS: readonly PlacedProp[] = [
  [1.5, -1],
  [-1, 1.5],
  [0, -2.5],
].map(([x = 0, z = 0]) => ({ prop: PILLAR, position: { x, y: 0.3, z }, rotation: IDENTITY, scale: 1 }))

interface TraceLine {
  readonly name: string
  readonly seed: number
  readonly delayTicks: number
  /** Limits of the delay of answers and of moves, ticks. */
  readonly jitterTicks: number
  readonly ticks: number
  readonly definition: RealmDefinition
  /** Without an answer from one tick to the other. */
  readonly outage?: readonly [number, number]
}

export const LINES: readonly TraceLine[] = [
  { name: 'a close server', seed: 1, delayTicks: 2, jitterTicks: 0, ticks: 240, definition: PLAIN },
  { name: 'a far server with jitter', seed: 2, delayTicks: 9, jitterTicks: 5, ticks: 400, definition: PLAIN },
  {
    name: 'pillars in the way',
    seed: 3,
    delayTicks: 5,
    jitterTicks: 2,
    ticks: 400,
    definition: { ...PLAIN, props: PILLARS },
  },
  {
    name: 'a server that falls silent for three seconds',
    seed: 4,
    delayTicks: 4,
    jitterTicks: 1,
    ticks: 400,
    definition: PLAIN,
    outage: [120, 300],
  },
]

/** A client's prediction of an avatar in a real realm, with delayed moves and answers. */
export function predictionTrace(
  engine: Engine,
  { name, seed, delayTicks, jitterTicks, ticks, definition, outage: [silentFrom, silentTo] = [0, 0] }: TraceLine,
): PredictionTrace {
  const dice = new TraceDice(seed)
  const events: PredictionEvent[] = []
  const realm = genesis(engine, definition)
  step(realm, {
    tick: 1,
    inputs: [
      { player: 0, sequence: 1, command: { type: 'join', player: 1, user: 1, name: 'Ada', body: 0, permissions: 31 } },
    ],
  })
  const watch = new OwnMoveTracker()
  const prediction = new Prediction(definition)
  const obstacles: readonly Obstacle[] = definition.props.map(({ position }) => ({
    x: position.x,
    z: position.z,
    radius: 0.6,
  }))
  const inputs = new Map<number, Input[]>()
  const answers = new Map<number, { own: OwnState; tick: number }>()
  let [sequence, lastArrival, nextMove] = [0, 0, 12]
  for (let tick = 2; tick <= ticks; tick += 1) {
    if (tick === nextMove) {
      const move = dice.move(true)
      sequence += 1
      nextMove += 1 + dice.below(24)
      const present = tick + Math.fround(dice.between(0, 0.9))
      prediction.moveSent(sequence, present, move)
      events.push({ sent: [sequence, digits(present), ...numbersOf(move)] })
      lastArrival = Math.max(lastArrival, tick + delayTicks + 1 + dice.below(jitterTicks + 1))
      inputs.set(lastArrival, [...(inputs.get(lastArrival) ?? []), { player: 1, sequence, command: move }])
    }
    while (realm.tick < tick) {
      step(realm, { tick: realm.tick + 1, inputs: inputs.get(realm.tick + 1) ?? [] })
      const avatar = realm.players.get(1)
      if (avatar === undefined) throw new Error('no avatar')
      watch.update(avatar, realm.tick)
      if (realm.tick % 3 === 0)
        answers.set(realm.tick + delayTicks + dice.below(jitterTicks + 1), {
          own: watch.ownState(avatar, realm.tick),
          tick: realm.tick,
        })
    }
    const present = tick + Math.fround(dice.between(0, 0.9))
    const nowMs = Math.fround(present * 16.7)
    const answer = tick >= silentFrom && tick < silentTo ? undefined : answers.get(tick)
    if (answer !== undefined) {
      const { own } = answer
      prediction.reconcile(own, answer.tick, { present, nowMs, awayTicks: delayTicks / 2 }, obstacles)
      events.push({
        told: [
          answer.tick,
          own.moveSequence,
          own.moveTicks,
          ...flat(own.position),
          ...flat(own.velocity),
          digits(own.yaw),
          bit(own.grounded),
          bit(own.flying),
          bit(own.jumping),
          digits(present),
          digits(nowMs),
          delayTicks / 2,
        ],
        obstacles: obstacles.map(({ x, z, radius }) => [x, z, radius]),
      })
    }
    const shown = prediction.at(present, nowMs)
    const { lastMetres, rmsMetres } = prediction.correction
    if (shown !== null)
      events.push({
        at: [
          digits(present),
          digits(nowMs),
          ...flat(shown.position),
          ...flat(shown.velocity),
          digits(shown.yaw),
          bit(shown.grounded),
          bit(shown.flying),
          digits(lastMetres),
          digits(rmsMetres),
        ],
      })
  }
  free(realm)
  return { name, definition: walkedOf(definition), events }
}

/** `do`: what the hands do before a frame. `frame`: nowMs, lagMs, holder, position and rotation that the server shows; then position and rotation that are drawn. */
export interface GripTrace {
  readonly name: string
  readonly steps: readonly { readonly do: readonly (string | number)[][]; readonly frame: number[] }[]
}

const CRATE: PropSpec = { ...PILLAR, name: 'crate', motion: 'dynamic', colliders: [] }
const HEAD = { x: 0, y: 1.6, z: 0 }
const REACH = 6
const LAG_MS = 180

/** One crate, grabbed at 100 ms and released at 1.5 s; `server` gives its position and holder on the server. */
export function gripTrace(
  name: string,
  server: (atMs: number) => { position: Vec3; holder: number },
  refusedMs = Infinity,
): GripTrace {
  const heldPrediction = new HeldPrediction(1, 60)
  const steps: { do: (string | number)[][]; frame: number[] }[] = []
  const [takenMs, goneMs] = [100, 1_500]
  for (let i = 0, nowMs = 0; nowMs < 2_900; i += 1, nowMs += i % 3 === 2 ? 33 : 16) {
    const done: (string | number)[][] = []
    const once = (atMs: number): boolean => nowMs >= atMs && (steps.at(-1)?.frame[0] ?? -1) < atMs
    if (once(takenMs)) {
      heldPrediction.grabbed(2, 7, nowMs)
      done.push(['grabbed', 2, 7])
    }
    if (nowMs >= takenMs && nowMs < goneMs) {
      const seconds = (nowMs - takenMs) / 1_000
      const position = {
        x: Math.fround(3 * Math.sin(seconds * 2)),
        y: Math.fround(1.2 + seconds),
        z: Math.fround(-1 - 4 * seconds),
      }
      const rotation = { x: 0, y: Math.fround(Math.sin(seconds)), z: 0, w: Math.fround(Math.cos(seconds)) }
      heldPrediction.dragged(2, position, rotation)
      done.push(['dragged', 2, ...flat(position), ...turned(rotation)])
    }
    if (once(refusedMs)) {
      heldPrediction.refused(2, 7, nowMs)
      done.push(['refused', 2, 7])
    }
    if (once(goneMs)) {
      heldPrediction.released(2, nowMs)
      done.push(['released', 2])
    }
    const { position, holder } = server(nowMs - LAG_MS)
    const prop: PropSample = {
      element: 7,
      spec: CRATE,
      package: null,
      scale: 1,
      holder,
      owner: 1,
      access: 0,
      position,
      rotation: IDENTITY,
      asleep: false,
    }
    const [drawn] = heldPrediction.place([prop], nowMs, LAG_MS, HEAD, REACH)
    if (drawn === undefined) throw new Error('the crate is gone')
    steps.push({
      do: done,
      frame: [
        nowMs,
        LAG_MS,
        holder,
        ...flat(position),
        ...turned(IDENTITY),
        ...flat(drawn.position),
        ...turned(drawn.rotation),
      ],
    })
  }
  return { name, steps }
}

const still = { x: 0.5, y: 0.4, z: -1 }

export const GRIPS = (): readonly GripTrace[] => [
  gripTrace('the server follows', (atMs) => ({
    position:
      atMs < 160
        ? still
        : { x: Math.fround(2.8 * Math.sin((atMs - 200) / 500)), y: 1.4, z: Math.fround(-1 - (atMs - 160) / 280) },
    holder: atMs > 160 && atMs < 1_600 ? 1 : 0,
  })),
  gripTrace('a wall keeps it', (atMs) => ({ position: still, holder: atMs > 160 && atMs < 1_600 ? 1 : 0 })),
  gripTrace('another has it', (atMs) => ({ position: still, holder: atMs > 300 ? 2 : 0 })),
  gripTrace('the server never says whose it is', () => ({ position: still, holder: 0 })),
  gripTrace('the server refuses it', () => ({ position: still, holder: 0 }), 400),
]
