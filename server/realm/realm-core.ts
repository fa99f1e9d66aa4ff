/**
 * Realm Core: one tick of one realm instance. Seal the frame, write it, step, hash, write the hash; only then may
 * anything that follows from the tick leave the process.
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
import { Pulse } from '../host/watchdog.ts'

/** What the core writes to: the recording, as storage keeps it. */
export interface RealmLog {
  /** Before the step. Returns the frame as every reader will get it, which is the one to step. */
  frame(frame: InputFrame): InputFrame
  /** After the step. */
  hash(tick: number, hash: string): void
  /** After the hash of its tick: the hashes after each of PHASES. */
  sample(sample: {
    readonly tick: number
    readonly players: number
    readonly elements: number
    readonly phases: readonly string[]
  }): void
  /** It is time for a checkpoint of the state after `tick`. */
  checkpointDue(tick: number): boolean
  /** The state's bytes after `tick`; the log owns them. */
  checkpoint(tick: number, bytes: Uint8Array): void
}

export interface RealmCoreOptions {
  readonly realm: Realm
  readonly log: RealmLog
  readonly center: InteractionCenter
  /** Ticks between samples. */
  readonly sampleTicks: number
  /** Is told when a step begins and ends: one that does not end is noticed from outside. */
  readonly pulse?: Pulse
  /** Hears what the time of a tick goes into. */
  readonly laps?: Laps
}

/** What one tick came to. */
export interface TickOutcome {
  readonly frame: InputFrame
  readonly events: readonly SimEvent[]
  /** Of the state after the frame: 16 hex digits. */
  readonly hash: string
}

export class RealmCore {
  readonly #options: RealmCoreOptions
  readonly #laps: Laps
  readonly #pulse: Pulse
  #lastHash: string
  /** Sealed, and not yet in the log: what could not be written is written again before anything else happens. */
  #sealed: InputFrame | null = null
  /** Stepped, and its hash not yet in the log. */
  #stepped: TickOutcome | null = null

  constructor(options: RealmCoreOptions) {
    this.#options = options
    this.#laps = options.laps ?? NO_LAPS
    this.#pulse = options.pulse ?? new Pulse()
    this.#lastHash = hash(options.realm)
  }

  /** The last tick that the log has whole; `stateHash` is of the state after it. */
  get tick(): number {
    return this.#options.realm.tick - (this.#stepped ? 1 : 0)
  }

  get stateHash(): string {
    return this.#lastHash
  }

  /**
   * Runs the next tick. Throws SimulationFault, after which the realm must not go on, and what the log throws: then
   * nothing of the tick may be sent, and the next call takes it up where it was, with the same frame.
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

  /** After `run`, once it is known to whom the tick's outcomes go: a recovery from the checkpoint does not see them again. */
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
