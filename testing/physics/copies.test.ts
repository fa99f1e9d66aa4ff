import { expect, test } from 'vitest'
import { DEFAULT_DEFINITION, loadEngine } from '../../sim/index.ts'
import { bundleSimulation, copyOf, edited, EditError, loadLab } from './copies.ts'
import { hostileHost, OWN_HOST } from './hosts.ts'

const engine = await loadEngine()

function hashAfter(ticks: number, script: string, host = OWN_HOST): string {
  const physics = copyOf(script, engine, host)
  const realm = physics.genesis(DEFAULT_DEFINITION)
  try {
    for (let tick = 1; tick <= ticks; tick++) physics.step(realm, { tick, inputs: [] })
    return physics.hash(realm)
  } finally {
    physics.free(realm)
  }
}

test('a copy of the simulation gives the states of the simulation itself, in a hostile host too', async () => {
  const { plain, hostile } = await loadLab()
  const hashes = [plain, hostile].map((physics) => {
    const realm = physics.genesis(DEFAULT_DEFINITION)
    try {
      for (let tick = 1; tick <= 30; tick++) physics.step(realm, { tick, inputs: [] })
      return physics.hash(realm)
    } finally {
      physics.free(realm)
    }
  })
  expect(hashes[1]).toBe(hashes[0])
})

test('an edited copy gives other states', async () => {
  const edit = { file: 'sim/realm.ts', find: 'seedRandom(definition.seed)', replace: 'seedRandom(1)' }
  const [own, changed] = await Promise.all([bundleSimulation(), bundleSimulation([edit])])
  expect(hashAfter(1, changed)).not.toBe(hashAfter(1, own))
})

test('an edit that fits twice or nowhere is refused with its file and its text', () => {
  const edit = { file: 'sim/realm.ts', find: 'a', replace: 'b' }
  expect(() => edited('sim/realm.ts', 'a a', [edit])).toThrow(EditError)
  expect(() => edited('sim/realm.ts', 'c', [edit])).toThrow('sim/realm.ts contains the text to replace 0 times')
  expect(edited('sim/realm.ts', 'a', [edit])).toBe('b')
})

test('a hostile host has less exact functions, other times, other random numbers, and memory with garbage', () => {
  const host = hostileHost()
  expect(host.Math.sin(1)).not.toBe(Math.sin(1))
  expect(Math.abs(host.Math.sin(1) - Math.sin(1))).toBeLessThan(1e-7)
  expect(host.Math.sqrt(2)).toBe(Math.sqrt(2))
  expect(host.Math.sin(0)).toBe(0)
  expect(host.Date.now() - Date.now()).toBeGreaterThan(1e7)
  expect(new host.Date().getTime() - Date.now()).toBeGreaterThan(1e7)
  expect(new host.Date(5).getTime()).toBe(5)
  expect([...host.Buffer.allocUnsafe(2)]).toEqual([0xa5, 0xa5])
})
