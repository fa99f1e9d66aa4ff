/** What players do: arbitraries of input segments, each an intent and its duration. */
import fc from 'fast-check'
import { ACCESS_MAX, PERMISSIONS_MAX, type Command, type PropSpec } from '../../sim/index.ts'
import {
  arbitraryProp,
  arbitraryRotation,
  number,
  STORIES,
  type ScheduledCommand,
  type StoryOptions,
} from '../scenario.ts'

type Segments = (options: StoryOptions) => fc.Arbitrary<ScheduledCommand[]>

const DURATION_TICKS_MAX = 60
/** How far from the middle of the props and players others are put, metres. */
const NEAR_METRES = 3

const place = fc.record({
  x: number(-NEAR_METRES, NEAR_METRES),
  y: number(0, 2),
  z: fc.constantFrom(-3, 5).chain((z) => number(z - NEAR_METRES, z + NEAR_METRES)),
})
const start = ({ ticks }: StoryOptions): fc.Arbitrary<number> => fc.integer({ min: 2, max: ticks })
const duration = fc.integer({ min: 1, max: DURATION_TICKS_MAX })
const anyone = ({ players }: StoryOptions): fc.Arbitrary<number> => fc.integer({ min: 1, max: players })
const anything = ({ element = fc.integer({ min: 3, max: 18 }) }: StoryOptions): fc.Arbitrary<number> => element

const STILL = { type: 'move', x: 0, y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false } as const

/** A direction for some ticks, then a stop. */
const walk: Segments = (options) =>
  fc
    .record({
      tick: start(options),
      lasts: duration,
      player: anyone(options),
      move: fc.record({
        type: fc.constant('move' as const),
        x: fc.constantFrom(0, -1, 1),
        y: fc.constantFrom(0, 1),
        z: fc.constantFrom(-1, -1, 0, 1),
        yaw: number(-4, 4),
        jump: fc.boolean(),
        run: fc.boolean(),
        fly: fc.boolean(),
      }),
    })
    .map(({ tick, lasts, player, move }) => [
      { tick, player, command: move },
      { tick: tick + lasts, player, command: { ...STILL, yaw: move.yaw } },
    ])

/** Simple props, so that most are accepted; one in four has any shape and motion. */
const arbitrarySpawned: fc.Arbitrary<PropSpec> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ half: number(0.1, 0.4), bounce: number(0, 0.9), round: fc.boolean() })
      .map(({ half, bounce, round }): PropSpec => ({
        name: 'thing',
        motion: 'dynamic',
        colliders: [
          {
            shape: round
              ? { type: 'sphere', radius: half }
              : { type: 'box', halfExtents: { x: half, y: half, z: half } },
            position: { x: 0, y: 0, z: 0 },
            rotation: { x: 0, y: 0, z: 0, w: 1 },
          },
        ],
        density: 200,
        friction: 0.5,
        restitution: bounce,
        color: 0,
      })),
  },
  { weight: 1, arbitrary: arbitraryProp },
)

/** Equal props above one another or in one point. */
const spawn: Segments = (options) =>
  fc
    .record({
      tick: start(options),
      player: anyone(options),
      prop: arbitrarySpawned,
      position: place,
      rotation: arbitraryRotation,
      scale: fc.constantFrom(1, 1, 0.5, 2),
      access: fc.oneof(fc.constant(0), fc.nat(ACCESS_MAX)),
      count: fc.constantFrom(1, 1, 3),
      apart: fc.constantFrom(0, 1),
    })
    .map(({ tick, player, position: { x, y, z }, count, apart, ...spawned }) =>
      Array.from({ length: count }, (_, i) => ({
        tick: tick + i,
        player,
        command: { type: 'spawn', ...spawned, position: { x, y: y + apart * i, z }, owner: 0 },
      })),
    )

/** A player scales a prop step by step, sometimes beyond what is allowed. */
const scale: Segments = (options) =>
  fc
    .record({
      tick: start(options),
      player: anyone(options),
      element: anything(options),
      scales: fc.array(fc.oneof(number(0.5, 2), number(0.01, 25)), { minLength: 1, maxLength: 4 }),
    })
    .map(({ tick, player, element, scales }) =>
      scales.map((to, i) => ({ tick: tick + 3 * i, player, command: { type: 'scale', element, scale: to } })),
    )

const despawn: Segments = (options) =>
  fc
    .record({ tick: start(options), player: anyone(options), element: anything(options) })
    .map(({ tick, player, element }) => [{ tick, player, command: { type: 'despawn', element } }])

/** The server changes what a player may do, or an owner who may use a prop. */
const rights: Segments = (options) =>
  fc
    .record({
      tick: start(options),
      player: anyone(options),
      element: anything(options),
      permissions: fc.nat(PERMISSIONS_MAX),
      access: fc.nat(ACCESS_MAX),
      server: fc.boolean(),
    })
    .map(({ tick, player, element, permissions, access, server }) => [
      server
        ? { tick, player: 0, command: { type: 'permit', player, permissions } }
        : { tick, player, command: { type: 'access', element, access } },
    ])

/** A player leaves, and often comes back later. A player above the realm's limit tries to join too. */
const rejoin: Segments = (options) =>
  fc
    .record({
      tick: start(options),
      player: fc.integer({ min: 1, max: options.players + 1 }),
      lasts: duration,
      isBack: fc.boolean(),
    })
    .map(({ tick, player, lasts, isBack }) => {
      const back: Command = { type: 'join', player, user: player, name: `p${player}`, body: 0, permissions: 23 }
      return [
        ...(player > options.players ? [] : [{ tick, player: 0, command: { type: 'leave' as const, player } }]),
        ...(isBack ? [{ tick: tick + lasts, player: 0, command: back }] : []),
      ]
    })

const teleport: Segments = (options) =>
  fc
    .record({ tick: start(options), player: anyone(options), position: place, yaw: number(-3, 3) })
    .map(({ tick, player, position, yaw }) => [
      { tick, player: 0, command: { type: 'teleport', player, position, yaw } },
    ])

/** The activities by name. */
export const ACTIVITIES = {
  walk,
  spawn,
  carry: STORIES.carry,
  gesture: STORIES.gesture,
  packages: STORIES.unpack,
  scale,
  despawn,
  rights,
  rejoin,
  teleport,
  anything: STORIES.act,
} as const satisfies Record<string, Segments>
export type Activity = keyof typeof ACTIVITIES
