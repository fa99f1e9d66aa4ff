import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { encodeFrame } from '../../../protocol/index.ts'
import { DEFAULT_DEFINITION } from '../../../sim/index.ts'
import type { Base, AttemptOutcome, RemovableElement, AttemptRunner, Attempt } from './attempt.ts'
import { CAUSES_MAX, findRecoveryPlan, PROOF_TICKS, SEARCH_ATTEMPTS_MAX, type SearchResult } from './plan-search.ts'

/** A minimal world for the search: who owns what, which elements fail together, and what was sent. */
interface World {
  readonly owners: readonly number[]
  /** The step fails while one of these exists. */
  readonly causes: ReadonlySet<number>
  /** The step fails while the inputs of the failing tick are carried out. */
  readonly badInputs: boolean
  /** From this tick on, only going back helps. */
  readonly brokenFrom: number | null
}

const [PATH, OLDER, LAST, START] = ['newest', 'older', 700, 100]
const pendingFrame = encodeFrame({
  tick: LAST + 1,
  inputs: [{ player: 1, sequence: 1, command: { type: 'release', hand: 0 } }],
})

class FakeRunner implements AttemptRunner {
  readonly attempts: Attempt[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  run(attempt: Attempt): Promise<AttemptOutcome> {
    this.attempts.push(attempt)
    return Promise.resolve(attempt.type === 'replay' ? this.#replay(attempt) : this.#goOn(attempt))
  }

  #replay({ path, tick }: Extract<Attempt, { type: 'replay' }>): AttemptOutcome {
    const elements = this.#world.owners.map((user, i): RemovableElement => ({
      type: 'prop',
      element: i + 10,
      player: 0,
      user,
      name: `element ${i}`,
      isAwake: i % 2 === 0,
    }))
    const avatars = [...new Set(this.#world.owners)].map((user): RemovableElement => ({
      type: 'avatar',
      element: user + 5_000,
      player: user,
      user,
      name: `user ${user}`,
      isAwake: true,
    }))
    const [last, start] = path === PATH ? [LAST, START] : [START, 0]
    const base: Base = {
      path,
      startTick: start,
      tick: tick ?? last,
      definition: DEFAULT_DEFINITION,
      checkpoint: new Uint8Array(0),
      elements: [...elements, ...avatars],
      pending: tick === null && path === PATH ? pendingFrame : null,
      touched: new Map(),
    }
    return { type: 'replayed', base }
  }

  #goOn({ base, frame }: Extract<Attempt, { type: 'go-on' }>): AttemptOutcome {
    const { causes, badInputs, brokenFrom } = this.#world
    const failed: AttemptOutcome = { type: 'failed', tick: base.tick + 1, reason: 'unreachable' }
    if (brokenFrom !== null) return base.tick >= brokenFrom ? failed : { type: 'went-on' }
    if (badInputs && frame.pending !== null) return failed
    return [...causes].every((i) => frame.props.includes(i + 10)) ? { type: 'went-on' } : failed
  }
}

async function search(
  world: World,
  paths = [PATH],
): Promise<{ readonly found: Extract<SearchResult, { type: 'plan' }>; readonly attempts: number }> {
  const runner = new FakeRunner(world)
  const found = await findRecoveryPlan(paths, runner)
  if (found.type !== 'plan') throw new Error(found.type)
  expect(found.plan.attempts).toBe(runner.attempts.length)
  return { found, attempts: runner.attempts.length }
}

const NOTHING: World = { owners: [1, 2], causes: new Set(), badInputs: false, brokenFrom: null }
const arbitraryOwners = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 600 })
const some = (count: number): fc.Arbitrary<readonly number[]> => fc.array(fc.nat(), { minLength: 1, maxLength: count })

test.prop([arbitraryOwners, some(CAUSES_MAX), fc.boolean()])(
  'the search finds any few causes within a limited number of attempts and removes nothing else',
  async (owners, picks, badInputs) => {
    const causes = new Set(picks.map((pick) => pick % owners.length))
    const { found, attempts } = await search({ owners, causes, badInputs, brokenFrom: null })
    expect(new Set(found.plan.props)).toEqual(new Set([...causes].map((i) => i + 10)))
    expect(found.plan.players).toEqual([])
    expect(found.plan).toMatchObject({
      path: PATH,
      tick: LAST,
      goesBack: false,
      leavesOut: badInputs,
      reason: 'unreachable',
    })
    const halvings = Math.ceil(Math.log2(owners.length + 1))
    expect(attempts).toBeLessThanOrEqual(Math.min(SEARCH_ATTEMPTS_MAX, 5 + causes.size * (2 * halvings + 2)))
  },
)

