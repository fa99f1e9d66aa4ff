import { expect, test } from 'vitest'
import type { PropSpec, Vec3 } from '../../sim/types.ts'
import { extentsIn, placeNear, type Extent } from './placement.ts'
import type { ShownProp } from '../app/world.ts'

const MARKER: Vec3 = { x: 0, y: 0, z: 1 }
const CUP: Extent = { min: { x: -0.05, y: 0, z: -0.05 }, max: { x: 0.05, y: 0.08, z: 0.05 } }
const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }

function boxAt(position: Vec3, half: Vec3): ShownProp {
  const spec: PropSpec = {
    name: 'box',
    motion: 'static',
    colliders: [{ shape: { type: 'box', halfExtents: half }, position: { x: 0, y: 0, z: 0 }, rotation: IDENTITY }],
    density: 1,
    friction: 1,
    restitution: 0,
    color: 0,
  }
  return { element: 5, spec, package: null, owner: 0, access: 0, position, rotation: IDENTITY, scale: 1, holder: 0 }
}

const apart = (a: Extent, at: Vec3, b: Extent): boolean =>
  (['x', 'y', 'z'] as const).some(
    (axis) => a.min[axis] + at[axis] >= b.max[axis] || a.max[axis] + at[axis] <= b.min[axis],
  )

test('in an empty realm an object is placed on the marker, with its lowest point on the ground', () => {
  expect(placeNear(MARKER, CUP, []).position).toEqual(MARKER)
  expect(placeNear(MARKER, { min: { x: -1, y: -0.5, z: -1 }, max: { x: 1, y: 0.5, z: 1 } }, []).position).toEqual({
    x: 0,
    y: 0.5,
    z: 1,
  })
})

test('twenty cups are placed apart, all within reach', () => {
  const taken: Extent[] = []
  for (let i = 0; i < 20; i++) {
    const { position } = placeNear(MARKER, CUP, taken)
    for (const other of taken) expect(apart(CUP, position, other)).toBe(true)
    expect(Math.hypot(position.x, position.z - 1)).toBeLessThan(3.1)
    taken.push({
      min: { x: CUP.min.x + position.x, y: 0, z: CUP.min.z + position.z },
      max: { x: CUP.max.x + position.x, y: 0.08, z: CUP.max.z + position.z },
    })
  }
})

test('an object is not placed on a person at the marker', () => {
  const extents = extentsIn({ props: [], avatars: [{ position: MARKER } as never] })
  expect(apart(CUP, placeNear(MARKER, CUP, extents).position, extents[0] ?? CUP)).toBe(true)
})

test('if a platform covers the surroundings, the object goes on top', () => {
  const extents = extentsIn({ props: [boxAt({ x: 0, y: 0.5, z: 0 }, { x: 20, y: 0.5, z: 20 })], avatars: [] })
  const { position } = placeNear(MARKER, CUP, extents)
  expect(position.y).toBeGreaterThan(1)
  expect(position.y).toBeLessThan(1.2)
})

test('a rotated prop takes the room of its rotated box', () => {
  const turned = {
    ...boxAt({ x: 0, y: 0, z: 0 }, { x: 1, y: 0.1, z: 0.1 }),
    rotation: { x: 0, y: Math.SQRT1_2, z: 0, w: Math.SQRT1_2 },
  }
  const [extent] = extentsIn({ props: [turned], avatars: [] })
  expect(extent?.max.x).toBeCloseTo(0.1, 5)
  expect(extent?.max.z).toBeCloseTo(1, 5)
})
