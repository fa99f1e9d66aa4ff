import { describe, expect, test } from 'vitest'
import { WALK_SPEED } from './steering.ts'
import { DEFAULT_DEFINITION, type PropSpec } from '../index.ts'
import { boxShape, collider, reasonOf, spec, stage, still, UPRIGHT } from '../stage.fixture.ts'

describe('walking', () => {
  test('goes forward along -Z at walking speed until it is stopped', () => {
    stage((s) => {
      s.joinManagers(1)
      s.tick([1, { type: 'move', ...still, z: -1 }])
      s.wait(59)
      expect(s.avatar(1).position.z).toBeCloseTo(3.1, 0)
      s.tick([1, { type: 'move', ...still }])
      s.wait(30)
      const { z } = s.avatar(1).position
      s.wait(30)
      expect(s.avatar(1).position.z).toBeCloseTo(z, 3)
    })
  })

  test('a yaw of a quarter turn looks along -X', () => {
    stage((s) => {
      s.joinManagers(1)
      s.tick([1, { type: 'move', ...still, z: -1, yaw: Math.fround(Math.PI / 2) }])
      s.wait(60)
      expect(s.avatar(1).position.x).toBeLessThan(-1.5)
      expect(s.avatar(1).position.z).toBeCloseTo(5, 1)
    })
  })

  test('jumps once for each command', () => {
    stage((s) => {
      s.joinManagers(1)
      s.wait(5)
      s.tick([1, { type: 'move', ...still, jump: true }])
      s.wait(20)
      expect(s.avatar(1).position.y).toBeGreaterThan(0.5)
      s.wait(60)
      expect(s.avatar(1).position.y).toBe(0)
      expect(s.avatar(1).grounded).toBe(true)
    })
  })

  test('stops at a static wall', () => {
    const wall: PropSpec = {
      ...spec('static', collider(boxShape(1))),
      colliders: spec('static', collider(boxShape(1))).colliders.map((c) => ({
        ...c,
        shape: { type: 'box', halfExtents: { x: 3, y: 2, z: 0.2 } },
      })),
    }
    stage(
      (s) => {
        s.joinManagers(1)
        s.tick([1, { type: 'move', ...still, z: -1 }])
        s.wait(180)
        expect(s.avatar(1).position.z).toBeGreaterThan(2.4)
        expect(s.avatar(1).position.z).toBeLessThan(2.7)
      },
      { props: [{ prop: wall, position: { x: 0, y: 1, z: 2 }, rotation: UPRIGHT, scale: 1 }] },
    )
  })

  test.each([
    ['a wall', 2],
    ['a step', 0.075],
  ])('loses no tick on level ground beside %s', (_, halfHeight) => {
    const obstacle = spec('static', {
      ...collider(boxShape(1)),
      shape: { type: 'box', halfExtents: { x: 0.2, y: halfHeight, z: 20 } },
    })
    stage(
      (s) => {
        s.joinManagers(1)
        s.tick([1, { type: 'move', ...still, z: -1 }])
        s.wait(60)
        for (let i = 0; i < 200; i++) {
          const { z } = s.avatar(1).position
          s.tick()
          expect(z - s.avatar(1).position.z).toBeGreaterThan((0.9 * WALK_SPEED) / 60)
          expect(s.avatar(1).position.y).toBeLessThan(0.01)
          expect(s.avatar(1).grounded).toBe(true)
        }
      },
      { props: [{ prop: obstacle, position: { x: 1, y: halfHeight, z: 2 }, rotation: UPRIGHT, scale: 1 }] },
    )
  })

  test('walks up a ramp', () => {
    stage(
      (s) => {
        s.joinManagers(1)
        s.tick([1, { type: 'move', ...still, z: -1, run: true }])
        let top = 0
        for (let i = 0; i < 200; i++) {
          s.tick()
          top = Math.max(top, s.avatar(1).position.y)
        }
        expect(top).toBeGreaterThan(0.8)
      },
      {
        spawn: { position: { x: 7.2, y: 0, z: -17 }, yaw: 0, radius: 0 },
        props: DEFAULT_DEFINITION.props.map((p) =>
          p.prop.name === 'ramp' ? { ...p, position: { x: 7.2, y: 0.14, z: -20 } } : p,
        ),
      },
    )
  })

  test('flies only with permission', () => {
    stage((s) => {
      s.joinManagers(1)
      s.tick([1, { type: 'move', ...still, fly: true, y: 1 }])
      s.wait(60)
      expect(s.avatar(1).position.y).toBeGreaterThan(3)
      s.tick([0, { type: 'permit', player: 1, permissions: 0 }])
      expect(reasonOf(s.tick([1, { type: 'move', ...still, fly: true }]))).toBe('not-permitted')
      s.wait(200)
      expect(s.avatar(1).position.y).toBe(0)
    })
  })
})
