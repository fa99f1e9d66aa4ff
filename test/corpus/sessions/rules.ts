/** Scripted sessions of the rules: each rejection, permissions, access and limits. */
import { Permission, REFUSALS, type PropSpec, type Shape } from '../../../sim/index.ts'
import {
  access,
  at,
  despawn,
  EMPTY,
  grab,
  join,
  move,
  PERMISSIONS_ALL,
  pose,
  propOf,
  release,
  scale,
  SHAPES,
  spawn,
  teleport,
  UPRIGHT,
  type ScriptedSession,
} from '../script.ts'
import { CHILD, HASHES } from './things.ts'

const BOX = propOf(SHAPES.box)
const [CUP, BODY, UNKNOWN] = HASHES

/** A static mesh with more triangles than guests may spawn. */
const largeMesh = (triangles: number): PropSpec => {
  const vertices: number[] = [0, 1, 0]
  const indices: number[] = []
  for (let i = 0; i < triangles; i++) {
    const angle = (i / triangles) * 6
    vertices.push(Math.fround(2 - angle / 3), 0, Math.fround(i % 2))
    if (i > 0) indices.push(0, i, i + 1)
  }
  return propOf({ type: 'trimesh', vertices, indices }, { motion: 'static' })
}
/** A prop that takes 20 kB of a checkpoint. */
const HEAVY_STATE = propOf({
  type: 'convex',
  points: Array.from({ length: 60 }, (_, i) => [
    Math.fround(((i * 7) % 60) / 100 - 0.3),
    Math.fround(((i * 11) % 60) / 100),
    Math.fround(((i * 17) % 60) / 100 - 0.3),
  ]).flat(),
})
const FLAT: Shape = { type: 'convex', points: [0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 1] }

