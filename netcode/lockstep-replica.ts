/**
 * The realm of a lockstep peer: restored from a checkpoint, stepped by the received frames, and compared at every tick.
 */
import {
  CheckpointError,
  free,
  hash,
  parseDefinition,
  restore,
  SIM_VERSION,
  SimulationFault,
  step,
  type Engine,
  type Realm,
  type RealmDefinition,
} from '../sim/index.ts'
import { PROTOCOL_VERSION, type LockstepFrame, type LockstepStart } from '../protocol/index.ts'

/** Frames that wait to be stepped: a minute at 60 ticks a second. A device that falls further behind cannot follow. */
const FRAMES_WAITING_MAX = 3_600

/** The first tick whose hash differs from the server's. */
export interface Mismatch {
  readonly tick: number
  readonly expected: string
  readonly actual: string
}

export class LockstepReplica {
  readonly #engine: Engine
  #realm: Realm | null = null
  #waiting: LockstepFrame[] = []
  /** Index of the next frame in #waiting; earlier ones are done. */
  #next = 0
  #ticksChecked = 0
  #mismatches = 0
  #firstMismatch: Mismatch | null = null

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** The realm after the last step; null before the start. Others may read it, and must not step it. */
  get realm(): Realm | null {
    return this.#realm
  }

  get ticksChecked(): number {
    return this.#ticksChecked
  }

  get mismatches(): number {
    return this.#mismatches
  }

  get firstMismatch(): Mismatch | null {
    return this.#firstMismatch
  }

  /** Frames that arrived but are not stepped yet. */
  get framesBehind(): number {
    return this.#waiting.length - this.#next
  }

  /**
   * Starts at a checkpoint and replaces an existing realm. Returns null, or a message that says why it is not possible.
   */
  start(start: LockstepStart): string | null {
    const refused = this.#refuse(start)
    if (refused !== null) return refused
    const definition = readDefinition(start.definition)
    if (typeof definition === 'string') return definition
    this.end()
    try {
      this.#realm = restore(this.#engine, definition, start.checkpoint)
    } catch (error) {
      if (error instanceof CheckpointError) return `The server's checkpoint cannot be restored: ${error.message}`
      throw error
    }
    return this.#realm.tick === start.tick
      ? null
      : `The server's checkpoint is of tick ${this.#realm.tick}, not of tick ${start.tick} as it says.`
  }

  #refuse({ protocol, engine, simVersion }: LockstepStart): string | null {
    if (protocol !== PROTOCOL_VERSION)
      return `The server speaks protocol ${protocol}, this peer ${PROTOCOL_VERSION}. Update the older of the two.`
    if (engine !== this.#engine.sha256)
      return `The server simulates with another physics engine (${engine.slice(0, 12)}…, here ${this.#engine.sha256.slice(0, 12)}…): their states cannot agree. Use the same version of both.`
    if (simVersion !== SIM_VERSION)
      return `The server simulates with version ${simVersion}, this peer with ${SIM_VERSION}: their states cannot agree. Use the same version of both.`
    return null
  }

  /** Queues a frame. Returns null, or a message that says why the peer cannot follow. */
  push(frame: LockstepFrame): string | null {
    if (this.#realm === null) return `The frame of tick ${frame.frame.tick} came before a checkpoint.`
    const expected = this.#realm.tick + this.framesBehind + 1
    if (frame.frame.tick !== expected) return `The frame of tick ${frame.frame.tick} came instead of tick ${expected}.`
    if (this.framesBehind >= FRAMES_WAITING_MAX)
      return `This device cannot keep up: it is ${this.framesBehind} ticks behind the server.`
    this.#waiting.push(frame)
    return null
  }

  /** Steps one waiting frame. Returns null, or a message that says why the simulation ended. Never throws. */
  step(): string | null {
    const waiting = this.#waiting[this.#next]
    if (this.#realm === null || waiting === undefined) return null
    this.#next += 1
    // Removed in bulk: a shift for each frame would move the whole queue while catching up.
    if (this.#next >= 256) this.#waiting = this.#waiting.slice(this.#next)
    if (this.#next >= 256) this.#next = 0
    try {
      step(this.#realm, waiting.frame)
    } catch (error) {
      if (error instanceof SimulationFault)
        return `The simulation failed at tick ${waiting.frame.tick}: ${error.message}`
      throw error
    }
    this.#compare(waiting, hash(this.#realm))
    return null
  }

  #compare({ frame: { tick }, hash: expected }: LockstepFrame, actual: string): void {
    this.#ticksChecked += 1
    if (actual === expected) return
    this.#mismatches += 1
    this.#firstMismatch ??= { tick, expected, actual }
  }

  /** Frees the realm and keeps the statistics. */
  end(): void {
    if (this.#realm !== null) free(this.#realm)
    this.#realm = null
    this.#waiting = []
    this.#next = 0
  }
}

function readDefinition(text: string): RealmDefinition | string {
  try {
    const parsed = parseDefinition(JSON.parse(text))
    if (parsed.ok) return parsed.definition
    return `The server describes a realm that this peer does not understand: ${parsed.errors[0]?.message ?? 'unknown reason'}`
  } catch (error) {
    return `The server describes its realm in broken JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}
