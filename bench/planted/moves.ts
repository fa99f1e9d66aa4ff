/** What a planted act consists of: walks, carries and waits of the players, tick by tick. */
import {
  Hand,
  WALK_SPEED,
  type Command,
  type ElementId,
  type PlayerId,
  type PropSpec,
  type Realm,
  type Vec3,
} from '../../sim/index.ts'
import { yawTowards } from '../../bots/heading.ts'
import { CHECKPOINT_EVERY_TICKS } from '../../replay/index.ts'

/** The commands of a tick. Each `next` is a tick, and gets the realm before its step. */
export type Act = Generator<readonly PlannedCommand[], void, Realm>

export interface PlannedCommand {
  /** 0: the server. */
  readonly player: PlayerId
  readonly command: Command
}

/** A place at the edge of the crowd with three props, which nobody else comes to. */
export interface Stage {
  readonly at: Vec3
  /** Unit vectors on the ground: away from the crowd, and along the edge. */
  readonly out: Vec3
  readonly along: Vec3
  readonly crate: ElementId
  readonly target: ElementId
  readonly decoy: ElementId
}

const UPRIGHT = { x: 0, y: 0, z: 0, w: 1 }
/** Players send moves and drags in every second tick. */
const SEND_TICKS = 2
const WALK_TICKS_MAX = 1_200
const ARRIVED_METRES = 0.25

/** A place of the stage: `out` and `along` metres from its middle, `y` above the ground. */
export function placeOn({ at, out, along }: Stage, metresOut: number, metresAlong: number, y: number): Vec3 {
  return {
    x: Math.fround(at.x + out.x * metresOut + along.x * metresAlong),
    y: Math.fround(y),
    z: Math.fround(at.z + out.z * metresOut + along.z * metresAlong),
  }
}

const between = (a: Vec3, b: Vec3, share: number): Vec3 => ({
  x: Math.fround(a.x + (b.x - a.x) * share),
  y: Math.fround(a.y + (b.y - a.y) * share),
  z: Math.fround(a.z + (b.z - a.z) * share),
})

const moveOf = (z: number, yaw: number, run = false): Command => ({
  type: 'move',
  x: 0,
  y: 0,
  z,
  yaw: Math.fround(yaw),
  jump: false,
  run,
  fly: false,
})

export function* wait(ticks: number): Act {
  for (let i = 0; i < ticks; i++) yield []
}

export function* waitForCheckpoint(): Act {
  let realm = yield []
  while (realm.tick % CHECKPOINT_EVERY_TICKS !== 5) realm = yield []
}

/** One command, in one tick. */
export function* say(player: PlayerId, command: Command): Act {
  yield [{ player, command }]
}

export function* stop(player: PlayerId, yaw = 0): Act {
  yield* say(player, moveOf(0, yaw))
  yield* wait(20)
}

/** Walks to a place and stands there. */
export function* walkTo(player: PlayerId, goal: Vec3, run = false): Act {
  let realm = yield []
  let yaw = 0
  for (let i = 0; i < WALK_TICKS_MAX; i++) {
    const from = realm.players.get(player)?.position
    if (!from) throw new Error(`player ${player} is not in the realm`)
    if (Math.hypot(goal.x - from.x, goal.z - from.z) < ARRIVED_METRES) break
    yaw = yawTowards(from, goal)
    realm = yield i % SEND_TICKS === 0 ? [{ player, command: moveOf(-1, yaw, run) }] : []
  }
  yield* stop(player, yaw)
}

/** Walks straight on for a distance, whatever is in the way, and stands there. */
export function* walkOn(player: PlayerId, towards: Vec3, metres: number): Act {
  const realm = yield []
  const from = realm.players.get(player)?.position
  if (!from) throw new Error(`player ${player} is not in the realm`)
  const yaw = yawTowards(from, towards)
  const ticks = Math.round((metres / WALK_SPEED) * realm.definition.tickRate)
  for (let i = 0; i < ticks; i++) yield i % SEND_TICKS === 0 ? [{ player, command: moveOf(-1, yaw) }] : []
  yield* stop(player, yaw)
}

export const grab = (player: PlayerId, element: ElementId): Act =>
  say(player, { type: 'grab', element, hand: Hand.pointer })
export const release = (player: PlayerId): Act => say(player, { type: 'release', hand: Hand.pointer })

/** Moves what the pointer holds along a line. */
export function* drag(player: PlayerId, from: Vec3, to: Vec3, ticks: number): Act {
  for (let i = 1; i <= ticks; i++) {
    const position = between(from, to, i / ticks)
    const command: Command = { type: 'drag', hand: Hand.pointer, position, rotation: UPRIGHT }
    yield i % SEND_TICKS === 0 || i === ticks ? [{ player, command }] : []
  }
}

/** Grabs a prop, carries it over places, and lets it go at the last. */
export function* carry(player: PlayerId, element: ElementId, places: readonly Vec3[], ticks: number): Act {
  yield* grab(player, element)
  for (const [i, to] of places.entries()) {
    const from = places[i - 1]
    if (from) yield* drag(player, from, to, ticks)
  }
  yield* wait(20)
  yield* release(player)
  yield* wait(60)
}

/** Lifts a prop, swings it from behind and lets it fly towards `direction`. */
export function* toss(player: PlayerId, element: ElementId, places: readonly [Vec3, Vec3, Vec3]): Act {
  const [lying, behind, ahead] = places
  yield* grab(player, element)
  yield* drag(player, lying, behind, 40)
  yield* wait(10)
  yield* drag(player, behind, ahead, 16)
  yield* release(player)
  yield* wait(150)
}

export const spawn = (player: PlayerId, prop: PropSpec, position: Vec3): Act =>
  say(player, { type: 'spawn', prop, position, rotation: UPRIGHT, scale: 1, access: 0, owner: 0 })
