import { beforeAll, describe, expect, test } from 'vitest'
import { BONES, DEFAULT_BODY, packPose, solveSkeleton, unpackPose, type AvatarBody, type Pose } from '../../sim/index.ts'
import { rotate } from '../../sim/maths.ts'
import { fitClip, readMotionFile, type Clip } from './clip.ts'
import { loadClips } from './clip-files.ts'

let clips: Clip[] = []
beforeAll(async () => {
  clips = await loadClips()
})

const bone = (name: (typeof BONES)[number]) => BONES.indexOf(name)
/** Poses along a clip, as they come off the wire. */
const posesOf = (clip: Clip, body: AvatarBody): Pose[] =>
  Array.from({ length: 20 }, (_, i) => unpackPose(packPose(fitClip(clip, body).at((clip.seconds * i) / 20)))).filter((pose) => pose !== null)
const big: AvatarBody = { ...DEFAULT_BODY, offsets: DEFAULT_BODY.offsets.map(({ x, y, z }) => ({ x: x * 1.3, y: y * 1.3, z: z * 1.3 })) }

describe('the clips of fixtures/motion', () => {
  test('are there for walking, running, standing and acting', () => {
    expect(clips.length).toBeGreaterThanOrEqual(20)
    for (const kind of ['walk', 'run', 'idle', 'act']) expect(clips.filter((clip) => clip.kind === kind).length).toBeGreaterThan(0)
    expect(new Set(clips.map(({ name }) => name)).size).toBe(clips.length)
  })

  test.each([['the default body', DEFAULT_BODY], ['a body a third larger', big]])('stand upright on the ground on %s', (_, body) => {
    const ankleAtRest = solveSkeleton(body, null)[bone('leftFoot')]?.position.y ?? Number.NaN
    for (const clip of clips) {
      const ankles = posesOf(clip, body).map((pose) => {
        const joints = solveSkeleton(body, pose)
        const y = (name: (typeof BONES)[number]) => joints[bone(name)]?.position.y ?? Number.NaN
        expect(y('head'), clip.name).toBeGreaterThan(y('hips') + 0.2)
        expect(Math.max(y('leftFoot'), y('rightFoot')), clip.name).toBeLessThan(y('head') - 0.4)
        return Math.min(y('leftFoot'), y('rightFoot'))
      })
      expect(Math.min(...ankles), clip.name).toBeGreaterThan(ankleAtRest - 0.02)
      expect(Math.min(...ankles), clip.name).toBeLessThan(ankleAtRest + 0.08)
    }
  })

  test('say where the hands are as the bones do', () => {
    for (const clip of clips)
      for (const pose of posesOf(clip, DEFAULT_BODY)) {
        const hand = solveSkeleton(DEFAULT_BODY, pose)[bone('leftHand')]?.position ?? { x: 9, y: 9, z: 9 }
        expect(Math.hypot(hand.x - pose.left.position.x, hand.y - pose.left.position.y, hand.z - pose.left.position.z), clip.name).toBeLessThan(0.02)
      }
  })

  test('look ahead and swing the legs along -Z while walking, one after the other', () => {
    for (const clip of clips.filter(({ kind }) => kind === 'walk')) {
      const leads = posesOf(clip, DEFAULT_BODY).map((pose) => {
        const joints = solveSkeleton(DEFAULT_BODY, pose)
        expect(rotate(pose.head.rotation, { x: 0, y: 0, z: -1 }).z, clip.name).toBeLessThan(-0.8)
        return (joints[bone('rightFoot')]?.position.z ?? 0) - (joints[bone('leftFoot')]?.position.z ?? 0)
      })
      expect(Math.max(...leads), clip.name).toBeGreaterThan(0.25)
      expect(Math.min(...leads), clip.name).toBeLessThan(-0.25)
    }
  })

  test('stay in place, and pass the ground backwards as fast as they say', () => {
    for (const clip of clips.filter(({ kind }) => kind === 'walk' || kind === 'run')) {
      const { speed } = fitClip(clip, DEFAULT_BODY)
      expect(speed, clip.name).toBeGreaterThan(0.8)
      expect(speed, clip.name).toBeLessThan(clip.kind === 'walk' ? 2 : 6)
      const heads = posesOf(clip, DEFAULT_BODY).map((pose) => pose.head.position)
      expect(Math.max(...heads.map(({ x, z }) => Math.hypot(x, z))), clip.name).toBeLessThan(0.6)
    }
  })

  test('repeat without a jump when they are walks', () => {
    for (const clip of clips.filter(({ kind }) => kind === 'walk')) {
      const [end, start] = [fitClip(clip, DEFAULT_BODY).at(clip.seconds - 1e-6), fitClip(clip, DEFAULT_BODY).at(0)]
      expect(Math.abs(end.head.position.y - start.head.position.y), clip.name).toBeLessThan(0.05)
      expect(Math.abs(end.left.position.z - start.left.position.z), clip.name).toBeLessThan(0.1)
    }
  })
})

describe('a clip file', () => {
  test.each([
    ['that is no object', 3], ['of another schema', { schema: 'x' }], ['without clips', { schema: 'otherworld/motion/1', boneMask: 1 }],
    ['with a clip of an unknown kind', { schema: 'otherworld/motion/1', boneMask: 1, clips: [{ name: 'a', kind: 'swim', data: '', seconds: 1, speed: 0, frames: 2 }] }],
    ['with too few bytes', { schema: 'otherworld/motion/1', boneMask: 1, clips: [{ name: 'a', kind: 'idle', data: 'AAAA', seconds: 1, speed: 0, frames: 2 }] }],
  ])('%s is refused with a reason', (_, json) => {
    expect(() => readMotionFile(json)).toThrow(/schema|clips|clip "a"/)
  })
})
