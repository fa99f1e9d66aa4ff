/** Snapshots: the state of a realm at a tick as a render client gets it. `write.ts` describes the bytes. */
export { type Bounds } from './components.ts'
export { SnapshotSource } from './source.ts'
export { BASELINE_TICKS_MAX } from './history.ts'
export { SnapshotBuilder } from './snapshot-builder.ts'
export { OwnMoveTracker } from './own-move-tracker.ts'
export { SnapshotDecoder, type ComponentSample } from './decoder.ts'
export { SAVINGS, UPDATE_TICKS_MAX, type Savings } from './interest.ts'
