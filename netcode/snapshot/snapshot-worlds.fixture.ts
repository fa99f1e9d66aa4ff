/** Worlds for snapshot tests, and what clients must have decoded of them. */
import { fc } from '@fast-check/vitest'
import { expect } from 'vitest'
import { arbitraryPackedPose, arbitraryPropSpec, arbitraryQuat, arbitraryVec3 } from '../../testing/arbitraries.ts'
import { unpackPose, type AvatarView, type Pose, type PropView, type Quat, type Vec3 } from '../../sim/index.ts'
import { decodeServerPacket, encodeServerPacket, type SnapshotPart } from '../../protocol/index.ts'
import { SnapshotDecoder, SnapshotSource, SnapshotBuilder, type Bounds, type ComponentSample } from './index.ts'
import {
  AVATAR_KINDS,
  BONES,
  bonesState,
  JOINTS,
  jointsState,
  componentKey,
  PROP,
  PROP_KINDS,
  propState,
  ROOT,
  rootState,
  WIDTHS,
  type ComponentKind,
} from './components.ts'

export const BOUNDS: Bounds = { min: { x: -500, y: -20, z: -300 }, max: { x: 500, y: 200, z: 300 } }
export const HEAD = {
  packet: 4_294_967_295,
  ackPacket: 4_294_967_295,
  ackBits: 4_294_967_295,
  ackCommand: 4_294_967_295,
  firstMessage: 4_294_967_295,
  clientTimeMs: 4_294_967_295,
  clientTimeAgeMs: 4_294_967_295,
  control: null,
}

export const arbitraryAvatar: fc.Arbitrary<Omit<AvatarView, 'id'>> = fc.record({
  player: fc.nat(),
  user: fc.nat(),
  name: fc.constant('Ada'),
  body: fc.constant(0),
  package: fc.constant(null),
  scale: fc.constant(1),
  headMetres: fc.constant(1.5),
  permissions: fc.constant(0),
  position: fc.oneof(
    arbitraryVec3(20),
    fc.record({
      x: fc.double({ min: -550, max: 550, noNaN: true }),
      y: fc.double({ min: -60, max: 250, noNaN: true }),
      z: fc.double({ min: -350, max: 350, noNaN: true }),
    }),
  ),
  yaw: fc.double({ min: -20, max: 20, noNaN: true }),
  velocity: arbitraryVec3(30),
  grounded: fc.boolean(),
  flying: fc.boolean(),
  pose: fc.option(arbitraryPackedPose().map((packed) => unpackPose(packed))),
  boneMask: fc.constant(0),
  moveSequence: fc.constant(0),
})
export const arbitraryProp: fc.Arbitrary<Omit<PropView, 'id'>> = fc.record({
  spec: arbitraryPropSpec(),
  package: fc.constant(null),
  access: fc.constant(0),
  position: arbitraryVec3(80),
  rotation: arbitraryQuat(),
  linvel: arbitraryVec3(5),
  angvel: arbitraryVec3(5),
  scale: fc.constant(1),
  holder: fc.constant(0),
  hand: fc.constant(0 as const),
  owner: fc.constant(0),
  asleep: fc.boolean(),
  frozen: fc.constant(null),
})
export const numbered = <T>(items: readonly T[], from = 1): (T & { readonly id: number })[] =>
  items.map((item, i) => ({ ...item, id: i + from }))

export const distance = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)
/** The angle between two rotations, degrees, from half the chord, which is exact for small angles. */
export function degrees(a: Quat, b: Quat): number {
  const sign = a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w < 0 ? -1 : 1
  const chord = Math.hypot(a.x - sign * b.x, a.y - sign * b.y, a.z - sign * b.z, a.w - sign * b.w)
  return (4 * Math.asin(Math.min(1, chord / 2)) * 180) / Math.PI
}

/** The decoded snapshot part of a packet. */
export function received(bytes: Uint8Array): SnapshotPart {
  const packet = decodeServerPacket(encodeServerPacket(HEAD, [], bytes))
  if (!packet.ok || packet.value.snapshot === null) throw new Error('the packet is not valid')
  return packet.value.snapshot
}

export function samplesOf(decoder: SnapshotDecoder, part: SnapshotPart): readonly ComponentSample[] {
  const decoded = decoder.decode(part)
  if (!decoded.ok) throw new Error(decoded.error.message)
  expect(decoded.value.missing).toBe(0)
  return decoded.value.samples
}

export function newest(decoder: SnapshotDecoder, element: number, kind: ComponentKind): readonly number[] {
  const sample = decoder.newest(element, kind)
  if (sample === null) throw new Error(`nothing is known of component ${kind} of element ${element}`)
  return sample.values
}

/** The source's state of each component at its tick, by key. */
export function statesOf({ avatars, props, histories, tick }: SnapshotSource): Map<number, readonly number[]> {
  const states = new Map<number, readonly number[]>()
  for (const [roster, kinds] of [
    [avatars, AVATAR_KINDS],
    [props, PROP_KINDS],
  ] as const)
    for (const row of roster.order)
      for (const kind of kinds) {
        const history = histories[kind]
        const at = history.at(row, tick)
        if ((history.born[row] ?? -1) >= 0)
          states.set(componentKey(roster.elements[row] ?? 0, kind), [...history.states.subarray(at, at + WIDTHS[kind])])
      }
  return states
}

