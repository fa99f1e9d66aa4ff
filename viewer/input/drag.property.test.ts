import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { dragTarget, hold, SCALE_MAX, SCALE_MIN, wheelHeld } from './drag.ts'
import type { Hit } from './picking.ts'
import { SHAPES } from '../app/starter-shapes.ts'

const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
const place = fc.record({ x: number(-4, 4), y: number(0, 4), z: number(-4, 4) })
const direction = place
  .filter(({ x, y, z }) => Math.hypot(x, y, z) > 0.1)
  .map(({ x, y, z }) => {
    const length = Math.hypot(x, y, z)
    return { x: x / length, y: y / length, z: z / length }
  })
const spec = SHAPES[0] ?? expect.fail('no shapes')
const head = { x: 0, y: 1.5, z: 0 }
const REACH = 6

function grabbed(
  origin: { x: number; y: number; z: number },
  along: { x: number; y: number; z: number },
  distance: number,
): Hit {
  const point = { x: origin.x + along.x * distance, y: origin.y + along.y * distance, z: origin.z + along.z * distance }
  return {
    prop: {
      element: 7,
      package: null,
      owner: 0,
      access: 0,
      spec,
      position: { ...point, y: point.y + 0.1 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
      scale: 1,
      holder: 0,
    },
    point,
    distance,
  }
}

test.prop([place, direction, number(0.5, 3), number(-3, 3)])(
  'grabbing alone moves nothing that is within reach',
  (origin, along, distance, yaw) => {
    const hit = grabbed(origin, along, distance)
    const near =
      Math.hypot(hit.prop.position.x - head.x, hit.prop.position.y - head.y, hit.prop.position.z - head.z) < REACH - 0.6
    const target = dragTarget(hold(hit, yaw, -100), { origin, direction: along }, yaw, head, REACH)
    if (!near) return
    for (const axis of ['x', 'y', 'z'] as const) expect(target.position[axis]).toBeCloseTo(hit.prop.position[axis], 6)
    expect(target.tooFar).toBe(false)
    expect(target.rotation.w).toBeCloseTo(1, 6)
  },
)

test.prop([place, direction, place, direction, number(0.5, 30), number(-3, 3)])(
  'what is held stays within reach',
  (from, along, origin, pointed, distance, yaw) => {
    const held = hold(grabbed(from, along, distance), yaw, 0.2)
    const { position } = dragTarget(held, { origin, direction: pointed }, yaw, head, REACH)
    expect(Math.hypot(position.x - head.x, position.y - head.y, position.z - head.z)).toBeLessThanOrEqual(REACH)
  },
)

test.prop([number(-60, 60)])('no turn of the wheel leaves the limits of scale', (notches) => {
  const held = hold(grabbed({ x: 0, y: 1, z: 0 }, { x: 0, y: 0, z: -1 }, 2), 0, 0.2)
  const { scale } = wheelHeld(held, notches, false, REACH, 4)
  expect(scale).toBeGreaterThanOrEqual(Math.fround(SCALE_MIN))
  expect(scale).toBeLessThanOrEqual(SCALE_MAX)
  expect(Math.fround(scale)).toBe(scale)
  if (notches > 0.1) expect(scale).toBeGreaterThan(1)
})
