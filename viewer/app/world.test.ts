import { expect, test } from 'vitest'
import type { AvatarSample } from '../../netcode/index.ts'
import { DEFAULT_BODY } from '../../sim/avatar/body.ts'
import { scaledBody } from '../../sim/avatar/scaled-body.ts'
import { restHeadHeight } from '../../sim/avatar/skeleton.ts'
import { bodyHeight, shownOf } from './world.ts'

const REST = restHeadHeight(DEFAULT_BODY)
const avatar = (more: Partial<AvatarSample>): AvatarSample => ({
  element: 3,
  player: 1,
  user: 1,
  name: 'Ada',
  body: 0,
  package: null,
  scale: 1,
  headMetres: Math.fround(REST),
  own: false,
  position: { x: 0, y: 0, z: 0 },
  yaw: 0,
  velocity: { x: 0, y: 0, z: 0 },
  grounded: true,
  flying: false,
  pose: null,
  ...more,
})
const bodyShown = (more: Partial<AvatarSample>, loaded = true) =>
  shownOf({ tick: 1, avatars: [avatar(more)], props: [] }, [DEFAULT_BODY], () =>
    loaded ? scaledBody(DEFAULT_BODY, 0.5) : null,
  ).avatars[0]?.body

test('an avatar of its own size has the very body of the realm', () => {
  expect(bodyShown({})).toBe(DEFAULT_BODY)
})

test.each([
  ['a body of the realm', { scale: 2, headMetres: Math.fround(REST * 2) }, 2],
  ['the body of a package', { package: 'ab', scale: 3, headMetres: Math.fround(REST * 1.5) }, 1.5],
])('%s is shown at the scale of its avatar', (_, more, factor) => {
  const body = bodyShown(more)
  expect(body && bodyHeight(body)).toBeCloseTo(bodyHeight(DEFAULT_BODY) * factor, 4)
})

test('a package that is not loaded yet is shown at the height of its avatar', () => {
  const body = bodyShown({ package: 'ab', scale: 3, headMetres: 3.1 }, false)
  expect(body && restHeadHeight(body)).toBeCloseTo(3.1, 4)
})
