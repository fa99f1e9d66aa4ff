/**
 * Poses: the packed form that travels and is recorded, and the track that smooths them.
 *
 * Packed form, little-endian: head, left hand, right hand, each 3 × int16 position in millimetres (root space) and a
 * uint32 rotation; then a uint32 rotation for each bone of the mask, lowest bit first. A rotation is "smallest three"
 * (Fiedler, "Snapshot Compression"): 2 bits say which component is largest and left out (made positive), then three
 * components of 10 bits each over -1/sqrt(2) .. 1/sqrt(2), in order x y z w, high bits first.
 */
import { assert, defined } from '../assert.ts'
import { clamp, fround, froundQuat, IDENTITY, nlerpInto, round, ScratchQuat, ScratchVec, sqrt } from '../maths/maths.ts'
import { BONES, type PackedPose, type Quat, type Vec3 } from '../types.ts'

export interface JointTransform {
  readonly position: Vec3
  readonly rotation: Quat
}

/** A pose in root space; `bones[i]` is the local rotation of BONES[i], null where it was not sent. */
export interface Pose {
  readonly head: JointTransform
  readonly left: JointTransform
  readonly right: JointTransform
  readonly bones: readonly (Quat | null)[]
}

const POSE_BYTES_MIN = 30
const JOINT_BYTES = 10
const BONE_MASK_ALL = (1 << BONES.length) - 1
const RANGE = 0.7071067811865476
const STEPS = 1023

const DOMAIN = ['x', 'y', 'z', 'w'] as const

/** A unit quaternion in 32 bits; the largest error is below 0.2 degrees. */
export function packRotation(q: Quat): number {
  let largest: 0 | 1 | 2 | 3 = 0
  const values = DOMAIN.map((k) => q[k])
  const magnitude = (i: number): number => (values[i] ?? 0) * (values[i] ?? 0)
  for (const i of [1, 2, 3] as const) if (magnitude(i) > magnitude(largest)) largest = i
  const sign = (values[largest] ?? 0) < 0 ? -1 : 1
  let bits: number = largest
  for (let i = 0; i < 4; i++) {
    if (i === largest) continue
    bits = bits * 1024 + clamp(round((((values[i] ?? 0) * sign) / RANGE + 1) * 0.5 * STEPS), 0, STEPS)
  }
  return bits
}

export function unpackRotation(bits: number): Quat {
  const largest = bits >>> 30
  const part = (shift: number): number => ((((bits >>> shift) & STEPS) / STEPS) * 2 - 1) * RANGE
  const a = part(20)
  const b = part(10)
  const c = part(0)
  const d = sqrt(clamp(1 - a * a - b * b - c * c, 0, 1))
  const q =
    largest === 0
      ? { x: d, y: a, z: b, w: c }
      : largest === 1
        ? { x: a, y: d, z: b, w: c }
        : largest === 2
          ? { x: a, y: b, z: d, w: c }
          : { x: a, y: b, z: c, w: d }
  return froundQuat(q)
}

/** Number of bones that a mask names. */
function countBones(mask: number): number {
  let n = 0
  for (let m = mask; m; m &= m - 1) n++
  return n
}

/** Positions beyond ±32.7 m of the root are clamped. */
export function packPose(pose: Pose): PackedPose {
  let boneMask = 0
  BONES.forEach((_, i) => {
    if (pose.bones[i]) boneMask |= 1 << i
  })
  const bytes = new Uint8Array(POSE_BYTES_MIN + 4 * countBones(boneMask))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const joint of [pose.head, pose.left, pose.right]) {
    const { x, y, z } = joint.position
    for (const metres of [x, y, z]) {
      view.setInt16(at, clamp(round(metres * 1000), -32768, 32767), true)
      at += 2
    }
    view.setUint32(at, packRotation(joint.rotation), true)
    at += 4
  }
  for (const bone of pose.bones) {
    if (!bone) continue
    view.setUint32(at, packRotation(bone), true)
    at += 4
  }
  return { bytes, boneMask }
}

/** True if the length fits the mask. Any bytes of that length are a pose. */
export const isPackedPose = ({ bytes, boneMask }: PackedPose): boolean =>
  boneMask >>> 0 === boneMask && boneMask <= BONE_MASK_ALL && bytes.length === POSE_BYTES_MIN + 4 * countBones(boneMask)

/** Returns null if the bytes do not fit the mask. */
export function unpackPose(packed: PackedPose): Pose | null {
  if (!isPackedPose(packed)) return null
  const { bytes, boneMask } = packed
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const joint = (at: number): JointTransform => ({
    position: {
      x: fround(view.getInt16(at, true) / 1000),
      y: fround(view.getInt16(at + 2, true) / 1000),
      z: fround(view.getInt16(at + 4, true) / 1000),
    },
    rotation: unpackRotation(view.getUint32(at + 6, true)),
  })
  let at = POSE_BYTES_MIN
  const bones = BONES.map((_, i) => {
    if (!(boneMask & (1 << i))) return null
    at += 4
    return unpackRotation(view.getUint32(at - 4, true))
  })
  return { head: joint(0), left: joint(JOINT_BYTES), right: joint(2 * JOINT_BYTES), bones }
}

/**
 * Moves between two poses: poses arrive 10 to 15 times a second, but bodies move every tick. The pose at tick t lies
 * between `from` and `to`, by (t - start) / duration.
 */
