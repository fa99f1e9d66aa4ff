/**
 * The server's side of one render client: a pure state machine that gets time as an argument. It outlives connections:
 * call `detach` when one is lost, `attach` when the client comes back. Every fault is a return value, never an
 * exception, and ends only this client.
 */
import type { Input, PlayerId } from '../../../sim/types.ts'
import {
  decodeClientPacket,
  describe,
  encodeServerPacket,
  PACKET_BYTES_MAX,
  type ClientPacket,
  type Hello,
  type Result,
  type ServerMessage,
} from '../../../protocol/index.ts'
import {
  HEAD_BYTES_MAX,
  INPUTS_BURST_MAX,
  INPUTS_PER_SECOND_MAX,
  MESSAGE_BYTES_BURST,
  MESSAGE_BYTES_PER_SECOND,
  PACKETS_BURST_MAX,
  PACKETS_PER_SECOND_MAX,
  RECEIVED_BYTES_BURST_MAX,
  RECEIVED_BYTES_PER_SECOND_MAX,
  SEQUENCE_JUMP_MAX,
} from '../limits.ts'
import { InputReceiver, type SequenceState } from './input-receiver.ts'
import { PacketTracker, type SessionFault } from '../packet-tracker.ts'
import { MESSAGE_OVERHEAD_BYTES, MessageSender, type MessageRun } from './message-sender.ts'
import { TokenBucket } from '../../../http/token-bucket.ts'

/** The new inputs of a packet, with the session's player. */
export interface ReceivedInputs {
  /** Commands, each exactly once, in order. */
  readonly commands: readonly Input[]
  /** Moves, poses and drags newer than any before of their kind (and hand). */
  readonly latest: readonly Input[]
  /**
   * The client's timeline when it made the packet, and how long before that the move in `latest` was first sent, ticks;
   * 0 if it keeps none.
   */
  readonly tick: number
  readonly moveTicks: number
  readonly hello: Hello | null
  /** The client's reason for leaving; answer with one more `packets`, then close. */
  readonly goodbye: string | null
}

/** A part of a snapshot to send. */
export interface OutgoingPart {
  /** Encoded by `encodeSnapshotPart`, at most SNAPSHOT_PART_BYTES_MAX. */
  readonly bytes: Uint8Array
  /** Called once, when the packet that carried it is acknowledged. */
  acknowledged(): void
}

/** The content of a packet. */
interface PacketContent {
  readonly run: MessageRun | null
  readonly part: OutgoingPart | null
}

const NOTHING: ReceivedInputs = { commands: [], latest: [], tick: 0, moveTicks: 0, hello: null, goodbye: null }
type CommandOutcome = Extract<ServerMessage, { readonly type: 'commandDone' | 'commandRejected' }>
const isOutcome = (message: ServerMessage): message is CommandOutcome =>
  message.type === 'commandDone' || message.type === 'commandRejected'

/** The part of a session that belongs to one connection and starts over with the next. */
class ConnectionState {
  readonly tracker: PacketTracker<PacketContent>
  readonly sender = new MessageSender()
  readonly packetBucket: TokenBucket
  readonly byteBucket: TokenBucket
  readonly inputBucket: TokenBucket
  readonly messageBucket: TokenBucket
  clientTimeMs = 0
  clientTimeAtMs: number

  constructor(nowMs: number) {
    this.tracker = new PacketTracker(nowMs)
    this.packetBucket = new TokenBucket(PACKETS_PER_SECOND_MAX, PACKETS_BURST_MAX, nowMs)
    this.byteBucket = new TokenBucket(RECEIVED_BYTES_PER_SECOND_MAX, RECEIVED_BYTES_BURST_MAX, nowMs)
    this.inputBucket = new TokenBucket(INPUTS_PER_SECOND_MAX, INPUTS_BURST_MAX, nowMs)
    this.messageBucket = new TokenBucket(MESSAGE_BYTES_PER_SECOND, MESSAGE_BYTES_BURST, nowMs)
    this.clientTimeAtMs = nowMs
  }
}

