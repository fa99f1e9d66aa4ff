import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { arbitraryPackedPose, arbitraryPropSpec, arbitraryQuat, arbitraryVec3 } from '../testing/arbitraries.ts'
import { packPose, unpackPose, type AvatarView, type PropView, type Quat, type Vec3 } from '../sim/index.ts'
import { encodeServerPacket, encodeSnapshotPart, PACKET_BYTES_MAX, type SnapshotPart } from '../protocol/index.ts'
import { SNAPSHOT_PART_BYTES_MAX } from './session/limits.ts'
import { decodeSnapshot, encodeSnapshot, SLEEPER_TURNS, type AvatarState, type Bounds, type PropState } from './snapshot.ts'

const BOUNDS: Bounds = { min: { x: -500, y: -20, z: -300 }, max: { x: 500, y: 200, z: 300 } }

const arbitraryAvatar: fc.Arbitrary<Omit<AvatarView, 'id'>> = fc.record({
  player: fc.nat(), name: fc.constant('Ada'), body: fc.constant(0), permissions: fc.constant(0),
  position: fc.oneof(arbitraryVec3(20), fc.record({ x: fc.double({ min: -550, max: 550, noNaN: true }), y: fc.double({ min: -60, max: 250, noNaN: true }), z: fc.double({ min: -350, max: 350, noNaN: true }) })),
  yaw: fc.double({ min: -20, max: 20, noNaN: true }), velocity: arbitraryVec3(30), grounded: fc.boolean(), flying: fc.boolean(),
  pose: fc.option(arbitraryPackedPose().map((packed) => unpackPose(packed))), boneMask: fc.constant(0), moveSequence: fc.constant(0),
})
const arbitraryProp: fc.Arbitrary<Omit<PropView, 'id'>> = fc.record({
  spec: arbitraryPropSpec(), position: arbitraryVec3(80), rotation: arbitraryQuat(), linvel: arbitraryVec3(5), angvel: arbitraryVec3(5), scale: fc.constant(1),
  holder: fc.constant(0), hand: fc.constant(0), owner: fc.constant(0), asleep: fc.boolean(),
})
const numbered = <T>(items: readonly T[]): (T & { readonly id: number })[] => items.map((item, i) => ({ ...item, id: i + 1 }))

/** All parts together, each decoded by itself. */
function shown(parts: readonly SnapshotPart[]): { avatars: AvatarState[]; props: PropState[] } {
  const all = parts.map((part) => decodeSnapshot(part, BOUNDS))
  return { avatars: all.flatMap((one) => (one.ok ? one.value.avatars : [])), props: all.flatMap((one) => (one.ok ? one.value.props : [])) }
}

const distance = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)
/** The angle between two rotations, degrees; by the half chord, which is exact for small angles. */
function degrees(a: Quat, b: Quat): number {
  const sign = a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w < 0 ? -1 : 1
  const chord = Math.hypot(a.x - sign * b.x, a.y - sign * b.y, a.z - sign * b.z, a.w - sign * b.w)
  return (4 * Math.asin(Math.min(1, chord / 2)) * 180) / Math.PI
}

