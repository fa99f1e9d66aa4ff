/**
 * Realm Core: one tick of one realm instance. Seal the frame, write it, step, hash, write the hash; only then may
 * anything that follows from the tick leave the process.
 */
import { checkpoint, elementCount, hash, PHASES, phaseHash, step, type InputFrame, type Phase, type Realm, type SimEvent } from '../sim/index.ts'
import type { InteractionCenter } from './interaction-center.ts'

/** What the core writes to: the recording, as storage keeps it. */
export interface RealmLog {
  /** Before the step. Returns the frame as every reader will get it, which is the one to step. */
  frame(frame: InputFrame): InputFrame
  /** After the step. */
  hash(tick: number, hash: string): void
  /** After the hash of its tick: the hashes after each of PHASES. */
  sample(sample: { readonly tick: number; readonly players: number; readonly elements: number; readonly phases: readonly string[] }): void
  /** The state's bytes after `tick`; the log owns them. */
  checkpoint(tick: number, bytes: Uint8Array): void
}

export interface RealmCoreOptions {
  readonly realm: Realm
  readonly log: RealmLog
  readonly center: InteractionCenter
  /** Ticks between checkpoints. */
  readonly checkpointTicks: number
  /** Ticks between samples. */
  readonly sampleTicks: number
}

/** What one tick came to. */
export interface TickOutcome {
  readonly frame: InputFrame
  readonly events: readonly SimEvent[]
  /** Of the state after the frame: 16 hex digits. */
  readonly hash: string
}

export class RealmCore {
  private readonly options: RealmCoreOptions
  private lastHash: string

  constructor(options: RealmCoreOptions) {
    this.options = options
    this.lastHash = hash(options.realm)
  }

  get realm(): Realm {
    return this.options.realm
  }

  get tick(): number {
    return this.options.realm.tick
  }

  get stateHash(): string {
    return this.lastHash
  }

  /** Runs the next tick. Throws SimulationFault, or what the log throws; the realm must not go on then. */
  run(): TickOutcome {
    const { realm, log, center, sampleTicks, checkpointTicks } = this.options
    const tick = realm.tick + 1
    const frame = log.frame(center.seal(tick))
    const sampled = tick % sampleTicks === 0
    const phases: string[] = []
    const onPhase = (_: Phase): void => void phases.push(phaseHash(realm))
    const events = sampled ? step(realm, frame, { onPhase }) : step(realm, frame)
    this.lastHash = hash(realm)
    log.hash(tick, this.lastHash)
    if (sampled) log.sample({ tick, players: realm.players.size, elements: elementCount(realm), phases })
    if (tick % checkpointTicks === 0) log.checkpoint(tick, checkpoint(realm))
    return { frame, events, hash: this.lastHash }
  }
}

/** Names of the phases that samples carry, in order. */
export const SAMPLE_PHASES: readonly string[] = PHASES
