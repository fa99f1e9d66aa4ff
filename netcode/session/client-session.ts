/**
 * The client's end of a session, the mirror of ServerSession: a pure state machine, time comes in as an argument. It
 * outlives connections: `attach` at each new one.
 */
import type { Command, CommandType, HandId, Input } from '../../sim/types.ts'
import {
  COMMAND_BYTES_MAX,
  decodeServerPacket,
  describe,
  encodeClientPacket,
  encodeInput,
  isLatestWins,
  PACKET_BYTES_MAX,
  PACKET_COMMANDS_MAX,
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
  COMMAND_BYTES_UNACKED_MAX,
  COMMAND_INTERVAL_MS,
  COMMANDS_UNACKED_MAX,
  HEAD_BYTES_MAX,
  INPUT_INTERVAL_MS,
  SENT_BYTES_BURST_MAX,
  SENT_BYTES_PER_SECOND_MAX,
} from './limits.ts'
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

/** A command that is not acknowledged yet. */
interface PendingCommand {
  readonly sequence: number
  readonly bytes: Uint8Array
}

/** The newest move, pose or drag of one hand; kept until a packet with it is acknowledged. */
interface LatestInput {
  readonly sequence: number
  readonly bytes: Uint8Array
  readonly kind: CommandType
  readonly urgent: boolean
  /** Was in a packet at least once. */
  sent: boolean
}

/** A move as it went into a packet for the first time: from then on it counts. */
export interface SentMove {
  readonly sequence: number
  /** Of the client's own timeline. */
  readonly tick: number
}

const NOTHING: ReceivedPacket = { packet: 0, messages: [], snapshot: null, rttMs: null, goodbye: null }
/** Bytes around each input in a packet: tag and length. */
const INPUT_OVERHEAD_BYTES = 4
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
  #pending: PendingCommand[] = []
  #pendingBytes = 0
  readonly #slots = new Map<string, LatestInput>()
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
    return this.#pending.length
  }

  /** Sequence of the oldest of them; Infinity: there is none. */
  get oldestUnacknowledged(): number {
    return this.#pending[0]?.sequence ?? Infinity
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
    const bytes = encodeInput(input)
    if (bytes.length > COMMAND_BYTES_MAX)
      return refuse(`the command has ${bytes.length} bytes; at most ${COMMAND_BYTES_MAX} can be sent`)
    if (this.#pending.length >= COMMANDS_UNACKED_MAX || this.#pendingBytes + bytes.length > COMMAND_BYTES_UNACKED_MAX)
      return refuse(`${this.#pending.length} commands wait for the server already`)
    this.#sequence = input.sequence
    this.#pending.push({ sequence: input.sequence, bytes })
    this.#pendingBytes += bytes.length
    this.#inputsSent += 1
    this.#urgent = true
    // What the hand was to drag before is void.
    if (command.type === 'release' || command.type === 'grab') this.#slots.delete(slotOf('drag', command.hand))
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
    const key = command.type === 'drag' ? slotOf('drag', command.hand) : command.type
    this.#slots.set(key, {
      sequence: input.sequence,
      bytes: encodeInput(input),
      kind: command.type,
      urgent,
      sent: false,
    })
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
    for (const { content } of acked) this.#slotsArrived(content)
    const rttMs = arrival === 'ahead' ? this.#measure(packet, nowMs) : null
    const messages = this.#inbox.receive(packet.firstMessage, packet.messages)
    if (!messages.ok)
      return {
        ok: false,
        error: { reason: 'protocol', message: `a message of the server is not valid: ${describe(messages.error)}` },
      }
    for (const message of messages.value) if (message.type === 'welcome') this.#welcome(message)
    if (this.#welcomed) this.#acknowledge(packet.ackCommand)
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

  #slotsArrived(sequences: readonly number[]): void {
    if (sequences.length === 0) return
    for (const [key, { sequence }] of this.#slots) if (sequences.includes(sequence)) this.#slots.delete(key)
  }

  #measure({ clientTimeMs, clientTimeAgeMs, ackPacket }: ServerPacket, nowMs: number): number | null {
    if (ackPacket === 0) return null
    const rttMs = ((clockOf(nowMs) - clientTimeMs) >>> 0) - clientTimeAgeMs
    if (rttMs < 0 || rttMs > 60_000) return null
    this.#rttMs = this.#rttMs === null ? rttMs : this.#rttMs + (rttMs - this.#rttMs) / 8
    return rttMs
  }

  #acknowledge(sequence: number): void {
    const kept = this.#pending.findIndex((pending) => pending.sequence > sequence)
    const acked = this.#pending.splice(0, kept < 0 ? this.#pending.length : kept)
    for (const { bytes } of acked) this.#pendingBytes -= bytes.length
  }

  /** Numbering goes on where the server is; where it does not know us any more, what was pending is void. */
  #welcome({ sequence, ackCommand, resumed }: Welcome): void {
    this.#welcomed = true
    this.#numbering = true
    this.#urgent = true
    if (resumed) {
      this.#sequence = Math.max(this.#sequence, sequence)
      this.#acknowledge(ackCommand)
      return
    }
    this.#sequence = sequence
    this.#pending = []
    this.#pendingBytes = 0
    this.#slots.clear()
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
    const commands = this.#affordable(this.#commandsThatFit(), nowMs)
    return [this.#packet(commands, this.#slotsThatFit(commands), nowMs)]
  }

  #isNews(): boolean {
    if (!this.#welcomed || this.#tracker.goodbye !== null || this.#ackedMessage !== this.#inbox.acked) return true
    return this.#pending.length > 0 || this.#slots.size > 0
  }

  /** The oldest pending commands: all that fit, at least one, so that one too large for a packet goes by itself. */
  #commandsThatFit(): PendingCommand[] {
    let room = this.#room()
    const fitting = this.#pending
      .slice(0, PACKET_COMMANDS_MAX)
      .findIndex(({ bytes }) => (room -= bytes.length + INPUT_OVERHEAD_BYTES) < 0)
    return fitting < 0 ? this.#pending.slice(0, PACKET_COMMANDS_MAX) : this.#pending.slice(0, Math.max(1, fitting))
  }

  /** None for now where they are a single large one that was just sent, and sent again: that would be more than the server takes. */
  #affordable(commands: PendingCommand[], nowMs: number): PendingCommand[] {
    const bytes = commands[0]?.bytes.length ?? 0
    return bytes > this.#room() && bytes > this.#bytes.available(nowMs) ? [] : commands
  }

  /** The newest of each kind, by sequence. A drag waits until all commands are on their way: its grab may be among them. */
  #slotsThatFit(commands: readonly PendingCommand[]): LatestInput[] {
    const all = commands.length === this.#pending.length
    const slots = [...this.#slots.values()]
      .filter(({ kind }) => all || kind !== 'drag')
      .toSorted((a, b) => a.sequence - b.sequence)
    let room = this.#room() - commands.reduce((sum, { bytes }) => sum + bytes.length + INPUT_OVERHEAD_BYTES, 0)
    return slots.filter(({ bytes }) => {
      const fits = bytes.length + INPUT_OVERHEAD_BYTES <= room
      if (fits) room -= bytes.length + INPUT_OVERHEAD_BYTES
      return fits
    })
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

function slotOf(kind: 'drag', hand: HandId): string {
  return `${kind} ${hand}`
}

function refuse(message: string): Result<never, SessionFault> {
  return { ok: false, error: { reason: 'rate', message } }
}
