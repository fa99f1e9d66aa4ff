/** Walks from waypoint to waypoint within the realm's bounds, and sometimes stands or jumps. */
import { clamp, wrapAngle } from '../sim/maths/maths.ts'
import { RUN_SPEED, WALK_SPEED, type RealmDefinition, type Vec3 } from '../sim/index.ts'
import { yawTowards } from './heading.ts'
import type { Dice, MoveIntent, Perception } from './bot-behaviour.ts'

/** Maximum distance from the spawn, metres: near enough that bots meet. */
const ROAM_METRES = 12
/** Minimum distance of waypoints to the edge of the ground or of the bounds, metres. */
const EDGE_METRES = 1.5
const ARRIVED_METRES = 0.4
/** rad/s */
const TURN_SPEED = 4
/** A bot that comes no nearer to its waypoint in this time, ms, takes another: something blocks the way. */
const STUCK_MS = 2_000
/** Jumps a second of walking. */
const JUMP_RATE = 0.08
/**
 * Time for which a bot wants to jump, ms: moves are sent less often than bots decide, and one of them must contain the
 * jump.
 */
const JUMP_MS = 150

/** Speed in m/s, and whether it is a run. */
export interface WalkingSpeed {
  readonly speed: number
  readonly run: boolean
}

export class Walker {
  yaw = 0
  /** Speed that the last move asked for, m/s. */
  speed = 0
  readonly #dice: Dice
  readonly #standMsMax: number
  #goal: Vec3 | null = null
  #standUntilMs = 0
  #nearest = Infinity
  #nearestMs = 0
  #lastMs: number | null = null
  #jumpUntilMs = -Infinity

  constructor(dice: Dice, standMsMax: number) {
    this.#dice = dice
    this.#standMsMax = standMsMax
    this.yaw = dice.between(-Math.PI, Math.PI)
  }

  /** Drops the waypoint and walks to `goal`, limited to the area of waypoints. */
  goTo(goal: Vec3, definition: RealmDefinition): void {
    const area = areaOf(definition)
    this.#head({ x: clamp(goal.x, area.minX, area.maxX), y: 0, z: clamp(goal.z, area.minZ, area.maxZ) })
    this.#standUntilMs = 0
  }

  stand(untilMs: number): void {
    this.#goal = null
    this.#standUntilMs = untilMs
  }

  /** The next move. `face`: where to look while standing. */
  step(nowMs: number, perception: Perception, gait: WalkingSpeed, face?: Vec3): MoveIntent {
    const seconds = this.#lastMs === null ? 0 : Math.min(0.2, (nowMs - this.#lastMs) / 1000)
    this.#lastMs = nowMs
    if (nowMs < this.#standUntilMs) return this.#stay(perception, seconds, face)
    const goal = this.#goal ?? this.#head(this.#waypoint(perception.definition))
    const away = Math.hypot(goal.x - perception.position.x, goal.z - perception.position.z)
    if (away < this.#nearest - 0.05) [this.#nearest, this.#nearestMs] = [away, nowMs]
    if (away < ARRIVED_METRES || nowMs - this.#nearestMs > STUCK_MS) {
      this.stand(nowMs + this.#dice.between(0, this.#standMsMax))
      return this.#stay(perception, seconds, face)
    }
    const off = this.#turn(yawTowards(perception.position, goal), seconds)
    const top = gait.run ? RUN_SPEED : WALK_SPEED
    this.speed = Math.min(top, gait.speed) * clamp(Math.cos(off), 0, 1)
    if (this.#dice.chance(JUMP_RATE * seconds)) this.#jumpUntilMs = nowMs + JUMP_MS
    return {
      x: 0,
      y: 0,
      z: -this.speed / top,
      yaw: this.yaw,
      jump: nowMs < this.#jumpUntilMs,
      run: gait.run,
      fly: false,
    }
  }

  #stay(perception: Perception, seconds: number, face: Vec3 | undefined): MoveIntent {
    if (face) this.#turn(yawTowards(perception.position, face), seconds)
    this.speed = 0
    return { x: 0, y: 0, z: 0, yaw: this.yaw, jump: false, run: false, fly: false }
  }

  #head(goal: Vec3): Vec3 {
    this.#nearest = Infinity
    this.#goal = goal
    return goal
  }

  /** Turns towards a heading; returns the remaining angle. */
  #turn(yaw: number, seconds: number): number {
    const off = wrapAngle(yaw - this.yaw)
    this.yaw = wrapAngle(this.yaw + clamp(off, -TURN_SPEED * seconds, TURN_SPEED * seconds))
    return wrapAngle(yaw - this.yaw)
  }

  #waypoint(definition: RealmDefinition): Vec3 {
    const { minX, maxX, minZ, maxZ } = areaOf(definition)
    return { x: this.#dice.between(minX, maxX), y: 0, z: this.#dice.between(minZ, maxZ) }
  }
}

/** The overlap of three ranges, EDGE_METRES inside it; only the centre if nothing remains. */
function range(low: number, high: number, half: number, centre: number): readonly [number, number] {
  const min = Math.max(low, -half, centre - ROAM_METRES) + EDGE_METRES
  const max = Math.min(high, half, centre + ROAM_METRES) - EDGE_METRES
  return min <= max ? [min, max] : [centre, centre]
}

/** The rectangle of waypoints: on the ground, within the bounds, around the spawn. */
function areaOf({ bounds, ground, spawn }: RealmDefinition): {
  minX: number
  maxX: number
  minZ: number
  maxZ: number
} {
  const [minX, maxX] = range(bounds.min.x, bounds.max.x, ground.x, spawn.position.x)
  const [minZ, maxZ] = range(bounds.min.z, bounds.max.z, ground.z, spawn.position.z)
  return { minX, maxX, minZ, maxZ }
}
