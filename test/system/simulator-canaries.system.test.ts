/** Proof that the simulator works: each planted bug breaks a promise, and that promise's invariant must report it. */
import { expect, test } from 'vitest'
import {
  INVARIANTS,
  planOf,
  SABOTAGES,
  simulate,
  START_MS,
  type PlannedFault,
  type Invariant,
  type Sabotage,
} from '../../testing/index.ts'

interface Canary {
  readonly catches: readonly Invariant[]
  readonly faults?: readonly PlannedFault[]
  readonly twice?: boolean
  readonly seconds?: number
}

const CANARIES: Readonly<Record<Sabotage, Canary>> = {
  'late-log': { catches: ['ticks-kept', 'acked-kept'], faults: [{ type: 'kill', what: 'process', downMs: 200 }] },
  'lying-disk': { catches: ['ticks-kept'], faults: [{ type: 'kill', what: 'power', downMs: 200 }] },
  'double-command': { catches: ['logged-once'] },
  'wrong-hash': { catches: ['recording-verifies'] },
  'no-resend': { catches: ['outcome-once'] },
  blind: { catches: ['converged'] },
  'forged-frame': { catches: ['lockstep'] },
  flood: { catches: ['bytes'] },
  deaf: { catches: ['queues'], seconds: 11 },
  'shut-door': { catches: ['rejoined'], faults: [{ type: 'transports' }] },
  'mute-close': { catches: ['reasons'], faults: [{ type: 'leave', player: 0 }] },
  'turn-back': { catches: ['draw-forward'] },
  'true-random': { catches: ['deterministic'], twice: true },
}

const SEED = 3

async function caught(sabotage: Sabotage | null): Promise<Set<Invariant>> {
  const { faults = [], twice = false, seconds = 5 } = sabotage === null ? {} : CANARIES[sabotage]
  const plan = {
    ...planOf(SEED, { players: 3, seconds, faults: [] }),
    faults: faults.map((fault) => ({ atMs: START_MS + 4_500, fault })),
  }
  const { violations } = await simulate(SEED, {
    plan,
    twice,
    calmSecondsMax: 6,
    ...(sabotage === null ? {} : { sabotage }),
  })
  return new Set(violations.map(({ invariant }) => invariant))
}

test('the world for planted bugs holds all invariants without them', async () => {
  expect(await caught(null)).toEqual(new Set())
})

test.each(SABOTAGES)('the planted bug "%s" is caught', async (sabotage) => {
  const found = await caught(sabotage)
  for (const invariant of CANARIES[sabotage].catches) expect([...found]).toContain(invariant)
})

test('every invariant catches some bug', () => {
  const proved = new Set(Object.values(CANARIES).flatMap(({ catches }) => catches))
  expect(Object.keys(INVARIANTS).filter((invariant) => !proved.has(invariant as Invariant))).toEqual([])
})