/** Calls `next` until nothing is left to send, and acknowledges each part at once. */
export function sayAll(
  source: SnapshotSource,
  avatars: readonly AvatarView[],
  props: readonly PropView[],
  calls = 200,
): SnapshotDecoder {
  const view = new SnapshotBuilder(0)
  const decoder = new SnapshotDecoder()
  for (let i = 1; i <= calls; i += 1) {
    source.update(i * 3, avatars, props)
    const part = view.nextPart(source, 1, 0)
    samplesOf(decoder, received(part.bytes))
    part.acknowledged()
  }
  return decoder
}

export function expectAvatar(
  decoder: SnapshotDecoder,
  { id, position, yaw, velocity, grounded, flying, pose }: AvatarView,
): void {
  const root = rootState(newest(decoder, id, ROOT), BOUNDS)
  expect(distance(root.position, position)).toBeLessThanOrEqual(0.002)
  expect(Math.abs(Math.sin((root.yaw - yaw) / 2))).toBeLessThanOrEqual(8e-4)
  expect(distance(root.velocity, velocity)).toBeLessThanOrEqual(0.045)
  expect({ grounded: root.grounded, flying: root.flying }).toEqual({ grounded, flying })
  if (pose === null) expect(decoder.newest(id, JOINTS)).toBeNull()
  else expectPose(decoder, id, pose)
}

function expectPose(decoder: SnapshotDecoder, id: number, pose: Pose): void {
  const joints = jointsState(newest(decoder, id, JOINTS))
  for (const name of ['head', 'left', 'right'] as const) {
    expect(distance(joints[name].position, pose[name].position)).toBeLessThanOrEqual(0.006)
    expect(degrees(joints[name].rotation, pose[name].rotation)).toBeLessThanOrEqual(0.8)
  }
  const bones = bonesState(newest(decoder, id, BONES))
  for (const [i, bone] of pose.bones.entries()) {
    const shown = bones[i] ?? null
    expect(shown === null).toBe(bone === null)
    if (shown !== null && bone !== null) expect(degrees(shown, bone)).toBeLessThanOrEqual(2)
  }
}

export function expectProp(decoder: SnapshotDecoder, { id, position, rotation, asleep }: PropView): void {
  const prop = propState(newest(decoder, id, PROP), BOUNDS)
  expect(distance(prop.position, position)).toBeLessThanOrEqual(0.002)
  expect(degrees(prop.rotation, rotation)).toBeLessThanOrEqual(0.8)
  expect(prop.asleep).toBe(asleep)
}

/** A world that moves within bounds: some elements walk, some rest for a while. */
export class WalkingCrowd {
  readonly #random: () => number
  avatars: AvatarView[]
  props: PropView[]

  constructor(random: () => number, avatars: readonly AvatarView[], props: readonly PropView[]) {
    this.#random = random
    this.avatars = [...avatars]
    this.props = [...props]
  }

  tick(): void {
    const random = this.#random
    const by = (v: Vec3, size: number): Vec3 => ({
      x: v.x + (random() - 0.5) * size,
      y: v.y + (random() - 0.5) * size,
      z: v.z + (random() - 0.5) * size,
    })
    const near = ({ x, y, z }: Vec3): Vec3 => ({
      x: Math.max(-30, Math.min(30, x)),
      y: Math.max(-30, Math.min(30, y)),
      z: Math.max(-30, Math.min(30, z)),
    })
    const turned = (q: Quat): Quat => {
      const [x, y, z, w] = [q.x + (random() - 0.5) * 0.2, q.y, q.z + (random() - 0.5) * 0.2, q.w]
      const length = Math.hypot(x, y, z, w) || 1
      return { x: x / length, y: y / length, z: z / length, w: w / length }
    }
    const bent = (pose: Pose): Pose => ({
      ...pose,
      left: { position: near(by(pose.left.position, 0.1)), rotation: turned(pose.left.rotation) },
      bones: pose.bones.map((bone) => bone && (random() < 0.5 ? turned(bone) : bone)),
    })
    this.avatars = this.avatars.map((a) =>
      random() < 0.5
        ? a
        : {
            ...a,
            position: by(a.position, 0.2),
            yaw: a.yaw + random(),
            velocity: random() < 0.1 ? by(a.velocity, 1) : a.velocity,
            pose: a.pose && bent(a.pose),
          },
    )
    this.props = this.props.map((p) =>
      random() < 0.7
        ? p
        : {
            ...p,
            position: random() < 0.1 ? by({ x: 0, y: 10, z: 0 }, 90) : by(p.position, 0.2),
            rotation: turned(p.rotation),
            asleep: random() < 0.2,
          },
    )
  }

  rest(): void {
    this.avatars = this.avatars.map((a) => ({ ...a, velocity: { x: 0, y: 0, z: 0 } }))
    this.props = this.props.map((p) => ({ ...p, linvel: { x: 0, y: 0, z: 0 }, asleep: true }))
  }
}

/** Mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
