/** What one tick sends: packets by link, and links to close after them. */
import { PacketBatch, type LinkId } from '../realm-messages.ts'

export interface OutboundBatch {
  readonly links: readonly LinkId[]
  readonly lengths: readonly number[]
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly closes: readonly { readonly link: LinkId; readonly reason: string }[]
}

export class Outbound {
  private readonly batch = new PacketBatch()
  private links: LinkId[] = []
  private lengths: number[] = []
  private closes: { readonly link: LinkId; readonly reason: string }[] = []

  send(link: LinkId, bytes: Uint8Array): void {
    this.batch.add(bytes)
    this.links.push(link)
    this.lengths.push(bytes.length)
  }

  close(link: LinkId, reason: string): void {
    this.closes.push({ link, reason })
  }

  /** Takes everything; starts anew. */
  take(): OutboundBatch {
    const { links, lengths, closes } = this
    this.links = []
    this.lengths = []
    this.closes = []
    return { links, lengths, bytes: this.batch.pack(), closes }
  }
}
