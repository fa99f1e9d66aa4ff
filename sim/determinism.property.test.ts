import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { loadLab } from '../testing/physics/copies.ts'
import { checkCase } from '../testing/properties/check.ts'
import { arrivalOrder, determinism, isolation, restoring } from '../testing/properties/index.ts'
import { arbitraryScenario, framesOf } from '../testing/scenario.ts'
import {
  avatars,
  DEFAULT_DEFINITION,
  free,
  genesis,
  loadEngine,
  props,
  step,
  type Realm,
  type SimEvent,
} from './index.ts'

const engine = await loadEngine()
const lab = await loadLab()
const RUNS = { numRuns: 25 }
/** Everybody reaches everything, so that grabs succeed. */
const DEFINITION = { ...DEFAULT_DEFINITION, reach: 30 }

function withRealm(use: (realm: Realm) => void): void {
  const realm = genesis(engine, DEFINITION)
  try {
    use(realm)
  } finally {
    free(realm)
  }
}

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
  test.prop([arbitraryScenario(), fc.integer({ min: 0, max: 119 })], { numRuns: 40 })(
    'gives the same states on another machine, beside another world, from a checkpoint and from inputs in another order',
    (scenario, at) => {
      const sample = {
        definition: DEFINITION,
        frames: framesOf(scenario),
        otherArrival: framesOf(scenario, { arrival: 'reversed' }),
        checkpointTicks: [at],
      }
      expect(checkCase(sample, [determinism, arrivalOrder, restoring, isolation], lab)).toBeNull()
    },
  )

  test.prop([arbitraryScenario()], RUNS)(
    'keeps numbers finite, props above the ground, scales within limits, and one holder for each hand',
    (scenario) => {
      withRealm((realm) => {
        for (const frame of framesOf(scenario)) {
          step(realm, frame)
          expect({ tick: realm.tick, violations: violationsOf(realm) }).toEqual({ tick: realm.tick, violations: [] })
        }
      })
    },
  )

  test.prop([arbitraryScenario()], RUNS)('answers every command with exactly one event', (scenario) => {
    withRealm((realm) => {
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
