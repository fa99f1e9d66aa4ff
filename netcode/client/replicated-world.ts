/** The world that the server's messages and snapshots describe, and its state at a moment. */
import type { Pose } from '../../sim/avatar/pose.ts'
import type { ElementId, PackageHash, PlayerId, PropSpec, UserNumber, Vec3 } from '../../sim/types.ts'
import type { ServerMessage } from '../../protocol/index.ts'
import type { ComponentSample, SnapshotDecoder } from '../snapshot/decoder.ts'
import {
  BONE_COUNT,
  BONES,
  bonesState,
  JOINTS,
  jointsState,
  PROP,
  propState,
  ROOT,
  rootState,
  type BonesState,
  type Bounds,
  type JointsState,
  type ComponentKind,
  type PropState,
  type RootState,
} from '../snapshot/components.ts'
import { bonesInterpolator, jointsInterpolator, propInterpolator, rootInterpolator } from './playback/interpolators.ts'
import { Track, type Interpolator } from './playback/track.ts'
import type { AvatarSample, PropSample } from './types.ts'

/**
 * How far roots and props are extrapolated beyond the newest snapshot, ticks: an element that is not in it moved as
 * expected.
 */
const AHEAD_TICKS_MAX = 15

interface AvatarEntry {
  readonly element: ElementId
  readonly player: PlayerId
  readonly user: UserNumber
  readonly name: string
  /** The avatar's body and its size. */
  body: Pick<AvatarSample, 'body' | 'package' | 'scale' | 'headMetres'>
  readonly roots: Track<RootState>
  readonly joints: Track<JointsState>
  readonly bones: Track<BonesState>
}

interface PropEntry {
  readonly element: ElementId
  readonly spec: PropSpec
  readonly package: PackageHash | null
  readonly owner: UserNumber
  access: number
  scale: number
  holder: PlayerId
  /** The state in the message that described it. */
  readonly first: PropState
  readonly track: Track<PropState>
}

export class ReplicatedWorld {
  readonly #avatars = new Map<ElementId, AvatarEntry>()
  readonly #props = new Map<ElementId, PropEntry>()
  readonly #bounds: Bounds
  readonly #decoder: SnapshotDecoder
  readonly #poses: boolean
  readonly #roots: Interpolator<RootState>
  readonly #propInterpolator: Interpolator<PropState>
  /** Tick of the newest snapshot. */
  #newestTick = 0

  /** `decoder` belongs to this connection. It may know states of elements that are not described yet. */
  constructor(bounds: Bounds, tickRate: number, decoder: SnapshotDecoder, poses = true) {
    this.#bounds = bounds
    this.#roots = rootInterpolator(1 / tickRate)
    this.#propInterpolator = propInterpolator(1 / tickRate)
    this.#decoder = decoder
    this.#poses = poses
  }

  /** Applies a reliable message. */
  receive(message: ServerMessage): void {
    switch (message.type) {
      case 'avatarAdded': {
        const { element, player, user, name } = message
        this.#avatars.set(element, {
          element,
          player,
          user,
          name,
          body: bodyOf(message),
          roots: new Track(this.#roots),
          joints: new Track(jointsInterpolator),
          bones: new Track(bonesInterpolator),
        })
        this.#catchUp(element, [ROOT, JOINTS, BONES])
        return
      }
      case 'avatarChanged': {
        const avatar = this.#avatars.get(message.element)
        if (avatar !== undefined) avatar.body = bodyOf(message)
        return
      }
      case 'propAdded': {
        const { element, prop, package: hash, owner, access, scale, holder, position, rotation } = message
        this.#props.set(element, {
          element,
          spec: prop,
          package: hash,
          owner,
          access,
          scale,
          holder,
          first: { position, rotation, velocity: AT_REST, asleep: true },
          track: new Track(this.#propInterpolator),
        })
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
        prop.access = message.access
        return
      }
      default:
    }
  }

  /** Applies the states that snapshots had before the element was described. They are not sent again while it rests. */
  #catchUp(element: ElementId, kinds: readonly ComponentKind[]): void {
    this.applySamples(kinds.map((kind) => this.#decoder.newest(element, kind)).filter((sample) => sample !== null))
  }

  /** Applies the states of a snapshot. States of elements that are not (or no longer) described are skipped. */
  applySamples(samples: readonly ComponentSample[]): void {
    for (const { kind, element, tick, values } of samples) {
      this.#newestTick = Math.max(this.#newestTick, tick)
      if (kind === PROP) this.#props.get(element)?.track.add(tick, propState(values, this.#bounds))
      else if (kind === ROOT) this.#avatars.get(element)?.roots.add(tick, rootState(values, this.#bounds))
      else if (!this.#poses) continue
      else if (kind === JOINTS) this.#avatars.get(element)?.joints.add(tick, jointsState(values))
      else this.#avatars.get(element)?.bones.add(tick, bonesState(values))
    }
    this.#decoder.sweep((element) => this.#avatars.has(element) || this.#props.has(element))
  }

  /** The avatars at a moment, by element, except those without any snapshot. */
  avatarsAt(tick: number, own: PlayerId): AvatarSample[] {
    const samples: AvatarSample[] = []
    const untilTick = this.#newestTick + AHEAD_TICKS_MAX
    for (const entry of this.#avatars.values()) {
      const { element, player, user, name, body, roots } = entry
      // Before the first snapshot's moment, the first is shown: better early than invisible.
      const root = roots.at(tick, untilTick) ?? roots.oldest
      if (root !== null)
        samples.push({ ...root, element, player, user, name, ...body, own: player === own, pose: poseAt(entry, tick) })
    }
    return samples
  }

  /** The props at a moment, by element. */
  propsAt(tick: number): PropSample[] {
    const untilTick = this.#newestTick + AHEAD_TICKS_MAX
    return Array.from(
      this.#props.values(),
      ({ element, spec, package: hash, scale, holder, owner, access, first, track }) => {
        const { position, rotation, asleep } = track.at(tick, untilTick) ?? first
        return { element, spec, package: hash, scale, holder, owner, access, position, rotation, asleep }
      },
    )
  }
}

const bodyOf = ({ body, package: hash, scale, headMetres }: AvatarEntry['body']): AvatarEntry['body'] => ({
  body,
  package: hash,
  scale,
  headMetres,
})

const AT_REST: Vec3 = { x: 0, y: 0, z: 0 }
const UNSENT: BonesState = Array.from({ length: BONE_COUNT }, () => null)

/** Null before the first pose. */
function poseAt({ joints, bones }: AvatarEntry, tick: number): Pose | null {
  const held = joints.at(tick) ?? joints.oldest
  return held === null
    ? null
    : { head: held.head, left: held.left, right: held.right, bones: bones.at(tick) ?? bones.oldest ?? UNSENT }
}
