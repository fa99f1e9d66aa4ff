import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { DEFAULT_BODY } from '../../sim/avatar/body.ts'
import { packPose, unpackPose } from '../../sim/avatar/pose.ts'
import { solveSkeleton } from '../../sim/avatar/skeleton.ts'
import { BONES } from '../../sim/types.ts'
import { advanceGait, poseOf, STANDING, type Attitude } from './gait.ts'

const calm: Attitude = { pitch: 0, turn: 0, reachFor: null, airborne: false, time: 0 }
const bone = (name: (typeof BONES)[number]): number => BONES.indexOf(name)
const rest = solveSkeleton(DEFAULT_BODY, null)
const restFoot = rest[bone('leftFoot')]?.position.y ?? 0

const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })

property.prop([number(0, 6.28), number(-5, 5), number(-5, 5)])(
  'whoever walks has one foot as low as at rest, and none lower',
  (phase, x, z) => {
    const bones = solveSkeleton(DEFAULT_BODY, poseOf(DEFAULT_BODY, { phase, x, z }, calm))
    const feet = [bones[bone('leftFoot')]?.position.y ?? 9, bones[bone('rightFoot')]?.position.y ?? 9]
    expect(Math.min(...feet)).toBeCloseTo(restFoot, 5)
  },
)

property.prop([number(0, 6.28), number(-5, 5)])(
  'every pose travels: packed and unpacked it is the same pose',
  (phase, z) => {
    const pose = poseOf(DEFAULT_BODY, { phase, x: 0, z }, calm)
    const back = unpackPose(packPose(pose))
    expect(back?.head.position.y).toBeCloseTo(pose.head.position.y, 2)
    expect(back?.bones.map((each) => each !== null)).toEqual(pose.bones.map((each) => each !== null))
  },
)

test('legs swing against each other while walking, and hang while standing', () => {
  const stride = solveSkeleton(DEFAULT_BODY, poseOf(DEFAULT_BODY, { phase: Math.PI / 2, x: 0, z: -2 }, calm))
  const [left, right] = [stride[bone('leftFoot')]?.position.z ?? 0, stride[bone('rightFoot')]?.position.z ?? 0]
  expect(left).toBeLessThan(-0.15)
  expect(right).toBeGreaterThan(0.15)
  const stand = solveSkeleton(DEFAULT_BODY, poseOf(DEFAULT_BODY, STANDING, calm))
  expect(stand[bone('leftFoot')]?.position.z).toBeCloseTo(stand[bone('rightFoot')]?.position.z ?? 9, 5)
})

test('the right hand points at what is held', () => {
  const target = { x: 0.4, y: 1.8, z: -2 }
  const bones = solveSkeleton(DEFAULT_BODY, poseOf(DEFAULT_BODY, STANDING, { ...calm, reachFor: target }))
  const shoulder = bones[bone('rightUpperArm')]?.position ?? expect.fail('no shoulder')
  const elbow = bones[bone('rightLowerArm')]?.position ?? expect.fail('no elbow')
  const [a, b] = [
    [elbow.x - shoulder.x, elbow.y - shoulder.y, elbow.z - shoulder.z],
    [target.x - shoulder.x, target.y - shoulder.y, target.z - shoulder.z],
  ] as const
  const cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (Math.hypot(...a) * Math.hypot(...b))
  expect(cosine).toBeGreaterThan(0.99)
})

test('the stride follows the distance walked, independent of the frame rate', () => {
  let [fine, coarse] = [STANDING, STANDING]
  for (let i = 0; i < 240; i++) fine = advanceGait(fine, 0, -2, 1 / 120)
  for (let i = 0; i < 14; i++) coarse = advanceGait(coarse, 0, -2, 1 / 7)
  expect(fine.z).toBeCloseTo(coarse.z, 2)
  expect(advanceGait(STANDING, 0, 0, 1).phase).toBe(0)
})
