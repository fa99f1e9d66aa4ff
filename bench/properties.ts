/** Time of the physics properties of `otherworld/testing`: what a developer waits for after each change. */
import fc from 'fast-check'
import { loadLab } from '../testing/physics/copies.ts'
import { checkSession } from '../testing/properties/check.ts'
import { PROPERTIES } from '../testing/properties/index.ts'
import { arbitrarySession } from '../testing/sessions/arbitrary-session.ts'
import type { BenchReport, BenchRow } from './report.ts'

const RUNS = 100
const TICKS = 120
/** For two worlds, s. */
const GOAL_SECONDS = 2.5
const TWO_WORLDS = 'determinism'

export async function run(): Promise<BenchReport> {
  const lab = await loadLab()
  const sessions = fc.sample(arbitrarySession({ ticks: TICKS }), { seed: 1, numRuns: RUNS })
  const seconds = (properties: typeof PROPERTIES): number => {
    const before = process.cpuUsage()
    for (const session of sessions) checkSession(session, properties, lab)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1e6
  }
  seconds(PROPERTIES)
  const rows = PROPERTIES.map((property): BenchRow => ({
    what: property.name,
    value: seconds([property]),
    unit: 's',
    moreIsBetter: false,
    ...(property.name === TWO_WORLDS && { goal: GOAL_SECONDS }),
  }))
  return {
    name: 'properties',
    about: `${RUNS} random sessions of ${TICKS} ticks, after a warm-up; processor time`,
    rows: [...rows, { what: 'all at once', value: seconds(PROPERTIES), unit: 's', moreIsBetter: false }],
  }
}
