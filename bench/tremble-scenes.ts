/** The walls and stairs of the benchmarks `tremble` and `godot-tremble`, and how the player's view turns there. */
import type { Collider } from '../sim/index.ts'

export interface Scene {
  readonly name: string
  /** In the object's space. */
  readonly colliders: readonly Collider[]
  /** Distance of the object's origin in front of the player, metres. */
  readonly metresAhead: number
  /** The view's yaw is `yaw` + `swing` × sin(time / `swingMs`), radians. */
  readonly yaw: number
  readonly swing: number
  readonly swingMs: number
}

const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
const box = (x: number, y: number, z: number, behind = 0): Collider => ({
  shape: { type: 'box', halfExtents: { x, y, z } },
  position: { x: 0, y, z: -behind },
  rotation: IDENTITY,
})
const WALL = { colliders: [box(4, 1.5, 0.1)], metresAhead: 2 }
/** 14 steps of 15 cm height and 35 cm depth. */
const STAIR = {
  colliders: Array.from({ length: 14 }, (_, i) => box(2, 0.075 * (i + 1), 0.175, 0.35 * i)),
  metresAhead: 1.5,
}

export const SCENES: readonly Scene[] = [
  { name: 'wall, steady view', ...WALL, yaw: 0.4, swing: 0, swingMs: 1 },
  { name: 'wall, turning view', ...WALL, yaw: 0, swing: 0.7, swingMs: 500 },
  { name: 'stair, steady view', ...STAIR, yaw: 0, swing: 0, swingMs: 1 },
  { name: 'stair, turning view', ...STAIR, yaw: 0, swing: 0.2, swingMs: 300 },
]
