/**
 * Commands that once ended a realm, as they were sent: two props of nearly no volume, a needle of a hull, and many large
 * props in one place.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hash, props, type Command, type Input, type SimEvent } from './index.ts'
import { at, boxShape, collider, crate, spec, stage, UPRIGHT, type Stage } from './stage.fixture.ts'
import { step } from './realm.ts'

interface Recorded {
  readonly tick: number
  readonly input: Input
}

/** Seven points almost on a line. Its estimated thickness is within the ranges. */
const NEEDLE = [
  [0.0009175779414363205, -0.051301486790180206, -0.00045142308226786554],
  [0.0012771290494129062, -0.40786081552505493, 0.00009139117173617706],
  [-0.00041572281043045223, -0.9772979021072388, -0.0003100174362771213],
  [0.0008636490674689412, -1.523210048675537, 0.0014838861534371972],
  [-0.00013096435577608645, -1.7159249782562256, -0.0014822572702541947],
  [0.00024553286493755877, 1.1039785146713257, 0.0005557899712584913],
  [-0.0007282193400897086, 1.7137928009033203, -0.0001452023716410622],
].flat()

const recorded = (name: string): readonly Recorded[] =>
  JSON.parse(readFileSync(new URL(`cases/${name}.json`, import.meta.url), 'utf8')) as Recorded[]
const reasons = (events: readonly SimEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'rejected' ? [event.reason] : []))
const spawn = (prop: Extract<Command, { type: 'spawn' }>['prop'], position = at(0, 5, 0), scale = 1): Command => ({
  type: 'spawn',
  prop,
  position,
  rotation: UPRIGHT,
  scale,
  access: 0,
  owner: 0,
})

function expectSound(s: Stage): void {
  for (const { position, rotation } of props(s.realm))
    for (const v of [position, rotation]) expect(Object.values(v).every(Number.isFinite)).toBe(true)
  expect(hash(s.realm)).toMatch(/^[0-9a-f]{16}$/)
}

describe('commands that once ended a realm', () => {
  for (const name of ['two-spawns-a', 'two-spawns-b'])
    test(`${name} is refused, and the realm continues`, () => {
      stage((s) => {
        s.join(1)
        const inputs = recorded(name)
        const told: string[] = []
        while (s.realm.tick < 250)
          told.push(
            ...reasons(
              step(s.realm, {
                tick: s.realm.tick + 1,
                inputs: inputs.filter(({ tick }) => tick === s.realm.tick + 1).map(({ input }) => input),
              }),
            ),
          )
        expect(told).toHaveLength(inputs.length)
        expectSound(s)
      })
    })

  test('a sphere of 0.1 µm beside a kinematic capsule is refused', () => {
    stage((s) => {
      s.join(1)
      const capsule = spec('kinematic', collider({ type: 'capsule', radius: 0.5, halfHeight: 0.2 }))
      const speck = { ...spec('dynamic', collider({ type: 'sphere', radius: 1e-7 }, at(0.1, 0, 0))), density: 0.1 }
      expect(reasons(s.tick([1, spawn(capsule, at(3, 0.5, 3))], [1, spawn(speck, at(3, 3, 3))]))).toEqual([
        'not-permitted',
        'invalid-value',
      ])
      s.wait(60)
      expectSound(s)
    })
  })

  test('a hull that the engine cannot make is refused, and the realm continues', () => {
    const needle = collider({ type: 'convex', points: NEEDLE })
    stage((s) => {
      s.join(1)
      for (const scale of [1, 2, 20])
        expect(s.spawn(1, spec('static', collider(boxShape(0.2)), needle), at(0, 2, 0), scale)).toBe('degenerate-shape')
      s.wait(10)
      expect(props(s.realm)).toEqual([])
    })
  })

  test('500 boxes of scale 20 in one place stay within the budget, and the realm continues', () => {
    stage(
      (s) => {
        for (const player of [1, 2]) s.join(player)
        for (let i = 0; i < 250; i++)
          s.tick([1, spawn(crate(), at(0, 12, 0), 20)], [2, spawn(crate(), at(0, 12, 0), 20)])
        s.wait(60)
        expect(props(s.realm)).toHaveLength(500)
        expect(props(s.realm).filter(({ frozen }) => frozen === 'work').length).toBeGreaterThan(300)
        expectSound(s)
      },
      { elementsMax: 2048 },
    )
  })

  test('a thin board, a rod and a cup at a twentieth of their size are simulated', () => {
    stage((s) => {
      s.join(1)
      for (const half of [at(0.5, 0.02, 0.5), at(0.02, 0.02, 1), at(0.1, 0.1, 0.1)])
        expect(
          s.spawn(
            1,
            { ...spec('dynamic', collider({ type: 'box', halfExtents: half })), density: 800 },
            at(0, 2, 0),
            0.05,
          ),
        ).toBeTypeOf('number')
      s.wait(120)
      for (const { position } of props(s.realm)) expect(position.y).toBeLessThan(0.1)
    })
  })

  test('a box of half a metre is simulated at every scale', () => {
    for (const scale of [0.05, 1, 20])
      stage((s) => {
        s.join(1)
        expect(s.spawn(1, spec('dynamic', collider(boxShape(0.25))), at(0, 10, 0), scale)).toBeTypeOf('number')
        s.wait(120)
        expectSound(s)
      })
  })
})
