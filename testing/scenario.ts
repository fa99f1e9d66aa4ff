/**
 * Random sessions for property tests: what several players do over some ticks, as data that fast-check shrinks well.
 * Ids and values are often valid and sometimes not, because illegal inputs must end as rejections and have no other
 * effect.
 */
import * as fc from 'fast-check'
import {
  BONES,
  compareInputs,
  packPose,
  PERMISSIONS_MAX,
  type AvatarBody,
  type BodyChoice,
  type Command,
  type HandId,
  type Input,
  type InputFrame,
  type PackageHash,
  type PackagePhysics,
  type Pose,
  type PropSpec,
  type Quat,
  type Shape,
  type Vec3,
} from '../sim/index.ts'

/** One command of a player at a tick; player 0 is the server. */
export interface ScheduledCommand {
  readonly tick: number
  readonly player: number
  readonly command: Command
}

/** What a short sequence of commands may use. */
export interface StoryOptions {
  /** Players 1 to this. */
  readonly players: number
  readonly ticks: number
  /** Ids of the elements that it uses. */
  readonly element?: fc.Arbitrary<number>
  /** How far from the middle of the realm it carries them, on each axis, metres. Default 4. */
  readonly extent?: number
}

export interface Scenario {
  readonly ticks: number
  readonly acts: readonly ScheduledCommand[]
}

/** Steps of most numbers, 1/1024: a millimetre, and exact in 32-bit floats. */
const STEPS = 1_024

/**
 * 32-bit floats from `min` to `max`. Three in four are multiples of 1/1024, evenly spread. `fc.float` takes every bit
 * pattern equally often, so nearly all of its numbers are close to 0.
 */
export const number = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .integer({ min: Math.ceil(min * STEPS), max: Math.floor(max * STEPS) })
        .map((steps) => steps / STEPS),
    },
    { weight: 1, arbitrary: fc.float({ min: Math.fround(min), max: Math.fround(max), noNaN: true }) },
  )
const point = (limit: number, low = 0): fc.Arbitrary<Vec3> =>
  fc.record({ x: number(-limit, limit), y: number(low, 3), z: number(-limit, limit) })

export const arbitraryRotation: fc.Arbitrary<Quat> = fc
  .tuple(number(-1, 1), number(-1, 1), number(-1, 1), number(-1, 1))
  .map(([x, y, z, w]) => {
    const l = Math.hypot(x, y, z, w)
    if (l < 0.01) return { x: 0, y: 0, z: 0, w: 1 }
    return { x: Math.fround(x / l), y: Math.fround(y / l), z: Math.fround(z / l), w: Math.fround(w / l) }
  })

const size = number(0.06, 0.6)
export const arbitraryShape: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({ type: fc.constant('box' as const), halfExtents: fc.record({ x: size, y: size, z: size }) }),
  fc.record({ type: fc.constant('sphere' as const), radius: size }),
  fc.record({ type: fc.constant('capsule' as const), halfHeight: size, radius: size }),
  fc.record({
    type: fc.constant('convex' as const),
    points: fc
      .array(number(-0.5, 0.5), { minLength: 12, maxLength: 48 })
      .map((p) => p.slice(0, p.length - (p.length % 3))),
  }),
)

export const arbitraryProp: fc.Arbitrary<PropSpec> = fc.record({
  name: fc.constant('thing'),
  motion: fc.constantFrom('dynamic', 'dynamic', 'kinematic', 'static'),
  colliders: fc.array(
    fc.record({
      shape: arbitraryShape,
      position: fc.record({ x: number(-0.3, 0.3), y: number(-0.3, 0.3), z: number(-0.3, 0.3) }),
      rotation: arbitraryRotation,
    }),
    { minLength: 1, maxLength: 3 },
  ),
  density: number(20, 2000),
  friction: number(0, 1),
  restitution: number(0, 0.9),
  color: fc.nat(0xffffff),
})

const joint = fc.record({
  position: fc.record({ x: number(-1, 1), y: number(0, 2), z: number(-1, 1) }),
  rotation: arbitraryRotation,
})
export const arbitraryPose: fc.Arbitrary<Pose> = fc.record({
  head: joint,
  left: joint,
  right: joint,
  bones: fc.array(fc.option(arbitraryRotation, { freq: 2 }), { minLength: BONES.length, maxLength: BONES.length }),
})

