/** A walk that follows another at a distance: steered four times a second, in few directions and speeds. */
import { add, cos, floor, fround, length, PI, round, scaled, sin, sub, vec } from '../../sim/maths/maths.ts'
import { RUN_SPEED, WALK_SPEED, type Command, type Vec3 } from '../../sim/index.ts'
import { coarseYaw, STRIDE_TICKS } from './coarse.ts'

/** Within this distance of its aim an avatar stands, metres. */
const ARRIVED_METRES = 0.15
/** Steps of speed, as shares of walking, running or flying. */
const SPEED_STEP = 0.25
const FLY_SPEED = 6
/** Directions of a walk: 16. */
const DIRECTION_STEP = PI / 8

export interface Walker {
  readonly position: Vec3
  readonly yaw: number
  readonly flying: boolean
  readonly grounded: boolean
  readonly velocity: Vec3
}

type Move = Extract<Command, { type: 'move' }>

/** The angle whose sine and cosine are nearest, of DIRECTION_STEP and its multiples. */
function direction(x: number, z: number): number {
  let [best, most] = [0, -Infinity]
  for (let i = 0; i < floor((2 * PI) / DIRECTION_STEP + 0.5); i++) {
    const along = x * cos(i * DIRECTION_STEP) + z * sin(i * DIRECTION_STEP)
    if (along > most) [best, most] = [i * DIRECTION_STEP, along]
  }
  return best
}

const share = (speed: number, most: number): number =>
  Math.min(1, Math.max(SPEED_STEP, round(speed / most / SPEED_STEP) * SPEED_STEP))

/** The move with which `own` comes to where `leader` will be in STRIDE_TICKS, if both can. */
export function follow(own: Walker, leader: Walker, tickRate: number): Move {
  const seconds = STRIDE_TICKS / tickRate
  const way = sub(add(leader.position, scaled(leader.velocity, seconds)), own.position)
  const metres = length(vec(way.x, 0, way.z))
  const yaw = coarseYaw(leader.yaw)
  const speed = metres / seconds
  const run = speed > WALK_SPEED
  const wish = metres < ARRIVED_METRES ? 0 : share(speed, leader.flying ? FLY_SPEED : run ? RUN_SPEED : WALK_SPEED)
  const angle = direction(way.x, way.z)
  const [x, z] = [wish * cos(angle), wish * sin(angle)]
  const rise = Math.abs(way.y) < ARRIVED_METRES ? 0 : Math.sign(way.y) * share(Math.abs(way.y) / seconds, FLY_SPEED)
  const [s, c] = [sin(yaw), cos(yaw)]
  return {
    type: 'move',
    // The player's own frame: the inverse of the turn by the yaw in sim/avatar/steering.ts.
    x: fround(x * c - z * s),
    y: leader.flying ? fround(rise) : 0,
    z: fround(x * s + z * c),
    yaw,
    jump: !leader.flying && !leader.grounded && leader.velocity.y > 0 && own.grounded,
    run,
    fly: leader.flying,
  }
}
