/** Checks the module by which another build offers its simulation (simulation-module.ts), and loads it. */
import type { Simulation } from '../simulation.ts'

/** The number that this program knows. */
const INTERFACE_VERSION = 1

const FUNCTIONS = [
  'parseDefinition',
  'genesis',
  'restore',
  'step',
  'hash',
  'phaseHash',
  'checkpoint',
  'fields',
  'counts',
  'free',
  'decodeFrame',
] as const

/** A module does not offer a simulation that this program can use. The message says what is missing. */
export class BuildError extends Error {
  override readonly name = 'BuildError'
}

/** Loads the simulation of a build. `module`: its dist/node/simulation.mjs. Throws BuildError. */
export async function simulationOfModule(module: unknown, physics?: object): Promise<Simulation<unknown>> {
  const { interfaceVersion, loadSimulation } = Object(module) as Record<string, unknown>
  if (typeof interfaceVersion !== 'number' || typeof loadSimulation !== 'function')
    throw new BuildError('it does not export interfaceVersion and loadSimulation')
  if (interfaceVersion !== INTERFACE_VERSION)
    throw new BuildError(
      `its interface has version ${interfaceVersion}, and this program knows version ${INTERFACE_VERSION}; run the newer of the two programs`,
    )
  let simulation: unknown
  try {
    simulation = await (loadSimulation as (physics?: object) => Promise<unknown>)(physics)
  } catch (error) {
    throw new BuildError(`its simulation cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
  const wrong = faultOf(simulation)
  if (wrong !== null) throw new BuildError(wrong)
  return simulation as Simulation<unknown>
}

function faultOf(simulation: unknown): string | null {
  const fields = Object(simulation) as Record<string, unknown>
  const missing = FUNCTIONS.filter((name) => typeof fields[name] !== 'function')
  if (missing.length > 0) return `its simulation has no function ${missing.join(', ')}`
  const { engine, version, phases } = fields
  if (typeof engine !== 'string' || !/^[0-9a-f]{64}$/.test(engine))
    return `its engine is ${JSON.stringify(engine)}, not a SHA-256 of 64 hex digits`
  if (!Number.isInteger(version)) return `its version is ${JSON.stringify(version)}, not a whole number`
  if (!Array.isArray(phases) || !phases.every((phase) => typeof phase === 'string'))
    return `its phases are ${JSON.stringify(phases)}, not a list of names`
  return null
}
