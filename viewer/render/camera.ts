/** The camera: over the shoulder of the own avatar, or on a slow orbit before joining. Pure. */
import { add, rotate, scaled, yawRotation } from '../../sim/maths/maths.ts'
import type { Vec3 } from '../../sim/types.ts'
import type { Look } from '../input/controls.ts'

export interface Eye {
  readonly position: Vec3
  /** Unit vector. */
  readonly direction: Vec3
}

export const DISTANCE_START = 4.2
export const DISTANCE_MAX = 14
/** Below this distance the view is first person, metres. */
const OWN_EYES = 0.9
/** The eye stays over the ground, metres. */
const EYE_HEIGHT_MIN = 0.3
/** Size of the avatar that the camera is behind: the height of its head, metres, and its scale. */
export interface CameraAvatar {
  readonly headMetres: number
  readonly scale: number
}
/** The realm's own body. */
const PERSON: CameraAvatar = { headMetres: 1.52, scale: 1 }
/** To the right of the head at full distance, metres. */
const SHOULDER = 0.42

function directionOf({ yaw, pitch }: Look): Vec3 {
  const flat = Math.cos(pitch)
  return { x: -Math.sin(yaw) * flat, y: Math.sin(pitch), z: -Math.cos(yaw) * flat }
}

/** The eye `distance` metres, times its scale, behind an avatar at `feet`; 0 looks from its head. */
export function eyeBehind(feet: Vec3, look: Look, distance: number, { headMetres, scale }: CameraAvatar = PERSON): Eye {
  const direction = directionOf(look)
  const share = distance < OWN_EYES ? 0 : distance
  const far = share * scale
  const aside = rotate(yawRotation(look.yaw), { x: SHOULDER * scale * Math.min(1, share / 2), y: 0, z: 0 })
  const pivot = add({ x: feet.x, y: feet.y + headMetres, z: feet.z }, aside)
  const down = direction.y > 0 ? (pivot.y - EYE_HEIGHT_MIN) / direction.y : Infinity
  return { position: add(pivot, scaled(direction, -Math.min(far, Math.max(0, down)))), direction }
}

/** The distance after the wheel turned; it snaps to the avatar's own eyes. */
export function zoom(distance: number, notches: number): number {
  const next = distance < OWN_EYES && notches < 0 ? OWN_EYES : distance * 1.12 ** -notches
  return next < OWN_EYES ? 0 : Math.min(DISTANCE_MAX, next)
}

/** The camera before joining: a slow orbit around the title scene, which is right of the card, or above it in a tall window. */
export function eyeAround(seconds: number, aspect: number): Eye {
  const tall = aspect < 0.9
  const angle = 0.55 - seconds * 0.05
  const far = tall ? 8.6 : 7.4
  const position = { x: Math.sin(angle) * far, y: 2.1, z: Math.cos(angle) * far }
  const pitch = Math.atan2(1.25 - position.y, far) - (tall ? 0.2 : 0)
  return { position, direction: directionOf({ yaw: angle + (tall ? 0 : 0.33), pitch }) }
}
