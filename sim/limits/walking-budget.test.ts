import { describe, expect, test } from 'vitest'
import { walkingTurns } from './walking-budget.ts'
import { at, boxShape, collider, MANAGER, spec, stage, still, UPRIGHT, type Stage } from '../stage.fixture.ts'
import type { PropSpec } from '../index.ts'

const boxes = (count: number, half = 0.4): PropSpec =>
  spec('static', ...Array.from({ length: count }, (_, i) => collider(boxShape(half), at(0, 0.9 + i * 0.01, 0))))

/** Spawns `count` compounds of 8 boxes where the avatars stand. */
const surround = (s: Stage, player: number, count: number): void => {
  for (let i = 0; i < count; i++) s.spawn(player, boxes(8), at(0, 0, 5))
}

const turnsOf = (s: Stage): { waiting: number; passing: number } => {
  const { waiting, passing } = walkingTurns(s.realm, [...s.realm.props.values()])
  return { waiting: waiting.size, passing: passing.size }
}

const forward = { type: 'move', ...still, z: -1 } as const

describe('INP-21: the budget of walking', () => {
  test('lets avatars walk on a floor of small tiles in every tick', () => {
    stage((s) => {
      s.join(1, { permissions: MANAGER })
      s.join(2)
      for (let x = -2; x < 2; x++)
        for (let z = 3; z < 7; z++) s.spawn(1, spec('static', collider(boxShape(0.25))), at(x / 2, -0.2, z))
      expect(turnsOf(s)).toEqual({ waiting: 0, passing: 0 })
    })
  })

  test('avatars inside several colliders take turns, and each gets one', () => {
    stage((s) => {
      s.join(1, { permissions: MANAGER })
      for (const player of [2, 3, 4]) s.join(player)
      surround(s, 1, 1)
      const turns = new Map<number, number>()
      for (let tick = 0; tick < 12; tick++) {
        s.tick()
        const { waiting } = walkingTurns(s.realm, [...s.realm.props.values()])
        expect(waiting.size).toBeGreaterThan(0)
        for (const avatar of s.realm.avatars.values())
          if (!waiting.has(avatar)) turns.set(avatar.player, (turns.get(avatar.player) ?? 0) + 1)
      }
      expect([...turns.keys()].toSorted()).toEqual([1, 2, 3, 4])
    })
  })

  test('an avatar that players walled in with many colliders walks out', () => {
    stage((s) => {
      s.join(1, { permissions: MANAGER })
      s.join(2)
      surround(s, 1, 4)
      expect(turnsOf(s)).toEqual({ waiting: 0, passing: 2 })
      s.tick([2, forward])
      s.wait(60)
      expect(s.avatar(2).position.z).toBeLessThan(3.6)
    })
  })

  test("an avatar that players walled in is still stopped by the realm's own wall", () => {
    const wall = spec('static', collider({ type: 'box', halfExtents: at(3, 2, 0.2) }))
    stage(
      (s) => {
        s.join(1, { permissions: MANAGER })
        s.join(2)
        surround(s, 1, 4)
        s.tick([2, forward])
        s.wait(120)
        expect(turnsOf(s).passing).toBeGreaterThan(0)
        expect(s.avatar(2).position.z).toBeGreaterThan(4.7)
      },
      { props: [{ prop: wall, position: at(0, 1, 4.2), rotation: UPRIGHT, scale: 1 }] },
    )
  })
})
