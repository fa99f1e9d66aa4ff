/** Limits the bytes of checkpoints in a recording: the larger the state, the less often it is written. */
import { CHECKPOINT_EVERY_TICKS } from '../../replay/index.ts'

/**
 * Bytes that checkpoints, as stored, may add to a recording in a minute: five times the need of a realm of a hundred
 * players at one checkpoint in ten seconds. A state of the largest size is then written every four minutes, and a
 * recovery replays that much more.
 */
export const CHECKPOINT_BYTES_PER_MINUTE_MAX = 16 * 1024 * 1024

export class CheckpointBudget {
  readonly #ticksPerMinute: number
  #nextTick: number

  constructor(tickRate: number, startTick: number) {
    this.#ticksPerMinute = 60 * tickRate
    this.#nextTick = startTick
  }

  due(tick: number): boolean {
    return tick % CHECKPOINT_EVERY_TICKS === 0 && tick >= this.#nextTick
  }

  /** Reports the stored size of the checkpoint of `tick`. Call it again when a better figure is known. */
  took(tick: number, bytes: number): void {
    this.#nextTick = tick + this.ticksFor(bytes)
  }

  /** Ticks from a checkpoint of this size to the next. */
  ticksFor(bytes: number): number {
    return Math.max(CHECKPOINT_EVERY_TICKS, Math.ceil((bytes / CHECKPOINT_BYTES_PER_MINUTE_MAX) * this.#ticksPerMinute))
  }
}
