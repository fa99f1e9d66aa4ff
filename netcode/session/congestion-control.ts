/**
 * Congestion control: measures how much a connection carries by how late acknowledgements come. Data sent faster waits
 * in queues on the way (the stack's, the router's), and the world is seen seconds late. So the sender slows down when
 * the wait grows beyond the connection's base delay, the smallest of recent samples (the idea of TCP Vegas, Brakmo and
 * Peterson, 1995). Loss does not slow it: bad radio loses without any queue.
 */
import { HEARTBEAT_MS } from './limits.ts'

/**
 * Mean wait in queues above which the connection is congested, ms: more than the variation by a client's rhythm and
 * jitter.
 */
const QUEUE_MS_MAX = 250
/**
 * A packet that is this much later than usual without acknowledgement means congestion too, ms: two heartbeats of an
 * idle client and a margin.
 */
const LATE_MS_MAX = 600
/** Samples older than this no longer count for the base delay, ms: another network has another one. */
const BASE_MS_WINDOW = 10_000
/** Longest time between two packets, ms: the other side must notice that this one is alive. */
const SPACING_MS_MAX = 1_000

export class CongestionControl {
  /** The smallest of the running window, and of the one before. */
  #baseMs = Infinity
  #formerBaseMs = Infinity
  #windowAtMs = -Infinity
  #queueMs = 0
  #lastMs = 0

  /** A packet was acknowledged `afterMs` after it was sent: the newest packet of an acknowledgement. */
  acknowledged(afterMs: number, nowMs: number): void {
    if (nowMs - this.#windowAtMs >= BASE_MS_WINDOW) {
      this.#formerBaseMs = this.#baseMs
      this.#baseMs = Infinity
      this.#windowAtMs = nowMs
    }
    this.#baseMs = Math.min(this.#baseMs, afterMs)
    this.#lastMs = afterMs
    this.#queueMs += (afterMs - this.#lineMs - this.#queueMs) / 4
  }

  /**
   * Least time between two packets, ms; 0 without congestion. Under congestion one packet is sent for each one
   * acknowledged, so that queues drain, whoever else fills them. `waitingMs` is the age of the oldest packet after the
   * newest acknowledged one.
   */
  spacingMs(waitingMs: number): number {
    const isFull = this.#queueMs > QUEUE_MS_MAX || waitingMs > this.#lineMs + LATE_MS_MAX
    return isFull ? Math.min(SPACING_MS_MAX, Math.max(HEARTBEAT_MS, this.#lastMs)) : 0
  }

  get #lineMs(): number {
    return Math.min(this.#baseMs, this.#formerBaseMs)
  }
}
