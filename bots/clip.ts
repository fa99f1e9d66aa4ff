/**
 * Motion clips: how real people (well, a knight) move, fitted to an avatar's body. The files are in fixtures/motion/,
 * whose README.md describes the format; scripts/extract-motion.mjs creates them.
 */
import {
  BONES,
  mixPoses,
  solveSkeleton,
  type AvatarBody,
  type JointTransform,
  type Pose,
  type Quat,
  type Vec3,
} from '../sim/index.ts'
import { add, IDENTITY, length, lerp, normalise, scaled, sub, ZERO } from '../sim/maths/maths.ts'

/** The content of a clip: walking, running, standing, or one action. */
export type ClipKind = 'walk' | 'run' | 'idle' | 'act'

/**
 * One sample: the middle between the hip joints in leg lengths, and local rotations of the bones (null: the model lacks
 * the bone).
 */
interface ClipFrame {
  readonly hip: Vec3
  readonly bones: readonly (Quat | null)[]
}

export interface Clip {
  readonly name: string
  readonly kind: ClipKind
  readonly seconds: number
  /** Speed of the ground under the feet, in leg lengths a second; 0 for a standing clip. */
  readonly speed: number
  readonly frames: readonly ClipFrame[]
}

/** A clip on one body. */
export interface FittedClip {
  readonly name: string
  readonly kind: ClipKind
  readonly seconds: number
  /** Speed at which the feet do not slide, m/s; 0 for a standing clip. */
  readonly speed: number
  /** The pose at a time in seconds; the clip repeats. */
  at(seconds: number): Pose
}

/** The clip file is not what scripts/extract-motion.mjs writes. */
export class MotionFileError extends Error {}

const KINDS: readonly string[] = ['walk', 'run', 'idle', 'act'] satisfies ClipKind[]
const HEAD = BONES.indexOf('head')
const LEFT_HAND = BONES.indexOf('leftHand')
const RIGHT_HAND = BONES.indexOf('rightHand')
const LEFT_UPPER_LEG = BONES.indexOf('leftUpperLeg')
const RIGHT_UPPER_LEG = BONES.indexOf('rightUpperLeg')
const LEFT_LOWER_LEG = BONES.indexOf('leftLowerLeg')
const LEFT_FOOT = BONES.indexOf('leftFoot')
const RIGHT_FOOT = BONES.indexOf('rightFoot')

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const base64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

function readFrames(name: string, data: string, boneMask: number, count: number): ClipFrame[] {
  const bytes = base64(data)
  const bones = BONES.filter((_, i) => boneMask & (1 << i)).length
  if (bytes.length !== count * (3 + bones * 4) * 2)
    throw new MotionFileError(
      `clip "${name}" has ${bytes.length} bytes; ${count} frames of ${bones} bones take ${count * (3 + bones * 4) * 2}`,
    )
  const view = new DataView(bytes.buffer)
  let at = -2
  const next = (scale: number): number => view.getInt16((at += 2), true) / scale
  return Array.from({ length: count }, () => ({
    hip: { x: next(8192), y: next(8192), z: next(8192) },
    bones: BONES.map((_, i) =>
      boneMask & (1 << i) ? normalise({ x: next(32767), y: next(32767), z: next(32767), w: next(32767) }) : null,
    ),
  }))
}

function readClip(clip: unknown, boneMask: number): Clip {
  if (!isRecord(clip)) throw new MotionFileError('a clip is not an object')
  const { name, kind, seconds, speed, frames, data } = clip
  if (typeof name !== 'string' || typeof data !== 'string' || typeof kind !== 'string' || !KINDS.includes(kind))
    throw new MotionFileError(`clip "${String(name)}" needs a name, data and a kind of ${KINDS.join(', ')}`)
  if (
    typeof seconds !== 'number' ||
    !(seconds > 0) ||
    typeof speed !== 'number' ||
    !(speed >= 0) ||
    typeof frames !== 'number' ||
    !(frames >= 2)
  )
    throw new MotionFileError(`clip "${name}" needs seconds above 0, a speed, and at least 2 frames`)
  return { name, kind: kind as ClipKind, seconds, speed, frames: readFrames(name, data, boneMask, frames) }
}

/** Reads the parsed JSON of a clip file. Throws MotionFileError. */
export function readMotionFile(json: unknown): Clip[] {
  if (!isRecord(json) || json['schema'] !== 'otherworld/motion/1')
    throw new MotionFileError('no clip file: its schema is not "otherworld/motion/1"')
  const { boneMask, clips } = json
  if (typeof boneMask !== 'number' || !Array.isArray(clips))
    throw new MotionFileError('the clip file lacks boneMask or clips')
  return clips.map((clip) => readClip(clip, boneMask))
}

const offsetOf = (body: AvatarBody, bone: number): Vec3 => body.offsets[bone] ?? ZERO
const legLengthOf = (body: AvatarBody): number =>
  length(offsetOf(body, LEFT_LOWER_LEG)) + length(offsetOf(body, LEFT_FOOT))
const heightOfAnkles = (bones: readonly JointTransform[]): number =>
  Math.min(positionOf(bones, LEFT_FOOT).y, positionOf(bones, RIGHT_FOOT).y)
const positionOf = (bones: readonly JointTransform[], bone: number): Vec3 => bones[bone]?.position ?? ZERO

/**
 * Places all bones of a body for a clip's frame. The middle between the hip joints is scaled by the length of the legs.
 */
function place(body: AvatarBody, frame: ClipFrame): JointTransform[] {
  const anchor = { position: ZERO, rotation: IDENTITY }
  const bones = solveSkeleton(body, { head: anchor, left: anchor, right: anchor, bones: frame.bones })
  const between = lerp(positionOf(bones, LEFT_UPPER_LEG), positionOf(bones, RIGHT_UPPER_LEG), 0.5)
  return moved(bones, sub(scaled(frame.hip, legLengthOf(body)), between))
}

const moved = (bones: readonly JointTransform[], by: Vec3): JointTransform[] =>
  bones.map(({ position, rotation }) => ({ position: add(position, by), rotation }))

/** Poses of all frames, each raised or lowered as a whole so that the lowest ankle is as high as the body's at rest. */
function posesOn(body: AvatarBody, clip: Clip): Pose[] {
  const rest = heightOfAnkles(solveSkeleton(body, null))
  const frames = clip.frames.map((frame) => place(body, frame))
  const lift = { x: 0, y: rest - Math.min(...frames.map(heightOfAnkles)), z: 0 }
  return frames.map((bones, i) => {
    const part = (bone: number): JointTransform => moved(bones, lift)[bone] ?? { position: ZERO, rotation: IDENTITY }
    return { head: part(HEAD), left: part(LEFT_HAND), right: part(RIGHT_HAND), bones: clip.frames[i]?.bones ?? [] }
  })
}

/** Fits a clip to a body. The poses are computed once. */
export function fitClip(clip: Clip, body: AvatarBody): FittedClip {
  const poses = posesOn(body, clip)
  const last = poses.length - 1
  return {
    name: clip.name,
    kind: clip.kind,
    seconds: clip.seconds,
    speed: clip.speed * legLengthOf(body),
    at: (seconds) => {
      const phase = ((((seconds / clip.seconds) % 1) + 1) % 1) * last
      const [a, b] = [poses[Math.floor(phase)], poses[Math.min(last, Math.floor(phase) + 1)]]
      if (!a || !b) throw new RangeError(`clip "${clip.name}" has no frame at ${seconds} s`)
      return mixPoses(a, b, phase - Math.floor(phase))
    },
  }
}
