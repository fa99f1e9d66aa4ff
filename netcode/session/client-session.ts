/**
 * The client's end of a session, the mirror of ServerSession: a pure state machine, time comes in as an argument. It
 * outlives connections: `attach` at each new one.
 */
import type { Command, Input } from '../../sim/types.ts'
import {
  decodeServerPacket,
  describe,
  encodeClientPacket,
  isLatestWins,
  PACKET_BYTES_MAX,
  PROTOCOL_VERSION,
  type ClientMode,
  type Goodbye,
  type Hello,
  type Result,
  type ServerMessage,
  type ServerPacket,
  type SnapshotPart,
  type Welcome,
} from '../../protocol/index.ts'
import {
  COMMAND_INTERVAL_MS,
  HEAD_BYTES_MAX,
  INPUT_INTERVAL_MS,
  SENT_BYTES_BURST_MAX,
  SENT_BYTES_PER_SECOND_MAX,
} from './limits.ts'
import { InputQueue, type LatestInput, type PendingCommand } from './input-queue.ts'
import { Inbox } from './inbox.ts'
import { PacketTracker, type SessionFault } from './packet-tracker.ts'
import { TokenBucket } from '../../http/token-bucket.ts'

/** What a packet brought that is new. */
export interface ReceivedPacket {
  /** Number of the packet; 0: there was nothing new in it. */
  readonly packet: number
  /** Reliable messages, each exactly once, in their order. */
  readonly messages: readonly ServerMessage[]
  readonly snapshot: SnapshotPart | null
  /** The round trip that the packet measures; null: none. */
  readonly rttMs: number | null
  /** The server's reason for ending the connection; answer with one more `packets`, then close. */
  readonly goodbye: Goodbye | null
}

/** A move as it went into a packet for the first time: from then on it counts. */
export interface SentMove {
  readonly sequence: number
  /** Of the client's own timeline. */
  readonly tick: number
}

const NOTHING: ReceivedPacket = { packet: 0, messages: [], snapshot: null, rttMs: null, goodbye: null }
/** A Hello takes fewer. */
const HELLO_BYTES = 24

export interface ClientSessionOptions {
  readonly mode?: ClientMode
  /** Index of the wished body in the realm's definition. */
  readonly body?: number
}

export class ClientSession {
  readonly #hello: Hello
  #tracker: PacketTracker<readonly number[]>
  #inbox = new Inbox()
  #bytes: TokenBucket
  #welcomed = false
  /** Since the first Welcome the numbering is known. */
  #numbering = false
  readonly #inputs = new InputQueue()
  #sequence = 0
  #rttMs: number | null = null
  #urgent = false
  #urgentAtMs = -Infinity
  #move: SentMove | null = null
  #ackedMessage = 0
  #inputsSent = 0

  constructor(nowMs: number, { mode = 'render', body = 0 }: ClientSessionOptions = {}) {
    this.#hello = { type: 'hello', protocol: PROTOCOL_VERSION, mode, body }
    this.#tracker = new PacketTracker(nowMs)
    this.#bytes = new TokenBucket(SENT_BYTES_PER_SECOND_MAX, SENT_BYTES_BURST_MAX, nowMs)
  }

  /**
   * The client's own timeline, in whole ticks from 1; 0: none. The server makes its moves take effect as far apart on it
   * as they were first sent.
   */
  timeline: (nowMs: number) => number = () => 0

  /** The newest move that was in a packet; null: none was on this connection. */
  get sentMove(): SentMove | null {
    return this.#move
  }

  /** Round trip in ms, smoothed; null before the first echo. */
  get rttMs(): number | null {
    return this.#rttMs
  }

  /** Commands that the server has not acknowledged. */
  get unacknowledged(): number {
    return this.#inputs.commandCount
  }

  /** Sequence of the oldest of them; Infinity: there is none. */
  get oldestUnacknowledged(): number {
    return this.#inputs.oldestCommand
  }

  /** Messages that wait for an earlier one, at most MESSAGE_WINDOW. */
  get messagesWaiting(): number {
    return this.#inbox.waiting
  }

  /** Inputs sent, each counted once however often it is repeated; those replaced before they were sent are not among them. */
  get inputsSent(): number {
    return this.#inputsSent
  }

  /** True from the Welcome on: inputs are sent. */
  get welcomed(): boolean {
    return this.#welcomed
  }

