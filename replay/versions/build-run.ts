/** A recording's inputs, run by one build of the simulation, whatever its states become. */
import type { Field, Input, RealmDefinition, SimEvent } from '../../sim/index.ts'
import { bad, faultText, good, RecordingError, type RecordingResult } from '../error.ts'
import type { Recording } from '../recording.ts'
import type { Simulation } from '../simulation.ts'

export class BuildRun<R> {
  readonly #recording: Recording
  readonly #simulation: Simulation<R>
  readonly #definition: RealmDefinition
  readonly #realm: R
  #tick: number
  #trap: string | null = null
  #events: readonly SimEvent[] = []
  #ms = 0
  #kept: { readonly tick: number; readonly bytes: Uint8Array } | null = null

  private constructor(recording: Recording, simulation: Simulation<R>, definition: RealmDefinition, realm: R) {
    this.#recording = recording
    this.#simulation = simulation
    this.#definition = definition
    this.#realm = realm
    this.#tick = recording.startTick
  }

  /** Makes the starting state. Errors: those of `startOf`. Call `free` after use. */
  static async start<R>(recording: Recording, simulation: Simulation<R>): Promise<RecordingResult<BuildRun<R>>> {
    const start = await startOf(recording, simulation)
    return start.ok ? good(new BuildRun(recording, simulation, start.value.definition, start.value.realm)) : start
  }

  get tick(): number {
    return this.#tick
  }

  /** Why the last step failed; null if it did not. After a failure only call `free`. */
  get trap(): string | null {
    return this.#trap
  }

  /** What the last step reported. */
  get events(): readonly SimEvent[] {
    return this.#events
  }

  /** Steps a tick: the next one. Error: `corrupt`. */
  step(tick: number, nowMs: () => number): RecordingResult<void> {
    const frame = this.#recording.frame(tick, this.#simulation.decodeFrame)
    if (!frame.ok) return frame
    const startMs = nowMs()
    try {
      this.#events = this.#simulation.step(this.#realm, frame.value)
      this.#tick = tick
      this.#ms += nowMs() - startMs
    } catch (error) {
      this.#trap = faultText(error, tick)
    }
    return good(undefined)
  }

  /** Milliseconds of all steps since the last call. */
  takeMs(): number {
    const ms = this.#ms
    this.#ms = 0
    return ms
  }

  hash(): string {
    return this.#simulation.hash(this.#realm)
  }

  fields(): Iterable<Field> {
    return this.#simulation.fields(this.#realm)
  }

  inputsOf(tick: number): readonly Input[] {
    if (tick <= this.#recording.startTick) return []
    const frame = this.#recording.frame(tick, this.#simulation.decodeFrame)
    return frame.ok ? frame.value.inputs : []
  }

  /** Keeps the present state for `phasesOf`. */
  keep(): void {
    this.#kept = { tick: this.#tick, bytes: this.#simulation.checkpoint(this.#realm) }
  }

  /** The fields after each phase of a tick that is after the kept state; null if they cannot be repeated. */
  phasesOf(tick: number): ReadonlyMap<string, readonly Field[]> | null {
    if (!this.#kept) return null
    const phases = new Map<string, readonly Field[]>()
    try {
      const realm = this.#simulation.restore(this.#definition, this.#kept.bytes)
      try {
        for (let at = this.#kept.tick + 1; at <= tick; at++) {
          const frame = this.#recording.frame(at, this.#simulation.decodeFrame)
          if (!frame.ok) return null
          const note = (phase: string): void => void phases.set(phase, [...this.#simulation.fields(realm)])
          this.#simulation.step(realm, frame.value, at === tick ? note : undefined)
        }
        return this.#simulation.hash(realm) === this.hash() ? phases : null
      } finally {
        this.#simulation.free(realm)
      }
    } catch {
      return null
    }
  }

  free(): void {
    this.#simulation.free(this.#realm)
  }
}

/**
 * The state with which a recording starts, made by any build: the realm belongs to the caller. Errors: bad-definition;
 * no-start; corrupt; `other-sim` if the recording starts from a checkpoint that the build cannot restore.
 */
export async function startOf<R>(
  recording: Recording,
  simulation: Simulation<R>,
): Promise<RecordingResult<{ readonly definition: RealmDefinition; readonly realm: R }>> {
  const parsed = simulation.parseDefinition(recording.header.definition)
  if (!parsed.ok) {
    const [first] = parsed.errors
    return bad(
      new RecordingError(
        'bad-definition',
        `version ${simulation.version} of the simulation refuses the recording's realm definition: ${first?.where ?? ''} ${first?.message ?? ''}`,
      ),
    )
  }
  const realm = await startingState(recording, simulation, parsed.definition)
  return realm.ok ? good({ definition: parsed.definition, realm: realm.value }) : realm
}

async function startingState<R>(
  recording: Recording,
  simulation: Simulation<R>,
  definition: RealmDefinition,
): Promise<RecordingResult<R>> {
  if (recording.header.start === 'genesis' && recording.startTick === 0) return good(simulation.genesis(definition))
  const entry = recording.checkpoints.find(({ tick }) => tick === recording.startTick)
  if (!entry)
    return bad(
      new RecordingError(
        'no-start',
        'the recording ends within the checkpoint that it starts from; nothing can be replayed',
      ),
    )
  const bytes = await recording.checkpointBytes(entry)
  if (!bytes.ok) return bytes
  try {
    return good(simulation.restore(definition, bytes.value))
  } catch (error) {
    return bad(
      new RecordingError(
        'other-sim',
        `the recording starts from a checkpoint of version ${recording.header.simVersion}, which version ${simulation.version} of the simulation cannot restore: ${(error as Error).message}; use a recording that starts from genesis, such as the first segment of its epoch`,
      ),
    )
  }
}
