import { describe, expect, test } from 'vitest'
import { packPose, type Command } from '../index.ts'
import { boxShape, collider, FIRST, oneCrate, reasonOf, spec, stage, UPRIGHT } from '../stage.fixture.ts'

describe('holding', () => {
  test('of several grabs the first in canonical order wins', () => {
    stage(
      (s) => {
        s.joinManagers(1, 2)
        const events = s.tick(
          [1, { type: 'grab', element: FIRST, hand: 0 }],
          [2, { type: 'grab', element: FIRST, hand: 0 }],
        )
        expect(events.map((e) => e.type)).toEqual(['grabbed', 'rejected'])
        expect(reasonOf(events)).toBe('held-by-another')
        expect(s.prop(FIRST).holder).toBe(1)
      },
      oneCrate({ x: 0, y: 0.2, z: 3 }),
    )
  })

  test('a held prop follows its drags until it is thrown with the speed of the hand', () => {
    stage(
      (s) => {
        s.joinManagers(1)
        s.tick([1, { type: 'grab', element: FIRST, hand: 2 }])
        for (let i = 0; i <= 40; i += 4) {
          s.tick([
            1,
            { type: 'drag', hand: 2, position: { x: Math.fround(i * 0.05), y: 1.5, z: 3 }, rotation: UPRIGHT },
          ])
          s.wait(3)
        }
        expect(s.prop(FIRST).position.y).toBeCloseTo(1.5, 1)
        expect(s.tick([1, { type: 'release', hand: 2 }])[0]?.type).toBe('released')
        expect(s.prop(FIRST).linvel.x).toBeGreaterThan(2.4)
        expect(s.prop(FIRST).linvel.x).toBeLessThan(3.4)
        expect(s.prop(FIRST).holder).toBe(0)
        s.wait(240)
        expect(s.prop(FIRST).position.y).toBeCloseTo(0.2, 1)
      },
      oneCrate({ x: 0, y: 0.2, z: 3 }),
    )
  })

  test('a drag out of reach is rejected', () => {
    stage(
      (s) => {
        s.joinManagers(1)
        s.tick([1, { type: 'grab', element: FIRST, hand: 0 }])
        expect(
          reasonOf(s.tick([1, { type: 'drag', hand: 0, position: { x: 40, y: 1, z: 0 }, rotation: UPRIGHT }])),
        ).toBe('out-of-reach')
      },
      oneCrate({ x: 0, y: 0.2, z: 3 }),
    )
  })

  test('a player who leaves releases what it holds', () => {
    stage(
      (s) => {
        s.joinManagers(1)
        s.tick([1, { type: 'grab', element: FIRST, hand: 0 }])
        s.tick([0, { type: 'leave', player: 1 }])
        expect(s.prop(FIRST).holder).toBe(0)
        expect(reasonOf(s.tick([1, { type: 'release', hand: 0 }]))).toBe('unknown-player')
      },
      oneCrate({ x: 0, y: 0.2, z: 3 }),
    )
  })

  test('scaling changes the mass by volume', () => {
    stage(
      (s) => {
        s.joinManagers(1)
        const mass = (): number => s.realm.props.get(FIRST)?.body.mass() ?? 0
        s.wait(2)
        const before = mass()
        s.tick([1, { type: 'scale', element: FIRST, scale: 2 }])
        s.wait(60)
        expect(mass() / before).toBeCloseTo(8, 3)
        expect(s.prop(FIRST).position.y).toBeCloseTo(0.4, 1)
      },
      oneCrate({ x: 0, y: 0.2, z: 3 }),
    )
  })

  test('a scale outside 0.05 to 20 is rejected', () => {
    stage(
      (s) => {
        s.joinManagers(1)
        for (const scale of [0.049, 20.1, Number.NaN])
          expect(['scale-out-of-range', 'invalid-value']).toContain(
            reasonOf(s.tick([1, { type: 'scale', element: FIRST, scale }])),
          )
      },
      oneCrate({ x: 0, y: 0.2, z: 3 }),
    )
  })
})

describe('bones', () => {
  test('a swung hand pushes a sleeping prop that the root capsule does not touch, and loses its bone bodies when nothing is near', () => {
    stage(
      (s) => {
        s.joinManagers(1)
        const arm = (x: number): Command => ({
          type: 'pose',
          pose: packPose({
            head: { position: { x: 0, y: 1.52, z: 0 }, rotation: UPRIGHT },
            left: { position: { x: -0.3, y: 1, z: 0 }, rotation: UPRIGHT },
            right: { position: { x, y: 1.1, z: -0.6 }, rotation: UPRIGHT },
            bones: Array.from({ length: 18 }, () => null),
          }),
        })
        s.tick([1, arm(0.5)])
        s.wait(300)
        expect(s.prop(FIRST + 1).asleep).toBe(true)
        const before = s.prop(FIRST + 1).position
        for (let i = 0; i < 12; i++) {
          s.tick([1, arm(0.5 - 0.08 * i)])
          s.wait(3)
        }
        const after = s.prop(FIRST + 1).position
        expect(Math.hypot(after.x - before.x, after.z - before.z)).toBeGreaterThan(0.05)
        expect([...s.realm.avatars.values()][0]?.bones?.some((bone) => bone !== null)).toBe(true)
        s.tick([0, { type: 'teleport', player: 1, position: { x: 9, y: 0, z: 9 }, yaw: 0 }])
        s.wait(60)
        expect([...s.realm.avatars.values()][0]?.bones).toBeNull()
      },
      {
        props: [
          {
            prop: spec('static', collider(boxShape(0.1))),
            position: { x: 0.05, y: 0.85, z: 4.5 },
            rotation: UPRIGHT,
            scale: 1,
          },
          {
            prop: spec('dynamic', collider(boxShape(0.1))),
            position: { x: 0.05, y: 1.052, z: 4.5 },
            rotation: UPRIGHT,
            scale: 1,
          },
        ],
      },
    )
  })
})
