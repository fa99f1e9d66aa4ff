/** Simulated worlds: those that once broke something, by name, and some drawn ones. */
import { expect, test } from 'vitest'
import { planOf, simulate, START_MS, type PlannedFault, type Plan, type SimulationReport } from '../../testing/index.ts'

/**
 * Number of drawn worlds and their first seed. Both are fixed, so that a change does not pass or fail by chance: new
 * seeds are for `npm run simulate`.
 */
const SEEDS = Number(process.env['SIMULATOR_SEEDS'] ?? 2)
const BASE = Number(process.env['SIMULATOR_BASE'] ?? 1)

/** Everything that is needed to reproduce a failure. */
function describeFailure({ seed, violations, trace, lines }: SimulationReport): string {
  const found = violations.map(
    ({ invariant, tick, atMs, message }) =>
      `seed ${seed}, tick ${tick}, ${(atMs / 1_000).toFixed(1)} s: ${invariant}: ${message}`,
  )
  return found.length === 0
    ? ''
    : `\n${found.join('\n')}\ntrace ${trace}; again: npm run simulate -- --seed ${seed} --lines\n${lines.slice(-25).join('\n')}`
}

type Network = Plan['players'][number]['networks'][number]
const power: PlannedFault = { type: 'kill', what: 'power', downMs: 300 }

/** A world with exactly these faults at these times, ms. */
async function worldOf(
  seed: number,
  faults: readonly (readonly [number, PlannedFault])[],
  changes: { readonly players?: number; readonly seconds?: number; readonly network?: Partial<Network> } = {},
): Promise<SimulationReport> {
  const plan = planOf(seed, { players: changes.players ?? 3, seconds: changes.seconds ?? 8, faults: [] })
  const players = plan.players.map((player) => ({
    ...player,
    networks: player.networks.map((network) => ({ ...network, ...changes.network })),
  }))
  return simulate(seed, {
    plan: { ...plan, players, faults: faults.map(([atMs, fault]) => ({ atMs: START_MS + atMs, fault })) },
  })
}

test('commands accepted while the disk is full survive a kill', async () => {
  expect(
    describeFailure(
      await worldOf(
        11,
        [
          [4_000, { type: 'full-disk', ms: 2_500, bytesLeft: 300 }],
          [5_500, { type: 'kill', what: 'process', downMs: 1_500 }],
        ],
        { players: 5 },
      ),
    ),
  ).toBe('')
})

test('outcomes reach a player who is away during two crashes', async () => {
  const away: PlannedFault = { type: 'blackout', player: 0, ms: 6_000 }
  expect(
    describeFailure(
      await worldOf(
        12,
        [
          [4_000, away],
          [4_300, { type: 'kill', what: 'process', downMs: 100 }],
          [6_500, { type: 'kill', what: 'process', downMs: 100 }],
        ],
        { network: { ordered: false } },
      ),
    ),
  ).toBe('')
})

test('outcomes reach a player who is away during an orderly restart', async () => {
  expect(
    describeFailure(
      await worldOf(
        12,
        [
          [4_000, { type: 'blackout', player: 0, ms: 6_000 }],
          [4_300, { type: 'restart', downMs: 200 }],
        ],
        { network: { ordered: false } },
      ),
    ),
  ).toBe('')
})

test('data that an ordered connection held back for two seconds never makes a client draw the past again', async () => {
  expect(
    describeFailure(
      await worldOf(
        14,
        [
          [4_000, { type: 'blackout', player: 0, ms: 2_000 }],
          [4_500, { type: 'blackout', player: 1, ms: 2_000 }],
        ],
        { network: { ordered: true } },
      ),
    ),
  ).toBe('')
})

test('the log before a crash survives a later power loss', async () => {
  expect(
    describeFailure(
      await worldOf(12, [
        [4_000, { type: 'kill', what: 'process', downMs: 100 }],
        [4_300, power],
      ]),
    ),
  ).toBe('')
})

test('a command that a power loss removed is reported as lost', async () => {
  const network = { ordered: false, conditions: { delayMs: 10, jitterMs: 5, lossShare: 0.4 } }
  expect(
    describeFailure(
      await worldOf(
        14,
        [
          [4_000, power],
          [6_000, power],
          [8_000, power],
          [9_500, power],
        ],
        { players: 6, seconds: 10, network },
      ),
    ),
  ).toBe('')
})

for (let seed = BASE; seed < BASE + SEEDS; seed++)
  test(`all invariants hold in the world of seed ${seed}`, async () => {
    expect(describeFailure(await simulate(seed))).toBe('')
  })
