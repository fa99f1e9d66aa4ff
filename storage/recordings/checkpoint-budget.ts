/** How often the state is written to the recording: the larger it is, the seldomer. */
import { CHECKPOINT_EVERY_TICKS } from '../../replay/index.ts'

/**
 * Bytes of checkpoints, as stored, that a recording grows by in a minute: five times what a realm of a hundred players
 * needs at one in ten seconds. A state of the largest size is then written every four minutes; a recovery replays as much more.
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

  /** One of `tick` takes so many bytes of the file; said again when it is known better. */
  took(tick: number, bytes: number): void {
    this.#nextTick = tick + this.ticksFor(bytes)
  }

  /** Ticks from a checkpoint of so many bytes to the next. */
  ticksFor(bytes: number): number {
    return Math.max(CHECKPOINT_EVERY_TICKS, Math.ceil((bytes / CHECKPOINT_BYTES_PER_MINUTE_MAX) * this.#ticksPerMinute))
  }
}
