import { describe, expect, test } from 'vitest'
import { checkpoint, free, hash, phaseHash, props, restore, step, type SimEvent } from '../index.ts'
import { at, crate, engine, stage, UPRIGHT, type Stage } from '../stage.fixture.ts'

const NOWHERE = { x: Number.NaN, y: 0, z: 0 }

/** Breaks a prop as a fault of the engine would. */
function breakProp(s: Stage, id: number): void {
  s.realm.props.get(id)?.body.setTranslation(NOWHERE, true)
}

const viewOf = (s: Stage, id: number) => props(s.realm).find((p) => p.id === id)

describe('INP-22: a body whose numbers are not finite', () => {
  function withBroken(use: (s: Stage, broken: number, other: number) => void): void {
    stage((s) => {
      s.join(1)
      const [broken, other] = [s.spawn(1, crate(), at(0, 0.25, 0)), s.spawn(1, crate(), at(3, 4, 0))] as [
        number,
        number,
      ]
      s.wait(20)
      use(s, broken, other)
    })
  }

  test('freezes at its last finite place, and an event reports it', () => {
    withBroken((s, broken) => {
      const before = viewOf(s, broken)?.position
      breakProp(s, broken)
      const events = s.wait(2)
      expect(events).toContainEqual({ type: 'frozen', element: broken, owner: 1, cause: 'unstable' })
      expect(viewOf(s, broken)?.position).toEqual(before)
      expect(viewOf(s, broken)?.frozen).toBe('unstable')
      expect(viewOf(s, broken)?.linvel).toEqual(at(0, 0, 0))
    })
  })

  test('is repaired if the engine has disabled it silently', () => {
    withBroken((s, broken) => {
      s.realm.props.get(broken)?.body.setLinvel(NOWHERE, true)
      expect(s.wait(2)).toContainEqual({ type: 'frozen', element: broken, owner: 1, cause: 'unstable' })
      expect(s.realm.props.get(broken)?.body.isEnabled()).toBe(true)
    })
  })

  test('does not keep others from falling to the ground', () => {
    withBroken((s, broken, other) => {
      breakProp(s, broken)
      s.wait(120)
      expect(viewOf(s, other)?.position.y).toBeCloseTo(0.25, 2)
      expect(viewOf(s, other)?.frozen).toBeNull()
    })
  })

  test('does not spread to props that it touches', () => {
    stage((s) => {
      s.join(1)
      const pile = Array.from({ length: 6 }, (_, i) => s.spawn(1, crate(), at(0, 0.25 + 0.5 * i, 0)) as number)
      s.wait(60)
      breakProp(s, pile[2] as number)
      s.wait(60)
      for (const { position } of props(s.realm)) expect(Object.values(position).every(Number.isFinite)).toBe(true)
    })
  })

  test('gives the same hashes from a checkpoint that was taken while it was broken', () => {
    withBroken((s, broken) => {
      breakProp(s, broken)
      s.tick()
      const restored = restore(engine, s.realm.definition, checkpoint(s.realm))
      try {
        expect(hash(restored)).toBe(hash(s.realm))
        expect(phaseHash(restored)).toBe(phaseHash(s.realm))
        for (let i = 0; i < 60; i++) {
          s.tick()
          step(restored, { tick: restored.tick + 1, inputs: [] })
          expect(hash(restored)).toBe(hash(s.realm))
        }
      } finally {
        free(restored)
      }
    })
  })

  test('moves again when someone grabs it', () => {
    withBroken((s, broken) => {
      breakProp(s, broken)
      s.wait(2)
      s.tick([0, { type: 'teleport', player: 1, position: at(0, 0, 1.5), yaw: 0 }])
      const events = s.tick([1, { type: 'grab', element: broken, hand: 2 }])
      expect(events.map(({ type }) => type)).toContain('grabbed')
      s.tick([1, { type: 'drag', hand: 2, position: at(0, 1.5, 0), rotation: UPRIGHT }])
      s.wait(30)
      expect(viewOf(s, broken)?.position.y).toBeGreaterThan(1)
    })
  })

  test('slips from the hand that holds it', () => {
    withBroken((s, broken) => {
      s.tick([0, { type: 'teleport', player: 1, position: at(0, 0, 1.5), yaw: 0 }])
      s.tick([1, { type: 'grab', element: broken, hand: 2 }])
      breakProp(s, broken)
      const events: SimEvent[] = s.wait(3)
      expect(events.map(({ type }) => type)).toContain('frozen')
      expect(viewOf(s, broken)?.holder).toBe(0)
    })
  })
})