/** Few packages, so that they are reused. Their content differs between scenarios. */
const arbitraryHash: fc.Arbitrary<PackageHash> = fc.constantFrom('0b', '5a', 'f7').map((byte) => byte.repeat(32))
const arbitraryBodyChoice = fc.oneof<fc.Arbitrary<BodyChoice>[]>(fc.constant(0), arbitraryHash)
const arbitraryAccess = fc.integer({ min: 0, max: 64 })
const bodyPoint = fc.record({ x: number(-0.3, 0.3), y: number(-0.05, 0.4), z: number(-0.2, 0.2) })
export const arbitraryBody: fc.Arbitrary<AvatarBody> = fc.record({
  name: fc.constant('somebody'),
  offsets: fc.array(bodyPoint, { minLength: BONES.length, maxLength: BONES.length }),
  capsules: fc.array(
    fc.record({ bone: fc.nat(BONES.length - 1), a: bodyPoint, b: bodyPoint, radius: number(0.01, 0.2) }),
    { maxLength: 24 },
  ),
})
const arbitraryPhysics: fc.Arbitrary<PackagePhysics> = fc.oneof(
  fc.record({ kind: fc.constant('object' as const), prop: arbitraryProp }),
  fc.record({ kind: fc.constant('avatar' as const), body: arbitraryBody }),
)

const element = fc.integer({ min: 1, max: 40 })
const hand = fc.constantFrom<HandId>(0, 1, 2)

/** A command that a player may send, legal or not. */
export const arbitraryCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('move' as const),
      x: number(-1, 1),
      y: number(-1, 1),
      z: number(-1, 1),
      yaw: number(-4, 4),
      jump: fc.boolean(),
      run: fc.boolean(),
      fly: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: arbitraryPose.map((pose) => ({ type: 'pose' as const, pose: packPose(pose) })) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('spawn' as const),
      prop: fc.oneof<fc.Arbitrary<PropSpec | PackageHash>[]>(arbitraryProp, arbitraryHash),
      position: point(6),
      rotation: arbitraryRotation,
      scale: number(0.05, 5),
      access: arbitraryAccess,
      owner: fc.constant(0),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('grab' as const), element, hand }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('drag' as const), hand, position: point(6), rotation: arbitraryRotation }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('release' as const), hand }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('scale' as const), element, scale: number(0.01, 25) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('despawn' as const), element }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('wear' as const), player: fc.constant(0), body: arbitraryBodyChoice }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('access' as const), element, access: arbitraryAccess }) },
)

const serverCommand = (players: number): fc.Arbitrary<Command> => {
  const player = fc.integer({ min: 1, max: players })
  return fc.oneof(
    fc.record({ type: fc.constant('leave' as const), player }),
    fc.record({
      type: fc.constant('join' as const),
      player,
      user: fc.integer({ min: 1, max: players }),
      name: fc.constant('again'),
      body: fc.constant(0),
      permissions: fc.integer({ min: 0, max: 31 }),
    }),
    fc.record({ type: fc.constant('teleport' as const), player, position: point(20), yaw: number(-3, 3) }),
    fc.record({ type: fc.constant('permit' as const), player, permissions: fc.integer({ min: 0, max: 31 }) }),
    fc.record({ type: fc.constant('package' as const), hash: arbitraryHash, physics: arbitraryPhysics }),
    fc.record({ type: fc.constant('wear' as const), player, body: arbitraryBodyChoice }),
  )
}

/**
 * A player grabs a prop, carries it along some points and releases it: single random commands rarely form this
 * sequence.
 */
const carry = ({
  players,
  ticks,
  element: elements = fc.integer({ min: 3, max: 18 }),
  extent = 4,
}: StoryOptions): fc.Arbitrary<ScheduledCommand[]> =>
  fc
    .record({
      tick: fc.integer({ min: 2, max: ticks }),
      player: fc.integer({ min: 1, max: players }),
      element: elements,
      hand,
      points: fc.array(
        fc.record({ position: point(extent), rotation: arbitraryRotation, gap: fc.integer({ min: 1, max: 8 }) }),
        { maxLength: 8 },
      ),
    })
    .map(({ tick, player, element: grabbed, hand: by, points }) => {
      let at = tick
      const drags = points.map(({ position, rotation, gap }): ScheduledCommand => ({
        tick: (at += gap),
        player,
        command: { type: 'drag', hand: by, position, rotation },
      }))
      return [
        { tick, player, command: { type: 'grab', element: grabbed, hand: by } },
        ...drags,
        { tick: at + 2, player, command: { type: 'release', hand: by } },
      ]
    })