test.prop([
  fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 1, maxLength: 300 }),
  fc.integer({ min: CAUSES_MAX + 1, max: 200 }),
  fc.infiniteStream(fc.nat()),
])(
  "if many causes belong to one user, the search removes that user's elements and keeps all others",
  async (others, count, places) => {
    const owners = [...others]
    for (let i = 0; i < count; i++) owners.splice((places.next().value ?? 0) % (owners.length + 1), 0, 1)
    const causes = new Set(owners.flatMap((owner, i) => (owner === 1 ? [i] : [])))
    const { found, attempts } = await search({ owners, causes, badInputs: false, brokenFrom: null })
    expect(new Set(found.plan.props)).toEqual(new Set([...causes].map((i) => i + 10)))
    expect(attempts).toBeLessThanOrEqual(SEARCH_ATTEMPTS_MAX)
  },
)

test.prop([arbitraryOwners, fc.array(fc.nat(), { maxLength: 300 })])(
  'the search ends with a plan that removes all causes',
  async (owners, picks) => {
    const causes = new Set(picks.map((pick) => pick % owners.length))
    const { found, attempts } = await search({ owners, causes, badInputs: false, brokenFrom: null })
    for (const i of causes) expect(found.plan.props).toContain(i + 10)
    expect(attempts).toBeLessThanOrEqual(SEARCH_ATTEMPTS_MAX)
  },
)

test.prop([fc.integer({ min: START + 1, max: LAST })])(
  'if nothing else helps, the realm goes back as little as possible, to a second',
  async (brokenFrom) => {
    const { found } = await search({ ...NOTHING, brokenFrom })
    expect(found.plan).toMatchObject({ path: PATH, goesBack: true, leavesOut: false, props: [] })
    expect(brokenFrom - found.plan.tick).toBeGreaterThan(0)
    expect(brokenFrom - found.plan.tick).toBeLessThanOrEqual(60)
  },
)

test.prop([fc.integer({ min: 1, max: START })])(
  'if a recording is broken from its start, the search goes back to the one before',
  async (brokenFrom) => {
    const { found } = await search({ ...NOTHING, brokenFrom }, [PATH, OLDER])
    expect(found.plan).toMatchObject({ path: OLDER, goesBack: true })
    expect(found.plan.tick).toBeLessThan(brokenFrom)
  },
)

test('what does not fail again stays unchanged', async () => {
  const { found, attempts } = await search(NOTHING)
  expect(found.plan).toMatchObject({ leavesOut: false, goesBack: false, props: [], players: [] })
  expect(attempts).toBe(2)
})

test('if the inputs are to blame, only they are left out', async () => {
  const { found, attempts } = await search({ ...NOTHING, badInputs: true })
  expect(found.plan).toMatchObject({ leavesOut: true, goesBack: false, props: [], players: [] })
  expect(attempts).toBe(3)
})

test('the search gives up on a hopeless realm after a limited number of attempts, with a message', async () => {
  const runner = new FakeRunner({
    owners: Array.from({ length: 1_000 }, (_, i) => i),
    causes: new Set(),
    badInputs: false,
    brokenFrom: 0,
  })
  expect(await findRecoveryPlan([PATH, OLDER], runner)).toEqual({
    type: 'none',
    attempts: runner.attempts.length,
    reason: 'unreachable',
  })
  expect(runner.attempts.length).toBeLessThanOrEqual(SEARCH_ATTEMPTS_MAX)
  for (const attempt of runner.attempts) if (attempt.type === 'go-on') expect(attempt.ticks).toBe(PROOF_TICKS)
})

test('if no attempt can run, the search reaches no verdict', async () => {
  const dead: AttemptRunner = { run: () => Promise.resolve({ type: 'failed', tick: null, reason: 'the thread ended' }) }
  expect(await findRecoveryPlan([PATH, OLDER], dead)).toEqual({ type: 'untried' })
  expect(await findRecoveryPlan([], dead)).toEqual({ type: 'untried' })
})
