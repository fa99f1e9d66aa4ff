import { expect, test } from 'vitest'
import type { CommandResult } from '../../netcode/index.ts'
import { Holding, type HoldClient } from './holding.ts'
import { SHAPES } from '../app/starter-shapes.ts'
import type { ShownProp } from '../app/world.ts'

const ME = 5
const crate: ShownProp = {
  element: 9,
  package: null,
  owner: 0,
  access: 0,
  spec: SHAPES[0] ?? expect.fail('no shapes'),
  position: { x: 0, y: 1, z: -2 },
  rotation: { x: 0, y: 0, z: 0, w: 1 },
  scale: 1,
  holder: 0,
}
const mine = { ...crate, holder: ME }
const ray = { origin: { x: 0, y: 1, z: 0 }, direction: { x: 0, y: 0, z: -1 } }
const head = { x: 0, y: 1.5, z: 0 }

function scripted(grab: CommandResult = { ok: true, sequence: 1, element: 9, tick: 1 }): {
  holding: Holding
  calls: string[]
  said: string[]
  frame(prop: ShownProp | null, nowMs: number): void
} {
  const [calls, said]: [string[], string[]] = [[], []]
  const client: HoldClient = {
    grab: (element) => (calls.push(`grab ${element}`), Promise.resolve(grab)),
    drag: (_hand, { x, y, z }) => void calls.push(`drag ${[x, y, z].map((v) => v.toFixed(1)).join()}`),
    release: () => (calls.push('release'), Promise.resolve(grab)),
    scale: (_element, scale) => (
      calls.push(`scale ${scale.toFixed(2)}`),
      Promise.resolve({ ok: false as const, sequence: 2, reason: 'scale-out-of-range' as const })
    ),
  }
  const holding = new Holding(client, (text) => void said.push(text))
  holding.take({ prop: crate, point: { x: 0, y: 1, z: -1.75 }, distance: 1.75 }, 'pointer', 0, 0)
  return { holding, calls, said, frame: (prop, nowMs) => holding.frame(ray, 0, head, 6, prop ? [prop] : [], ME, nowMs) }
}
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

test('grab, drag in each frame, release', () => {
  const { holding, calls, frame } = scripted()
  frame(mine, 16)
  expect(holding.element).toBe(9)
  holding.release()
  expect(calls).toEqual(['grab 9', 'drag 0.0,1.0,-2.0', 'release'])
  expect(holding.element).toBeNull()
})

test('a rejected grab empties the hand and shows the reason', async () => {
  const { holding, said } = scripted({ ok: false, sequence: 1, reason: 'held-by-another' })
  await settle()
  expect(holding.element).toBeNull()
  expect(said).toEqual(['Someone else is holding it.'])
})

test('a prop that the server gives to nobody after the grab has slipped away', () => {
  const { holding, said, frame } = scripted()
  frame(crate, 500)
  expect(holding.element).toBe(9)
  frame(mine, 600)
  frame(crate, 700)
  expect(holding.element).toBeNull()
  expect(said).toEqual(['It slipped out of your hand.'])
})

test('a held prop that is deleted is gone', () => {
  const { holding, said, frame } = scripted()
  frame(mine, 100)
  frame(null, 200)
  expect([holding.element, said]).toEqual([null, ['It is gone.']])
})

test('many turns of the wheel become few commands, and a rejection is shown', async () => {
  const { holding, calls, said, frame } = scripted()
  for (let i = 0; i < 10; i++) {
    holding.wheel(1, false, 6, 4)
    frame(mine, 100 + i * 16)
  }
  await settle()
  expect(calls.filter((call) => call.startsWith('scale')).length).toBeLessThanOrEqual(3)
  expect(said[0]).toBe("It can't get any larger or smaller.")
})
