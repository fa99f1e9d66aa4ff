/**
 * The interface through which replay runs a simulation. It is an argument everywhere, so that you can pass another one.
 */
import {
  checkpoint,
  elementCount,
  fields,
  free,
  genesis,
  hash,
  parseDefinition,
  phaseHash,
  PHASES,
  restore,
  SIM_VERSION,
  step,
  type Engine,
  type Field,
  type InputFrame,
  type Realm,
  type RealmDefinition,
  type SimEvent,
} from '../sim/index.ts'
import type { Result } from '../protocol/index.ts'

/** `R` is its realm type. `step`, `genesis` and `restore` may throw: on a trap, or on invalid bytes. */
export interface Simulation<R> {
  /** SHA-256 of the physics wasm, hex. */
  readonly engine: string
  readonly version: number
  /** Names of the phases that `step` reports, in order. */
  readonly phases: readonly string[]
  parseDefinition(
    json: unknown,
  ):
    | { readonly ok: true; readonly definition: RealmDefinition }
    | { readonly ok: false; readonly errors: readonly { readonly where: string; readonly message: string }[] }
  genesis(definition: RealmDefinition): R
  restore(definition: RealmDefinition, bytes: Uint8Array): R
  step(realm: R, frame: InputFrame, onPhase?: (phase: string) => void): readonly SimEvent[]
  /** Decodes the payload of a FRAME chunk into what `step` takes. Without it, this program's decoder is used. */
  readonly decodeFrame?: (bytes: Uint8Array) => Result<InputFrame>
  /** Hash of the state between two steps, 16 hex digits. */
  hash(realm: R): string
  /** Hash of the state within a step, 16 hex digits; for `onPhase`. */
  phaseHash(realm: R): string
  checkpoint(realm: R): Uint8Array
  /** Every field of the state by name, in the order of elements. */
  fields(realm: R): Iterable<Field>
  counts(realm: R): { readonly players: number; readonly elements: number }
  free(realm: R): void
}

/** The simulation of sim/ on a loaded engine. */
export function simulationOf(engine: Engine): Simulation<Realm> {
  return {
    engine: engine.sha256,
    version: SIM_VERSION,
    phases: PHASES,
    parseDefinition,
    genesis: (definition) => genesis(engine, definition),
    restore: (definition, bytes) => restore(engine, definition, bytes),
    step: (realm, frame, onPhase) => step(realm, frame, onPhase && { onPhase }),
    hash,
    phaseHash,
    checkpoint,
    fields,
    counts: (realm) => ({ players: realm.avatars.size, elements: elementCount(realm) }),
    free,
  }
}
