/** A ball to spawn and throw, for clients that test and measure. */
import type { PropSpec } from '../../sim/index.ts'

export const BALL: PropSpec = {
  name: 'ball',
  motion: 'dynamic',
  density: 100,
  friction: 0.5,
  restitution: 0.1,
  color: 0xff0000,
  colliders: [
    { shape: { type: 'sphere', radius: 0.1 }, position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
  ],
}