export class ServerSession {
  /** The player of the inputs; set once it is known. */
  player: PlayerId = 0
  #connection: ConnectionState
  #attached = true
  /** True after this connection's Welcome was queued: messages are sent. */
  #welcomed = false
  /** Outcomes of commands that may not have reached the client, numbered as queued; sent again after a resume. */
  #outcomes: { readonly number: number; readonly message: CommandOutcome }[] = []
  #fault: SessionFault | null = null
  /** Highest sequence of the commands in the log. */
  #recorded: number
  readonly #inputs: InputReceiver

  /** `resumedAt` has the numbering of a session from a recording, if the server resumes after a crash. */
  constructor(nowMs: number, resumedAt: SequenceState = { sequence: 0, ackCommand: 0 }) {
    this.#connection = new ConnectionState(nowMs)
    this.#inputs = new InputReceiver(resumedAt)
    this.#recorded = resumedAt.ackCommand
  }

  /** Highest sequence of the received inputs: Welcome.sequence. */
  get sequence(): number {
    return this.#inputs.highest
  }

  /** Highest sequence of the commands in the log: Welcome.ackCommand. */
  get ackCommand(): number {
    return this.#recorded
  }

  /**
   * The log has the client's commands up to `sequence`. Only now are they acknowledged, because a crash would lose
   * others.
   */
  recorded(sequence: number): void {
    this.#recorded = Math.max(this.#recorded, Math.min(sequence, this.#inputs.lastCommand))
  }

  /** A sequence for an input that the server creates in the player's name; the client continues after it. */
  nextSequence(): number {
    return this.#inputs.nextSequence()
  }

  /** Why the session ended; null while it lives. */
  get fault(): SessionFault | null {
    return this.#fault
  }

  /** Bytes of reliable messages without acknowledgement. */
  get queuedBytes(): number {
    return this.#connection.sender.bytes
  }

  /** Mean time from a packet to its acknowledgement, ms. */
  get acknowledgementMs(): number {
    return this.#connection.tracker.acknowledgementMs
  }

  /** Outcomes of commands that may not have reached the client, oldest first. */
  get undeliveredOutcomes(): readonly CommandOutcome[] {
    this.#forgetDelivered()
    return this.#outcomes.map(({ message }) => message)
  }

  get attached(): boolean {
    return this.#attached
  }

  /** True after SILENCE_MS_MAX without a packet: close the connection, `detach`. */
  isSilent(nowMs: number): boolean {
    return this.#attached && this.#connection.tracker.isSilent(nowMs)
  }

  /** The connection is lost: queued messages are dropped, except outcomes of commands; numbering is kept. */
  detach(): void {
    this.#attached = false
    this.#welcomed = false
    this.#forgetDelivered()
    // The remaining outcomes were not delivered, whatever numbers the next connection assigns.
    this.#outcomes = this.#outcomes.map(({ message }) => ({ number: Infinity, message }))
  }

  /** A new connection of the same client. Its Hello follows. Queue a Welcome, then describe the world again. */
  attach(nowMs: number): void {
    if (this.#attached) this.detach()
    this.#connection = new ConnectionState(nowMs)
    this.#attached = true
  }

  /**
   * Queues a reliable message. The first of a connection must be the Welcome. Of all messages queued before, only the
   * outcomes of commands are kept, and they follow it.
   */
  queue(message: ServerMessage): void {
    if (message.type === 'welcome') {
      this.#welcomed = true
      this.#push(message)
      for (const { message: outcome } of this.#outcomes.splice(0)) this.queue(outcome)
      return
    }
    if (isOutcome(message)) this.#remember(message)
    if (this.#welcomed) this.#push(message)
  }

  /** Keeps an outcome until it is delivered. Delivered ones are removed whenever the list has grown by 64. */
  #remember(message: CommandOutcome): void {
    this.#outcomes.push({ number: this.#welcomed ? this.#connection.sender.last + 1 : Infinity, message })
    if (this.#outcomes.length % 64 === 0) this.#forgetDelivered()
  }

  #forgetDelivered(): void {
    const { sender } = this.#connection
    const heard = sender.last - sender.length
    this.#outcomes = this.#outcomes.filter(({ number }) => number > heard)
  }

  #push(message: ServerMessage): void {
    if (this.#fault !== null || this.#connection.sender.push(message)) return
    this.#end(
      'slow-reader',
      `the client reads too slowly: more than ${Math.round(this.#connection.sender.bytes / 1024)} KiB wait for it`,
    )
  }

  #end(reason: SessionFault['reason'], message: string): SessionFault {
    this.#fault ??= { reason, message }
    return this.#fault
  }

