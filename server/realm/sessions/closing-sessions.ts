/**
 * Sessions that end: sends each client its goodbye until it acknowledges it or GOODBYE_MS_MAX has passed, then closes
 * the link.
 */
import { GOODBYE_MS_MAX, INPUT_INTERVAL_MS } from '../../../netcode/session/limits.ts'
import type { ServerSession } from '../../../netcode/session/index.ts'
import type { SendBuffer } from '../replication/send-buffer.ts'
import type { LinkId } from '../../both-threads/realm-messages.ts'

/**
 * A goodbye on a link whose session continues on another link. The session cannot make new packets for it, so the last
 * ones are sent again.
 */
interface GoodbyeResend {
  readonly packets: readonly Uint8Array[]
  readonly reason: string
  readonly endMs: number
  nextMs: number
}

export class ClosingSessions {
  readonly #out: SendBuffer
  readonly #goodbyes = new Map<LinkId, GoodbyeResend>()
  readonly #leaving = new Map<LinkId, { readonly session: ServerSession; readonly reason: string }>()

  constructor(out: SendBuffer) {
    this.#out = out
  }

  get count(): number {
    return this.#leaving.size + this.#goodbyes.size
  }

  /** Sends a goodbye with the session's packets. `again`: the client may return. */
  begin(link: LinkId, session: ServerSession, reason: string, nowMs: number, again = false): void {
    session.goodbye(reason, nowMs, again)
    this.#leaving.set(link, { session, reason })
  }

  /**
   * Sends packets that hold a goodbye until the client closes the link. If the server closed it first, the client might
   * not read them.
   */
  resendGoodbye(link: LinkId, packets: readonly Uint8Array[], reason: string, nowMs: number): void {
    this.#goodbyes.set(link, { packets, reason, endMs: nowMs + GOODBYE_MS_MAX, nextMs: nowMs })
    this.#resend(nowMs)
  }

  /** Returns true if the link is closing. Only the acknowledgements of such a packet count. */
  received(link: LinkId, bytes: Uint8Array, nowMs: number): boolean {
    const closing = this.#leaving.get(link)
    closing?.session.receive(bytes, nowMs)
    return closing !== undefined || this.#goodbyes.has(link)
  }

  closed(link: LinkId): void {
    this.#leaving.delete(link)
    this.#goodbyes.delete(link)
  }

  #resend(nowMs: number): void {
    for (const [link, goodbye] of this.#goodbyes) {
      if (nowMs >= goodbye.endMs) {
        this.#goodbyes.delete(link)
        this.#out.close(link, goodbye.reason)
      } else if (nowMs >= goodbye.nextMs) {
        goodbye.nextMs = nowMs + INPUT_INTERVAL_MS
        for (const packet of goodbye.packets) this.#out.send(link, packet)
      }
    }
  }

  ticked(nowMs: number): void {
    this.#resend(nowMs)
    for (const [link, { session, reason }] of this.#leaving) {
      for (const packet of session.packets([], nowMs)) this.#out.send(link, packet)
      if (!session.isGoodbyeDone(nowMs)) continue
      this.#leaving.delete(link)
      this.#out.close(link, reason)
    }
  }
}
