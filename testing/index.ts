/** The published test kit, `otherworld/testing`. */
export { simulate, type SimulateOptions, type SimulationReport } from './simulator/simulate.ts'
export {
  planOf,
  START_MS,
  type PlannedFault,
  type FaultType,
  type Plan,
  type PlannedPlayer,
  type PlanOptions,
} from './simulator/plan.ts'
export { INVARIANTS, type Invariant, type Violation } from './simulator/invariants.ts'
export { SABOTAGES, type Sabotage } from './simulator/sabotage.ts'
export { MemoryTransport, type LinkConditions, type MemoryOptions } from '../netcode/memory.ts'
