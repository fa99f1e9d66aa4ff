import { describe, expect, test } from 'vitest'
import { checkpoint, elementFields, free, hash, restore, restHeadHeight, DEFAULT_BODY, Permission } from '../index.ts'
import type { AvatarBody, Command, SimEvent } from '../types.ts'
import { at, collider, crate, engine, MANAGER, reasonOf, spec, Stage, stage, UPRIGHT } from '../stage.fixture.ts'
import { capsuleHalfHeight } from './avatars.ts'

const GIANT_HASH = 'ab'.repeat(32)
const rest = restHeadHeight(DEFAULT_BODY)
const headOf = (s: Stage): number => s.avatar(1).headMetres
const scale = (s: Stage, to: number, player = 1, element = s.avatar(1).id): readonly SimEvent[] =>
  s.tick([player, { type: 'scale', element, scale: to }])
const wear = (body: number | string): Command => ({ type: 'wear', player: 0, body })
/** A body whose head is 5 m above the ground. */
const TALL: AvatarBody = { ...DEFAULT_BODY, offsets: DEFAULT_BODY.offsets.map((o, i) => (i === 0 ? at(0, 4.4, 0) : o)) }

describe('the scale of an avatar', () => {
  test('changes the heights of head and capsule, and nothing else of the avatar', () => {
    stage((s) => {
      s.join(1)
      const { headMetres: _, scale: __, ...before } = s.avatar(1)
      const events = scale(s, 1.5)
      expect(events).toContainEqual({ type: 'scaled', player: 1, sequence: 2, element: before.id })
      expect(headOf(s)).toBeCloseTo(rest * 1.5, 5)
      const [avatar] = s.realm.avatars.values()
      expect(avatar?.capsuleCollider.halfHeight()).toBeCloseTo(capsuleHalfHeight(avatar?.body ?? DEFAULT_BODY), 5)
      expect(avatar?.capsuleCollider.halfHeight()).toBeGreaterThan(capsuleHalfHeight(DEFAULT_BODY) * 1.5)
      const { headMetres: ___, scale: now, ...after } = s.avatar(1)
      expect(now).toBe(1.5)
      expect(after).toEqual(before)
    })
  })

  test('is in the hash, in the fields and in checkpoints', () => {
    stage((s) => {
      s.join(1)
      const before = hash(s.realm)
      const { id } = s.avatar(1)
      scale(s, 0.5)
      const other = hash(s.realm)
      expect(other).not.toBe(before)
      expect([...elementFields(s.realm, id)]).toContainEqual({ element: id, field: 'scale', value: 0.5 })
      const again = restore(engine, s.realm.definition, checkpoint(s.realm))
      try {
        expect(hash(again)).toBe(other)
        expect(again.avatars.get(id)?.body).toEqual(s.realm.avatars.get(id)?.body)
      } finally {
        free(again)
      }
    })
  })

  test('goes back to 1 exactly', () => {
    stage((s) => {
      s.join(1)
      scale(s, 0.3)
      scale(s, 1)
      expect(s.realm.avatars.values().next().value?.body).toBe(DEFAULT_BODY)
    })
  })

  test.each([
    ['below the range', 0.24, 'scale-out-of-range'],
    ['above the range', 4.01, 'scale-out-of-range'],
    ['NaN', NaN, 'scale-out-of-range'],
  ])('%s is refused', (_, to, reason) => {
    stage((s) => {
      s.join(1)
      expect(reasonOf(scale(s, to))).toBe(reason)
      expect(headOf(s)).toBe(Math.fround(rest))
    })
  })

  test('is refused without the permission, and for the avatars of others, also for managers', () => {
    stage((s) => {
      s.join(1, { permissions: MANAGER & ~Permission.scale })
      s.join(2, { permissions: MANAGER })
      expect(reasonOf(scale(s, 2))).toBe('not-permitted')
      expect(reasonOf(scale(s, 2, 2))).toBe('not-permitted')
    })
  })

  test('stays when the body changes, and a body that would be too large is refused at that scale', () => {
    stage((s) => {
      s.join(1)
      s.tick([0, { type: 'package', hash: GIANT_HASH, physics: { kind: 'avatar', body: TALL } }])
      scale(s, 1.5)
      s.tick([1, wear(GIANT_HASH)])
      expect(headOf(s)).toBeCloseTo(restHeadHeight(TALL) * 1.5, 4)
      expect(reasonOf(scale(s, 3))).toBe('size-out-of-range')
      s.tick([1, wear(0)])
      scale(s, 3)
      expect(reasonOf(s.tick([1, wear(GIANT_HASH)]))).toBe('size-out-of-range')
      expect(headOf(s)).toBeCloseTo(rest * 3, 4)
    })
  })

  test('a large avatar reaches props with its bones that a small one does not', () => {
    /** Bone bodies that exist beside a crate at the height of a giant's hand. */
    const bones = (to: number): number => {
      const s = new Stage()
      try {
        s.join(1)
        scale(s, to)
        const shelf = spec('dynamic', collider({ type: 'box', halfExtents: at(0.2, 0.2, 0.2) }))
        s.tick([
          0,
          { type: 'spawn', prop: shelf, position: at(1.4, 2.6, 5), rotation: UPRIGHT, scale: 1, access: 0, owner: 0 },
        ])
        for (let i = 0; i < 4; i++) s.tick()
        return s.realm.players.get(1)?.bones?.filter((bone) => bone !== null).length ?? 0
      } finally {
        free(s.realm)
      }
    }
    expect(bones(1)).toBe(0)
    expect(bones(3)).toBeGreaterThan(0)
  })

  test('changes nothing about the props that the avatar holds', () => {
    stage((s) => {
      s.join(1)
      const id = s.spawn(1, crate(0.1), at(0.3, 1, 4.5))
      s.tick([1, { type: 'grab', element: Number(id), hand: 0 }])
      scale(s, 2)
      expect(s.prop(Number(id)).holder).toBe(1)
      expect(s.prop(Number(id)).scale).toBe(1)
    })
  })
})
