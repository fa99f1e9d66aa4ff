import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import type { Shape } from '../../sim/types.ts'
import { pick, pickForKey, rayToProp, rayToShape } from './picking.ts'
import { SHAPES } from '../app/starter-shapes.ts'
import type { ShownProp } from '../app/world.ts'

const still = { x: 0, y: 0, z: 0, w: 1 }
const forward = { origin: { x: 0, y: 0, z: 5 }, direction: { x: 0, y: 0, z: -1 } }
const prop = (
  element: number,
  shape: Shape,
  position = { x: 0, y: 0, z: 0 },
  scale = 1,
  motion: 'dynamic' | 'static' = 'dynamic',
): ShownProp => ({
  element,
  package: null,
  owner: 0,
  access: 0,
  spec: {
    ...(SHAPES[0] ?? expect.fail('no shapes')),
    motion,
    colliders: [{ shape, position: { x: 0, y: 0, z: 0 }, rotation: still }],
  },
  position,
  rotation: still,
  scale,
  holder: 0,
})
const ball: Shape = { type: 'sphere', radius: 0.5 }

test.each<[string, Shape, number]>([
  ['sphere', ball, 4.5],
  ['box', { type: 'box', halfExtents: { x: 1, y: 1, z: 2 } }, 3],
  ['capsule, at its cylinder', { type: 'capsule', halfHeight: 1, radius: 0.25 }, 4.75],
  ['convex', { type: 'convex', points: [-1, -1, -1, 1, -1, -1, 0, 1, -1, 0, 0, 1] }, 4],
  ['trimesh', { type: 'trimesh', vertices: [-1, -1, 0, 1, -1, 0, 0, 2, 0], indices: [0, 1, 2] }, 5],
])('a ray straight at a %s meets it where it begins', (_name, shape, distance) => {
  expect(rayToShape(forward, shape)).toBeCloseTo(distance, 6)
  expect(rayToShape({ origin: { x: 9, y: 0, z: 5 }, direction: { x: 0, y: 0, z: -1 } }, shape)).toBe(Infinity)
  expect(rayToShape({ origin: forward.origin, direction: { x: 0, y: 0, z: 1 } }, shape)).toBe(Infinity)
})

const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })

property.prop([number(-1, 1), number(-1, 1), number(0.2, 3)])(
  'the point that a ray meets of a scaled ball lies on its surface',
  (x, y, scale) => {
    const ray = { origin: { x, y, z: 9 }, direction: { x: 0, y: 0, z: -1 } }
    const distance = rayToProp(ray, prop(1, ball, { x: 0, y: 0, z: 0 }, scale))
    if (distance === Infinity) expect(Math.hypot(x, y)).toBeGreaterThanOrEqual(0.5 * scale - 1e-6)
    else expect(Math.hypot(x, y, 9 - distance)).toBeCloseTo(0.5 * scale, 6)
  },
)

test('the nearer of two is picked, and a wall in front hides what is behind it', () => {
  const near = prop(1, ball, { x: 0, y: 0, z: 2 })
  const far = prop(2, ball)
  const wall = prop(3, { type: 'box', halfExtents: { x: 2, y: 2, z: 0.1 } }, { x: 0, y: 0, z: 4 }, 1, 'static')
  expect(pick(forward, [far, near])?.prop.element).toBe(1)
  expect(pick(forward, [far, near, wall])?.prop.element).toBe(3)
  expect(pick(forward, [])).toBeNull()
})

test('a key grabs the nearer prop, never a wall, nothing beyond reach or behind', () => {
  const head = { x: 0, y: 0, z: 3 }
  const middle = prop(1, ball, { x: 0, y: 0, z: -2.5 })
  const near = prop(2, ball, { x: 0.6, y: -1, z: 1.5 })
  const wall = prop(3, ball, { x: 0, y: 0, z: 2 }, 1, 'static')
  expect(pickForKey(forward, head, 6, [middle, near, wall])?.prop.element).toBe(2)
  expect(pickForKey(forward, head, 6, [middle, wall])?.prop.element).toBe(1)
  expect(pickForKey(forward, head, 2, [middle])).toBeNull()
  expect(pickForKey(forward, head, 6, [prop(4, ball, { x: 0, y: 0, z: 8 })])).toBeNull()
})
