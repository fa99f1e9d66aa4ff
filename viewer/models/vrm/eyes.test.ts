import { expect, test } from 'vitest'
import { IDENTITY, yawRotation } from '../../../sim/maths/maths.ts'
import { blinkAt, Gaze } from './eyes.ts'

test('eyes look ahead at rest, stay behind a head that turns left, and catch up', () => {
  const gaze = new Gaze()
  const { left, down } = gaze.follow(IDENTITY, 0, 1 / 60)
  expect(left).toBeCloseTo(0)
  expect(down).toBeCloseTo(0)
  expect(gaze.follow(yawRotation(0.5), 0, 1 / 60).left).toBeLessThan(-20)
  expect(gaze.follow(yawRotation(0.5), 0, 2).left).toBeCloseTo(0, 3)
})

test('eyes follow the avatar that turns as they follow its head', () => {
  const [head, body] = [new Gaze(), new Gaze()]
  for (const gaze of [head, body]) gaze.follow(IDENTITY, 0, 1)
  expect(body.follow(IDENTITY, 0.5, 0.1).left).toBeCloseTo(head.follow(yawRotation(0.5), 0, 0.1).left)
})

test('a figure blinks several times in ten seconds, and its eyes are open most of the time', () => {
  const closed = Array.from({ length: 1_000 }, (_, i) => blinkAt(i / 100))
  const blinks = closed.filter((value, i) => value > 0.9 && (closed[i - 1] ?? 0) <= 0.9)
  expect(blinks.length).toBeGreaterThan(2)
  expect(closed.filter((value) => value === 0).length).toBeGreaterThan(900)
  expect(Math.max(...closed)).toBeLessThanOrEqual(1)
  expect(blinkAt(-3)).toBeGreaterThanOrEqual(0)
})
