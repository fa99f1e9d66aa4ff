/** The send buffer of one tick: packets by link, and links to close after them. */
import { PacketBatch, type LinkId, type OutboundPackets } from '../../both-threads/realm-messages.ts'

export class SendBuffer {
  readonly #batch = new PacketBatch()
  #links: LinkId[] = []
  #lengths: number[] = []
  #closes: { readonly link: LinkId; readonly reason: string }[] = []

  send(link: LinkId, bytes: Uint8Array): void {
    this.#batch.add(bytes)
    this.#links.push(link)
    this.#lengths.push(bytes.length)
  }

  /** Closes the link once its packets are sent. */
  close(link: LinkId, reason: string): void {
    this.#closes.push({ link, reason })
  }

  /** Returns everything and empties the buffer. */
  flush(): OutboundPackets & { readonly bytes: Uint8Array<ArrayBuffer> } {
    const batch = { links: this.#links, lengths: this.#lengths, bytes: this.#batch.pack(), closes: this.#closes }
    this.#links = []
    this.#lengths = []
    this.#closes = []
    return batch
  }
}
