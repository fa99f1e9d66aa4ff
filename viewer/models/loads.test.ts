import { expect, test } from 'vitest'
import { Loads } from './loads.ts'

/** Loads that the test completes by hand. */
class Bench {
  readonly asked: { readonly key: string; done(): void; fail(error: Error): void }[] = []
  readonly gone: string[] = []
  readonly loads: Loads<string, string>
  nowMs = 0

  constructor(limits: { readonly loadsMax?: number; readonly bytesMax?: number } = {}) {
    this.loads = new Loads<string, string>({
      keyOf: (key) => key,
      load: (key) =>
        new Promise((resolve, reject) => this.asked.push({ key, done: () => resolve(`${key} loaded`), fail: reject })),
      bytesOf: () => 10,
      dispose: (value) => void this.gone.push(value),
      isPassing: (error) => error instanceof Error && error.message === 'away',
      loadsMax: limits.loadsMax ?? 2,
      bytesMax: limits.bytesMax ?? 1_000,
    })
  }

  /** A frame that requests each key at its distance. */
  frame(wants: Readonly<Record<string, number>>): readonly (string | null)[] {
    this.loads.begin(this.nowMs)
    const values = Object.entries(wants).map(([key, metres]) => this.loads.want(key, metres))
    this.loads.end()
    return values
  }

  async answer(index: number): Promise<void> {
    this.asked[index]?.done()
    await new Promise((resolve) => setTimeout(resolve))
  }
}

test('the nearest load first, up to the limit at once', async () => {
  const bench = new Bench()
  bench.frame({ far: 30, near: 2, middle: 10 })
  expect(bench.asked.map(({ key }) => key)).toEqual(['near', 'middle'])
  await bench.answer(0)
  expect(bench.frame({ far: 30, near: 2 })).toEqual([null, 'near loaded'])
  expect(bench.asked.map(({ key }) => key)).toEqual(['near', 'middle', 'far'])
})

test('a value that many request is loaded once', () => {
  const bench = new Bench()
  bench.loads.begin(0)
  for (let i = 0; i < 60; i++) bench.loads.want('teacup', i)
  bench.loads.end()
  expect(bench.asked).toHaveLength(1)
})

test('beyond the limit the least recently used value is dropped, never one in the frame', async () => {
  const bench = new Bench({ bytesMax: 20, loadsMax: 3 })
  bench.frame({ a: 1, b: 2, c: 3 })
  for (const index of [0, 1, 2]) await bench.answer(index)
  expect(bench.frame({ a: 1, b: 2, c: 3 })).toEqual(['a loaded', 'b loaded', 'c loaded'])
  expect(bench.gone).toEqual([])
  bench.frame({ a: 1, c: 3 })
  expect(bench.gone).toEqual(['b loaded'])
  bench.frame({ c: 3 })
  expect(bench.gone).toEqual(['b loaded'])
})

test('a transient failure is retried, a permanent one is not, and both are reported', async () => {
  const bench = new Bench()
  bench.frame({ a: 1, b: 2 })
  bench.asked[0]?.fail(new Error('away'))
  bench.asked[1]?.fail(new Error('no model'))
  await new Promise((resolve) => setTimeout(resolve))
  expect([bench.loads.problemOf('a'), bench.loads.problemOf('b')]).toEqual(['away', 'no model'])
  bench.frame({ a: 1, b: 2 })
  expect(bench.asked).toHaveLength(2)
  bench.nowMs = 1_500
  bench.frame({ a: 1, b: 2 })
  expect(bench.asked.map(({ key }) => key)).toEqual(['a', 'b', 'a'])
  await bench.answer(2)
  expect(bench.loads.problemOf('a')).toBeNull()
})
