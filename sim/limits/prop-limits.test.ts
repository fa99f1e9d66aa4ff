import { describe, expect, test } from 'vitest'
import { checkpoint } from '../index.ts'
import { stateBytesOf } from './prop-limits.ts'
import { at, boxShape, collider, crate, MANAGER, spec, stage, type Stage } from '../stage.fixture.ts'
import type { PropSpec, Shape } from '../types.ts'

/** 64 points on a sphere. */
function ball(radius: number): Shape {
  const points = Array.from({ length: 64 }, (_, i) => {
    const y = 1 - (2 * (i + 0.5)) / 64
    const r = Math.sqrt(1 - y * y)
    return [radius * r * Math.cos(i * 2.4), radius * y, radius * r * Math.sin(i * 2.4)]
  })
  return { type: 'convex', points: points.flat().map(Math.fround) }
}

/** A sheet of two triangles for each cell. */
function sheet(cells: number): Shape {
  const vertices: number[] = []
  const indices: number[] = []
  for (let i = 0; i <= cells; i++) vertices.push(i * 0.2, 0, 0, i * 0.2, 0, 1)
  for (let i = 0; i < cells; i++) indices.push(2 * i, 2 * i + 1, 2 * i + 2, 2 * i + 1, 2 * i + 3, 2 * i + 2)
  return { type: 'trimesh', vertices, indices }
}

/** A place in a grid whose cells do not touch. */
const place = (i: number) => at((i % 20) * 2 - 20, 1, Math.floor(i / 20) * 2 - 20)

function fill(s: Stage, player: number, prop: PropSpec, count: number): (string | number)[] {
  return Array.from({ length: count }, (_, i) => s.spawn(player, prop, place(i)))
}

describe('INP-18, INP-19: room for spawned props', () => {
  test('one user fills a quarter of the elements', () => {
    stage(
      (s) => {
        s.join(1)
        const made = fill(s, 1, crate(), 70)
        expect(made.filter((one) => typeof one === 'number')).toHaveLength(64)
        expect(made.at(-1)).toBe('share-limit')
      },
      { elementsMax: 256 },
    )
  })

  test('all users of one address group fill a half of the elements, and others still have room', () => {
    stage(
      (s) => {
        for (const player of [1, 2, 3]) s.join(player, { share: 77 })
        s.join(4)
        const made = [1, 2, 3].flatMap((player) => fill(s, player, crate(), 64))
        expect(made.filter((one) => typeof one === 'number')).toHaveLength(128)
        expect(made.at(-1)).toBe('share-limit')
        expect(s.spawn(4, crate(), at(0, 3, 0))).toBeTypeOf('number')
      },
      { elementsMax: 256 },
    )
  })

  test("a manager is limited only by the realm's own limits", () => {
    stage(
      (s) => {
        s.join(1, { permissions: MANAGER })
        const made = fill(s, 1, crate(), 64)
        expect(made.filter((one) => typeof one === 'number')).toHaveLength(63)
        expect(made.at(-1)).toBe('element-limit')
      },
      { elementsMax: 64 },
    )
  })

  test('hulls and meshes count by what a checkpoint takes for them', () => {
    for (const prop of [
      crate(),
      spec('dynamic', ...Array.from({ length: 16 }, () => collider(ball(0.4)))),
      spec('static', collider(sheet(12))),
    ]) {
      stage((s) => {
        s.join(1)
        const before = checkpoint(s.realm).length
        for (let i = 0; i < 8; i++) expect(s.spawn(1, prop, at(6 * i - 24, 1, 20 - 2 * i))).toBeTypeOf('number')
        s.wait(1)
        const each = (checkpoint(s.realm).length - before) / 8
        // The estimate is an upper bound, and close to the real size.
        expect(each).toBeLessThan(stateBytesOf(prop) * 1.1)
        expect(each).toBeGreaterThan(stateBytesOf(prop) * 0.3)
      })
    }
  })

  test("state over a user's part is refused, and the checkpoint stays bounded", () => {
    stage(
      (s) => {
        s.join(1)
        const large = spec('static', ...Array.from({ length: 4 }, (_, i) => collider(ball(0.4), at(i, 0, 0))))
        const made = fill(s, 1, large, 40)
        expect(made).toContain('state-limit')
        expect(checkpoint(s.realm).length).toBeLessThan(2_000_000)
      },
      { stateBytesMax: 2_000_000 },
    )
  })

  test('guests spawn no kinematic props, managers do', () => {
    stage((s) => {
      s.join(1)
      s.join(2, { permissions: MANAGER })
      const lift = spec('kinematic', collider(boxShape(0.5)))
      expect(s.spawn(1, lift, at(0, 1, 0))).toBe('not-permitted')
      expect(s.spawn(2, lift, at(0, 1, 0))).toBeTypeOf('number')
    })
  })

  test('guests spawn only small meshes', () => {
    stage((s) => {
      s.join(1)
      expect(s.spawn(1, spec('static', collider(sheet(33))), at(-20, 1, 0))).toBe('mesh-too-large')
      expect(s.spawn(1, spec('static', collider(sheet(32))), at(-20, 1, 0))).toBeTypeOf('number')
    })
  })

  test('static props cannot crowd a place so much that no avatar walks through it', () => {
    stage((s) => {
      s.join(1)
      const made = Array.from({ length: 110 }, (_, i) =>
        s.spawn(
          1,
          spec('static', collider(boxShape(0.1))),
          at((i % 10) * 0.2, 0.1 + Math.floor(i / 100) * 0.2, (Math.floor(i / 10) % 10) * 0.2),
        ),
      )
      expect(made.at(-1)).toBe('too-crowded')
      expect(s.spawn(1, spec('static', collider(boxShape(0.1))), at(20, 0.1, 0))).toBeTypeOf('number')
    })
  })
})