/** A sequence of poses with different bones. */
const gesture = ({ players, ticks }: StoryOptions): fc.Arbitrary<ScheduledCommand[]> =>
  fc
    .record({
      tick: fc.integer({ min: 2, max: ticks }),
      player: fc.integer({ min: 1, max: players }),
      poses: fc.array(arbitraryPose, { minLength: 2, maxLength: 4 }),
    })
    .map(({ tick, player, poses }) =>
      poses.map((pose, i): ScheduledCommand => ({
        tick: tick + 4 * i,
        player,
        command: { type: 'pose', pose: packPose(pose) },
      })),
    )

/** A package is defined, and a player wears it or spawns and grabs it; then the same with another package. */
const unpack = ({
  players,
  ticks,
  element: used = fc.integer({ min: 15, max: 24 }),
}: StoryOptions): fc.Arbitrary<ScheduledCommand[]> =>
  fc
    .record({
      tick: fc.integer({ min: 2, max: ticks }),
      player: fc.integer({ min: 1, max: players }),
      hash: arbitraryHash,
      physics: arbitraryPhysics,
      position: point(4),
      element: used,
      hand,
    })
    .map(({ tick, player, hash, physics, position, element: grabbed, hand: by }) => [
      { tick, player: 0, command: { type: 'package', hash, physics } },
      {
        tick,
        player,
        command:
          physics.kind === 'avatar'
            ? { type: 'wear', player: 0, body: hash }
            : {
                type: 'spawn',
                prop: hash,
                position,
                rotation: { x: 0, y: 0, z: 0, w: 1 },
                scale: 1,
                access: 0,
                owner: 0,
              },
      },
      { tick: tick + 1, player, command: { type: 'grab', element: grabbed, hand: by } },
    ])

/** One random command: of a player, rarely of the server. */
function act({ players, ticks }: StoryOptions): fc.Arbitrary<ScheduledCommand[]> {
  const tick = fc.integer({ min: 2, max: ticks })
  return fc
    .oneof(
      {
        weight: 9,
        arbitrary: fc.record({ tick, player: fc.integer({ min: 1, max: players }), command: arbitraryCommand }),
      },
      { weight: 1, arbitrary: fc.record({ tick, player: fc.constant(0), command: serverCommand(players) }) },
    )
    .map((one) => [one])
}

/** Arbitraries of short sequences of commands that belong together. */
export const STORIES = { act, carry, gesture, unpack } as const

/** The joins of players 1 to `players` at tick 1. */
export const joinsOf = (players: number, permissions = PERMISSIONS_MAX): ScheduledCommand[] =>
  Array.from({ length: players }, (_, i) => ({
    tick: 1,
    player: 0,
    command: { type: 'join', player: i + 1, user: i + 1, name: `p${i + 1}`, body: 0, permissions },
  }))

/** `players` join at tick 1. Then up to `acts` commands follow within `ticks`, some of them in sequences. */
export function arbitraryScenario(players = 4, ticks = 120, acts = 40): fc.Arbitrary<Scenario> {
  const options = { players, ticks }
  const story = fc.oneof(
    { weight: 4, arbitrary: act(options) },
    { weight: 2, arbitrary: carry(options) },
    { weight: 1, arbitrary: gesture(options) },
    { weight: 2, arbitrary: unpack(options) },
  )
  return fc
    .array(story, { maxLength: acts })
    .map((more) => ({ ticks, acts: [...joinsOf(players), ...more.flat()].filter((one) => one.tick <= ticks) }))
}

export interface FrameOrder {
  /** The order of a frame's inputs. Default: the simulation's. */
  readonly compare?: (a: Input, b: Input) => number
  /** The order in which inputs of a tick arrive. It must not matter. Default `sent`. */
  readonly arrival?: 'sent' | 'reversed'
}

/** The scenario's frames, each in canonical order. */
export function framesOf(
  { ticks, acts }: Scenario,
  { compare = compareInputs, arrival = 'sent' }: FrameOrder = {},
): InputFrame[] {
  const inputs: Input[][] = Array.from({ length: ticks }, () => [])
  acts.forEach(({ tick, player, command }, i) => inputs[tick - 1]?.push({ player, sequence: i + 1, command }))
  return inputs.map((list, i) => ({
    tick: i + 1,
    inputs: (arrival === 'sent' ? list : list.toReversed()).toSorted(compare),
  }))
}
