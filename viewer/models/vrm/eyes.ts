/** Gaze and blinking of a figure. */
import { conjugate, lerp, multiply, rotate, unit, yawRotation } from '../../../sim/maths/maths.ts'
import type { Quat, Vec3 } from '../../../sim/types.ts'

/** A player's forward. */
const FORWARD: Vec3 = { x: 0, y: 0, z: -1 }
/** Eyes keep their direction while the head turns, and follow it within about this time, seconds. */
const FOLLOW_SECONDS = 0.15
const DEGREES = 180 / Math.PI
/** Seconds between blinks; every third comes sooner. */
const BLINKS: readonly number[] = [4.1, 3.3, 1.2]
const BLINK_SECONDS = 0.2

export interface EyeAngles {
  /** Degrees to the figure's left. */
  readonly left: number
  readonly down: number
}

/** The direction in which a figure's eyes look: along its head, a little behind it. */
export class Gaze {
  #direction: Vec3 | null = null

  /** `head`: its rotation in root space. `yaw`: the avatar's. */
  follow(head: Quat, yaw: number, seconds: number): EyeAngles {
    const world = multiply(yawRotation(yaw), head)
    const ahead = rotate(world, FORWARD)
    const before = this.#direction ?? ahead
    this.#direction = unit(lerp(before, ahead, 1 - Math.exp(-seconds / FOLLOW_SECONDS)), ahead)
    const { x, y, z } = rotate(conjugate(world), this.#direction)
    return { left: Math.atan2(-x, -z) * DEGREES, down: -Math.asin(Math.max(-1, Math.min(1, y))) * DEGREES }
  }
}

/** Degree to which the eyes are closed at a time in seconds, 0 to 1. */
export function blinkAt(time: number): number {
  const round = BLINKS.reduce((sum, each) => sum + each, 0)
  let left = ((time % round) + round) % round
  for (const pause of BLINKS) {
    if (left < pause) return left < BLINK_SECONDS ? Math.sin((Math.PI * left) / BLINK_SECONDS) : 0
    left -= pause
  }
  return 0
}