export const RULES: readonly ScriptedSession[] = [
  {
    name: 'permissions',
    about: 'people without a permission are refused each act, and are then given it and lose it again',
    ticks: 200,
    play: (s) => {
      s.join(1)
        .server(join(2, { permissions: 0 }))
        .wait(2)
        .player(1, spawn(BOX, at(0, 1, -1)))
        .wait(20)
      const acts = [spawn(BOX, at(1, 1, -1)), grab(5), scale(5, 2), move({ fly: true }), despawn(5), access(5, 0)]
      s.player(2, ...acts)
        .wait(20)
        .server({ type: 'permit', player: 2, permissions: PERMISSIONS_ALL })
        .wait(1)
      s.player(2, ...acts)
        .wait(40)
        .server({ type: 'permit', player: 2, permissions: Permission.fly })
        .wait(10)
      s.player(2, release())
    },
  },
  {
    name: 'access',
    about: 'owners lock and share a thing: others may or may not drag, scale and remove it',
    ticks: 260,
    play: (s) => {
      s.join(3)
        .wait(2)
        .player(1, spawn(BOX, at(0, 1, -1)))
        .wait(20)
      for (let bits = 0; bits < 64; bits += 9)
        s.player(1, access(6, bits))
          .player(2, grab(6), scale(6, 1.1), despawn(6), access(6, 1))
          .wait(5)
          .player(2, release())
          .wait(5)
      s.server(access(6, 0)).player(1, access(99, 0))
    },
  },
  {
    name: 'unknown',
    about: 'commands that name people, things, bodies and packages that do not exist',
    ticks: 60,
    play: (s) => {
      s.join(1)
        .wait(2)
        .server({ type: 'leave', player: 9 }, teleport(9, at(0, 0, 0)), { type: 'permit', player: 9, permissions: 0 })
      s.server(
        { type: 'wear', player: 9, body: 0 },
        access(99, 0),
        despawn(99),
        join(2, { body: 7 }),
        spawn(UNKNOWN, at(0, 1, 0)),
      )
      s.player(1, grab(99), scale(99, 1), despawn(99), access(99, 0), spawn(UNKNOWN, at(0, 1, 0)), release())
      s.player(1, { type: 'wear', player: 0, body: 7 }, { type: 'wear', player: 0, body: UNKNOWN }).player(7, move())
      s.player(1, { type: 'drag', hand: 0, position: at(0, 1, 0), rotation: UPRIGHT })
    },
  },
  {
    name: 'server-only',
    about: "a player sends the server's commands, and wears a body for somebody else",
    ticks: 60,
    play: (s) => {
      s.join(2)
        .wait(2)
        .player(1, join(3), { type: 'leave', player: 2 }, teleport(2, at(1, 0, 1)), {
          type: 'permit',
          player: 1,
          permissions: 31,
        })
      s.player(
        1,
        { type: 'package', hash: CUP, physics: { kind: 'object', prop: BOX } },
        { type: 'wear', player: 2, body: 0 },
      )
      s.player(1, spawn(BOX, at(0, 1, -1), { owner: 2 }))
    },
  },
  {
    name: 'refusals',
    about: 'commands that the server refused before the simulation saw them',
    ticks: 60,
    play: (s) => {
      s.join(1)
      for (const reason of REFUSALS) s.wait(2).player(1, { type: 'refused', reason })
    },
  },
  {
    name: 'wrong-values',
    about: 'places outside the bounds, packages of the wrong kind, and a second join',
    ticks: 90,
    play: (s) => {
      s.join(1, PERMISSIONS_ALL)
        .wait(2)
        .server(
          { type: 'package', hash: CUP, physics: { kind: 'object', prop: BOX } },
          { type: 'package', hash: BODY, physics: { kind: 'avatar', body: CHILD } },
        )
      s.wait(2).player(1, spawn(BODY, at(0, 1, 0)), { type: 'wear', player: 0, body: CUP })
      s.player(1, spawn(BOX, at(90, 1, 0)), spawn(BOX, at(0, 1, -1)))
      s.server(teleport(1, at(0, 99, 0)), join(1))
    },
  },
  {
    name: 'wrong-shapes',
    about: 'things that no engine can hold: flat, needle-thin, too heavy, too large, moving meshes',
    ticks: 90,
    play: (s) => {
      s.join(1).wait(2)
      s.player(1, spawn(propOf(FLAT), at(0, 1, -1)), spawn(propOf(SHAPES.trimesh), at(0, 1, -1)))
      s.player(1, spawn(propOf({ type: 'box', halfExtents: at(0.002, 1, 5) }), at(0, 1, -1)))
      s.player(1, spawn(propOf({ type: 'sphere', radius: 0.01 }), at(0, 1, -1), { scale: 0.05 }))
      s.player(1, spawn(propOf([{ type: 'box', halfExtents: at(0.01, 0.4, 0.4) }]), at(0, 1, -1), { scale: 0.05 }))
      s.player(1, spawn(propOf({ type: 'sphere', radius: 9 }, { density: 25_000 }), at(0, 1, -1)))
      s.player(
        1,
        spawn(propOf({ type: 'box', halfExtents: at(20, 20, 20) }, { motion: 'static' }), at(0, 1, -1), { scale: 19 }),
      )
      s.wait(5).player(1, spawn(BOX, at(0, 1, -1)), spawn(propOf(SHAPES.box, { motion: 'static' }), at(3, 1, -1)))
      s.wait(20).player(1, scale(5, 2), grab(5))
    },
  },
  {
    name: 'hands-full',
    about: 'hands that hold something already, things out of reach, and things that somebody else holds',
    ticks: 120,
    play: (s) => {
      s.join(2)
        .wait(2)
        .player(1, spawn(BOX, at(0, 1, -1)), spawn(BOX, at(1, 1, -1)), spawn(BOX, at(0, 1, -30)))
        .wait(20)
      s.player(1, grab(5), grab(6), grab(7, 0), release(1)).player(2, grab(5), despawn(5), scale(5, 2))
      s.wait(10).player(1, grab(5, 0)).wait(10).player(1, release(0), release())
    },
  },
  {
    name: 'realm-full',
    about: 'a realm for two people: a third one is refused until somebody leaves',
    ticks: 90,
    definition: { ...EMPTY, playersMax: 2 },
    play: (s) => {
      s.join(3).wait(20).server({ type: 'leave', player: 1 }).wait(5).server(join(3))
    },
  },
  {
    name: 'element-limit',
    about: 'a realm for six elements is full',
    ticks: 90,
    definition: { ...EMPTY, elementsMax: 6, leftBehind: { seconds: 0, remove: 'never' } },
    play: (s) => {
      s.join(1, PERMISSIONS_ALL).wait(2)
      for (let i = 0; i < 7; i++) s.player(1, spawn(BOX, at(i - 3, 1, -2))).wait(3)
    },
  },
  {
    name: 'share-limit',
    about: 'two users of one address fill their share of a realm',
    ticks: 120,
    definition: { ...EMPTY, elementsMax: 40 },
    play: (s) => {
      s.server(join(1, { share: 7 }), join(2, { share: 7 })).wait(2)
      for (let i = 0; i < 18; i++)
        s.player(1, spawn(BOX, at((i % 6) - 3, 1 + Math.floor(i / 6), -3)))
          .player(2, spawn(BOX, at((i % 6) - 3, 1 + Math.floor(i / 6), 3)))
          .wait(1)
    },
  },
  {
    name: 'state-limit',
    about: 'the things of a realm take too many bytes of a checkpoint',
    ticks: 60,
    definition: { ...EMPTY, stateBytesMax: 100_000 },
    play: (s) => {
      s.join(1).wait(2)
      for (let i = 0; i < 6; i++) s.player(1, spawn(HEAVY_STATE, at(i - 3, 1, -2))).wait(3)
    },
  },
  {
    name: 'crowded',
    about: 'static things stand too close together, and a mesh is too large for a guest',
    ticks: 150,
    play: (s) => {
      s.join(1)
        .wait(2)
        .player(1, spawn(largeMesh(80), at(0, 0, -3)))
      const dense = propOf(
        Array.from({ length: 16 }, () => SHAPES.box),
        { motion: 'static' },
      )
      for (let i = 0; i < 9; i++) s.player(1, spawn(dense, at(Math.fround(i * 0.3), 0.2, -3))).wait(2)
      s.wait(10)
        .player(1, move({ z: -1 }))
        .wait(30)
        .server(join(2, { permissions: PERMISSIONS_ALL }))
        .wait(1)
      s.player(2, spawn(largeMesh(80), at(0, 0, 6)), move({ z: 1 }))
    },
  },
  {
    name: 'names',
    about: 'people with the longest names, in several writing systems',
    ticks: 60,
    play: (s) => {
      const names = ['W'.repeat(32), '𠮷'.repeat(32), 'Ünïcødé', '李小龍', 'Ольга', 'a b', 'مريم']
      names.forEach((name, i) => s.server(join(i + 1, { name })))
      s.wait(10).player(1, pose(at(-0.3, 1, 0), at(0.3, 1, 0)))
    },
  },
]
