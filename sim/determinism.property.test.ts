import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { arbitraryScenario, framesOf } from '../testing/scenario.ts'
import {
  avatars,
  checkpoint,
  compareInputs,
  DEFAULT_DEFINITION,
  fields,
  free,
  genesis,
  hash,
  loadEngine,
  props,
  restore,
  step,
  type InputFrame,
  type Realm,
  type SimEvent,
} from './index.ts'

const engine = await loadEngine()
const RUNS = { numRuns: 25 }
/** Everybody reaches everything, so that grabs succeed. */
const DEFINITION = { ...DEFAULT_DEFINITION, reach: 30 }

function withRealm<T>(make: () => Realm, use: (realm: Realm) => T): T {
  const realm = make()
  try {
    return use(realm)
  } finally {
    free(realm)
  }
}

const fresh = (): Realm => genesis(engine, DEFINITION)
const run = (realm: Realm, frames: readonly InputFrame[]): string[] =>
  frames.map((frame) => (step(realm, frame), hash(realm)))

/** What no state may contain, as messages. */
function violationsOf(realm: Realm): string[] {
  const hands = new Set<string>()
  const players = new Set(avatars(realm).map(({ player }) => player))
  const ofProps = props(realm).flatMap(({ id, position: p, scale, holder, hand, linvel, spec }) => {
    const onFloor = Math.abs(p.x) < 49 && Math.abs(p.z) < 49 && spec.motion === 'dynamic' && !holder
    const isTaken = holder !== 0 && hands.has(`${holder}/${hand}`)
    hands.add(`${holder}/${hand}`)
    return [
      [p.x, p.y, p.z, linvel.x, linvel.y, linvel.z].every(Number.isFinite) || `prop ${id} is not finite`,
      (scale >= Math.fround(0.05) && scale <= 20) || `prop ${id} has scale ${scale}`,
      !onFloor || p.y > -0.6 || `prop ${id} is at height ${p.y}`,
      !holder || players.has(holder) || `prop ${id} is held by player ${holder}, who has no avatar`,
      !isTaken || `hand ${hand} of player ${holder} holds two props`,
    ]
  })
  const ofAvatars = avatars(realm).flatMap(({ player, position: p }) => [
    [p.x, p.y, p.z].every(Number.isFinite) || `the avatar of player ${player} is not finite`,
    Math.abs(p.x) >= 50 || Math.abs(p.z) >= 50 || p.y > -0.1 || `the avatar of player ${player} is at height ${p.y}`,
  ])
  return [...ofProps, ...ofAvatars].filter((each) => typeof each === 'string')
}

describe('the simulation', () => {
  test.prop([arbitraryScenario()], RUNS)('gives the same hashes for the same frames', (scenario) => {
    const frames = framesOf(scenario)
    expect(withRealm(fresh, (r) => run(r, frames))).toEqual(withRealm(fresh, (r) => run(r, frames)))
  })

  test.prop([arbitraryScenario(), fc.integer({ min: 0, max: 119 })], { numRuns: 40 })(
    'continues bit for bit from a checkpoint, which restores to the same bytes',
    (scenario, at) => {
      const frames = framesOf(scenario)
      const [bytes, state, straight] = withRealm(fresh, (r) => {
        run(r, frames.slice(0, at))
        const taken = checkpoint(r)
        return [taken, [...fields(r)], run(r, frames.slice(at))] as const
      })
      withRealm(
        () => restore(engine, DEFINITION, bytes),
        (r) => {
          expect(checkpoint(r)).toEqual(bytes)
          // No number of the state may have more precision than its bytes.
          expect([...fields(r)]).toEqual(state)
          expect(run(r, frames.slice(at))).toEqual(straight)
        },
      )
    },
  )

  test.prop([arbitraryScenario(3, 40), fc.infiniteStream(fc.nat())], { numRuns: 20 })(
    'does not depend on the order in which inputs arrived',
    (scenario, order) => {
      const frames = framesOf(scenario)
      const shuffled = frames.map(({ tick, inputs }) => {
        const keyed = inputs.map((input) => ({ input, key: order.next().value ?? 0 })).toSorted((a, b) => a.key - b.key)
        return { tick, inputs: keyed.map(({ input }) => input).toSorted(compareInputs) }
      })
      expect(withRealm(fresh, (r) => run(r, shuffled))).toEqual(withRealm(fresh, (r) => run(r, frames)))
    },
  )

  test.prop([arbitraryScenario()], RUNS)(
    'keeps numbers finite, props above the ground, scales within limits, and one holder for each hand',
    (scenario) => {
      withRealm(fresh, (realm) => {
        for (const frame of framesOf(scenario)) {
          step(realm, frame)
          expect({ tick: realm.tick, violations: violationsOf(realm) }).toEqual({ tick: realm.tick, violations: [] })
        }
      })
    },
  )

  test.prop([arbitraryScenario()], RUNS)('answers every command with exactly one event', (scenario) => {
    withRealm(fresh, (realm) => {
      for (const frame of framesOf(scenario)) {
        const events = step(realm, frame)
        for (const { player, sequence, command } of frame.inputs) {
          const mine = events.filter((e: SimEvent) => 'sequence' in e && e.player === player && e.sequence === sequence)
          const quiet = command.type === 'move' || command.type === 'pose' || command.type === 'drag'
          expect(mine.length).toBe(quiet ? mine.filter((e) => e.type === 'rejected').length : 1)
          expect(mine.length).toBeLessThanOrEqual(1)
        }
      }
    })
  })
})
