/** About a hundred extreme scenes on the simulation only; npm run fuzz:scenes goes further. */
import { describe, expect, test } from 'vitest'
import {
  DEFAULT_DEFINITION,
  free,
  genesis,
  loadEngine,
  SCALE_MAX,
  SCALE_MIN,
  step,
  type InputFrame,
} from '../../../sim/index.ts'
import { RANGES } from '../../../sim/limits/ranges.ts'
import { LIMITS, neighbour, NUMBERS, SIZES } from './edge-numbers.ts'
import { minimise } from './minimise.ts'
import { runWorld, slowMsOf, sceneSource, seedOf, type Source, type WorldReport } from './run.ts'

const engine = await loadEngine()
/** Worlds from 0 of this seed, shorter than those of npm run fuzz:scenes. */
const SEED = 20_261
const WORLDS = 100
const TICKS = 100
/**
 * Limit of a step in processor time of the thread, ms: npm run fuzz:scenes uses 50 on a quiet machine, but a test runs
 * beside others.
 */
const SLOW_MS = 100

const run = (world: number, changes: Partial<Parameters<typeof runWorld>[1]> = {}): WorldReport =>
  runWorld(engine, {
    world,
    ticks: TICKS,
    slowMs: SLOW_MS,
    seed: seedOf(SEED, world),
    makeSource: () => sceneSource(seedOf(SEED, world)),
    ...changes,
  })

/** The first steps of a process include compilation. */
run(0, { ticks: 30, slowMs: Infinity })

test.each(Array.from({ length: WORLDS / 10 }, (_, i) => i * 10))(
  'ten extreme scenes from %i on run to their end without a slow step and continue identically from their checkpoints',
  (from) => {
    for (let world = from; world < from + 10; world++) {
      const { failures, ticks } = run(world)
      expect(failures, `npm run fuzz:scenes -- --seed ${SEED} --world ${world} --ticks ${TICKS}`).toEqual([])
      expect(ticks).toBe(TICKS)
    }
  },
)

test('a realm that permits more physics work than the default permits proportionally longer steps', () => {
  const limitAt = (workMax: number): number => slowMsOf(50, { ...DEFAULT_DEFINITION, workMax })
  expect([100, 2_000, 4_000, 100_000].map(limitAt)).toEqual([50, 50, 100, 2_500])
})

describe('a run reports', () => {
  const quiet: Source = {
    name: 'quiet',
    definition: DEFAULT_DEFINITION,
    frame: ({ tick }) => ({ tick: tick + 1, inputs: [] }),
  }

  test('nothing if nothing happens', () => {
    expect(run(0, { makeSource: () => quiet })).toMatchObject({ failures: [], ticks: TICKS, commands: 0, spawned: 0 })
  })

  test('a world that ended, with its tick and reason', () => {
    const broken: Source = { ...quiet, frame: ({ tick }) => ({ tick: tick === 7 ? 99 : tick + 1, inputs: [] }) }
    expect(run(0, { makeSource: () => broken }).failures).toMatchObject([
      { kind: 'ended', tick: 7, message: expect.stringContaining('frame of tick 99') },
    ])
  })

  test('slow steps, with their number and the slowest', () => {
    const { failures, slowSteps, slowestMs } = run(0, { makeSource: () => quiet, slowMs: -1 })
    expect(slowSteps).toBeGreaterThanOrEqual(TICKS)
    expect(failures).toMatchObject([{ kind: 'slow', message: expect.stringContaining(`${slowSteps} steps`) }])
    expect(slowestMs).toBeGreaterThanOrEqual(0)
  })

  test('a NaN in a view', () => {
    const planted: Source = {
      ...quiet,
      frame: (realm) => {
        for (const prop of realm.props.values()) prop.scale = NaN
        return quiet.frame(realm)
      },
    }
    expect(run(0, { makeSource: () => planted }).failures).toContainEqual({
      kind: 'non-finite',
      tick: 10,
      message: expect.stringContaining('scale'),
    })
  })

  test('a realm that does not continue identically from its checkpoint', () => {
    const pushed: Source = {
      ...quiet,
      frame: (realm) => {
        const [prop] = realm.props.values()
        // Outside of frame and state, so the restored realm does not get it.
        prop?.body.applyImpulse({ x: 1, y: 1, z: 0 }, true)
        return quiet.frame(realm)
      },
    }
    expect(run(0, { makeSource: () => pushed }).failures).toMatchObject([
      { kind: 'unequal', message: expect.stringContaining('the hash is') },
    ])
  })
})

describe('a scene', () => {
  function framesOf(seed: number): InputFrame[] {
    const source = sceneSource(seed)
    const realm = genesis(engine, source.definition)
    try {
      return Array.from({ length: 20 }, () => {
        const frame = source.frame(realm)
        step(realm, frame)
        return frame
      })
    } finally {
      free(realm)
    }
  }

  test('is the same for the same seed, and different for another', () => {
    expect(framesOf(1_004)).toStrictEqual(framesOf(1_004))
    expect(framesOf(1_004)).not.toStrictEqual(framesOf(1_005))
  })

  test("uses the simulation's limits and their neighbours", () => {
    for (const limit of [SCALE_MIN, SCALE_MAX, RANGES.scaledExtent.min, RANGES.mass.max, RANGES.slenderness.max]) {
      expect(LIMITS).toContain(limit)
      for (const by of [-1, 0, 1]) expect(NUMBERS).toContain(neighbour(Math.fround(limit), by))
    }
    for (const number of [...NUMBERS, ...SIZES])
      expect(Object.is(Math.fround(number), number), String(number)).toBe(true)
    expect(NUMBERS.some((number) => Object.is(number, -0))).toBe(true)
    expect(neighbour(1, 1)).toBe(1 + 2 ** -23)
  })
})

test('inputs that a failure does not need are removed', () => {
  const fails = (some: readonly number[]): boolean => some.includes(17) && some.includes(83)
  expect(
    minimise(
      Array.from({ length: 100 }, (_, i) => i),
      fails,
    ),
  ).toEqual([17, 83])
})
