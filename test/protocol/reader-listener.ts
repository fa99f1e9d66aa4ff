// A client that only listens, written from sections 5 to 9 of docs/protocol.md. It receives packets and reports what it
// would acknowledge.
import { must, readClientPacket, readServerPacket } from './reader.ts'
import type { AvatarAdded, ClientPacket, PropAdded, Schema, ServerMessage, ServerPacket, Welcome } from './reader.ts'
import { SnapshotReader } from './reader-snapshots.ts'

const WINDOW = 32
const PACKETS_AHEAD = 65536
const MESSAGES_AHEAD = 512
const MESSAGE_BYTES = 2 ** 20

export const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

export class SessionListener {
  readonly snapshots = new SnapshotReader()
  readonly avatars = new Map<number, AvatarAdded>()
  readonly props = new Map<number, PropAdded>()
  readonly answers = new Map<number, { ok: boolean; reason: string | null }>()
  // Our own packets that the server has, and the commands that its log holds.
  readonly taken = new Set<number>()
  welcome: Welcome | undefined
  ackCommand = 0
  ackMessage = 0
  missing = 0
  repeats = 0
  readonly #schema: Schema
  readonly #received = new Set<number>()
  readonly #acknowledged = new Set<number>()
  readonly #waiting = new Map<number, ServerMessage>()
  #parts: Uint8Array[] = []
  #highest = 0

  constructor(schema: Schema) {
    this.#schema = schema
  }

  // PKT-4 for received packets. By SNP-7 a packet that was not accepted is not acknowledged, even if it is the highest.
  get acknowledgement(): { ackPacket: number; ackBits: number } {
    const ackPacket = Math.max(0, ...this.#acknowledged)
    const bits = Array.from({ length: WINDOW }, (_, bit) =>
      this.#acknowledged.has(ackPacket - 1 - bit) ? 2 ** bit : 0,
    )
    return { ackPacket, ackBits: bits.reduce((sum, bit) => sum + bit, 0) }
  }

  receive(bytes: Uint8Array): ServerPacket | undefined {
    const packet = readServerPacket(this.#schema, bytes)
    const number = packet.packet
    must(number <= this.#highest + PACKETS_AHEAD, 'PKT-3: a number far ahead')
    if (this.#received.has(number) || number < this.#highest - WINDOW) {
      this.repeats++
      return undefined
    }
    this.#received.add(number)
    this.#highest = Math.max(this.#highest, number)
    this.#acknowledgements(packet)
    const took = this.#messages(packet)
    let missing = 0
    if (packet.snapshot !== null) ({ missing } = this.snapshots.read(packet.snapshot))
    this.missing += missing
    if (took && missing === 0) this.#acknowledged.add(number)
    return packet
  }

  #acknowledgements({ ackPacket, ackBits, ackCommand }: ServerPacket): void {
    if (ackPacket > 0) this.taken.add(ackPacket)
    for (let bit = 0; bit < WINDOW; bit++) if (((ackBits >>> bit) & 1) === 1) this.taken.add(ackPacket - 1 - bit)
    // A late packet has older values.
    this.ackCommand = Math.max(this.ackCommand, ackCommand)
  }

  #messages({ messages, firstMessage }: ServerPacket): boolean {
    let took = true
    for (const [index, message] of messages.entries()) {
      const number = firstMessage + index
      if (number <= this.ackMessage) continue
      if (number <= this.ackMessage + MESSAGES_AHEAD) this.#waiting.set(number, message)
      else took = false
    }
    let next = this.#waiting.get(this.ackMessage + 1)
    while (next !== undefined) {
      this.#waiting.delete(++this.ackMessage)
      this.#whole(next)
      next = this.#waiting.get(this.ackMessage + 1)
    }
    return took
  }

  // MSG-3
  #whole(message: ServerMessage): void {
    if (message.part === undefined) {
      must(this.#parts.length === 0, 'MSG-3: a message among the parts of another')
      this.#handle(message)
      return
    }
    this.#parts.push(message.part.bytes)
    const bytes = Buffer.concat(this.#parts)
    must(bytes.length <= MESSAGE_BYTES, 'MSG-3: more than 1 MiB')
    if (!message.part.last) return
    this.#parts = []
    const together = this.#schema.decode('ServerMessage', bytes)
    must(together.message !== undefined && together.part === undefined, 'MSG-3: parts of a part')
    this.#handle(together)
  }

  #handle(message: ServerMessage): void {
    const { welcome, avatarAdded, propAdded, elementRemoved, propChanged, commandDone, commandRejected } = message
    must((welcome === undefined) === (this.welcome !== undefined), 'SES-3: the Welcome is first, and once')
    if (welcome !== undefined) this.welcome = welcome
    if (avatarAdded !== undefined) this.avatars.set(avatarAdded.element, avatarAdded)
    if (propAdded !== undefined) this.props.set(propAdded.element, propAdded)
    if (elementRemoved !== undefined) {
      this.avatars.delete(elementRemoved.element)
      this.props.delete(elementRemoved.element)
    }
    if (propChanged !== undefined) {
      const prop = this.props.get(propChanged.element)
      if (prop !== undefined) this.props.set(prop.element, { ...prop, ...propChanged })
    }
    if (commandDone !== undefined) this.#answer(commandDone.sequence, true, null)
    if (commandRejected !== undefined) this.#answer(commandRejected.sequence, false, commandRejected.reason)
  }

  // MSG-6: the first outcome counts.
  #answer(sequence: number, ok: boolean, reason: string | null): void {
    if (!this.answers.has(sequence)) this.answers.set(sequence, { ok, reason })
  }
}

// --- a captured session

// A packet of the client, with what the listener had received until then.
export interface CapturedPacket {
  from: 'client' | 'server'
  atMs: number
  hex: string
}
export interface ClientPacketSeen {
  packet: ClientPacket
  bytes: Uint8Array
  atMs: number
  acknowledged: ListenerState
}
interface PlayedSession {
  listener: SessionListener
  sent: ClientPacketSeen[]
  trips: number[]
}
interface ListenerState {
  ackPacket: number
  ackBits: number
  ackMessage: number
  ackCommand: number
  taken: Set<number>
  joined: boolean
}

export function play(schema: Schema, packets: readonly CapturedPacket[]): PlayedSession {
  const listener = new SessionListener(schema)
  const sent: ClientPacketSeen[] = []
  const trips: number[] = []
  let highest = 0
  for (const { from, atMs, hex } of packets) {
    const bytes = bytesOf(hex)
    if (from === 'client') {
      const { ackMessage, ackCommand, acknowledgement, welcome } = listener
      const state = { taken: new Set(listener.taken), joined: welcome !== undefined }
      const acknowledged = { ...acknowledgement, ackMessage, ackCommand, ...state }
      sent.push({ packet: readClientPacket(schema, bytes), bytes, atMs, acknowledged })
      continue
    }
    const packet = listener.receive(bytes)
    if (packet === undefined || packet.packet < highest || packet.ackPacket === 0) continue
    highest = packet.packet
    // CLK-1, by the clock of the capture, which started with the client's own.
    trips.push(atMs - packet.clientTimeMs - packet.clientTimeAgeMs)
  }
  return { listener, sent, trips }
}
