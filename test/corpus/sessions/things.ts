/** Scripted sessions of things: every collider and motion, hands, scales, piles and packages. */
import { DEFAULT_BODY, type AvatarBody, type PropSpec } from '../../../sim/index.ts'
import {
  at,
  despawn,
  EMPTY,
  grab,
  move,
  PERMISSIONS_ALL,
  PERMISSIONS_GUEST,
  propOf,
  release,
  scale,
  SHAPES,
  spawn,
  teleport,
  type ScriptedSession,
} from '../script.ts'

export const HASHES = ['0b', '5a', 'f7'].map((byte) => byte.repeat(32)) as [string, string, string]

/** The default body, half as large. */
export const CHILD: AvatarBody = {
  name: 'child',
  offsets: DEFAULT_BODY.offsets.map(({ x, y, z }) => at(Math.fround(x / 2), Math.fround(y / 2), Math.fround(z / 2))),
  capsules: DEFAULT_BODY.capsules.map((capsule) => ({ ...capsule, radius: Math.fround(capsule.radius / 2) })),
}

const fallOnto = (name: string, about: string, floor: PropSpec, falling: PropSpec): ScriptedSession => ({
  name,
  about,
  ticks: 240,
  play: (s) => {
    s.join(1, PERMISSIONS_ALL)
      .wait(2)
      .player(1, spawn(floor, at(2, 0.5, -2)))
    for (let i = 0; i < 3; i++) s.wait(15).player(1, spawn(falling, at(Math.fround(2 + i * 0.1), 2, -2)))
    s.wait(20).player(1, move({ x: 1, z: -1, run: true }))
  },
})

const SHAPE_SESSIONS = (['box', 'sphere', 'capsule', 'convex'] as const).flatMap((kind, i) => {
  const other = propOf(SHAPES[(['sphere', 'capsule', 'convex', 'box'] as const)[i] ?? 'box'])
  return [
    fallOnto(
      `${kind}-static`,
      `a static ${kind} under falling things`,
      propOf(SHAPES[kind], { motion: 'static' }),
      other,
    ),
    fallOnto(
      `${kind}-kinematic`,
      `a kinematic ${kind} of a builder`,
      propOf(SHAPES[kind], { motion: 'kinematic' }),
      other,
    ),
    fallOnto(
      `${kind}-dynamic`,
      `a ${kind} falls, rolls and is walked into`,
      propOf(SHAPES[kind]),
      propOf(SHAPES[kind]),
    ),
  ]
})