export interface PoseTrack {
  readonly from: Pose
  readonly to: Pose
  readonly start: number
  readonly durationTicks: number
}

/** Longest duration of a track, ticks. After a longer gap the pose is not stretched further. */
const DURATION_TICKS_MAX = 12

interface ScratchJoint {
  readonly position: ScratchVec
  readonly rotation: ScratchQuat
}

const newJoint = (): ScratchJoint => ({ position: new ScratchVec(), rotation: new ScratchQuat() })

function mixJoint(out: ScratchJoint, a: JointTransform, b: JointTransform, t: number): void {
  out.position.x = fround(a.position.x + (b.position.x - a.position.x) * t)
  out.position.y = fround(a.position.y + (b.position.y - a.position.y) * t)
  out.position.z = fround(a.position.z + (b.position.z - a.position.z) * t)
  mixRotation(out.rotation, a.rotation, b.rotation, t)
}

function mixRotation(out: ScratchQuat, a: Quat, b: Quat, t: number): void {
  nlerpInto(out, a, b, t)
  out.x = fround(out.x)
  out.y = fround(out.y)
  out.z = fround(out.z)
  out.w = fround(out.w)
}

/** A pose that each `mix` overwrites, for callers that evaluate many poses and keep none. */
export class PoseMixer {
  readonly #joints = { head: newJoint(), left: newJoint(), right: newJoint() }
  readonly #rotations = BONES.map(() => new ScratchQuat())
  readonly #bones: (Quat | null)[] = BONES.map(() => null)
  readonly #pose: Pose = { ...this.#joints, bones: this.#bones }

  /** The pose that lies `t` (0 to 1) of the way from a to b. */
  mix(a: Pose, b: Pose, t: number): Pose {
    const { head, left, right } = this.#joints
    mixJoint(head, a.head, b.head, t)
    mixJoint(left, a.left, b.left, t)
    mixJoint(right, a.right, b.right, t)
    for (let i = 0; i < BONES.length; i++) {
      const to = b.bones[i] ?? null
      const out = defined(this.#rotations[i], 'a mixer has a rotation for each bone')
      this.#bones[i] = to && out
      if (to) mixRotation(out, a.bones[i] ?? to, to, t)
    }
    return this.#pose
  }
}

/** The pose that lies `t` (0 to 1) of the way from a to b. */
export const mixPoses = (a: Pose, b: Pose, t: number): Pose => new PoseMixer().mix(a, b, t)

/** The pose of a track at a tick. With a `mixer`, it is valid until the mixer's next `mix`. */
export function evaluatePose(track: PoseTrack, tick: number, mixer?: PoseMixer): Pose {
  const t = clamp((tick - track.start) / track.durationTicks, 0, 1)
  return t >= 1 ? track.to : (mixer ?? new PoseMixer()).mix(track.from, track.to, t)
}

/**
 * The track after a pose arrived at `tick`: from the current pose to the new one, in as many ticks as the last gap had.
 */
export function continueTrack(track: PoseTrack | null, to: Pose, tick: number): PoseTrack {
  if (!track) return { from: to, to, start: tick, durationTicks: 1 }
  const now = evaluatePose(track, tick)
  // Bones that were not sent before start at their target: state bytes keep one mask for both ends.
  const from = { ...now, bones: to.bones.map((bone, i) => bone && (now.bones[i] ?? bone)) }
  return { from, to, start: tick, durationTicks: clamp(tick - track.start, 1, DURATION_TICKS_MAX) }
}

/** Floats of a pose in state bytes: three joints of 7, then 18 rotations. */
export const POSE_FLOATS = 21 + 4 * BONES.length

export function writePose(pose: Pose, into: Float32Array): void {
  assert(into.length === POSE_FLOATS, 'the state bytes of a pose have POSE_FLOATS numbers')
  let at = 0
  const rotation = (q: Quat): void => {
    into[at] = q.x
    into[at + 1] = q.y
    into[at + 2] = q.z
    into[at + 3] = q.w
    at += 4
  }
  for (const joint of [pose.head, pose.left, pose.right]) {
    into[at] = joint.position.x
    into[at + 1] = joint.position.y
    into[at + 2] = joint.position.z
    at += 3
    rotation(joint.rotation)
  }
  for (const bone of pose.bones) rotation(bone ?? IDENTITY)
}

export function readPose(from: Float32Array, boneMask: number): Pose {
  assert(from.length === POSE_FLOATS, 'the state bytes of a pose have POSE_FLOATS numbers')
  const at = (i: number): number => from[i] ?? 0
  const rotation = (i: number): Quat => ({ x: at(i), y: at(i + 1), z: at(i + 2), w: at(i + 3) })
  const joint = (i: number): JointTransform => ({
    position: { x: at(i), y: at(i + 1), z: at(i + 2) },
    rotation: rotation(i + 3),
  })
  return {
    head: joint(0),
    left: joint(7),
    right: joint(14),
    bones: BONES.map((_, i) => (boneMask & (1 << i) ? rotation(21 + 4 * i) : null)),
  }
}

export const boneMaskOf = (pose: Pose): number =>
  pose.bones.reduce((mask, bone, i) => (bone ? mask | (1 << i) : mask), 0)
