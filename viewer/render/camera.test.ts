import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { PITCH_MAX } from '../input/controls.ts'
import { DISTANCE_MAX, eyeAround, eyeBehind, zoom } from './camera.ts'

const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })

property.prop([number(-4, 4), number(-PITCH_MAX, PITCH_MAX), number(0, DISTANCE_MAX)])(
  'the eye is never under the ground and looks along a unit vector',
  (yaw, pitch, distance) => {
    const { position, direction } = eyeBehind({ x: 3, y: 0, z: -2 }, { yaw, pitch }, distance)
    expect(position.y).toBeGreaterThanOrEqual(0.29)
    expect(Math.hypot(direction.x, direction.y, direction.z)).toBeCloseTo(1, 9)
  },
)

test('behind means behind: heading 0 looks along -z from +z', () => {
  const { position, direction } = eyeBehind({ x: 0, y: 0, z: 0 }, { yaw: 0, pitch: 0 }, 4)
  expect(position.z).toBeCloseTo(4)
  expect(direction.z).toBeCloseTo(-1)
})

test('the wheel goes all the way to the own eyes and back out', () => {
  let distance = 4.2
  for (let i = 0; i < 40; i++) distance = zoom(distance, 1)
  expect(distance).toBe(0)
  for (let i = 0; i < 80; i++) distance = zoom(distance, -1)
  expect(distance).toBe(DISTANCE_MAX)
})

property.prop([number(0, 10_000), number(0.3, 3)])(
  'the visitor looks from outside the title scene',
  (seconds, aspect) => {
    const { position, direction } = eyeAround(seconds, aspect)
    expect(Math.hypot(position.x, position.z)).toBeGreaterThan(5)
    expect(position.x * direction.x + position.z * direction.z).toBeLessThan(0)
  },
)

test('the camera of a giant is as far behind and above it as its scale says', () => {
  const own = eyeBehind({ x: 0, y: 0, z: 0 }, { yaw: 0, pitch: 0 }, 4)
  const giant = eyeBehind({ x: 0, y: 0, z: 0 }, { yaw: 0, pitch: 0 }, 4, { headMetres: 1.52 * 3, scale: 3 })
  expect(giant.direction).toEqual(own.direction)
  for (const axis of ['x', 'y', 'z'] as const) expect(giant.position[axis]).toBeCloseTo(own.position[axis] * 3, 6)
})