export const THINGS: readonly ScriptedSession[] = [
  ...SHAPE_SESSIONS,
  fallOnto(
    'mesh-static',
    'a static mesh under falling balls',
    propOf(SHAPES.trimesh, { motion: 'static' }),
    propOf(SHAPES.sphere),
  ),
  fallOnto(
    'compound-dynamic',
    'props of several colliders fall onto each other',
    propOf([SHAPES.box, SHAPES.sphere, SHAPES.capsule]),
    propOf([SHAPES.convex, SHAPES.box], { friction: 0, restitution: 0.9 }),
  ),
  {
    name: 'three-hands',
    about: 'left hand, right hand and pointer carry three things, and throw them',
    ticks: 260,
    play: (s) => {
      s.join(1).wait(2)
      for (const x of [-1, 0, 1]) s.player(1, spawn(propOf(SHAPES.box), at(x, 1, -1.5), { scale: 0.5 }))
      s.wait(30).player(1, grab(4, 0), grab(5, 1), grab(6, 2))
      for (const hand of [0, 1, 2] as const)
        s.carry(1, hand, at(hand - 1, 1, -1.5), at(hand - 1, 1.5, -3), 25).player(1, release(hand))
    },
  },
  {
    name: 'hand-over',
    about: 'one person releases a thing and another one takes it; a third one tries too early',
    ticks: 260,
    play: (s) => {
      s.join(3)
        .wait(2)
        .player(1, spawn(propOf(SHAPES.sphere), at(0, 1, -1)))
        .wait(20)
        .player(1, grab(6))
        .wait(10)
      s.player(2, grab(6)).player(3, scale(6, 2), despawn(6)).wait(10).player(1, release()).player(2, grab(6, 1))
      s.carry(2, 1, at(0, 1, -1), at(2, 1.5, -1), 60).player(2, release(1))
    },
  },
  {
    name: 'out-of-hand',
    about: 'things slip from a hand: dragged beyond reach, and by a person who runs away',
    ticks: 320,
    definition: { ...EMPTY, reach: 3 },
    play: (s) => {
      s.join(1)
        .wait(2)
        .player(1, spawn(propOf(SHAPES.box), at(0, 1, -1)))
        .wait(10)
        .player(1, grab(4))
        .wait(5)
      s.player(1, { type: 'drag', hand: 2, position: at(0, 1, -9), rotation: { x: 0, y: 0, z: 0, w: 1 } }).wait(20)
      s.player(1, move({ z: 1, run: true }))
        .wait(150)
        .player(1, move({ z: -1, run: true }))
    },
  },
  {
    name: 'scale-up-and-down',
    about: 'a thing grows and shrinks on the ground, in the hand and under others',
    ticks: 320,
    play: (s) => {
      s.join(1)
        .wait(2)
        .player(1, spawn(propOf([SHAPES.box, SHAPES.sphere]), at(0, 0.4, -2)))
        .wait(60)
      s.player(1, spawn(propOf(SHAPES.box), at(0, 1.5, -2))).wait(40)
      for (const by of [2, 0.5, 3, 0.1, 1]) s.player(1, scale(4, by)).wait(30)
      s.player(1, grab(4)).wait(5).player(1, scale(4, 1.5)).wait(10).player(1, release())
    },
  },
  {
    name: 'pile',
    about: 'twenty crates fall onto a heap and come to rest',
    ticks: 420,
    checkpointEvery: 400,
    play: (s) => {
      s.join(1).wait(2)
      for (let i = 0; i < 20; i++)
        s.player(
          1,
          spawn(propOf(SHAPES.box), at(Math.fround((i % 4) * 0.45 - 2), Math.fround(0.3 + (i >> 2) * 0.5), -3)),
        ).wait(1)
    },
  },
  {
    name: 'asleep',
    about: 'things fall asleep, and a thrown ball wakes them',
    ticks: 480,
    checkpointEvery: 240,
    play: (s) => {
      s.join(1).wait(2)
      for (const x of [0, 1, 2]) s.player(1, spawn(propOf(SHAPES.box), at(x, 0.2, -3)))
      s.player(1, spawn(propOf(SHAPES.sphere), at(0, 1.2, -1)))
        .player(1, grab(7))
        .wait(300)
      s.carry(1, 2, at(0, 1.2, -1), at(0.5, 0.3, -2), 8).player(1, release())
    },
  },
  {
    name: 'packages',
    about: 'things and bodies of packages are defined, spawned, carried and worn, and defined again',
    ticks: 320,
    checkpointEvery: 150,
    play: (s) => {
      const [cup, child, mesh] = HASHES
      s.join(2, PERMISSIONS_ALL)
        .wait(2)
        .server(
          { type: 'package', hash: cup, physics: { kind: 'object', prop: propOf([SHAPES.convex, SHAPES.capsule]) } },
          { type: 'package', hash: child, physics: { kind: 'avatar', body: CHILD } },
          {
            type: 'package',
            hash: mesh,
            physics: { kind: 'object', prop: propOf(SHAPES.trimesh, { motion: 'static' }) },
          },
        )
      s.wait(2)
        .player(1, spawn(cup, at(0, 1, -1)), spawn(mesh, at(3, 0, 0)))
        .player(2, { type: 'wear', player: 0, body: child })
      s.wait(20)
        .player(2, grab(5), move({ x: 1 }))
        .wait(60)
        .server({ type: 'wear', player: 1, body: child })
      s.server(spawn(cup, at(-2, 2, 0), { owner: 2 }))
        .wait(60)
        .player(2, { type: 'wear', player: 0, body: 0 })
      s.server({
        type: 'package',
        hash: cup,
        physics: { kind: 'object', prop: propOf([SHAPES.convex, SHAPES.capsule]) },
      })
    },
  },
  {
    name: 'over-budget',
    about: 'a pile that costs more than the realm allows is frozen, and thaws',
    ticks: 420,
    definition: { ...EMPTY, workMax: 100 },
    play: (s) => {
      s.join(1).wait(2)
      for (let i = 0; i < 60; i++)
        s.player(
          1,
          spawn(propOf(SHAPES.box), at(Math.fround((i % 3) * 0.42), Math.fround(0.3 + Math.floor(i / 3) * 0.45), -2)),
        ).wait(2)
      s.wait(120)
      for (let i = 0; i < 56; i++) s.player(1, despawn(4 + i))
    },
  },
  {
    name: 'left-behind-always',
    about: 'the things of a person who leaves are removed after a second',
    ticks: 240,
    definition: { ...EMPTY, leftBehind: { seconds: 1, remove: 'always' } },
    play: (s) => {
      s.join(2)
        .wait(2)
        .player(1, spawn(propOf(SHAPES.box), at(0, 1, -1)))
        .player(2, spawn(propOf(SHAPES.sphere), at(1, 1, -1)))
      s.wait(60)
        .server({ type: 'leave', player: 1 })
        .wait(90)
        .player(2, grab(6))
        .wait(10)
        .server({ type: 'leave', player: 2 })
    },
  },
  {
    name: 'left-behind-when-full',
    about: 'things that were left behind make room for new ones',
    ticks: 240,
    definition: { ...EMPTY, elementsMax: 4, leftBehind: { seconds: 0, remove: 'when-full' } },
    play: (s) => {
      s.join(2, PERMISSIONS_GUEST).wait(2)
      for (const x of [0, 1]) s.player(1, spawn(propOf(SHAPES.box), at(x, 1, -1)))
      s.wait(30).server({ type: 'leave', player: 1 }).wait(30)
      for (const x of [2, 3, 4, 5]) s.player(2, spawn(propOf(SHAPES.sphere), at(x - 3, 1, -2))).wait(10)
    },
  },
  {
    name: 'cut-off',
    about: 'a recording that was cut while a thing was in the air',
    ticks: 150,
    isCut: true,
    checkpointEvery: 60,
    play: (s) => {
      s.join(2)
        .wait(2)
        .player(1, spawn(propOf(SHAPES.sphere), at(0, 3, -1)), move({ z: -1 }))
        .server(teleport(2, at(3, 0, 0)))
      s.wait(40).player(2, move({ x: -1, run: true }))
    },
  },
]
