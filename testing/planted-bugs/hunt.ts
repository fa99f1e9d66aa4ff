/** Hunts a planted bug with the ready-made properties, as `otherworld fuzz` would hunt an unknown one. */
import { loadEngine } from '../../sim/index.ts'
import { sizeOf, type CaseSize } from '../fuzz/case-size.ts'
import { bundleSimulation, copyOf } from '../physics/copies.ts'
import { hostileHost, OWN_HOST } from '../physics/hosts.ts'
import { PROPERTIES } from '../properties/index.ts'
import { searchSeed } from '../properties/search.ts'
import { PLANTED_BUGS } from './bugs.ts'

/** Sessions after which a bug counts as missed. */
const RUNS_MAX = 400

export interface HuntReport {
  readonly bug: string
  readonly about: string
  /** The property that caught it, and the shrunk session; null if the bug was missed. */
  readonly caught: (CaseSize & { readonly property: string; readonly tick: number; readonly message: string }) | null
  /** Sessions until it was caught. */
  readonly runs: number
  /** Seconds to build the copy and to catch the bug, and seconds to shrink the session. */
  readonly seconds: number
  readonly shrinkSeconds: number
}

/** Builds the simulation with the bug and checks the sessions of the seeds 1, 2, … */
export async function hunt(name: string): Promise<HuntReport> {
  const bug = PLANTED_BUGS.find((each) => each.name === name)
  if (!bug) throw new Error(`there is no planted bug "${name}"`)
  const startMs = performance.now()
  const [engine, script] = await Promise.all([loadEngine(), bundleSimulation(bug.edits)])
  const lab = { plain: copyOf(script, engine, OWN_HOST), hostile: copyOf(script, engine, hostileHost()) }
  const secondsSince = (fromMs: number): number => (performance.now() - fromMs) / 1000
  for (let seed = 1; seed <= RUNS_MAX; seed++) {
    const sessionMs = performance.now()
    const found = searchSeed(seed, PROPERTIES, lab)
    if (!found) continue
    const shrinkSeconds = secondsSince(sessionMs)
    const caught = { ...sizeOf(found.session), ...found.violation }
    return {
      bug: name,
      about: bug.about,
      caught,
      runs: seed,
      seconds: secondsSince(startMs) - shrinkSeconds,
      shrinkSeconds,
    }
  }
  return { bug: name, about: bug.about, caught: null, runs: RUNS_MAX, seconds: secondsSince(startMs), shrinkSeconds: 0 }
}
