/**
 * Realm Core: the tick pipeline of one realm instance. A tick seals the frame, writes it to the log, steps the
 * simulation, hashes the state and writes the hash. Only then may anything that follows from the tick leave the
 * process.
 */
import {
  checkpoint,
  elementCount,
  hash,
  phaseHash,
  step,
  type InputFrame,
  type Realm,
  type SimEvent,
} from '../../sim/index.ts'
import type { InteractionCenter } from './interaction-center.ts'
import { NO_LAPS, type Laps } from '../metrics/tick-split.ts'
import { Pulse } from '../both-threads/pulse.ts'

/** The write-ahead log of the core. */
export interface TickLog {
  /** Writes a frame before its step. Returns the frame as every reader will decode it: step that one. */
  frame(frame: InputFrame): InputFrame
  /** Writes the hash of the state after the step. */
  hash(tick: number, hash: string): void
  /** Writes the hashes after each of PHASES, after the hash of the tick. */
  sample(sample: {
    readonly tick: number
    readonly players: number
    readonly elements: number
    readonly phases: readonly string[]
  }): void
  /** Returns true when a checkpoint of the state after `tick` is due. */
  checkpointDue(tick: number): boolean
  /** Writes a checkpoint of the state after `tick`. The log owns `bytes` from then on. */
  checkpoint(tick: number, bytes: Uint8Array): void
}

export interface RealmCoreOptions {
  readonly realm: Realm
  readonly log: TickLog
  readonly center: InteractionCenter
  /** Ticks between samples. */
  readonly sampleTicks: number
  /** Marks the start and end of each step, so that another thread notices a step that hangs. */
  readonly pulse?: Pulse
  /** Measures the parts of a tick. */
  readonly laps?: Laps
}

/** The result of one tick. */
export interface TickOutcome {
  readonly frame: InputFrame
  readonly events: readonly SimEvent[]
  /** Hash of the state after the frame, 16 hex digits. */
  readonly hash: string
}

export class RealmCore {
  readonly #options: RealmCoreOptions
  readonly #laps: Laps
  readonly #pulse: Pulse
  #lastHash: string
  /**
   * Frame that is sealed but not in the log. If it could not be written, the next `run` writes it before anything else.
   */
  #sealed: InputFrame | null = null
  /** Tick that was stepped but whose hash is not in the log. */
  #stepped: TickOutcome | null = null

  constructor(options: RealmCoreOptions) {
    this.#options = options
    this.#laps = options.laps ?? NO_LAPS
    this.#pulse = options.pulse ?? new Pulse()
    this.#lastHash = hash(options.realm)
  }

  /** The last tick that is complete in the log. */
  get tick(): number {
    return this.#options.realm.tick - (this.#stepped ? 1 : 0)
  }

  /** Hash of the state after `tick`. */
  get stateHash(): string {
    return this.#lastHash
  }

  /**
   * Runs the next tick. Throws SimulationFault, after which the realm must not continue. Also throws what the log throws:
   * nothing of the tick may be sent then, and the next call resumes it with the same frame.
   */
  run(): TickOutcome {
    const { realm, log, sampleTicks } = this.#options
    const sampled = (this.#stepped?.frame.tick ?? realm.tick + 1) % sampleTicks === 0
    const phases: string[] = []
    const outcome = this.#stepped ?? this.#step(sampled ? () => this.#phase(phases) : null)
    this.#stepped = outcome
    log.hash(realm.tick, outcome.hash)
    this.#stepped = null
    this.#lastHash = outcome.hash
    if (sampled && phases.length > 0)
      log.sample({ tick: realm.tick, players: realm.players.size, elements: elementCount(realm), phases })
    this.#laps.lap('record')
    return outcome
  }

  /**
   * Call after `run`, once the outcomes of the tick are queued. A recovery from the checkpoint does not produce them
   * again.
   */
  checkpointIfDue(): void {
    const { realm, log } = this.#options
    if (log.checkpointDue(realm.tick)) log.checkpoint(realm.tick, checkpoint(realm))
  }

  #phase(hashes: string[]): void {
    this.#laps.lap('step')
    hashes.push(phaseHash(this.#options.realm))
    this.#laps.lap('hash')
  }

  #step(onPhase: (() => void) | null): TickOutcome {
    const { realm, log, center } = this.#options
    this.#sealed ??= center.seal(realm.tick + 1)
    this.#laps.lap('inputs')
    const frame = log.frame(this.#sealed)
    this.#sealed = null
    this.#laps.lap('record')
    return this.#pulse.during(frame.tick, () => {
      const events = onPhase ? step(realm, frame, { onPhase }) : step(realm, frame)
      this.#laps.lap('step')
      const outcome = { frame, events, hash: hash(realm) }
      this.#laps.lap('hash')
      return outcome
    })
  }
}
