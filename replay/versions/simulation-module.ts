/**
 * The module by which an installed Otherworld offers its simulation to others: dist/node/simulation.mjs. It needs no other
 * file, so you can keep it when you update. docs/replay.md describes the interface.
 */
import { decodeFrame } from '../../protocol/index.ts'
import { loadEngine, type Realm } from '../../sim/index.ts'
import { RAPIER } from '../../sim/engine.ts'
import { simulationOf, type Simulation } from '../simulation.ts'

/** Increased when a program that knows the number before could not use the module. */
export const interfaceVersion = 1

/**
 * Loads the engine and resolves with the simulation. Its `decodeFrame` decodes the payload of a FRAME chunk into what its
 * `step` takes. `physics`: the exports of another build of Rapier with the same API, to use instead of the own one; pass
 * it at the first call.
 */
export async function loadSimulation(physics?: object): Promise<Simulation<Realm>> {
  // The bundle has a copy of the package's exports: see scripts/build/simulation-bundle.mjs.
  if (physics) Object.assign(RAPIER, physics)
  return { ...simulationOf(await loadEngine()), decodeFrame }
}
