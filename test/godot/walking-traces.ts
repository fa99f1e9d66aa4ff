/** Walks around obstacles for the Godot addon's tests, which must end where those of the TypeScript client end. */
import { groundOf, solidsOf } from '../../netcode/client/prediction/obstacles/solids.ts'
import { walkAround } from '../../netcode/client/prediction/obstacles/walk-around.ts'
import { DOWN_METRES } from '../../sim/avatar/walker.ts'
import { IDENTITY } from '../../sim/maths/maths.ts'
import type { Collider, Quat, Vec3 } from '../../sim/types.ts'
import { bit, digits, flat, TraceDice } from './trace-numbers.ts'

const TILTED: Quat = { x: 0.14943813, y: 0, z: 0, w: 0.98877108 }
const LYING: Quat = { x: 0, y: 0, z: Math.fround(Math.SQRT1_2), w: Math.fround(Math.SQRT1_2) }
const TURNED: Quat = { x: 0, y: 0.19866933, z: 0, w: 0.98006658 }

const box = (x: number, y: number, z: number, position: Vec3, rotation = IDENTITY): Collider => ({
  shape: { type: 'box', halfExtents: { x, y, z } },
  position,
  rotation,
})
const stepOf = (_: unknown, i: number): Collider =>
  box(2, 0.1 * (i + 1), 0.15, { x: 0, y: 0.1 * (i + 1), z: -1.5 - 0.3 * i })

const SCENES: readonly (readonly [string, readonly Collider[]])[] = [
  ['a turned wall', [box(3, 1.5, 0.1, { x: 0, y: 1.5, z: -2 }, TURNED)]],
  ['a stair', Array.from({ length: 6 }, stepOf)],
  ['a ramp', [box(2, 0.1, 3, { x: 0, y: 0.6, z: -3 }, TILTED)]],
  ['a ball', [{ shape: { type: 'sphere', radius: 0.8 }, position: { x: 0.2, y: 0.3, z: -2 }, rotation: IDENTITY }]],
  [
    'a log',
    [{ shape: { type: 'capsule', radius: 0.12, halfHeight: 1 }, position: { x: 0, y: 0.1, z: -2 }, rotation: LYING }],
  ],
  [
    'a pyramid',
    [
      {
        shape: { type: 'convex', points: [-1, 0, -1, 1, 0, -1, 1, 0, 1, -1, 0, 1, 0, 1.2, 0] },
        position: { x: 0.2, y: 0, z: -2.5 },
        rotation: IDENTITY,
      },
    ],
  ],
  [
    'a mesh',
    [
      {
        shape: { type: 'trimesh', vertices: [-3, 0, -1, 3, 0, -1, 3, 1, -4, -3, 1, -4], indices: [0, 1, 2, 0, 2, 3] },
        position: { x: 0, y: 0, z: 0 },
        rotation: IDENTITY,
      },
    ],
  ],
]

const STEPS = 60
const HALF_HEIGHT = 0.575
const SCALE = 1.25

export interface WalkingTrace {
  readonly name: string
  readonly colliders: readonly Collider[]
  readonly scale: number
  readonly halfHeight: number
  /** Each walk: from, wish, to, grounded. */
  readonly walks: readonly number[][]
}

/** Walks towards each obstacle, each from where the last one ended. */
export const walkingTraces = (): readonly WalkingTrace[] =>
  SCENES.map(([name, colliders], seed) => {
    const dice = new TraceDice(seed + 1)
    const placed = { position: { x: 0, y: 0, z: 0 }, rotation: IDENTITY, scale: SCALE }
    const solids = [groundOf({ ground: { x: 50, z: 50 } }), ...(solidsOf(colliders, placed) ?? [])]
    const walks: number[][] = []
    let from: Vec3 = { x: 0.1, y: 0, z: -0.5 }
    for (let i = 0; i < STEPS; i += 1) {
      const wish = {
        x: Math.fround(dice.between(-0.03, 0.03)),
        y: Math.fround(-DOWN_METRES),
        z: Math.fround(dice.between(-0.07, -0.03)),
      }
      const { to, grounded } = walkAround({ solids, halfHeight: HALF_HEIGHT }, from, wish)
      walks.push([...flat(from), ...flat(wish), ...flat(to), bit(grounded)].map(digits))
      from = { x: Math.fround(to.x), y: Math.fround(to.y), z: Math.fround(to.z) }
    }
    return { name, colliders, scale: SCALE, halfHeight: HALF_HEIGHT, walks }
  })
