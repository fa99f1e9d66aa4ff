/** Clients that were told goodbye: each is told until it has heard it or a second has passed, then its link is closed. */
import { GOODBYE_MS_MAX, INPUT_INTERVAL_MS } from '../../netcode/session/limits.ts'
import type { ServerSession } from '../../netcode/session/index.ts'
import type { Outbound } from './outbound.ts'
import type { LinkId } from '../realm-messages.ts'

/** Of a session that goes on at another link: it can say no more here, so its last packets are said again. */
interface GoodbyeResend {
  readonly packets: readonly Uint8Array[]
  readonly reason: string
  readonly endMs: number
  nextMs: number
}

export class ClosingSessions {
  readonly #out: Outbound
  readonly #resends = new Map<LinkId, GoodbyeResend>()
  readonly #leaving = new Map<LinkId, { readonly session: ServerSession; readonly reason: string }>()

  constructor(out: Outbound) {
    this.#out = out
  }

  get count(): number {
    return this.#leaving.size + this.#resends.size
  }

  begin(link: LinkId, session: ServerSession, reason: string, nowMs: number, again = false): void {
    session.goodbye(reason, nowMs, again)
    this.#leaving.set(link, { session, reason })
  }

  /** The packets hold the goodbye. The client closes when it has heard it: where the link closed first, it might not read it. */
  resendGoodbye(link: LinkId, packets: readonly Uint8Array[], reason: string, nowMs: number): void {
    this.#resends.set(link, { packets, reason, endMs: nowMs + GOODBYE_MS_MAX, nextMs: nowMs })
    this.#repeat(nowMs)
  }

  /** True where the packet was from a client that is leaving: only its acknowledgements count. */
  received(link: LinkId, bytes: Uint8Array, nowMs: number): boolean {
    const parting = this.#leaving.get(link)
    parting?.session.receive(bytes, nowMs)
    return parting !== undefined || this.#resends.has(link)
  }

  closed(link: LinkId): void {
    this.#leaving.delete(link)
    this.#resends.delete(link)
  }

  #repeat(nowMs: number): void {
    for (const [link, echo] of this.#resends) {
      if (nowMs >= echo.endMs) {
        this.#resends.delete(link)
        this.#out.close(link, echo.reason)
      } else if (nowMs >= echo.nextMs) {
        echo.nextMs = nowMs + INPUT_INTERVAL_MS
        for (const packet of echo.packets) this.#out.send(link, packet)
      }
    }
  }

  ticked(nowMs: number): void {
    this.#repeat(nowMs)
    for (const [link, { session, reason }] of this.#leaving) {
      for (const packet of session.packets([], nowMs)) this.#out.send(link, packet)
      if (!session.isGoodbyeDone(nowMs)) continue
      this.#leaving.delete(link)
      this.#out.close(link, reason)
    }
  }
}