  /** Processes a packet. Returns its new content, or the fault that ends the session. */
  receive(bytes: Uint8Array, nowMs: number): Result<ReceivedInputs, SessionFault> {
    if (this.#fault !== null) return { ok: false, error: this.#fault }
    const { packetBucket, byteBucket } = this.#connection
    if (!packetBucket.take(1, nowMs) || !byteBucket.take(bytes.length, nowMs))
      return {
        ok: false,
        error: this.#end(
          'rate',
          `the client sends more than ${PACKETS_PER_SECOND_MAX} packets or ${RECEIVED_BYTES_PER_SECOND_MAX} bytes a second`,
        ),
      }
    const decoded = decodeClientPacket(bytes)
    if (!decoded.ok)
      return { ok: false, error: this.#end('protocol', `a packet is not valid: ${describe(decoded.error)}`) }
    const fault = this.#track(decoded.value, nowMs)
    if (fault === 'old') return { ok: true, value: NOTHING }
    if (fault !== null) return { ok: false, error: fault }
    return this.#accept(decoded.value, nowMs)
  }

  #track(packet: ClientPacket, nowMs: number): SessionFault | 'old' | null {
    const { tracker, sender } = this.#connection
    if (packet.packet > tracker.received.highest + SEQUENCE_JUMP_MAX)
      return this.#end('sequence', `packet ${packet.packet} follows packet ${tracker.received.highest}`)
    if (packet.ackPacket > tracker.sent.last)
      return this.#end('protocol', `packet ${packet.ackPacket} is acknowledged, but was never sent`)
    const { arrival, acked } = tracker.receive(packet.packet, packet.ackPacket, packet.ackBits, nowMs)
    if (arrival === 'old') return 'old'
    for (const { content } of acked) {
      if (content.run !== null) sender.markArrived(content.run)
      content.part?.acknowledged()
    }
    sender.acknowledgementMs = tracker.acknowledgementMs
    if (!sender.acknowledge(packet.ackMessage))
      return this.#end('protocol', `message ${packet.ackMessage} is acknowledged, but was never sent`)
    if (arrival === 'ahead') {
      this.#connection.clientTimeMs = packet.clientTimeMs
      this.#connection.clientTimeAtMs = nowMs
    }
    return null
  }

