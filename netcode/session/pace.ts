/**
 * How much a line takes, told by how late acknowledgements come. What is sent faster than a line carries it waits in
 * queues on the way (the stack's, the router's), and the world is seen seconds late; so the sender slows down when the
 * wait grows beyond the line's own delay, which is the smallest seen of late (the idea of TCP Vegas, Brakmo and Peterson,
 * 1995: loss alone, which bad radio has without any queue, does not slow it).
 */
import { HEARTBEAT_MS } from './limits.ts'

/** Mean wait in queues above which the line is full, ms: above what acknowledgements vary by with a client's rhythm and jitter. */
const QUEUE_MS_MAX = 250
/** A packet that is not acknowledged so much later than usual means the same, ms: two heartbeats of an idle client, and some. */
const LATE_MS_MAX = 600
/** Samples of this long ago no longer tell the line's own delay, ms; after a switch of networks it is another. */
const BASE_MS_WINDOW = 10_000
/** The other side must hear that we live, ms. */
const SPACING_MS_MAX = 1_000

export class Pace {
  /** The smallest of the running window, and of the one before. */
  #baseMs = Infinity
  #formerBaseMs = Infinity
  #windowAtMs = -Infinity
  #queueMs = 0
  #lastMs = 0

  /** A packet was acknowledged so much after it was sent, ms: the newest of those that an acknowledgement is about. */
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
   * Least time between two packets, ms; 0 where the line is not full. On a full one a packet goes out for each that is
   * acknowledged: queues drain, whoever else fills them. `waitingMs`: age of the oldest packet after the newest acknowledged.
   */
  spacingMs(waitingMs: number): number {
    const isFull = this.#queueMs > QUEUE_MS_MAX || waitingMs > this.#lineMs + LATE_MS_MAX
    return isFull ? Math.min(SPACING_MS_MAX, Math.max(HEARTBEAT_MS, this.#lastMs)) : 0
  }

  get #lineMs(): number {
    return Math.min(this.#baseMs, this.#formerBaseMs)
  }
}
