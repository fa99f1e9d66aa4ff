/** Properties of the physics: what must hold in every session. */
import type { AvatarView, Field, InputFrame, PropView, Realm, RealmDefinition, SimEvent } from '../../sim/index.ts'
import type { Lab } from '../physics/copies.ts'

/** A broken property, and the first tick at which it is broken. */
export interface Violation {
  /** Name of the property; `continues` if the simulation ended. */
  readonly property: string
  readonly tick: number
  readonly message: string
}

/** A session as the simulation gets it. */
export interface PhysicsCase {
  readonly definition: RealmDefinition
  /** Frames of the ticks 1, 2, …, each in canonical order. */
  readonly frames: readonly InputFrame[]
  /** The same frames from inputs that arrived in another order. */
  readonly otherArrival: readonly InputFrame[]
  /** Ticks at which a checkpoint is taken; 0 is the genesis. */
  readonly checkpointTicks: readonly number[]
}

/** The world after a tick. */
export interface WatchedTick {
  readonly realm: Realm
  readonly frame: InputFrame
  readonly events: readonly SimEvent[]
  /** True after the session, when everybody has left and nothing is put in. */
  readonly isRest: boolean
  avatars(): readonly AvatarView[]
  props(): readonly PropView[]
}

/** Returns what is wrong after a tick, or null. */
export type Watcher = (tick: WatchedTick) => string | null

/** A state of the run under test: its checkpoint, and its fields by name. */
export interface StoredState {
  readonly bytes: Uint8Array
  readonly fields: readonly Field[]
}

/** The run under test. */
export interface Trace {
  /** Hash after each frame. */
  readonly hashes: readonly string[]
  /** Events of each frame, as JSON. */
  readonly events: readonly string[]
  /** Checkpoints by tick. */
  readonly checkpoints: ReadonlyMap<number, StoredState>
}

export interface PhysicsProperty {
  /** Lower-case words with hyphens. */
  readonly name: string
  /** What must hold, in one sentence. */
  readonly about: string
  /** True if its watcher needs the ticks after the session in which the world comes to rest. */
  readonly needsRest?: boolean
  /** Watches the run under test. Called at genesis, for each run. */
  watch?(definition: RealmDefinition, props: readonly PropView[]): Watcher
  /** Compares the run under test with other runs. */
  compare?(sample: PhysicsCase, trace: Trace, lab: Lab): Omit<Violation, 'property'> | null
}

/**
 * A property of your own: `check` gets the world after each tick, and returns what is wrong, or null. `name` has
 * lower-case words with hyphens.
 *
 * @example
 * ```ts
 * import { checkPhysics, everyTick } from 'otherworld/testing'
 *
 * const noTunnel = everyTick('no-tunnel', 'no avatar is below the ground', ({ avatars }) => {
 *   const low = avatars().find(({ position }) => position.y < -0.1 && Math.abs(position.x) < 50)
 *   return low ? `avatar ${low.id} is at ${low.position.y} m` : null
 * })
 *
 * await checkPhysics(noTunnel, { runs: 10 })
 * ```
 */
export const everyTick = (name: string, about: string, check: Watcher): PhysicsProperty => ({
  name,
  about,
  watch: () => check,
})
