import { expect, test } from 'vitest'
import { DEFAULT_BODY } from '../../sim/avatar/body.ts'
import { BONES } from '../../sim/types.ts'
import type { ShownAvatar } from '../app/world.ts'
import { Poser } from './posed-avatars.ts'

const FRAME_SECONDS = 1 / 60
const LEGS = ['leftUpperLeg', 'rightUpperLeg', 'leftLowerLeg', 'rightLowerLeg'] as const

/** An avatar without a pose that runs along Z, after `frame` frames. */
const runner = (frame: number, state: Pick<ShownAvatar, 'grounded' | 'flying'>): ShownAvatar => ({
  element: 1,
  player: 1,
  user: 1,
  name: 'Ada',
  body: DEFAULT_BODY,
  scale: 1,
  package: null,
  position: { x: 0, y: 0, z: -frame * 4 * FRAME_SECONDS },
  yaw: 0,
  pose: null,
  ...state,
})

/** Returns the greatest change of a leg's rotation in 60 frames, after one second of running. */
function legMotion(state: Pick<ShownAvatar, 'grounded' | 'flying'>): number {
  const poser = new Poser()
  const legsAt = (frame: number): readonly number[] => {
    const [posed] = poser.pose([runner(frame, state)], FRAME_SECONDS, frame * FRAME_SECONDS)
    return LEGS.map((name) => posed?.bones[BONES.indexOf(name)]?.rotation.x ?? Number.NaN)
  }
  const frames = Array.from({ length: 120 }, (_, frame) => legsAt(frame)).slice(60)
  return Math.max(
    ...LEGS.map((_, leg) => {
      const turns = frames.map((legs) => legs[leg] ?? Number.NaN)
      return Math.max(...turns) - Math.min(...turns)
    }),
  )
}

test('an avatar on the ground moves its legs while it runs', () => {
  expect(legMotion({ grounded: true, flying: false })).toBeGreaterThan(0.2)
})

test.each([
  ['jumps or falls', { grounded: false, flying: false }],
  ['flies', { grounded: false, flying: true }],
])('an avatar that %s keeps its legs still', (_, state) => {
  expect(legMotion(state)).toBeLessThan(0.02)
})