describe('a snapshot', () => {
  test.prop([fc.array(arbitraryAvatar, { maxLength: 30 }), fc.nat(100)])('shows every avatar within its error', (list, turn) => {
    const avatars = numbered(list)
    const states = shown(encodeSnapshot(9, avatars, [], BOUNDS, turn)).avatars
    expect(states.map(({ element }) => element)).toEqual(avatars.map(({ id }) => id))
    states.forEach((state, i) => {
      const { position, yaw, velocity, grounded, flying, pose } = avatars[i] as AvatarView
      expect(distance(state.position, position)).toBeLessThanOrEqual(0.002)
      expect(Math.abs(Math.sin((state.yaw - yaw) / 2))).toBeLessThanOrEqual(1e-4)
      expect(distance(state.velocity, velocity)).toBeLessThanOrEqual(0.002)
      expect({ grounded: state.grounded, flying: state.flying }).toEqual({ grounded, flying })
      expect(state.pose === null).toBe(pose === null)
      // The pose is packed as it came: packed again it is the same.
      if (state.pose !== null && pose !== null) expect(packPose(state.pose).boneMask).toBe(packPose(pose).boneMask)
    })
  })

  test.prop([arbitraryQuat(), arbitraryQuat(), arbitraryVec3(3)], { numRuns: 2_000 })('shows rotations within 0.2 degrees and joints within 2 mm', (head, bone, position) => {
    const joint = { position, rotation: head }
    const pose = { head: joint, left: joint, right: joint, bones: [bone, ...Array.from({ length: 17 }, () => null)] }
    const avatar: AvatarView = { id: 1, player: 1, name: 'Ada', body: 0, permissions: 0, position, yaw: 0, velocity: position, grounded: true, flying: false, pose, boneMask: 1, moveSequence: 0 }
    const state = shown(encodeSnapshot(1, [avatar], [], BOUNDS, 0)).avatars[0]
    if (!state?.pose) throw new Error('the pose is gone')
    expect(degrees(state.pose.head.rotation, head)).toBeLessThanOrEqual(0.2)
    expect(degrees(state.pose.bones[0] as Quat, bone)).toBeLessThanOrEqual(0.2)
    expect(distance(state.pose.left.position, position)).toBeLessThanOrEqual(0.002)
  })

  test.prop([fc.array(arbitraryProp, { maxLength: 120 })], { numRuns: 20 })('shows what moves at once, what sleeps within a round of turns, and nothing static', (list) => {
    const props = numbered(list)
    const moving = props.filter(({ spec }) => spec.motion !== 'static')
    const rounds = Array.from({ length: SLEEPER_TURNS }, (_, turn) => shown(encodeSnapshot(turn, [], props, BOUNDS, turn)).props)
    for (const states of rounds) {
      const awake = moving.filter(({ asleep }) => !asleep).map(({ id }) => id)
      expect(states.filter(({ asleep }) => !asleep).map(({ element }) => element)).toEqual(awake)
      for (const state of states) {
        const prop = props[state.element - 1] as PropView
        expect(distance(state.position, prop.position)).toBeLessThanOrEqual(0.002)
        expect(degrees(state.rotation, prop.rotation)).toBeLessThanOrEqual(0.2)
      }
    }
    expect(new Set(rounds.flat().map(({ element }) => element))).toEqual(new Set(moving.map(({ id }) => id)))
  })

  test.prop([fc.array(arbitraryAvatar, { maxLength: 60 }), fc.array(arbitraryProp, { maxLength: 60 })], { numRuns: 20 })('fits packets, part by part', (people, things) => {
    const parts = encodeSnapshot(4_294_967_295, numbered(people), numbered(things), BOUNDS, 7)
    const head = { packet: 4_294_967_295, ackPacket: 4_294_967_295, ackBits: 4_294_967_295, ackCommand: 4_294_967_295, firstMessage: 4_294_967_295, clientTimeMs: 4_294_967_295, clientTimeAgeMs: 4_294_967_295, control: null }
    expect(parts.map(({ part }) => part)).toEqual(parts.map((_, i) => i))
    for (const part of parts) {
      const bytes = encodeSnapshotPart(part)
      expect(bytes.length).toBeLessThanOrEqual(SNAPSHOT_PART_BYTES_MAX)
      expect(encodeServerPacket(head, [], bytes).length).toBeLessThanOrEqual(PACKET_BYTES_MAX)
    }
  })

  test.prop([fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 })])('is refused in words where the bytes are none', (avatars, props) => {
    const result = decodeSnapshot({ tick: 1, part: 0, parts: 1, avatars, props }, BOUNDS)
    if (!result.ok) expect(result.error.message).not.toBe('')
  })

  test.prop([fc.array(arbitraryAvatar, { minLength: 1, maxLength: 5 }), fc.nat()])('is refused where it is cut short', (list, where) => {
    const [part] = encodeSnapshot(9, numbered(list), [], BOUNDS, 0)
    if (part === undefined) throw new Error('no part')
    const cut = { ...part, avatars: part.avatars.subarray(0, 1 + (where % (part.avatars.length - 1))) }
    expect(decodeSnapshot(cut, BOUNDS).ok).toBe(false)
  })
})

test('an empty world has a snapshot, which says its tick', () => {
  expect(encodeSnapshot(5, [], [], BOUNDS, 0)).toEqual([{ tick: 5, part: 0, parts: 1, avatars: new Uint8Array(0), props: new Uint8Array(0) }])
})
