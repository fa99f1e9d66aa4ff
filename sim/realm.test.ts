import { describe, expect, test } from 'vitest'
import { DEFAULT_DEFINITION, parseDefinition, props, type Command, type SimEvent } from './index.ts'
import { crate, FIRST, oneCrate, reasonOf, stage, still, UPRIGHT } from './stage.fixture.ts'

describe('the realm', () => {
  test('returns an avatar that leaves its bounds to the spawn', () => {
    stage((s) => {
      s.joinManagers(1)
      s.tick([0, { type: 'teleport', player: 1, position: { x: 62, y: 1, z: 0 }, yaw: 0 }])
      let returned: SimEvent | undefined
      for (let i = 0; i < 200 && !returned; i++) returned = s.tick().find((e) => e.type === 'returned')
      expect(returned).toBeDefined()
      expect(s.avatar(1).position).toEqual({ x: 0, y: 0, z: 5 })
    })
  })

  test('rejects a command that is not allowed, with a reason', () => {
    stage(
      (s) => {
        s.joinManagers(1)
        const spawn = (change: object): Command => ({
          type: 'spawn',
          prop: { ...crate(0.2), ...change },
          position: { x: 0, y: 1, z: 0 },
          rotation: UPRIGHT,
          scale: 1,
          access: 0,
          owner: 0,
        })
        const flat = [0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0]
        const cases: [Command, string][] = [
          [{ type: 'join', player: 9, user: 9, name: 'x', body: 0, permissions: 31 }, 'server-only'],
          [spawn({ density: Number.NaN }), 'invalid-value'],
          [spawn({ colliders: [] }), 'invalid-value'],
          [
            spawn({ colliders: [{ ...crate(0.2).colliders[0], shape: { type: 'convex', points: flat } }] }),
            'degenerate-shape',
          ],
          [
            spawn({
              colliders: [
                { ...crate(0.2).colliders[0], shape: { type: 'trimesh', vertices: flat, indices: [0, 1, 2] } },
              ],
            }),
            'trimesh-not-static',
          ],
          [{ type: 'grab', element: 999, hand: 0 }, 'unknown-element'],
          [{ type: 'despawn', element: FIRST }, 'not-permitted'],
          [{ type: 'pose', pose: { bytes: new Uint8Array(3), boneMask: 0 } }, 'invalid-value'],
          [{ type: 'move', ...still, x: Number.POSITIVE_INFINITY }, 'invalid-value'],
        ]
        s.tick([0, { type: 'permit', player: 1, permissions: 7 }])
        for (const [command, reason] of cases) expect(reasonOf(s.tick([1, command]))).toBe(reason)
        expect(props(s.realm)).toHaveLength(1)
      },
      oneCrate({ x: 0, y: 0.2, z: 3 }),
    )
  })

  test('the default definition parses', () => {
    const json: unknown = JSON.parse(JSON.stringify(DEFAULT_DEFINITION))
    expect(parseDefinition(json)).toEqual({ ok: true, definition: json })
  })

  test('the errors of a broken definition name their places', () => {
    const broken = parseDefinition({
      ...DEFAULT_DEFINITION,
      tickRate: 'fast',
      spawn: { ...DEFAULT_DEFINITION.spawn, position: { x: 0, y: Number.NaN, z: 0 } },
    })
    expect(broken.ok ? [] : broken.errors.map((e) => e.where)).toEqual(['/tickRate', '/spawn/position/y'])
  })
})