  #accept(packet: ClientPacket, nowMs: number): Result<ReceivedInputs, SessionFault> {
    const found = this.#inputs.newInputs(packet)
    const broken = this.#inputs.faultOf(packet)
    const fault =
      broken === null
        ? this.#rateFault(found.commands.length + found.latest.length, nowMs)
        : this.#end('sequence', broken)
    if (fault !== null) return { ok: false, error: fault }
    const { control, tick, moveTicks } = packet
    const hello = control?.type === 'hello' ? control : null
    const goodbye = control?.type === 'goodbye' ? control.reason : null
    return { ok: true, value: { ...this.#inputs.accept(found, this.player), tick, moveTicks, hello, goodbye } }
  }

  #rateFault(count: number, nowMs: number): SessionFault | null {
    if (count === 0 || this.#connection.inputBucket.take(count, nowMs)) return null
    return this.#end('rate', `the client sends more than ${INPUTS_PER_SECOND_MAX} inputs a second`)
  }

  /**
   * Starts to end the connection with a reason; `again` says that the client may reconnect soon. `isGoodbyeDone` tells
   * when the client knows.
   */
  goodbye(reason: string, nowMs: number, again = false): void {
    this.#connection.tracker.sayGoodbye(reason, nowMs, again)
  }

  /**
   * Whether to send a snapshot now. `free`: no congestion. `now`: congested, but the next packet is due. `wait`: it
   * would only queue.
   */
  pace(nowMs: number): 'free' | 'now' | 'wait' {
    const { tracker } = this.#connection
    const spacingMs = tracker.spacingMs(nowMs)
    if (spacingMs === 0) return 'free'
    return nowMs - tracker.sentAtMs >= spacingMs ? 'now' : 'wait'
  }

  /** True once the goodbye was acknowledged, or GOODBYE_MS_MAX has passed. */
  isGoodbyeDone(nowMs: number): boolean {
    return this.#connection.tracker.isGoodbyeDone(nowMs)
  }

  /**
   * The packets to send now, each of at most PACKET_BYTES_MAX bytes: one for each part of the snapshot, filled up with
   * messages; more for messages only, within MESSAGE_BYTES_PER_SECOND; an empty one if a heartbeat is due or `answer`
   * requests it. Under congestion (`pace`), one at a time.
   */
  packets(parts: readonly OutgoingPart[], nowMs: number, answer = false): Uint8Array[] {
    if (!this.#attached) return []
    const { tracker } = this.#connection
    // A client that has sent nothing gets nothing: its mode is not known yet.
    if (tracker.received.highest === 0 && tracker.goodbye === null) return []
    const pace = this.pace(nowMs)
    const isAsked = answer || tracker.goodbye !== null || parts.length > 0
    if (pace === 'wait' && !isAsked) return []
    const shown = tracker.goodbye === null ? parts : []
    const out = shown.map((part) =>
      this.#packet(
        part,
        this.#run(PACKET_BYTES_MAX - HEAD_BYTES_MAX - part.bytes.length - MESSAGE_OVERHEAD_BYTES, nowMs),
        nowMs,
      ),
    )
    const packetsMax = pace === 'free' ? Infinity : 1
    while (out.length < packetsMax) {
      const run = this.#run(PACKET_BYTES_MAX - HEAD_BYTES_MAX, nowMs)
      if (run === null) break
      out.push(this.#packet(null, run, nowMs))
    }
    if (out.length === 0 && (answer || tracker.goodbye !== null || tracker.heartbeatDue(nowMs)))
      out.push(this.#packet(null, null, nowMs))
    return out
  }

  /** Messages for one packet, within the rate limit. */
  #run(bytesMax: number, nowMs: number): MessageRun | null {
    const { sender, messageBucket, tracker } = this.#connection
    const room = tracker.goodbye === null ? bytesMax : bytesMax - goodbyeBytes(tracker.goodbye.reason)
    const run = sender.nextRun(Math.min(room, messageBucket.available(nowMs)), nowMs)
    if (run !== null)
      messageBucket.take(
        run.messages.reduce((sum, { length }) => sum + length, 0),
        nowMs,
      )
    return run
  }

  #packet(part: OutgoingPart | null, run: MessageRun | null, nowMs: number): Uint8Array {
    const { tracker, clientTimeMs, clientTimeAtMs } = this.#connection
    const head = {
      packet: tracker.nextPacket(nowMs, { run, part }),
      ackPacket: tracker.received.highest,
      ackBits: tracker.received.bits,
      ackCommand: this.#recorded,
      firstMessage: run?.first ?? 0,
      clientTimeMs,
      clientTimeAgeMs: Math.max(0, Math.round(nowMs - clientTimeAtMs)),
      control: tracker.goodbye,
    }
    return encodeServerPacket(head, run?.messages ?? [], part?.bytes ?? null)
  }
}

/** Upper bound of a goodbye's bytes in a packet: at most 4 bytes a character. */
function goodbyeBytes(reason: string): number {
  return reason.length * 4 + 8
}
