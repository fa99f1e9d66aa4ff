import { describe, expect, test } from 'vitest'
import { checkpoint, free, hash, props, restore, step } from '../index.ts'
import { defined } from '../assert.ts'
import { firstInTurn } from './physics-cost.ts'
import { at, collider, crate, engine, MANAGER, spec, stage, UPRIGHT, type Stage } from '../stage.fixture.ts'

const frozenOf = (s: Stage): number => props(s.realm).filter(({ frozen }) => frozen === 'work').length
const heap = (s: Stage, player: number, count: number, position = at(0, 6, 0)): number[] =>
  Array.from({ length: count }, () => s.spawn(player, crate(), position) as number)

/** A compound of 16 round hulls of 48 points, almost in one place. */
const COMPOUND = spec(
  'dynamic',
  ...Array.from({ length: 16 }, (_, hull) => {
    const points = Array.from({ length: 48 }, (__, i) => {
      const [y, angle] = [1 - (2 * i + 1) / 48, i * 2.4]
      const side = Math.sqrt(1 - y * y)
      return [side * Math.cos(angle), y, side * Math.sin(angle)].map((x) => Math.fround(0.2 * x))
    })
    return collider({ type: 'convex', points: points.flat() }, at(0, hull * 0.001, 0))
  }),
)

/** Pairs of colliders, one of them of this prop, that the engine compares in this tick. */
function contactsOf(s: Stage, id: number): number {
  const { body } = defined(s.realm.props.get(id), 'the test knows the prop')
  let pairs = 0
  for (let i = 0; i < body.numColliders(); i++) s.realm.world.contactPairsWith(body.collider(i), () => pairs++)
  return pairs
}

