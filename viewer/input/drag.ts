/** Computes where a held prop should go from the pointer's ray. Pure. */
import { add, clamp, limited, multiply, rotate, scaled, sub, yawRotation } from '../../sim/maths/maths.ts'
import type { ElementId, Quat, Vec3 } from '../../sim/types.ts'
import type { Hit, PointerRay } from './picking.ts'

/** The simulation's limits of a prop's scale (sim/props/shapes.ts, which needs the physics engine, enforces them). */
export const SCALE_MIN = 0.05
export const SCALE_MAX = 20
/** Margin to the limit of reach, metres: the server's avatar is a little behind ours. */
const REACH_MARGIN = 0.5
/** Least distance of a held prop from the eye, metres. */
const DISTANCE_MIN = 0.6
/** Scale factor of one notch of the wheel. */
const WHEEL_SCALE = 1.09
const WHEEL_METRES = 0.25

export interface Held {
  readonly element: ElementId
  /** From the ray's origin to the point that was grabbed, metres. */
  readonly distance: number
  /** Offset from the grabbed point to the prop's origin, and the prop's rotation, both for heading `yaw` 0. */
  readonly offset: Vec3
  readonly rotation: Quat
  readonly scale: number
  /** Least height of the prop's origin, metres. */
  readonly floor: number
}

export interface DragTarget {
  readonly position: Vec3
  readonly rotation: Quat
  /** True if the pointer is beyond the player's reach, so that the target was pulled back. */
  readonly tooFar: boolean
}

/** Starts to hold a prop where it is. `yaw` is the view's heading; `floor` the least height of the prop's origin. */
export function hold(hit: Hit, yaw: number, floor: number): Held {
  const back = yawRotation(-yaw)
  return {
    element: hit.prop.element,
    distance: hit.distance,
    offset: rotate(back, sub(hit.prop.position, hit.point)),
    rotation: multiply(back, hit.prop.rotation),
    scale: hit.prop.scale,
    floor,
  }
}

/** Where the held prop should be: it turns with the view, stays within `reach` of `head` and above the ground. */
export function dragTarget(held: Held, ray: PointerRay, yaw: number, head: Vec3, reach: number): DragTarget {
  const turn = yawRotation(yaw)
  const target = add(add(ray.origin, scaled(ray.direction, held.distance)), rotate(turn, held.offset))
  const above = { ...target, y: Math.max(target.y, held.floor) }
  const fromHead = sub(above, head)
  const near = limited(fromHead, reach - REACH_MARGIN)
  return {
    position: add(head, near),
    rotation: multiply(turn, held.rotation),
    tooFar: Math.hypot(fromHead.x, fromHead.y, fromHead.z) > reach - REACH_MARGIN,
  }
}

/** `notches` of the wheel, away from the user positive: larger, or farther with `shift`. */
export function wheelHeld(held: Held, notches: number, shift: boolean, reach: number, eyeToHead: number): Held {
  if (shift)
    return {
      ...held,
      distance: clamp(held.distance + notches * WHEEL_METRES, DISTANCE_MIN + eyeToHead, reach + eyeToHead),
    }
  const scale = Math.fround(clamp(held.scale * WHEEL_SCALE ** notches, SCALE_MIN, SCALE_MAX))
  const grown = scale / held.scale
  return { ...held, scale, offset: scaled(held.offset, grown), floor: held.floor * grown }
}
