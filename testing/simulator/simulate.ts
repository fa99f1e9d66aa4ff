/**
 * Deterministic simulation: a server, its disk, many clients and the networks between them in one process, under one
 * clock and one seed, in the manner of FoundationDB's simulator (J. Zhou et al., FoundationDB, SIGMOD 2021). Only
 * machine, clock and network are simulated; the other parts are the product's own. The same seed gives the same world.
 */
import { simulationOf } from '../../replay/index.ts'
import { DEFAULT_BODY, DEFAULT_DEFINITION, loadEngine, type Engine, type RealmDefinition } from '../../sim/index.ts'
import { loadClips } from '../../bots/clip-files.ts'
import { fitClips, type FittedClips } from '../../bots/motion-clip-player.ts'
import type { Invariant, Violation } from './invariants.ts'
import { checkLog, type LogFigures } from './log-check.ts'
import { planOf, type Plan, type PlanOptions } from './plan.ts'
import type { Sabotage } from './sabotage.ts'
import { SimulatedWorld } from './world.ts'

export interface SimulateOptions extends PlanOptions {
  /** Faults that replace those drawn from the seed. */
  readonly plan?: Plan
  /** A bug to plant, for tests of the simulator itself. */
  readonly sabotage?: Sabotage
  readonly definition?: RealmDefinition
  /** Time within which everything must have come to rest after the last fault, seconds; default CALM_SECONDS_MAX. */
  readonly calmSecondsMax?: number
  /** Runs the world twice and compares both runs. */
  readonly twice?: boolean
}

/** The longest silence, the longest pause before a reconnect, and the longest fall. */
const CALM_SECONDS_MAX = 40

export interface SimulationReport extends LogFigures {
  readonly seed: number
  readonly plan: Plan
  /** Empty if all invariants held. */
  readonly violations: readonly Violation[]
  /** Hash of everything that passed between the parts: 16 hex digits. */
  readonly trace: string
  /** The last log lines. */
  readonly lines: readonly string[]
  readonly ticks: number
  readonly seconds: number
  readonly kills: number
  readonly starts: number
  readonly ticksCheckedByPeers: number
  readonly commandsIssued: number
}

let machine: Promise<{ readonly engine: Engine; readonly wardrobe: FittedClips }> | null = null

const loadMachine = (): Promise<{ readonly engine: Engine; readonly wardrobe: FittedClips }> =>
  (machine ??= Promise.all([loadEngine(), loadClips()]).then(([engine, clips]) => ({
    engine,
    wardrobe: fitClips(clips, DEFAULT_BODY),
  })))

/**
 * Runs the world of a seed to its end. Rejects only where the simulator itself is broken.
 *
 * @example
 * ```ts
 * import { simulate } from 'otherworld/testing'
 *
 * // Two players, four simulated seconds, and a server whose process is killed.
 * const report = await simulate(7, { players: 2, seconds: 4, faults: ['kill'] })
 * if (report.violations.length > 0) throw new Error(JSON.stringify(report.violations))
 * ```
 */
export async function simulate(seed: number, options: SimulateOptions = {}): Promise<SimulationReport> {
  const report = await runOnce(seed, options)
  if (options.twice !== true) return report
  const again = await runOnce(seed, options)
  if (again.trace === report.trace) return report
  const message = `seed ${seed} gave trace ${report.trace} and then ${again.trace}`
  return {
    ...report,
    violations: [
      ...report.violations,
      { invariant: 'deterministic', tick: report.ticks, atMs: report.seconds * 1_000, message },
    ],
  }
}

async function runOnce(seed: number, options: SimulateOptions): Promise<SimulationReport> {
  const { engine, wardrobe } = await loadMachine()
  const plan = options.plan ?? planOf(seed, options)
  const violations: Violation[] = []
  const world: SimulatedWorld = new SimulatedWorld({
    seed,
    plan,
    engine,
    wardrobe,
    definition: options.definition ?? DEFAULT_DEFINITION,
    sabotage: options.sabotage ?? null,
    calmMsMax: (options.calmSecondsMax ?? CALM_SECONDS_MAX) * 1_000,
    violated: (invariant, message) => violate(invariant, message, world.tick),
  })
  const violate = (invariant: Invariant, message: string, tick: number): void => {
    // The first few of a kind are enough.
    if (violations.filter((other) => other.invariant === invariant).length < 3)
      violations.push({ invariant, tick, atMs: world.nowMs, message })
  }
  await world.run()
  const figures = await checkLog(world.server.disk, world.facts, simulationOf(engine), (invariant, message, tick) =>
    violate(invariant, message, tick ?? world.tick),
  )
  return { seed, plan, violations, ...world.figures, ...figures }
}