  /** Packets received on this connection, and how many were sent to us as far as their numbers tell: the rest is lost. */
  get arrivals(): { readonly received: number; readonly expected: number } {
    return { received: this.#tracker.received.received, expected: this.#tracker.received.highest }
  }

  /** True after SILENCE_MS_MAX without a packet: the connection is dead. */
  isSilent(nowMs: number): boolean {
    return this.#tracker.isSilent(nowMs)
  }

  /** Since when nothing was heard, ms. */
  silenceMs(nowMs: number): number {
    return this.#tracker.silenceMs(nowMs)
  }

  /** A new connection: packets and messages are numbered anew, inputs go on; nothing but Hello is said before the Welcome. */
  attach(nowMs: number): void {
    this.#tracker = new PacketTracker(nowMs)
    this.#inbox = new Inbox()
    this.#bytes = new TokenBucket(SENT_BYTES_PER_SECOND_MAX, SENT_BYTES_BURST_MAX, nowMs)
    this.#ackedMessage = 0
    this.#welcomed = false
    this.#rttMs = null
    this.#move = null
  }

  /** Queues a command, to be sent until acknowledged; its sequence, or why it cannot be queued. */
  command(command: Command): Result<number, SessionFault> {
    if (isLatestWins(command.type)) throw new TypeError(`"${command.type}" is latest-wins: use latest()`)
    if (!this.#numbering) return refuse('there is no Welcome from the server yet')
    const input = this.#numbered(command)
    const refusal = this.#inputs.pushCommand(input)
    if (refusal !== null) return refuse(refusal)
    this.#sequence = input.sequence
    this.#inputsSent += 1
    this.#urgent = true
    return { ok: true, value: input.sequence }
  }

  /**
   * Sets the player's move, its pose, or where a hand drags; only the newest is sent, `urgent` ones at once as commands
   * are. Its sequence; 0 before the first Welcome, where it is forgotten.
   */
  latest(command: Command, urgent = false): number {
    if (!isLatestWins(command.type)) throw new TypeError(`"${command.type}" is reliable: use command()`)
    if (!this.#numbering) return 0
    const input = this.#numbered(command)
    this.#sequence = input.sequence
    this.#inputs.setLatest(input, urgent)
    this.#urgent ||= urgent
    return input.sequence
  }

  #numbered(command: Command): Input {
    return { player: 0, sequence: this.#sequence + 1, command }
  }

  /** Takes a packet; what is new in it, or why the connection has to end. */
  receive(bytes: Uint8Array, nowMs: number): Result<ReceivedPacket, SessionFault> {
    const decoded = decodeServerPacket(bytes)
    if (!decoded.ok)
      return {
        ok: false,
        error: { reason: 'protocol', message: `a packet of the server is not valid: ${describe(decoded.error)}` },
      }
    const packet = decoded.value
    const { arrival, acked } = this.#tracker.receive(packet.packet, packet.ackPacket, packet.ackBits, nowMs)
    if (arrival === 'old') return { ok: true, value: NOTHING }
    for (const { content } of acked) this.#inputs.acknowledgeLatest(content)
    const rttMs = arrival === 'ahead' ? this.#measure(packet, nowMs) : null
    const messages = this.#inbox.receive(packet.firstMessage, packet.messages)
    if (!messages.ok)
      return {
        ok: false,
        error: { reason: 'protocol', message: `a message of the server is not valid: ${describe(messages.error)}` },
      }
    for (const message of messages.value) if (message.type === 'welcome') this.#welcome(message)
    if (this.#welcomed) this.#inputs.acknowledgeCommands(packet.ackCommand)
    return {
      ok: true,
      value: {
        packet: packet.packet,
        messages: messages.value,
        snapshot: packet.snapshot,
        rttMs,
        goodbye: packet.control,
      },
    }
  }

  /** What a packet carried could not be used: it is not acknowledged, so that the server does not build on it. */
  withholdAck(packet: number): void {
    this.#tracker.received.forget(packet)
  }

  #measure({ clientTimeMs, clientTimeAgeMs, ackPacket }: ServerPacket, nowMs: number): number | null {
    if (ackPacket === 0) return null
    const rttMs = ((clockOf(nowMs) - clientTimeMs) >>> 0) - clientTimeAgeMs
    if (rttMs < 0 || rttMs > 60_000) return null
    this.#rttMs = this.#rttMs === null ? rttMs : this.#rttMs + (rttMs - this.#rttMs) / 8
    return rttMs
  }

  /** Numbering goes on where the server is; where it does not know us any more, what was pending is void. */
  #welcome({ sequence, ackCommand, resumed }: Welcome): void {
    this.#welcomed = true
    this.#numbering = true
    this.#urgent = true
    if (resumed) {
      this.#sequence = Math.max(this.#sequence, sequence)
      this.#inputs.acknowledgeCommands(ackCommand)
      return
    }
    this.#sequence = sequence
    this.#inputs.clear()
  }

  /** We leave: each packet says so until the server has acknowledged it or GOODBYE_MS_MAX has passed. */
  goodbye(reason: string, nowMs: number): void {
    this.#tracker.sayGoodbye(reason, nowMs)
  }

  /** True once our goodbye was acknowledged, or there is no hope that it will be. */
  isGoodbyeDone(nowMs: number): boolean {
    return this.#tracker.isGoodbyeDone(nowMs)
  }

  /**
   * The packets to send now: none between two sendings, at once where a command is new, each INPUT_INTERVAL_MS while
   * something is unacknowledged, else a heartbeat. Each has at most PACKET_BYTES_MAX bytes, but for one that carries a
   * single larger command. `answer` asks for a packet in any case.
   */
  packets(nowMs: number, answer = false): Uint8Array[] {
    const sinceMs = nowMs - this.#tracker.sentAtMs
    const urgent =
      this.#urgent &&
      nowMs - this.#urgentAtMs >= COMMAND_INTERVAL_MS &&
      this.#bytes.available(nowMs) >= PACKET_BYTES_MAX
    const due = this.#isNews() && sinceMs >= INPUT_INTERVAL_MS
    if (!answer && !urgent && !due && !this.#tracker.heartbeatDue(nowMs)) return []
    if (this.#urgent) this.#urgentAtMs = nowMs
    this.#urgent = false
    this.#ackedMessage = this.#inbox.acked
    if (!this.#welcomed) return [this.#packet([], [], nowMs)]
    const commands = this.#affordable(this.#inputs.commandsThatFit(this.#room()), nowMs)
    return [this.#packet(commands, this.#inputs.latestThatFit(commands, this.#room()), nowMs)]
  }

  #isNews(): boolean {
    if (!this.#welcomed || this.#tracker.goodbye !== null || this.#ackedMessage !== this.#inbox.acked) return true
    return !this.#inputs.isEmpty
  }

  /** None for now where they are a single large one that was just sent, and sent again: that would be more than the server takes. */
  #affordable(commands: PendingCommand[], nowMs: number): PendingCommand[] {
    const bytes = commands[0]?.bytes.length ?? 0
    return bytes > this.#room() && bytes > this.#bytes.available(nowMs) ? [] : commands
  }

  #room(): number {
    const { goodbye } = this.#tracker
    return PACKET_BYTES_MAX - HEAD_BYTES_MAX - (goodbye === null ? HELLO_BYTES : goodbye.reason.length * 4 + 8)
  }

  /** A slot goes out for the first time. What is urgent is not left to one packet: it is in the next one too, at once. */
  #sending(slot: LatestInput, tick: number): void {
    this.#inputsSent += 1
    slot.sent = true
    this.#urgent ||= slot.urgent
    if (slot.kind === 'move') this.#move = { sequence: slot.sequence, tick }
  }

  #packet(commands: readonly PendingCommand[], slots: readonly LatestInput[], nowMs: number): Uint8Array {
    const { received, goodbye } = this.#tracker
    const tick = this.timeline(nowMs)
    for (const slot of slots) if (!slot.sent) this.#sending(slot, tick)
    const head = {
      packet: this.#tracker.nextPacket(
        nowMs,
        slots.map(({ sequence }) => sequence),
      ),
      ackPacket: received.highest,
      ackBits: received.bits,
      ackMessage: this.#inbox.acked,
      clientTimeMs: clockOf(nowMs),
      control: goodbye ?? (this.#welcomed ? null : this.#hello),
      tick,
      moveTicks: slots.some(({ kind }) => kind === 'move') ? Math.max(0, tick - (this.#move?.tick ?? tick)) : 0,
    }
    const packet = encodeClientPacket(
      head,
      commands.map(({ bytes }) => bytes),
      slots.map(({ bytes }) => bytes),
    )
    this.#bytes.spend(packet.length, nowMs)
    return packet
  }
}

/** A clock of 32 bits, ms. */
function clockOf(nowMs: number): number {
  return Math.floor(nowMs) >>> 0
}

function refuse(message: string): Result<never, SessionFault> {
  return { ok: false, error: { reason: 'rate', message } }
}
