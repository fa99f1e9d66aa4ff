import { expect, test } from 'vitest'
import { accessOf } from '../../sim/props/access.ts'
import { Access, ACTS } from '../../sim/types.ts'
import { SHAPES } from '../app/starter-shapes.ts'
import type { ShownProp, ShownWorld } from '../app/world.ts'
import { pointedOf, withAccess } from './pointed.ts'

const thing = (owner: number, access = 0): ShownProp => ({
  element: 9,
  spec: SHAPES[0] ?? expect.fail('no shapes'),
  package: null,
  owner,
  access,
  position: { x: 0, y: 0, z: 0 },
  rotation: { x: 0, y: 0, z: 0, w: 1 },
  scale: 1,
  holder: 0,
})
const world: ShownWorld = { props: [], avatars: [{ user: 7, name: 'Ada' } as never] }
const mira = { user: 3, manages: false }

test('the owner label names the realm, yourself, another player, or somebody who is away', () => {
  expect([0, 3, 7, 8].map((owner) => pointedOf(thing(owner), world, mira, null).owner)).toEqual([
    'owned by the realm',
    'yours',
    'Ada’s',
    'owned by someone who is not here',
  ])
})

test('the owner and managers of the realm may change access', () => {
  expect([0, 3, 7].map((owner) => pointedOf(thing(owner), world, mira, null).mayChange)).toEqual([false, true, false])
  expect(pointedOf(thing(7), world, { user: 3, manages: true }, null).mayChange).toBe(true)
  expect(pointedOf(thing(0), world, null, null).mayChange).toBe(false)
})

test('changing access for one act leaves the others unchanged', () => {
  for (const act of ACTS) {
    const changed = withAccess(withAccess(0b101010, act, 0), act, Access.owner)
    expect(accessOf(changed, act)).toBe(Access.owner)
    for (const other of ACTS.filter((each) => each !== act))
      expect(accessOf(changed, other)).toBe(Access.ownerAndManagers)
  }
})
