import { expect, test } from 'vitest'
import { contactsOf, hash, PLANE_ID, step } from '../index.ts'
import { at, crate, MANAGER, stage, type Stage } from '../stage.fixture.ts'

/** Two crates on top of one another, and one apart; player 1 stands away from them. */
function threeCrates(s: Stage): readonly number[] {
  s.join(1, { permissions: MANAGER })
  return [at(0, 0.25, 0), at(0, 0.75, 0), at(2, 0.25, 0)].map((place) => Number(s.spawn(1, crate(), place)))
}

test('props that touch each other and the ground are contacts, each pair once', () => {
  stage((s) => {
    const [low, high, apart] = threeCrates(s)
    s.wait(10)
    expect(contactsOf(s.realm)).toEqual([
      { prop: low, other: PLANE_ID },
      { prop: low, other: high },
      { prop: apart, other: PLANE_ID },
    ])
  })
})

test('sleeping props have contacts only on request', () => {
  stage((s) => {
    const [low, high] = threeCrates(s)
    s.wait(300)
    expect(contactsOf(s.realm)).toEqual([])
    expect(contactsOf(s.realm, true)).toContainEqual({ prop: low, other: high })
  })
})

test('an avatar that pushes a prop is in contact with it', () => {
  stage((s) => {
    const [, , apart] = threeCrates(s)
    const avatar = s.avatar(1).id
    s.tick([0, { type: 'teleport', player: 1, position: at(2, 0, 1.5), yaw: 0 }])
    s.tick([1, { type: 'move', x: 0, y: 0, z: -1, yaw: 0, jump: false, run: false, fly: false }])
    const met = Array.from({ length: 60 }, () => {
      s.wait(1)
      return contactsOf(s.realm)
    })
    expect(met.flat()).toContainEqual({ prop: apart, other: avatar })
  })
})

test('reading contacts changes nothing in the states that follow', () => {
  const run = (read: boolean): string => {
    let last = ''
    stage((s) => {
      threeCrates(s)
      for (let i = 0; i < 60; i++) {
        step(s.realm, { tick: s.realm.tick + 1, inputs: [] })
        if (read) contactsOf(s.realm, true)
      }
      last = hash(s.realm)
    })
    return last
  }
  expect(run(true)).toBe(run(false))
})
