/**
 * The range of every number that an input or a realm definition may carry. docs/protocol.md prints this table, and a
 * test compares the two. Codec and session limits (sequence numbers, bytes) are in protocol/limits.ts.
 */
import { fround, max, min } from '../maths/maths.ts'

export interface NumberRange {
  readonly min: number
  readonly max: number
  readonly unit: string
  /** The numbers that this range applies to. */
  readonly what: string
  /** The reason for both limits. */
  readonly reason: string
}

const range = (from: number, to: number, unit: string, what: string, reason: string): NumberRange => ({
  min: from,
  max: to,
  unit,
  what,
  reason,
})

export const RANGES = {
  shapeExtent: range(
    1e-4,
    100,
    'm',
    'half extents, radius and half height of a shape, before scaling',
    'a model may be drawn small and scaled up; nothing is larger than a realm',
  ),
  point: range(
    -100,
    100,
    'm',
    'each coordinate of a hull point or mesh vertex, before scaling',
    'nothing is larger than a realm',
  ),
  colliderOffset: range(
    0,
    100,
    'm',
    "distance of a collider from its prop's origin, before scaling",
    'nothing is larger than a realm',
  ),
  scaledExtent: range(
    0.001,
    100,
    'm',
    'least half width of each collider, at its scale; a static mesh has none',
    'thinner bodies fall through others and make the contact solver divide by almost nothing',
  ),
  scaledRadius: range(
    0.002,
    100,
    'm',
    'radius of the whole prop around its origin, at its scale',
    'smaller is invisible; larger fills the realm',
  ),
  slenderness: range(
    1,
    1_000,
    '',
    'longest half width of a collider divided by its least one',
    'the inertia of a longer needle or a thinner sheet has no usable inverse in 32-bit floats',
  ),
  density: range(1, 25_000, 'kg/m³', 'density of a prop', 'from foam to osmium'),
  mass: range(
    1e-4,
    1e7,
    'kg',
    'mass of a dynamic prop, at its scale',
    'from a feather to a ship; the solver holds no larger ratios',
  ),
  friction: range(0, 10, '', 'friction coefficient', 'above 10 nothing changes'),
  restitution: range(0, 1, '', 'restitution', 'above 1 a bounce would gain energy'),
  color: range(0, 0xffffff, '', 'color, 0xRRGGBB', 'three bytes'),
  scale: range(0.05, 20, '', 'scale of a prop', 'a cup may become a house, and back'),
  avatarScale: range(
    0.25,
    4,
    '',
    'scale of an avatar; its head at rest must be within headHeight',
    'from a doll to a giant that still sees the others',
  ),
  quaternion: range(
    0.999,
    1.001,
    '',
    'squared length of a rotation',
    'a unit quaternion, with what 32-bit floats and quantisation lose',
  ),
  access: range(0, 63, '', 'access byte', 'two bits for each of drag, scale and despawn'),
  hand: range(0, 2, '', 'hand of grab, drag and release', 'left, right, pointer'),
  moveAxis: range(-1, 1, '', 'x, y and z of a move; larger ones are clamped', "a direction; the speed is the realm's"),
  yaw: range(
    -10_000,
    10_000,
    'rad',
    'yaw of a move',
    'wrapped to one turn; beyond this a 32-bit float has no usable angle left',
  ),
  position: range(
    -10_000,
    10_000,
    'm',
    "position of a spawn (within the realm's bounds too) and of a drag (within reach too)",
    'beyond this 32-bit floats resolve only a millimetre',
  ),
  boneOffset: range(
    -10,
    10,
    'm',
    "each coordinate of a body's bone offsets and capsule ends",
    'an avatar of at most 10 m',
  ),
  boneRadius: range(0.001, 10, 'm', "radius of a bone's capsule", 'an avatar of at most 10 m'),
  headHeight: range(
    0.05,
    10,
    'm',
    "height of a body's head at rest",
    'below, hands reach nothing; above, an avatar stands out of most realms',
  ),
  meshTriangles: range(
    1,
    64,
    '',
    "triangles of a static mesh that a player spawns; a realm's own or a builder's may have more",
    'each triangle that something touches is a contact',
  ),
} as const satisfies Record<string, NumberRange>

export type RangeName = keyof typeof RANGES

const EDGES = new Map<string, readonly [number, number]>(
  Object.entries(RANGES).map(([name, r]) => [name, [min(r.min, fround(r.min)), max(r.max, fround(r.max))]]),
)

/** True if a number is in its range. An edge counts both as it is and as a 32-bit float. NaN is in no range. */
export function inRange(name: RangeName, x: number): boolean {
  const [low, high] = EDGES.get(name) ?? [NaN, NaN]
  return x >= low && x <= high
}
