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

export {
  arbitraryBody,
  arbitraryClientCommand,
  arbitraryCommand,
  arbitraryFrame,
  arbitraryInput,
  arbitraryPackedPose,
  arbitraryPhysics,
  arbitraryPropSpec,
  arbitraryQuat,
  arbitraryServerCommand,
  arbitraryShape,
  arbitraryVec3,
  type CommandOptions,
  type FrameOptions,
} from './arbitraries.ts'
export { arbitraryRealm } from './sessions/realms.ts'
export { arbitrarySession, type SessionOptions } from './sessions/arbitrary-session.ts'
export { sessionFrames, type Segment, type Session } from './sessions/session.ts'
export { type Activity } from './sessions/activities.ts'
export { arbitraryLink, arbitraryNetwork, type ArbitraryNetwork } from './sessions/networks.ts'
export { loadLab, type Lab } from './physics/copies.ts'
export { type Physics } from './physics/physics.ts'
export {
  arrivalOrder,
  bounds,
  conservation,
  determinism,
  energy,
  isolation,
  penetration,
  permissions,
  PROPERTIES,
  restoring,
  sleep,
} from './properties/index.ts'
export {
  everyTick,
  type PhysicsCase,
  type PhysicsProperty,
  type Trace,
  type Violation as PhysicsViolation,
  type WatchedTick,
  type Watcher,
} from './properties/property.ts'
export { checkSession } from './properties/check.ts'
export { checkPhysics, PhysicsError, type PhysicsCheckOptions } from './properties/check-physics.ts'
export { checkRecording, recordCase, caseOfRecording } from './properties/saved-case.ts'
export { failureInRecording, type MomentCondition } from './recorded-failure.ts'
export { type FoundSession } from './properties/search.ts'
export { checkCommands, type CommandCheckOptions } from './commands/check-commands.ts'
