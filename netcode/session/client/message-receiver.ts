/** The receiver of reliable messages: orders them, drops duplicates, assembles parts. */
import {
  decodeServerMessage,
  SERVER_MESSAGE_BYTES_MAX,
  type ProtocolError,
  type Result,
  type ServerMessage,
} from '../../../protocol/index.ts'
import { MESSAGE_WINDOW } from '../limits.ts'

export class MessageReceiver {
  /** All messages up to this number were received; 0 if none. */
  #acked = 0
  readonly #early = new Map<number, ServerMessage>()
  #parts: Uint8Array[] = []
  #partBytes = 0

  /** All messages up to this number were received. */
  get acked(): number {
    return this.#acked
  }

  /** Messages that wait for an earlier one. */
  get waiting(): number {
    return this.#early.size
  }

  /** Adds the messages of a packet. Returns those that are now complete and in order, each once. */
  receive(first: number, messages: readonly ServerMessage[]): Result<ServerMessage[]> {
    messages.forEach((message, i) => {
      const number = first + i
      // Messages beyond the window are dropped: a correct sender does not send them yet, and will send them again.
      if (number > this.#acked && number <= this.#acked + MESSAGE_WINDOW) this.#early.set(number, message)
    })
    const ready: ServerMessage[] = []
    for (;;) {
      const next = this.#early.get(this.#acked + 1)
      if (next === undefined) return { ok: true, value: ready }
      this.#early.delete(this.#acked + 1)
      this.#acked += 1
      const error = this.#deliver(next, ready)
      if (error !== null) return { ok: false, error }
    }
  }

  #deliver(message: ServerMessage, ready: ServerMessage[]): ProtocolError | null {
    if (message.type !== 'part') {
      ready.push(message)
      return null
    }
    if (message.bytes.length === 0) return { reason: 'out-of-range', where: 'part', message: 'is empty' }
    this.#parts.push(message.bytes)
    this.#partBytes += message.bytes.length
    if (this.#partBytes > SERVER_MESSAGE_BYTES_MAX)
      return {
        reason: 'too-large',
        where: 'part',
        message: `the parts have more than ${SERVER_MESSAGE_BYTES_MAX} bytes together`,
      }
    if (!message.last) return null
    const whole = decodeServerMessage(this.#join())
    if (!whole.ok) return whole.error
    // A message made of parts may not be a part itself, or two limits would multiply.
    if (whole.value.type === 'part') return { reason: 'malformed', where: 'part', message: 'is made of parts itself' }
    ready.push(whole.value)
    return null
  }

  #join(): Uint8Array {
    const whole = new Uint8Array(this.#partBytes)
    let at = 0
    for (const part of this.#parts) {
      whole.set(part, at)
      at += part.length
    }
    this.#parts = []
    this.#partBytes = 0
    return whole
  }
}
