/**
 * The client's side of a session, the counterpart of ServerSession: a pure state machine that gets time as an argument.
 * It outlives connections; call `attach` for each new one.
 */
import type { Command, Input } from '../../../sim/types.ts'
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
} from '../../../protocol/index.ts'
import {
  COMMAND_INTERVAL_MS,
  HEAD_BYTES_MAX,
  INPUT_INTERVAL_MS,
  SENT_BYTES_BURST_MAX,
  SENT_BYTES_PER_SECOND_MAX,
} from '../limits.ts'
import { UnacknowledgedInputs, type LatestInput, type PendingCommand } from './unacknowledged-inputs.ts'
import { MessageReceiver } from './message-receiver.ts'
import { PacketTracker, type SessionFault } from '../packet-tracker.ts'
import { TokenBucket } from '../../../http/token-bucket.ts'

/** The new content of a packet. */
export interface ReceivedPacket {
  /** Number of the packet; 0 if it had nothing new. */
  readonly packet: number
  /** Reliable messages, each exactly once, in order. */
  readonly messages: readonly ServerMessage[]
  readonly snapshot: SnapshotPart | null
  /** The round trip that the packet measures; null if none. */
  readonly rttMs: number | null
  /** The server's reason for ending the connection; answer with one more `packets`, then close. */
  readonly goodbye: Goodbye | null
}

/** A move in the first packet that carried it; it counts from then on. */
export interface SentMove {
  readonly sequence: number
  /** On the client's timeline. */
  readonly tick: number
}

const NOTHING: ReceivedPacket = { packet: 0, messages: [], snapshot: null, rttMs: null, goodbye: null }
/** Upper bound of an encoded Hello. */
const HELLO_BYTES = 24

export interface ClientSessionOptions {
  readonly mode?: ClientMode
  /** Index of the requested body in the realm's definition. */
  readonly body?: number
}

export class ClientSession {
  readonly #hello: Hello
  #tracker: PacketTracker<readonly number[]>
  #receiver = new MessageReceiver()
  #bytes: TokenBucket
  #welcomed = false
  /** True since the first Welcome, which gives the numbering. */
  #numbering = false
  readonly #inputs = new UnacknowledgedInputs()
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
   * The client's timeline, in whole ticks from 1; 0 if there is none. The server makes moves take effect as far apart
   * as they were first sent on it.
   */
  timeline: (nowMs: number) => number = () => 0

  /** The newest move that was sent on this connection; null if there is none. */
  get sentMove(): SentMove | null {
    return this.#move
  }

  /** Round trip in ms, smoothed; null before the first echo. */
  get rttMs(): number | null {
    return this.#rttMs
  }

  /** Commands without acknowledgement. */
  get unacknowledged(): number {
    return this.#inputs.commandCount
  }

  /** Sequence of the oldest of them; Infinity if there is none. */
  get oldestUnacknowledged(): number {
    return this.#inputs.oldestCommand
  }

  /** Messages that wait for an earlier one, at most MESSAGE_WINDOW. */
  get messagesWaiting(): number {
    return this.#receiver.waiting
  }

  /** Inputs sent; repeats do not count, nor do inputs that were replaced before they were sent. */
  get inputsSent(): number {
    return this.#inputsSent
  }

  /** True after the Welcome: inputs are sent. */
  get welcomed(): boolean {
    return this.#welcomed
  }

  /** Packets received on this connection, and packets sent to it by their numbers. The difference is lost. */
  get arrivals(): { readonly received: number; readonly expected: number } {
    return { received: this.#tracker.received.received, expected: this.#tracker.received.highest }
  }

  /** True after SILENCE_MS_MAX without a packet: the connection is dead. */
  isSilent(nowMs: number): boolean {
    return this.#tracker.isSilent(nowMs)
  }

  /** Time since the last packet, ms. */
  silenceMs(nowMs: number): number {
    return this.#tracker.silenceMs(nowMs)
  }

  /**
   * A new connection: packets and messages are numbered from 1 again, inputs continue. Only Hello is sent before the
   * Welcome.
   */
  attach(nowMs: number): void {
    this.#tracker = new PacketTracker(nowMs)
    this.#receiver = new MessageReceiver()
    this.#bytes = new TokenBucket(SENT_BYTES_PER_SECOND_MAX, SENT_BYTES_BURST_MAX, nowMs)
    this.#ackedMessage = 0
    this.#welcomed = false
    this.#rttMs = null
    this.#move = null
  }

  /** Queues a command, to be sent until it is acknowledged. Returns its sequence, or why it cannot be queued. */
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
   * Sets the player's move, its pose, or a hand's drag. Only the newest is sent; `urgent` ones at once, as commands
   * are. Returns its sequence; 0 before the first Welcome, where it is dropped.
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

  /** Processes a packet. Returns its new content, or why the connection has to end. */
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
    const messages = this.#receiver.receive(packet.firstMessage, packet.messages)
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

  /** The packet's content could not be used: it is not acknowledged, so that the server does not build on it. */
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

  /** Numbering continues from the server's. If the server no longer knows the session, pending inputs are void. */
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

  /** Starts to leave: each packet carries the goodbye until the server acknowledged it or GOODBYE_MS_MAX has passed. */
  goodbye(reason: string, nowMs: number): void {
    this.#tracker.sayGoodbye(reason, nowMs)
  }

  /** True once our goodbye was acknowledged or has timed out. */
  isGoodbyeDone(nowMs: number): boolean {
    return this.#tracker.isGoodbyeDone(nowMs)
  }

  /**
   * The packets to send now: at once if a command is new, each INPUT_INTERVAL_MS while something is unacknowledged,
   * otherwise as a heartbeat. Each has at most PACKET_BYTES_MAX bytes, except one that carries a single larger command.
   * `answer` forces a packet.
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
    this.#ackedMessage = this.#receiver.acked
    if (!this.#welcomed) return [this.#packet([], [], nowMs)]
    const commands = this.#affordable(this.#inputs.commandsThatFit(this.#room()), nowMs)
    return [this.#packet(commands, this.#inputs.latestThatFit(commands, this.#room()), nowMs)]
  }

  #isNews(): boolean {
    if (!this.#welcomed || this.#tracker.goodbye !== null || this.#ackedMessage !== this.#receiver.acked) return true
    return !this.#inputs.isEmpty
  }

  /** Delays a single large command that was just sent: repeating it sooner would exceed the server's rate limit. */
  #affordable(commands: PendingCommand[], nowMs: number): PendingCommand[] {
    const bytes = commands[0]?.bytes.length ?? 0
    return bytes > this.#room() && bytes > this.#bytes.available(nowMs) ? [] : commands
  }

  #room(): number {
    const { goodbye } = this.#tracker
    return PACKET_BYTES_MAX - HEAD_BYTES_MAX - (goodbye === null ? HELLO_BYTES : goodbye.reason.length * 4 + 8)
  }

  /** A slot is sent for the first time. An urgent one is repeated in the next packet at once. */
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
      ackMessage: this.#receiver.acked,
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