describe('INP-20: what a player leaves behind', () => {
  const leave = (s: Stage, player: number): void => {
    s.tick([0, { type: 'leave', player }])
  }

  test('is removed when another player finds no room, the longest left first, and not before its time', () => {
    stage(
      (s) => {
        for (const player of [1, 2, 3]) s.join(player)
        const [first, second] = [s.spawn(1, crate(), place(0)), s.spawn(2, crate(), place(1))] as [number, number]
        leave(s, 1)
        s.wait(30)
        leave(s, 2)
        const isThere = (id: number): boolean => s.realm.props.has(id)
        expect(fill(s, 3, crate(), 14).at(-1)).toBe('element-limit')
        expect([first, second].map(isThere)).toEqual([true, true])
        s.wait(30)
        expect(s.spawn(3, crate(), place(30))).toBeTypeOf('number')
        expect([first, second].map(isThere)).toEqual([false, true])
      },
      { elementsMax: 16, leftBehind: { seconds: 1, remove: 'when-full' } },
    )
  })

  test('is removed automatically if the realm says always, unless its owner is back', () => {
    stage(
      (s) => {
        s.join(1)
        s.join(2)
        const [mine, other] = [s.spawn(1, crate(), place(0)) as number, s.spawn(2, crate(), place(1)) as number]
        leave(s, 1)
        leave(s, 2)
        s.wait(30)
        s.join(1)
        const events = s.wait(90)
        expect(events).toContainEqual({ type: 'expired', element: other, owner: 2 })
        expect(s.realm.props.has(mine)).toBe(true)
      },
      { leftBehind: { seconds: 1, remove: 'always' } },
    )
  })

  test('stays if its owner is a manager', () => {
    stage(
      (s) => {
        s.join(1, { permissions: MANAGER })
        const mine = s.spawn(1, crate(), place(0)) as number
        leave(s, 1)
        s.wait(120)
        expect(s.realm.props.has(mine)).toBe(true)
      },
      { leftBehind: { seconds: 1, remove: 'always' } },
    )
  })
})
