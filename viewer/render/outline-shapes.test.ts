import { expect, test } from 'vitest'
import type { Shape } from '../../sim/types.ts'
import { outlineOf } from './outline-shapes.ts'
import { SHAPES } from '../app/starter-shapes.ts'

const points = (shape: Shape): readonly (readonly [number, number, number])[] => {
  const flat = outlineOf(shape)
  return Array.from(
    { length: flat.length / 3 },
    (_, i) => [flat[i * 3] ?? NaN, flat[i * 3 + 1] ?? NaN, flat[i * 3 + 2] ?? NaN] as const,
  )
}

test('a box has twelve edges, each between two corners', () => {
  const all = points({ type: 'box', halfExtents: { x: 1, y: 2, z: 3 } })
  expect(all).toHaveLength(24)
  for (const [x, y, z] of all) expect([Math.abs(x), Math.abs(y), Math.abs(z)]).toEqual([1, 2, 3])
})

test('lines of a sphere and of a capsule lie on their surfaces', () => {
  for (const [x, y, z] of points({ type: 'sphere', radius: 2 })) expect(Math.hypot(x, y, z)).toBeCloseTo(2, 6)
  const capsule = points({ type: 'capsule', halfHeight: 0.5, radius: 0.2 })
  for (const [x, y, z] of capsule) expect(Math.hypot(x, Math.max(0, Math.abs(y) - 0.5), z)).toBeCloseTo(0.2, 6)
  expect(Math.max(...capsule.map(([, y]) => y))).toBeCloseTo(0.7, 6)
  expect(Math.min(...capsule.map(([, y]) => y))).toBeCloseTo(-0.7, 6)
})

test('a hull shows its edges; a flat mesh shows its rim, not its triangles', () => {
  const gem = SHAPES.find(({ name }) => name === 'gem')?.colliders[0]?.shape ?? expect.fail('no gem')
  expect(outlineOf(gem).length).toBeGreaterThan(6 * 20)
  const square: Shape = { type: 'trimesh', vertices: [0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1], indices: [0, 1, 2, 0, 2, 3] }
  expect(points(square)).toHaveLength(8)
})

test('degenerate points have no lines', () => {
  expect(outlineOf({ type: 'convex', points: [0, 0, 0, 1, 0, 0] })).toHaveLength(0)
})
