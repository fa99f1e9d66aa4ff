/** The realm that a server runs by default: a yard with props to climb, stack, kick and throw. */
import { DEFAULT_BODY } from './avatar/body.ts'
import { STATE_BYTES_MAX } from './limits/prop-limits.ts'
import { IDENTITY, vec } from './maths/maths.ts'
import { PHYSICS_COST_MAX } from './limits/physics-cost.ts'
import {
  Permission,
  type Collider,
  type Motion,
  type PlacedProp,
  type PropSpec,
  type Quat,
  type RealmDefinition,
  type Shape,
  type Vec3,
} from './types.ts'

const at = (shape: Shape, position: Vec3 = vec(0, 0, 0), rotation: Quat = IDENTITY): Collider => ({
  shape,
  position,
  rotation,
})
const box = (x: number, y: number, z: number): Shape => ({ type: 'box', halfExtents: vec(x, y, z) })

const spec = (
  name: string,
  motion: Motion,
  color: number,
  density: number,
  colliders: readonly Collider[],
  restitution = 0.1,
): PropSpec => ({ name, motion, colliders, density, friction: 0.7, restitution, color })

const place = (prop: PropSpec, x: number, y: number, z: number, rotation: Quat = IDENTITY, scale = 1): PlacedProp => ({
  prop,
  position: vec(x, y, z),
  rotation,
  scale,
})

/** About X, 14 degrees; about Y, 20 and 45 degrees. */
const SLOPE: Quat = { x: 0.1218693, y: 0, z: 0, w: 0.9925462 }
const TURNED: Quat = { x: 0, y: 0.1736482, z: 0, w: 0.9848078 }
const ACROSS: Quat = { x: 0, y: 0.3826834, z: 0, w: 0.9238795 }

const crate = spec('crate', 'dynamic', 0xd9a05b, 220, [at(box(0.22, 0.22, 0.22))])
const ball = spec('ball', 'dynamic', 0xe4572e, 120, [at({ type: 'sphere', radius: 0.2 })], 0.7)
const log = spec('log', 'dynamic', 0x9c6b45, 300, [at({ type: 'capsule', halfHeight: 0.35, radius: 0.12 })])
const gem = spec('gem', 'dynamic', 0x3fb8af, 400, [
  at({
    type: 'convex',
    points: [
      0, 0.28, 0, 0, -0.2, 0, 0.2, 0.06, 0, -0.2, 0.06, 0, 0, 0.06, 0.2, 0, 0.06, -0.2, 0.14, 0.06, 0.14, -0.14, 0.06,
      -0.14, 0.14, 0.06, -0.14, -0.14, 0.06, 0.14,
    ],
  }),
])
const stool = spec('stool', 'dynamic', 0xf2c14e, 250, [
  at(box(0.22, 0.03, 0.22), vec(0, 0.42, 0)),
  ...(
    [
      [-1, -1],
      [-1, 1],
      [1, -1],
      [1, 1],
    ] as const
  ).map(([x, z]) => at(box(0.03, 0.2, 0.03), vec(0.17 * x, 0.2, 0.17 * z))),
])
const ramp = spec('ramp', 'static', 0x7d8597, 1000, [at(box(1.5, 0.15, 3))])
const deck = spec('deck', 'static', 0x8d99ae, 1000, [at(box(1.5, 0.7, 1.5))])
const steps = spec(
  'steps',
  'static',
  0x98a2b3,
  1000,
  [0, 1, 2, 3].map((i) => at(box(0.9, 0.1 * (i + 1), 0.2), vec(0, 0.1 * (i + 1), -0.4 * i))),
)
const mound = spec('mound', 'static', 0x6b8f71, 1000, [
  at({
    type: 'trimesh',
    vertices: [-3, 0, -3, 3, 0, -3, 3, 0, 3, -3, 0, 3, -1, 0.8, -1, 1, 0.8, -1, 1, 0.8, 1, -1, 0.8, 1],
    indices: [0, 4, 1, 1, 4, 5, 1, 5, 2, 2, 5, 6, 2, 6, 3, 3, 6, 7, 3, 7, 0, 0, 7, 4, 4, 7, 5, 5, 7, 6],
  }),
])

const pyramid: PlacedProp[] = [3, 2, 1].flatMap((width, level) =>
  Array.from({ length: width }, (_, i) => place(crate, -4 + (i - (width - 1) / 2) * 0.46, 0.22 + level * 0.441, -5)),
)

export const DEFAULT_DEFINITION: RealmDefinition = {
  id: 'yard',
  name: 'The Yard',
  seed: 20_261,
  tickRate: 60,
  gravity: vec(0, -9.81, 0),
  bounds: { min: vec(-64, -8, -64), max: vec(64, 64, 64) },
  ground: { x: 50, z: 50 },
  spawn: { position: vec(0, 0, 5), yaw: 0, radius: 3 },
  reach: 6,
  permissions: Permission.spawn | Permission.grab | Permission.scale | Permission.fly,
  playersMax: 128,
  elementsMax: 1024,
  workMax: PHYSICS_COST_MAX,
  stateBytesMax: STATE_BYTES_MAX,
  leftBehind: { seconds: 600, remove: 'when-full' },
  bodies: [DEFAULT_BODY],
  props: [
    ...pyramid,
    place(ball, 1.2, 0.2, -2.5),
    place(ball, 2, 0.3, -3.1, IDENTITY, 1.5),
    place(ball, -1.6, 0.1, -2, IDENTITY, 0.5),
    place(log, 4, 0.13, -3, { x: 0, y: 0, z: 0.7071068, w: 0.7071068 }),
    place(gem, -2.2, 0.21, -3.4),
    place(gem, 3.1, 0.21, 0.5, TURNED),
    place(stool, 0.6, 0.02, -5.2, TURNED),
    place(stool, -6.5, 0.02, 1.4, ACROSS),
    place(steps, 7.2, 0, -5.2),
    place(deck, 7.2, 0.1, -8.1),
    place(ramp, 7.2, 0.14, -12.4, SLOPE),
    place(mound, -9, 0, -9),
  ],
}
