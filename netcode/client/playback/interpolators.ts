/** How roots, props and poses move between and after the states that were received. */
import { mixPoses } from '../../../sim/avatar/pose.ts'
import type { Quat, Vec3 } from '../../../sim/types.ts'
import type { BonesState, JointsState, PropState, RootState } from '../../snapshot/components.ts'
import type { Interpolator } from './track.ts'

/** A larger distance from where the velocities lead is a teleport, metres. */
const JUMP_METRES = 5
/**
 * If a state after a gap is farther than this from the expected one, interpolation does not follow the velocities,
 * metres.
 */
const STRAY_METRES = 2
/** Jumps and falls are extrapolated up or down by at most this much, ticks: there is a floor. */
const FALL_TICKS_MAX = 9
/** Poses are not extrapolated: joints would bend the wrong way. */
const STILL = { ahead: <T>(state: T): T => state, moves: (): boolean => false }

const mix = (a: number, b: number, t: number): number => a + (b - a) * t
const add = (a: Vec3, b: Vec3, times: number): Vec3 => ({
  x: a.x + b.x * times,
  y: a.y + b.y * times,
  z: a.z + b.z * times,
})
const minus = (a: Vec3, b: Vec3): Vec3 => add(a, b, -1)
const size = (v: Vec3): number => Math.hypot(v.x, v.y, v.z)
/** Distance from b to the place where the velocities of both lead from a, metres. */
function stray(a: Moved, b: Moved, seconds: number): number {
  const expected = add(add(a.position, a.velocity, seconds / 2), b.velocity, seconds / 2)
  return size(minus(b.position, expected))
}
const mixVec = (a: Vec3, b: Vec3, t: number): Vec3 => ({
  x: mix(a.x, b.x, t),
  y: mix(a.y, b.y, t),
  z: mix(a.z, b.z, t),
})

/** Normalised linear interpolation the short way; the two rotations are close. */
function mixQuat(a: Quat, b: Quat, t: number): Quat {
  const sign = a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w < 0 ? -1 : 1
  const x = mix(a.x, b.x * sign, t)
  const y = mix(a.y, b.y * sign, t)
  const z = mix(a.z, b.z * sign, t)
  const w = mix(a.w, b.w * sign, t)
  const length = Math.hypot(x, y, z, w)
  return length === 0 ? b : { x: x / length, y: y / length, z: z / length, w: w / length }
}

const TURN = 2 * Math.PI
/** The angle from a to b the short way, -π to π. */
const turnOf = (a: number, b: number): number => ((((b - a + Math.PI) % TURN) + TURN) % TURN) - Math.PI
/** The angle in 0 to 2π. */
const within = (angle: number): number => ((angle % TURN) + TURN) % TURN

interface Moved {
  readonly position: Vec3
  readonly velocity: Vec3
}

/** Interpolates along a cubic Hermite curve with both velocities; along a line if they cannot have led from a to b. */
function travel(a: Moved, b: Moved, t: number, seconds: number): Vec3 {
  const off = stray(a, b, seconds)
  // A teleport is not interpolated.
  if (off > JUMP_METRES) return t < 1 ? a.position : b.position
  if (off > STRAY_METRES) return mixVec(a.position, b.position, t)
  const [t2, t3] = [t * t, t * t * t]
  const [pa, pb, va, vb] = [2 * t3 - 3 * t2 + 1, 3 * t2 - 2 * t3, (t3 - 2 * t2 + t) * seconds, (t3 - t2) * seconds]
  const along = (axis: 'x' | 'y' | 'z'): number =>
    pa * a.position[axis] + pb * b.position[axis] + va * a.velocity[axis] + vb * b.velocity[axis]
  return { x: along('x'), y: along('y'), z: along('z') }
}

const moves = ({ velocity: { x, y, z } }: Moved): boolean => x !== 0 || y !== 0 || z !== 0

/** The remaining position error; null if it is so large that it was a teleport. */
function fadePlace(position: Vec3, drawn: Vec3, right: Vec3, share: number): Vec3 | null {
  return size(minus(drawn, right)) > JUMP_METRES ? null : add(position, minus(drawn, right), share)
}

export const rootInterpolator = (tickSeconds: number): Interpolator<RootState> => ({
  moves,
  mix: (a, b, t, ticks) => ({
    ...b,
    position: travel(a, b, t, ticks * tickSeconds),
    yaw: within(a.yaw + turnOf(a.yaw, b.yaw) * t),
    velocity: mixVec(a.velocity, b.velocity, t),
  }),
  ahead: (root, ticks) => {
    const position = add(root.position, root.velocity, ticks * tickSeconds)
    const rising = root.grounded ? 0 : root.flying ? ticks : Math.min(ticks, FALL_TICKS_MAX)
    return { ...root, position: { ...position, y: root.position.y + root.velocity.y * rising * tickSeconds } }
  },
  fade: (root, drawn, right, share) => {
    const position = fadePlace(root.position, drawn.position, right.position, share)
    return position === null
      ? null
      : { ...root, position, yaw: within(root.yaw + turnOf(right.yaw, drawn.yaw) * share) }
  },
})

export const propInterpolator = (tickSeconds: number): Interpolator<PropState> => ({
  moves,
  mix: (a, b, t, ticks) => ({
    ...b,
    position: travel(a, b, t, ticks * tickSeconds),
    rotation: mixQuat(a.rotation, b.rotation, t),
  }),
  ahead: (prop, ticks) => {
    const position = add(prop.position, prop.velocity, ticks * tickSeconds)
    return {
      ...prop,
      position: { ...position, y: prop.position.y + prop.velocity.y * Math.min(ticks, FALL_TICKS_MAX) * tickSeconds },
    }
  },
  fade: (prop, drawn, right, share) => {
    const position = fadePlace(prop.position, drawn.position, right.position, share)
    return position === null ? null : { ...prop, position, rotation: mixQuat(prop.rotation, drawn.rotation, share) }
  },
})

const NO_BONES: BonesState = []
const mixJoints = (a: JointsState, b: JointsState, t: number): JointsState =>
  mixPoses({ ...a, bones: NO_BONES }, { ...b, bones: NO_BONES }, t)
const mixBones = (a: BonesState, b: BonesState, t: number): BonesState =>
  b.map((bone, i) => bone && mixQuat(a[i] ?? bone, bone, t))

export const jointsInterpolator: Interpolator<JointsState> = {
  ...STILL,
  mix: mixJoints,
  fade: (joints, drawn, _right, share) => mixJoints(joints, drawn, share),
}
export const bonesInterpolator: Interpolator<BonesState> = {
  ...STILL,
  mix: mixBones,
  fade: (bones, drawn, _right, share) => bones.map((bone, i) => bone && mixQuat(bone, drawn[i] ?? bone, share)),
}
