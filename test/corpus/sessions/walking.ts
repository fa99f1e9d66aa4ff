/** Scripted sessions of people who walk, jump, fly, fall and pose. */
import { DEFAULT_DEFINITION } from '../../../sim/index.ts'
import { at, EMPTY, join, LYING, move, pose, propOf, SHAPES, spawn, teleport, type ScriptedSession } from '../script.ts'

const YARD = { ...DEFAULT_DEFINITION, spawn: { position: at(0, 0, 4), yaw: 0, radius: 1 } }

export const WALKING: readonly ScriptedSession[] = [
  {
    name: 'walk-a-square',
    about: 'one person walks a square and turns on the spot',
    ticks: 300,
    play: (s) => {
      s.join(1).wait(10)
      for (const yaw of [0, 1.5707963, 3.1415927, -1.5707963]) s.player(1, move({ z: -1, yaw })).wait(60)
      s.player(1, move({ yaw: 0.5 }))
    },
  },
  {
    name: 'run-and-jump',
    about: 'two people run in opposite directions and jump, also in the air',
    ticks: 240,
    play: (s) => {
      s.join(2).wait(5)
      for (let i = 0; i < 6; i++)
        s.player(1, move({ z: -1, run: true, jump: true }))
          .player(2, move({ z: 1, run: true, jump: i % 2 === 0 }))
          .wait(35)
    },
  },
  {
    name: 'fly',
    about: 'a person flies up, forward and down, and lands',
    ticks: 300,
    play: (s) => {
      s.join(1)
        .wait(5)
        .player(1, move({ y: 1, fly: true }))
        .wait(60)
        .player(1, move({ z: -1, y: 0.2, fly: true }))
      s.wait(60)
        .player(1, move({ x: 1, y: -1, fly: true }))
        .wait(60)
        .player(1, move({}))
    },
  },
  {
    name: 'climb',
    about: 'people walk onto steps, a ramp, a deck and a mesh of the default realm',
    ticks: 420,
    definition: YARD,
    play: (s) => {
      s.join(4)
        .server(
          teleport(1, at(7.2, 0, -3)),
          teleport(2, at(5, 0, 5)),
          teleport(3, at(-8, 0, 8)),
          teleport(4, at(0, 0, -8)),
        )
        .wait(5)
      s.player(1, move({ z: -1 })).player(2, move({ z: -1, run: true }))
      s.player(3, move({ x: 1, z: -1 }))
        .player(4, move({ x: -1, run: true }))
        .wait(200)
      for (let player = 1; player <= 4; player++) s.player(player, move({ z: 1, x: -0.5, yaw: 0.7 }))
    },
  },
  {
    name: 'crowd',
    about: 'twenty people join in one tick at one place, and walk apart',
    ticks: 180,
    play: (s) => {
      s.join(20).wait(10)
      for (let i = 1; i <= 20; i++) s.player(i, move({ z: -1, yaw: Math.fround(i * 0.314), run: i % 3 === 0 }))
    },
  },
  {
    name: 'over-the-edge',
    about: 'a person runs off the ground, and a ball is pushed off: both come back',
    ticks: 420,
    definition: { ...EMPTY, ground: { x: 3, z: 3 }, bounds: { min: at(-20, -6, -20), max: at(20, 20, 20) } },
    play: (s) => {
      s.join(1)
        .wait(2)
        .player(1, spawn(propOf(SHAPES.sphere), at(0, 0.2, -1.2)))
        .wait(20)
      s.player(1, move({ z: -1, run: true }))
        .wait(220)
        .player(1, move({}))
    },
  },
  {
    name: 'into-walls',
    about: 'people are teleported to walls and into them, and walk on',
    ticks: 300,
    definition: YARD,
    play: (s) => {
      s.join(2)
        .wait(5)
        .server(teleport(1, at(7.2, 0.2, -5.2)), teleport(2, at(7.2, 0, -4.6), 3))
        .wait(30)
      s.player(1, move({ z: 1 }))
        .player(2, move({ z: -1 }))
        .wait(120)
      s.server(teleport(1, at(-4, 0.3, -5), -2)).player(2, move({ x: 1, yaw: 1 }))
    },
  },
  {
    name: 'poses-of-three-points',
    about: 'head and hands move without bones, at changing rates',
    ticks: 240,
    play: (s) => {
      s.join(2).wait(3)
      for (let i = 0; i < 30; i++) {
        const y = Math.fround(1 + (i % 7) / 10)
        s.player(1, pose(at(-0.3, y, -0.4), at(0.3, 1, -0.4))).wait(4 + (i % 3))
        if (i % 4 === 0) s.player(2, pose(at(-0.2, 1.2, -0.1), at(0.2, y, -0.5)))
      }
    },
  },
  {
    name: 'poses-of-all-bones',
    about: 'all 18 bones move, and hands push a ball and a box',
    ticks: 300,
    play: (s) => {
      s.join(1).wait(2)
      s.player(1, spawn(propOf(SHAPES.sphere, { density: 60 }), at(0.35, 1, -0.5)))
      s.player(1, spawn(propOf(SHAPES.box), at(-0.4, 0.2, -0.4))).wait(3)
      for (let i = 0; i < 45; i++) {
        const swing = Math.fround(((i % 9) - 4) / 20)
        const w = Math.fround(Math.sqrt(1 - swing * swing))
        s.player(1, pose(at(-0.3, 1, swing), at(0.3, 1, -swing), { x: swing, y: 0, z: 0, w })).wait(5)
        if (i === 20) s.player(1, move({ z: -1 }))
      }
    },
  },
  {
    name: 'fast-hands',
    about: 'a hand sweeps through a row of props',
    ticks: 200,
    play: (s) => {
      s.join(1).wait(2)
      for (let i = 0; i < 5; i++)
        s.player(1, spawn(propOf(SHAPES.box, { density: 80 }), at(0.2 * i - 0.4, 0.2, -0.6), { scale: 0.5 }))
      s.wait(60)
      for (let i = 0; i < 20; i++)
        s.player(1, pose(at(-0.3, 1, 0), at(Math.fround(i * 0.08 - 0.8), 0.25, -0.55))).wait(4)
    },
  },
  {
    name: 'small-and-large',
    about: 'a doll and a giant walk, pose, carry a box and change their bodies',
    ticks: 280,
    play: (s) => {
      s.join(2).wait(2)
      s.player(1, { type: 'scale', element: 3, scale: 0.25 }).player(2, { type: 'scale', element: 4, scale: 4 })
      s.player(1, { type: 'scale', element: 4, scale: 1 }, { type: 'scale', element: 3, scale: 9 })
      s.wait(5).player(1, spawn(propOf(SHAPES.box), at(0.5, 1, -1)), spawn(propOf(SHAPES.box), at(0.6, 3, -1)))
      s.player(1, move({ z: -1, run: true })).player(2, move({ z: -0.5 }))
      for (let i = 0; i < 20; i++) s.player(2, pose(at(-0.3, 4, 0), at(Math.fround(i * 0.16 - 1.6), 3.2, -1.5))).wait(4)
      s.player(2, { type: 'grab', element: 6, hand: 1 }).wait(20)
      s.player(2, { type: 'scale', element: 4, scale: 1.5 }, { type: 'wear', player: 0, body: 0 }).wait(20)
      s.player(1, { type: 'scale', element: 3, scale: 1 }, move({}))
    },
  },
  {
    name: 'come-and-go',
    about: 'people leave with things in their hands, and come back as the same user',
    ticks: 260,
    play: (s) => {
      s.join(2)
        .wait(3)
        .player(1, spawn(propOf(SHAPES.box), at(0.5, 1, -1)), { type: 'grab', element: 5, hand: 2 })
        .wait(30)
      s.server({ type: 'leave', player: 1 })
        .wait(30)
        .server(join(3, { user: 1, name: 'back again' }))
        .wait(30)
      s.player(3, { type: 'grab', element: 5, hand: 0 })
        .wait(40)
        .server({ type: 'leave', player: 3 }, { type: 'leave', player: 2 })
    },
  },
  {
    name: 'thirty-ticks-a-second',
    about: 'a realm with 30 ticks a second, weak gravity and a lying log',
    ticks: 200,
    definition: { ...EMPTY, tickRate: 30, gravity: at(0, -1.6, 0), seed: 7 },
    play: (s) => {
      s.join(2)
        .wait(2)
        .player(1, spawn(propOf(SHAPES.capsule), at(0, 2, -1), { rotation: LYING }))
        .wait(5)
      s.player(1, move({ z: -1, jump: true })).player(2, move({ x: 1, run: true, jump: true }))
    },
  },
]
