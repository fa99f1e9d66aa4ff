import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { arbitraryPose, arbitraryRotation } from '../../testing/scenario.ts'
import { DEFAULT_BODY } from '../avatar/body.ts'
import { cos, dot, fromTo, length, rotate, sin, sub, unit, vec, wrapAngle } from './maths.ts'
import {
  boneMaskOf,
  continueTrack,
  evaluatePose,
  packPose,
  packRotation,
  POSE_FLOATS,
  readPose,
  unpackPose,
  unpackRotation,
  writePose,
} from '../avatar/pose.ts'
import { nextUint32, nextUnit, seedRandom } from './random.ts'
import { solveSkeleton } from '../avatar/skeleton.ts'
import { BONES, type Quat } from '../types.ts'

const angle = fc.double({ min: -1000, max: 1000, noNaN: true })
const direction = fc
  .tuple(angle, angle, angle)
  .filter(([x, y, z]) => Math.hypot(x, y, z) > 1)
  .map(([x, y, z]) => unit(vec(x, y, z), vec(1, 0, 0)))
/** Degrees between two rotations, whichever sign they have. */
const degreesBetween = (a: Quat, b: Quat): number => {
  const sine = (s: 1 | -1): number => Math.hypot(a.x - s * b.x, a.y - s * b.y, a.z - s * b.z, a.w - s * b.w)
  return (2 * Math.asin(Math.min(1, Math.min(sine(1), sine(-1)) / 2)) * 2 * 180) / Math.PI
}

describe('deterministic maths', () => {
  test.prop([angle])('sine and cosine are within 1e-9 of the real ones', (a) => {
    expect(Math.abs(sin(a) - Math.sin(a))).toBeLessThan(1e-9)
    expect(Math.abs(cos(a) - Math.cos(a))).toBeLessThan(1e-9)
  })

  test.prop([angle])('a wrapped angle is the same direction within -PI to PI', (a) => {
    expect(Math.abs(wrapAngle(a))).toBeLessThanOrEqual(Math.PI + 1e-12)
    expect(Math.abs(Math.sin(wrapAngle(a)) - Math.sin(a))).toBeLessThan(1e-9)
  })

  test.prop([direction, direction])('fromTo turns one direction to the other', (a, b) => {
    expect(length(sub(rotate(fromTo(a, b), a), b))).toBeLessThan(dot(a, b) < -0.9999 ? 0.01 : 1e-6)
  })
})

describe('the random generator', () => {
  test('is xoshiro128**: the published state gives the published numbers', () => {
    const state = Uint32Array.of(1, 2, 3, 4)
    expect([nextUint32(state), nextUint32(state), nextUint32(state), nextUint32(state)]).toEqual([
      11520, 0, 5927040, 70819200,
    ])
  })

  test.prop([fc.nat()])('gives numbers from 0 to below 1, another sequence for another seed', (seed) => {
    const [a, b] = [seedRandom(seed), seedRandom(seed + 1)]
    const draw = (s: Uint32Array): number[] => Array.from({ length: 8 }, () => nextUnit(s))
    const drawn = draw(a)
    expect(drawn.every((x) => x >= 0 && x < 1)).toBe(true)
    expect(draw(b)).not.toEqual(drawn)
  })
})

describe('poses', () => {
  test.prop([arbitraryRotation])(
    'a rotation in 32 bits is off by less than 0.2 degrees, and packs to itself again',
    (q) => {
      const bits = packRotation(q)
      expect(degreesBetween(unpackRotation(bits), q)).toBeLessThan(0.2)
      expect(degreesBetween(unpackRotation(packRotation(unpackRotation(bits))), unpackRotation(bits))).toBeLessThan(0.2)
    },
  )

  test.prop([arbitraryPose])('a packed pose comes back within a millimetre, its bones where they were', (pose) => {
    const back = unpackPose(packPose(pose))
    expect(back && length(sub(back.head.position, pose.head.position))).toBeLessThan(1e-3)
    expect(back?.bones.map((b) => b !== null)).toEqual(pose.bones.map((b) => b !== null))
  })

  test.prop([arbitraryPose, fc.nat(400)])('bytes that do not fit the mask are no pose', (pose, cut) => {
    const packed = packPose(pose)
    fc.pre(cut !== packed.bytes.length)
    const bytes = new Uint8Array(cut)
    bytes.set(packed.bytes.subarray(0, cut))
    expect(unpackPose({ bytes, boneMask: packed.boneMask })).toBeNull()
    expect(unpackPose({ bytes: packed.bytes, boneMask: 1 << 18 })).toBeNull()
  })

  test.prop([arbitraryPose, arbitraryPose, fc.integer({ min: 1, max: 30 })])(
    'a track ends at the newest pose, and state bytes keep it',
    (a, b, gap) => {
      const [first, second] = [unpackPose(packPose(a)), unpackPose(packPose(b))]
      if (!first || !second) throw new Error('poses that were packed unpack')
      const track = continueTrack(continueTrack(null, first, 10), second, 10 + gap)
      expect(evaluatePose(track, 10 + gap + 12)).toEqual(second)
      const floats = new Float32Array(POSE_FLOATS)
      writePose(second, floats)
      expect(readPose(floats, boneMaskOf(second))).toEqual(second)
    },
  )
})

describe('the skeleton', () => {
  test.prop([arbitraryPose])('puts the head where the pose says, every bone finite and of its length', (pose) => {
    const bones = solveSkeleton(DEFAULT_BODY, pose)
    expect(bones).toHaveLength(BONES.length)
    const head = bones[BONES.indexOf('head')]
    expect(head && length(sub(head.position, pose.head.position))).toBeLessThan(1e-6)
    for (const { position, rotation } of bones)
      expect(
        [position.x, position.y, position.z, rotation.x, rotation.y, rotation.z, rotation.w].every(Number.isFinite),
      ).toBe(true)
    const arm = (upper: number): number => length(sub(bones[upper + 1]!.position, bones[upper]!.position))
    expect(arm(BONES.indexOf('leftUpperArm'))).toBeCloseTo(0.27, 5)
    expect(arm(BONES.indexOf('rightUpperLeg'))).toBeCloseTo(0.4, 5)
  })

  test('with head and hands alone reaches the hands that are within an arm', () => {
    const joint = (x: number, y: number, z: number) => ({ position: { x, y, z }, rotation: { x: 0, y: 0, z: 0, w: 1 } })
    const bones = solveSkeleton(DEFAULT_BODY, {
      head: joint(0, 1.52, 0),
      left: joint(-0.3, 1.2, -0.3),
      right: joint(0.3, 1.1, -0.2),
      bones: BONES.map(() => null),
    })
    expect(length(sub(bones[BONES.indexOf('leftHand')]!.position, { x: -0.3, y: 1.2, z: -0.3 }))).toBeLessThan(1e-6)
    expect(length(sub(bones[BONES.indexOf('rightHand')]!.position, { x: 0.3, y: 1.1, z: -0.2 }))).toBeLessThan(1e-6)
    expect(bones[BONES.indexOf('leftFoot')]!.position.y).toBeCloseTo(0.08, 2)
  })
})
