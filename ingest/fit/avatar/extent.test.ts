import { describe, expect, test } from 'vitest'
import { DEFAULT_BODY, type AvatarBody } from '../../../sim/index.ts'
import { scaled, vec } from '../../../sim/maths/maths.ts'
import { Rejected, type Rejection } from '../../types.ts'
import { checkExtent, surfaceSide } from './extent.ts'

function rejectionsOf(run: () => unknown): readonly Rejection[] {
  try {
    run()
  } catch (error) {
    if (error instanceof Rejected) return error.rejections
    throw error
  }
  return []
}

const bodyTimes = (factor: number): AvatarBody => ({
  ...DEFAULT_BODY,
  capsules: [],
  offsets: DEFAULT_BODY.offsets.map((offset) => scaled(offset, factor)),
})
const size = (x: number, y: number, z: number): Parameters<typeof surfaceSide>[0] => ({
  min: vec(-1, 0, 0),
  max: vec(x - 1, y, z),
})

describe('an avatar whose size is not allowed is refused with what was measured, the limit, and what to do', () => {
  test.each([
    ['too large', size(2, 4_000, 1), 9, 4_000, 'largest side is 4000 m high; 0.001 to 1000 m are allowed. Scale'],
    ['too wide', size(1_500, 4, 1), 9, 1_500, 'largest side is 1500 m wide; 0.001 to 1000 m are allowed. Scale'],
    ['too small', size(0, 0, 0.0002), 9, 0.0002, 'largest side is 0.0002 m deep; 0.001 to 1000 m are allowed. Scale'],
    ['without triangles', size(0, 0, 0), 0, 0, 'no triangles, so it has no size. Export its meshes'],
  ] as const)('a mesh %s', (_, box, triangles, value, said) => {
    const [rejection] = rejectionsOf(() => surfaceSide(box, triangles))
    expect(rejection).toMatchObject({ rule: 'AVATAR_EXTENT', value, message: expect.stringContaining(said) })
  })

  test.each([
    [
      'above 10 m',
      10,
      /is 17 m high, with its head 1\d(?:\.\d+)? m above the ground; a head is 0\.05 to 10 m above it\. Scale/,
    ],
    [
      'below 5 cm',
      0.01,
      /is 0\.017 m high, with its head 0\.01\d* m above the ground; a head is 0\.05 to 10 m above it\. Scale/,
    ],
  ] as const)('a head %s: its height is the value, not that of the mesh', (_, factor, said) => {
    const rejections = rejectionsOf(() => checkExtent(bodyTimes(factor), 1.7 * factor))
    expect(rejections).toEqual([
      {
        rule: 'AVATAR_EXTENT',
        where: 'head',
        value: expect.closeTo(1.5 * factor, factor < 1 ? 2 : -1),
        limit: '0.05 to 10 m',
        message: expect.stringMatching(said),
      },
    ])
  })

  test('each bone and capsule that reaches too far is named', () => {
    const body = bodyTimes(1)
    const rejections = rejectionsOf(() =>
      checkExtent(
        {
          ...body,
          offsets: body.offsets.map((offset, i) => (i === body.offsets.length - 1 ? vec(0, 0, -12) : offset)),
          capsules: [
            { bone: 0, a: vec(11, 0, 0), b: vec(0, 0, 0), radius: 0.1 },
            { bone: 0, a: vec(0, 0, 0), b: vec(0, 0, 0), radius: 13 },
          ],
        },
        1.7,
      ),
    )
    expect(rejections.map(({ value, limit }) => [value, limit])).toEqual([
      [12, 'at most 10 m'],
      [11, 'at most 10 m'],
      [13, '0.001 to 10 m'],
    ])
    expect(rejections.map(({ where }) => where).slice(1)).toEqual(['hips', 'hips'])
    expect(rejections[0]?.message).toContain('is 12 m; at most 10 m are allowed. Move the bone')
  })

  test('an allowed size passes', () => {
    expect(rejectionsOf(() => checkExtent(bodyTimes(1), 1.7))).toEqual([])
    expect(surfaceSide(size(1, 2, 1), 9)).toBe(2)
  })
})
