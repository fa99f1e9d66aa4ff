import { describe, expect, test } from 'vitest'
import {
  BONES,
  DEFAULT_BODY,
  packPose,
  solveSkeleton,
  unpackPose,
  type AvatarBody,
  type Bone,
  type Pose,
  type Vec3,
} from '../sim/index.ts'
import { distance, rotate } from '../sim/maths/maths.ts'
import { fitClip, readMotionFile, type Clip } from './clip.ts'
import { loadClips } from './clip-files.ts'

const clips = await loadClips()
const named = (kinds: readonly string[]) =>
  clips.filter(({ kind }) => kinds.includes(kind)).map((clip) => [clip.name, clip] as const)
const ALL = named(['walk', 'run', 'idle', 'act'])
const nowhere: Vec3 = { x: Number.NaN, y: Number.NaN, z: Number.NaN }
const big: AvatarBody = {
  ...DEFAULT_BODY,
  offsets: DEFAULT_BODY.offsets.map(({ x, y, z }) => ({ x: x * 1.3, y: y * 1.3, z: z * 1.3 })),
}

/** Poses along a clip, as decoded from the wire, with the position of each bone. */
function solved(clip: Clip, body: AvatarBody): { readonly pose: Pose; at(bone: Bone): Vec3 }[] {
  const fitted = fitClip(clip, body)
  return Array.from({ length: 20 }, (_, i) => {
    const pose = unpackPose(packPose(fitted.at((clip.seconds * i) / 20)))
    if (!pose) throw new Error('the packed pose is malformed')
    const joints = solveSkeleton(body, pose)
    return { pose, at: (bone) => joints[BONES.indexOf(bone)]?.position ?? nowhere }
  })
}

test('there are clips to walk, run, stand and act, each with its own name', () => {
  expect(ALL.length).toBeGreaterThanOrEqual(20)
  for (const kind of ['walk', 'run', 'idle', 'act']) expect(named([kind])).not.toHaveLength(0)
  expect(new Set(clips.map(({ name }) => name)).size).toBe(clips.length)
})

describe.each([
  ['the default body', DEFAULT_BODY],
  ['a body a third larger', big],
] as const)('on %s', (_, body) => {
  test.each(ALL)('%s is upright with its feet on the ground', (_name, clip) => {
    const frames = solved(clip, body)
    const rest = solveSkeleton(body, null)[BONES.indexOf('leftFoot')]?.position.y ?? Number.NaN
    for (const { at } of frames) {
      expect(at('head').y).toBeGreaterThan(at('hips').y + 0.2)
      expect(Math.max(at('leftFoot').y, at('rightFoot').y)).toBeLessThan(at('head').y - 0.4)
    }
    const lowest = Math.min(...frames.map(({ at }) => Math.min(at('leftFoot').y, at('rightFoot').y)))
    expect(lowest).toBeGreaterThan(rest - 0.02)
    expect(lowest).toBeLessThan(rest + 0.08)
  })

  test.each(ALL)('%s has its hands where its bones put them', (_name, clip) => {
    for (const { pose, at } of solved(clip, body)) {
      expect(distance(pose.left.position, at('leftHand'))).toBeLessThan(0.03)
      expect(distance(pose.right.position, at('rightHand'))).toBeLessThan(0.03)
    }
  })
})

describe('locomotion', () => {
  test.each(named(['walk']))('%s faces ahead and swings the legs along -Z alternately', (_name, clip) => {
    const leads = solved(clip, DEFAULT_BODY).map(({ pose, at }) => {
      expect(rotate(pose.head.rotation, { x: 0, y: 0, z: -1 }).z).toBeLessThan(-0.8)
      return at('rightFoot').z - at('leftFoot').z
    })
    expect(Math.max(...leads)).toBeGreaterThan(0.25)
    expect(Math.min(...leads)).toBeLessThan(-0.25)
  })

  test.each(named(['walk', 'run']))('%s stays in place, at a human speed', (_name, clip) => {
    const { speed } = fitClip(clip, DEFAULT_BODY)
    expect(speed).toBeGreaterThan(0.8)
    expect(speed).toBeLessThan(clip.kind === 'walk' ? 2 : 6)
    for (const { pose } of solved(clip, DEFAULT_BODY))
      expect(Math.hypot(pose.head.position.x, pose.head.position.z)).toBeLessThan(0.7)
  })

  test.each(named(['walk']))('%s moves the lower foot backwards', (_name, clip) => {
    const frames = solved(clip, DEFAULT_BODY)
    const steps = frames.slice(1).map(({ at }, i) => {
      const foot = at('leftFoot').y < at('rightFoot').y ? 'leftFoot' : 'rightFoot'
      return at(foot).z - (frames[i]?.at(foot).z ?? Number.NaN)
    })
    expect(steps.filter((step) => step > 0).length).toBeGreaterThan(steps.length * 0.7)
  })

  test.each(named(['walk']))('%s repeats without a jump', (_name, clip) => {
    const fitted = fitClip(clip, DEFAULT_BODY)
    const [end, start] = [fitted.at(clip.seconds - 1e-6), fitted.at(clip.seconds)]
    expect(distance(end.head.position, start.head.position)).toBeLessThan(0.05)
    expect(distance(end.left.position, start.left.position)).toBeLessThan(0.1)
  })
})

describe('a clip file', () => {
  const clip = { name: 'a', kind: 'idle', data: '', seconds: 1, speed: 0, frames: 2 }
  const file = { schema: 'otherworld/motion/1', boneMask: 1, clips: [clip] }
  test.each([
    ['that is no object', 3, /schema/],
    ['of another schema', { ...file, schema: 'x' }, /schema/],
    ['without clips', { ...file, clips: null }, /lacks boneMask or clips/],
    ['with a clip of an unknown kind', { ...file, clips: [{ ...clip, kind: 'swim' }] }, /kind of walk, run, idle, act/],
    ['with a clip of one frame', { ...file, clips: [{ ...clip, frames: 1 }] }, /at least 2 frames/],
    ['with too few bytes', { ...file, clips: [{ ...clip, data: 'AAAA' }] }, /has 3 bytes; 2 frames of 1 bones take 28/],
  ])('%s is refused with a reason', (_name, json, reason) => {
    expect(() => readMotionFile(json)).toThrow(reason)
  })
})