describe('INP-21: the physics budget', () => {
  test('lets an ordinary heap of boxes fall', () => {
    stage((s) => {
      s.join(1)
      for (let i = 0; i < 60; i++) s.spawn(1, crate(), at((i % 5) * 0.6, 1 + Math.floor(i / 5) * 0.6, 0))
      expect(s.wait(60).filter(({ type }) => type === 'frozen')).toEqual([])
    })
  })

  test('freezes props that exceed it, and thaws them when there is room', () => {
    stage(
      (s) => {
        s.join(1)
        const ids = heap(s, 1, 40)
        s.wait(8)
        const before = frozenOf(s)
        expect(before).toBeGreaterThan(0)
        for (const id of ids.slice(0, 30)) s.tick([1, { type: 'despawn', element: id }])
        const events = s.wait(240)
        expect(events.map(({ type }) => type)).toContain('thawed')
        expect(frozenOf(s)).toBe(0)
        for (const { position } of props(s.realm)) expect(position.y).toBeLessThan(2)
      },
      { workMax: 100 },
    )
  })

  test('freezes the same props in the same ticks after a restore', () => {
    stage(
      (s) => {
        s.join(1)
        heap(s, 1, 30)
        const restored = restore(engine, s.realm.definition, checkpoint(s.realm))
        try {
          for (let i = 0; i < 200; i++) {
            s.tick()
            step(restored, { tick: restored.tick + 1, inputs: [] })
            expect(hash(restored)).toBe(hash(s.realm))
          }
        } finally {
          free(restored)
        }
      },
      { workMax: 100 },
    )
  })

  test('freezes the heap of the player who uses most, not the one crate of another player', () => {
    stage(
      (s) => {
        s.join(1)
        s.join(2)
        heap(s, 1, 40)
        const own = s.spawn(2, crate(), at(20, 3, 0)) as number
        s.wait(90)
        expect(frozenOf(s)).toBeGreaterThan(0)
        expect(props(s.realm).find(({ id }) => id === own)?.position.y).toBeCloseTo(0.25, 1)
      },
      { workMax: 100 },
    )
  })

  test('leaves a frozen prop in place when it is scaled', () => {
    stage(
      (s) => {
        s.join(1)
        const ids = heap(s, 1, 40)
        const id = ids.find((one) => s.realm.props.get(one)?.frozen === 'work') as number
        const before = props(s.realm).find((p) => p.id === id)?.position
        s.tick([1, { type: 'scale', element: id, scale: 0.9 }])
        s.wait(2)
        const after = props(s.realm).find((p) => p.id === id)
        expect(after?.scale).toBeCloseTo(0.9)
        expect(Math.abs((after?.position.y ?? 0) - (before?.y ?? 0))).toBeLessThan(1e-4)
      },
      { workMax: 100 },
    )
  })

  test('counts only the parts of compounds that touch', () => {
    stage((s) => {
      s.join(1)
      const table = spec(
        'dynamic',
        ...[0, 1, 2, 3, 4, 5, 6, 7].map((i) =>
          collider({ type: 'box', halfExtents: at(0.1, 0.1, 0.1) }, at(i * 0.25, 0, 0)),
        ),
      )
      for (let i = 0; i < 40; i++) s.spawn(1, table, at(0, 0.2 + 0.25 * i, 0))
      expect(s.wait(60).filter(({ type }) => type === 'frozen')).toEqual([])
    })
  })

  test('stops a compound that falls fast onto a heap before the engine sees the contacts', () => {
    stage((s) => {
      s.join(1)
      for (let i = 0; i < 12; i++) s.spawn(1, COMPOUND, at(0, 0.6, 0))
      s.wait(30)
      // Contacts are not counted in every tick, so the falls begin in different ones.
      for (let fall = 0; fall < 4; fall++) {
        const falling = s.spawn(1, COMPOUND, at(0, 6, 0)) as number
        let most = 0
        for (let tick = 0; tick < 80; tick++) {
          s.tick()
          most = Math.max(most, contactsOf(s, falling))
        }
        expect(most).toBeLessThan(1_000)
        s.tick([1, { type: 'despawn', element: falling }])
        s.wait(3)
      }
    })
  })

  test('stops a compound in the hand before it enters a heap', () => {
    stage((s) => {
      s.join(1)
      for (let i = 0; i < 12; i++) s.spawn(1, COMPOUND, at(0, 0.6, 3))
      s.wait(30)
      const held = s.spawn(1, COMPOUND, at(1.5, 1, 4)) as number
      s.tick([1, { type: 'grab', hand: 0, element: held }])
      let most = 0
      for (let tick = 0; tick < 30; tick++) {
        s.tick([1, { type: 'drag', hand: 0, position: at(0, 0.6, 3), rotation: UPRIGHT }])
        most = Math.max(most, contactsOf(s, held))
      }
      expect(most).toBeLessThan(1_000)
    })
  })

  test("a builder's large mesh costs the triangles that a prop touches, and all of them once it is scaled down", () => {
    const side = 21
    const vertices = Array.from({ length: side * side }, (_, i) => [
      (i % side) / 2 - 5,
      0,
      Math.floor(i / side) / 2 - 5,
    ])
    const indices = Array.from({ length: (side - 1) * (side - 1) }, (_, i) => {
      const first = Math.floor(i / (side - 1)) * side + (i % (side - 1))
      return [first, first + side, first + 1, first + 1, first + side, first + side + 1]
    })
    const mesh = spec('static', collider({ type: 'trimesh', vertices: vertices.flat(), indices: indices.flat() }))
    for (const [scale, frozen] of [
      [1, 0],
      [0.0625, 1],
    ] as const)
      stage((s) => {
        s.joinManagers(1)
        s.spawn(1, COMPOUND, at(0, 1, 3))
        expect(s.spawn(1, mesh, at(0, 1, 3), scale)).toBeTypeOf('number')
        s.wait(4)
        expect(frozenOf(s)).toBe(frozen)
      })
  })

  test('each of any number of frozen props is the first in some count', () => {
    for (let count = 1; count <= 400; count++) {
      const first = new Set(Array.from({ length: count }, (_, turn) => firstInTurn(turn, count)))
      expect(first.size).toBe(count)
    }
  })

  test('every frozen prop of 300 gets its turn', () => {
    stage(
      (s) => {
        s.join(1, { permissions: MANAGER })
        const ids = Array.from({ length: 300 }, (_, i) => {
          const pile = i % 60
          return s.spawn(1, crate(), at(2 * (pile % 10) - 9, 0.3, 2 * Math.floor(pile / 10) - 5)) as number
        })
        expect(frozenOf(s)).toBeGreaterThan(200)
        const thawed = new Set<number>()
        for (let tick = 0; tick < 3_000 && thawed.size < ids.length; tick++) {
          const moving = [...s.realm.props.values()].filter(({ frozen }) => frozen === null).map(({ id }) => id)
          for (const id of moving) thawed.add(id)
          s.tick(...moving.map((element) => [1, { type: 'despawn', element }] as const))
        }
        expect(thawed.size).toBe(ids.length)
      },
      { workMax: 100 },
    )
  })
})
