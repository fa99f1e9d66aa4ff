/** Clients that were told goodbye: each is told until it has heard it or a second has passed, then its link is closed. */
import type { ServerSession } from '../netcode/session/index.ts'
import type { Outbound } from './outbound.ts'
import type { LinkId } from './realm-messages.ts'

export class Partings {
  private readonly out: Outbound
  private readonly leaving = new Map<LinkId, { readonly session: ServerSession; readonly reason: string }>()

  constructor(out: Outbound) {
    this.out = out
  }

  get count(): number {
    return this.leaving.size
  }

  begin(link: LinkId, session: ServerSession, reason: string, nowMs: number, again = false): void {
    session.goodbye(reason, nowMs, again)
    this.leaving.set(link, { session, reason })
  }

  /** True where the packet was from a client that is leaving: only its acknowledgements count. */
  received(link: LinkId, bytes: Uint8Array, nowMs: number): boolean {
    const parting = this.leaving.get(link)
    parting?.session.receive(bytes, nowMs)
    return parting !== undefined
  }

  closed(link: LinkId): void {
    this.leaving.delete(link)
  }

  ticked(nowMs: number): void {
    for (const [link, { session, reason }] of this.leaving) {
      for (const packet of session.packets([], nowMs)) this.out.send(link, packet)
      if (!session.parted(nowMs)) continue
      this.leaving.delete(link)
      this.out.close(link, reason)
    }
  }
}
