/** The world as the server's messages and snapshots tell it, and how it looks at a moment. */
import { mixPoses, type Pose } from '../../sim/pose.ts'
import type { ElementId, PlayerId, PropSpec, Quat, Vec3 } from '../../sim/types.ts'
import type { ServerMessage } from '../../protocol/index.ts'
import type { Sample, SnapshotDecoder } from '../snapshot/decoder.ts'
import { BONE_COUNT, BONES, bonesState, JOINTS, jointsState, PROP, propState, ROOT, rootState, type BonesState, type Bounds, type JointsState, type Kind, type PropState, type RootState } from '../snapshot/strands.ts'
import { Track } from './track.ts'
import type { AvatarSample, PropSample } from './types.ts'

/** Farther than this between two snapshots was a teleport, metres: 30 m/s at 20 Hz is 1.5. */
const JUMP_METRES = 5

interface AvatarEntry {
  readonly element: ElementId
  readonly player: PlayerId
  readonly name: string
  readonly body: number
  readonly roots: Track<RootState>
  readonly joints: Track<JointsState>
  readonly bones: Track<BonesState>
}

interface PropEntry {
  readonly element: ElementId
  readonly spec: PropSpec
  readonly owner: PlayerId
  scale: number
  holder: PlayerId
  /** Where it stood when we were told of it. */
  readonly first: PropState
  readonly track: Track<PropState>
}

export class World {
  readonly #avatars = new Map<ElementId, AvatarEntry>()
  readonly #props = new Map<ElementId, PropEntry>()
  readonly #bounds: Bounds
  readonly #decoder: SnapshotDecoder
  readonly #tickSeconds: number
  readonly #poses: boolean

  /** `decoder`: of this connection; it may have heard of elements before we are told of them. */
  constructor(bounds: Bounds, tickRate: number, decoder: SnapshotDecoder, poses = true) {
    this.#bounds = bounds
    this.#tickSeconds = 1 / tickRate
    this.#decoder = decoder
    this.#poses = poses
  }

  /** Takes a reliable message. */
  tell(message: ServerMessage): void {
    switch (message.type) {
      case 'avatarAdded': {
        const { element, player, name, body } = message
        this.#avatars.set(element, { element, player, name, body, roots: new Track(), joints: new Track(), bones: new Track() })
        this.#catchUp(element, [ROOT, JOINTS, BONES])
        return
      }
      case 'propAdded': {
        const { element, prop, owner, scale, holder, position, rotation } = message
        this.#props.set(element, { element, spec: prop, owner, scale, holder, first: { position, rotation, velocity: AT_REST, asleep: true }, track: new Track() })
        this.#catchUp(element, [PROP])
        return
      }
      case 'elementRemoved':
        this.#avatars.delete(message.element)
        this.#props.delete(message.element)
        this.#decoder.forget(message.element)
        return
      case 'propChanged': {
        const prop = this.#props.get(message.element)
        if (prop === undefined) return
        prop.scale = message.scale
        prop.holder = message.holder
        return
      }
      default:
    }
  }

  /** What snapshots said of an element before it was described: they will not say it again while it rests. */
  #catchUp(element: ElementId, kinds: readonly Kind[]): void {
    this.show(kinds.map((kind) => this.#decoder.newest(element, kind)).filter((sample) => sample !== null))
  }

  /** Takes what a snapshot says. What it says of elements that we do not know (yet, or any more) is passed over. */
  show(samples: readonly Sample[]): void {
    for (const { kind, element, tick, values } of samples) {
      if (kind === PROP) this.#props.get(element)?.track.add(tick, propState(values, this.#bounds))
      else if (kind === ROOT) this.#avatars.get(element)?.roots.add(tick, rootState(values, this.#bounds))
      else if (!this.#poses) continue
      else if (kind === JOINTS) this.#avatars.get(element)?.joints.add(tick, jointsState(values))
      else this.#avatars.get(element)?.bones.add(tick, bonesState(values))
    }
    this.#decoder.sweep((element) => this.#avatars.has(element) || this.#props.has(element))
  }

  /** The avatars at a moment, by element; one of which no snapshot came yet is not among them. */
  avatarsAt(tick: number, own: PlayerId): AvatarSample[] {
    const samples: AvatarSample[] = []
    const ahead = (root: RootState, ticks: number): RootState => goOn(root, ticks * this.#tickSeconds)
    for (const entry of this.#avatars.values()) {
      const { element, player, name, body, roots } = entry
      // Before the first snapshot's moment the first is shown: better early than invisible.
      const root = roots.at(tick, mixRoots, ahead) ?? roots.newest
      if (root !== null) samples.push({ ...root, element, player, name, body, own: player === own, pose: poseAt(entry, tick) })
    }
    return samples
  }

  /** The props at a moment, by element. */
  propsAt(tick: number): PropSample[] {
    return Array.from(this.#props.values(), ({ element, spec, scale, holder, owner, first, track }) => {
      const { position, rotation, asleep } = track.at(tick, mixProps) ?? first
      return { element, spec, scale, holder, owner, position, rotation, asleep }
    })
  }
}

const mix = (a: number, b: number, t: number): number => a + (b - a) * t

function mixVec(a: Vec3, b: Vec3, t: number): Vec3 {
  return { x: mix(a.x, b.x, t), y: mix(a.y, b.y, t), z: mix(a.z, b.z, t) }
}

function apart(a: Vec3, b: Vec3): boolean {
  return Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z) > JUMP_METRES
}

/** Normalised linear interpolation the short way; the two are close. */
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

/** The short way round, 0 to 2π. */
function mixYaw(a: number, b: number, t: number): number {
  const way = ((((b - a + Math.PI) % TURN) + TURN) % TURN) - Math.PI
  return (((a + way * t) % TURN) + TURN) % TURN
}

function mixRoots(a: RootState, b: RootState, t: number): RootState {
  if (apart(a.position, b.position)) return a
  return { ...b, position: mixVec(a.position, b.position, t), yaw: mixYaw(a.yaw, b.yaw, t), velocity: mixVec(a.velocity, b.velocity, t) }
}

/** A root that goes on as it went. */
function goOn(root: RootState, seconds: number): RootState {
  const { position, velocity, grounded } = root
  const y = grounded ? position.y : position.y + velocity.y * seconds
  return { ...root, position: { x: position.x + velocity.x * seconds, y, z: position.z + velocity.z * seconds } }
}

const AT_REST: Vec3 = { x: 0, y: 0, z: 0 }
const NO_BONES: BonesState = []
const mixJoints = (a: JointsState, b: JointsState, t: number): JointsState => mixPoses({ ...a, bones: NO_BONES }, { ...b, bones: NO_BONES }, t)
const mixBones = (a: BonesState, b: BonesState, t: number): BonesState => b.map((bone, i) => bone && mixQuat(a[i] ?? bone, bone, t))
const UNSENT: BonesState = Array.from({ length: BONE_COUNT }, () => null)

/** Null before the first was sent. */
function poseAt({ joints, bones }: AvatarEntry, tick: number): Pose | null {
  const held = joints.at(tick, mixJoints) ?? joints.newest
  return held === null ? null : { head: held.head, left: held.left, right: held.right, bones: bones.at(tick, mixBones) ?? bones.newest ?? UNSENT }
}

function mixProps(a: PropState, b: PropState, t: number): PropState {
  if (apart(a.position, b.position)) return a
  return { ...b, position: mixVec(a.position, b.position, t), rotation: mixQuat(a.rotation, b.rotation, t) }
}
