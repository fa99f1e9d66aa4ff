/** The world as the server's messages and snapshots tell it, and how it looks at a moment. */
import { mixPoses } from '../../sim/pose.ts'
import type { ElementId, PlayerId, PropSpec, Quat, Vec3 } from '../../sim/types.ts'
import type { Result, ServerMessage, SnapshotPart } from '../../protocol/index.ts'
import { decodeSnapshot, type AvatarState, type Bounds, type PropState } from '../snapshot.ts'
import { Track } from './track.ts'
import type { AvatarSample, PropSample } from './types.ts'

/** Farther than this between two snapshots was a teleport, metres: 30 m/s at 20 Hz is 1.5. */
const JUMP_METRES = 5

interface AvatarEntry {
  readonly element: ElementId
  readonly player: PlayerId
  readonly name: string
  readonly body: number
  readonly track: Track<AvatarState>
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

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  /** Takes a reliable message. */
  tell(message: ServerMessage): void {
    switch (message.type) {
      case 'avatarAdded':
        this.#avatars.set(message.element, { ...message, track: new Track() })
        return
      case 'propAdded': {
        const { element, prop, owner, scale, holder, position, rotation } = message
        this.#props.set(element, { element, spec: prop, owner, scale, holder, first: { element, position, rotation, asleep: true }, track: new Track() })
        return
      }
      case 'elementRemoved':
        this.#avatars.delete(message.element)
        this.#props.delete(message.element)
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

  /** Takes one part of a snapshot. What it says of elements that we do not know (yet, or any more) is passed over. */
  show(part: SnapshotPart): Result<null> {
    const states = decodeSnapshot(part, this.#bounds)
    if (!states.ok) return states
    for (const state of states.value.avatars) this.#avatars.get(state.element)?.track.add(part.tick, state)
    for (const state of states.value.props) this.#props.get(state.element)?.track.add(part.tick, state)
    return { ok: true, value: null }
  }

  /** The avatars at a moment, by element; one of which no snapshot came yet is not among them. */
  avatarsAt(tick: number, own: PlayerId): AvatarSample[] {
    const samples: AvatarSample[] = []
    for (const { element, player, name, body, track } of this.#avatars.values()) {
      // Before the first snapshot's moment the first is shown: better early than invisible.
      const state = track.at(tick, mixAvatars) ?? track.newest
      if (state !== null) samples.push({ ...state, element, player, name, body, own: player === own })
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

function mixAvatars(a: AvatarState, b: AvatarState, t: number): AvatarState {
  if (apart(a.position, b.position)) return a
  const pose = a.pose !== null && b.pose !== null ? mixPoses(a.pose, b.pose, t) : (b.pose ?? a.pose)
  return { ...b, position: mixVec(a.position, b.position, t), yaw: mixYaw(a.yaw, b.yaw, t), velocity: mixVec(a.velocity, b.velocity, t), pose }
}

function mixProps(a: PropState, b: PropState, t: number): PropState {
  if (apart(a.position, b.position)) return a
  return { ...b, position: mixVec(a.position, b.position, t), rotation: mixQuat(a.rotation, b.rotation, t) }
}
