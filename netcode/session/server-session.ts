/**
 * The server's end of one render client: a pure state machine, time comes in as an argument. It outlives connections:
 * `detach` when one is lost, `attach` when the client comes back. Every fault is an answer, never an exception, and
 * ends this client only.
 */
import type { Input, PlayerId } from '../../sim/types.ts'
import {
  decodeClientPacket,
  describe,
  encodeServerPacket,
  PACKET_BYTES_MAX,
  type ClientPacket,
  type Hello,
  type Result,
  type ServerMessage,
} from '../../protocol/index.ts'
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
} from './limits.ts'
import { InputSequencer, type SequenceState } from './input-sequencer.ts'
import { PacketTracker, type SessionFault } from './packet-tracker.ts'
import { MESSAGE_OVERHEAD_BYTES, Outbox, type MessageRun } from './outbox.ts'
import { TokenBucket } from '../../http/token-bucket.ts'

/** What a packet brought that is new. Inputs carry the session's player. */
export interface ReceivedInputs {
  /** Commands, each exactly once, in their order. */
  readonly commands: readonly Input[]
  /** Moves, poses and drags newer than any seen of their kind (and hand). */
  readonly latest: readonly Input[]
  /** The client's timeline when it made the packet, and how long before the move among `latest` was first sent, ticks; 0: it keeps none. */
  readonly tick: number
  readonly moveTicks: number
  readonly hello: Hello | null
  /** The client's reason for leaving; answer with one more `packets`, then close. */
  readonly goodbye: string | null
}

/** A part of a snapshot on its way. */
export interface OutgoingPart {
  /** As `encodeSnapshotPart` made them, at most SNAPSHOT_PART_BYTES_MAX. */
  readonly bytes: Uint8Array
  /** Called once, when the packet that carried it is acknowledged. */
  acknowledged(): void
}

/** What a packet carried. */
interface Carried {
  readonly run: MessageRun | null
  readonly part: OutgoingPart | null
}

const NOTHING: ReceivedInputs = { commands: [], latest: [], tick: 0, moveTicks: 0, hello: null, goodbye: null }
type CommandOutcome = Extract<ServerMessage, { readonly type: 'commandDone' | 'commandRejected' }>
const isOutcome = (message: ServerMessage): message is CommandOutcome =>
  message.type === 'commandDone' || message.type === 'commandRejected'

/** What of a session belongs to one connection and begins anew with the next. */
class Attachment {
  readonly tracker: PacketTracker<Carried>
  readonly outbox = new Outbox()
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
  /** Stamped on the inputs; set once the player is known. */
  player: PlayerId = 0
  #attachment: Attachment
  #attached = true
  /** Since the Welcome of this connection messages are sent. */
  #welcomed = false
  /** Outcomes of commands that the client may not have heard of, numbered as queued; told again after a resume. */
  #outcomes: { readonly number: number; readonly message: CommandOutcome }[] = []
  #fault: SessionFault | null = null
  /** Highest sequence of the commands that the log holds. */
  #recorded: number
  readonly #inputs: InputSequencer

  /** `resumedAt`: the numbers of a session that a recording remembers, where the server goes on after a crash. */
  constructor(nowMs: number, resumedAt: SequenceState = { sequence: 0, ackCommand: 0 }) {
    this.#attachment = new Attachment(nowMs)
    this.#inputs = new InputSequencer(resumedAt)
    this.#recorded = resumedAt.ackCommand
  }

  /** Highest sequence of the inputs received: Welcome.sequence. */
  get sequence(): number {
    return this.#inputs.highest
  }

  /** Highest sequence of the commands that the log holds: Welcome.ackCommand. */
  get ackCommand(): number {
    return this.#recorded
  }

  /** The log holds the client's commands up to `sequence`: only now are they acknowledged, for a crash would lose the others. */
  recorded(sequence: number): void {
    this.#recorded = Math.max(this.#recorded, Math.min(sequence, this.#inputs.lastCommand))
  }

  /** A sequence for an input that the server makes in the player's name: the client goes on after it. */
  nextSequence(): number {
    return this.#inputs.nextSequence()
  }

  /** Why the session ended, null while it lives. */
  get fault(): SessionFault | null {
    return this.#fault
  }

  /** Bytes of reliable messages that the client has not acknowledged. */
  get queuedBytes(): number {
    return this.#attachment.outbox.bytes
  }

  /** Mean time from a packet to its acknowledgement, ms. */
  get acknowledgementMs(): number {
    return this.#attachment.tracker.acknowledgementMs
  }

  /** Outcomes of commands that the client may not have heard of, oldest first. */
  get undeliveredOutcomes(): readonly CommandOutcome[] {
    this.#forgetDelivered()
    return this.#outcomes.map(({ message }) => message)
  }

  get attached(): boolean {
    return this.#attached
  }

  /** True after SILENCE_MS_MAX without a packet: close the connection, `detach`. */
  isSilent(nowMs: number): boolean {
    return this.#attached && this.#attachment.tracker.isSilent(nowMs)
  }

  /** The connection is lost: what was queued is forgotten, but for outcomes of commands; numbering is kept. */
  detach(): void {
    this.#attached = false
    this.#welcomed = false
    this.#forgetDelivered()
    // What is left has not been heard, whatever numbers the next connection gives.
    this.#outcomes = this.#outcomes.map(({ message }) => ({ number: Infinity, message }))
  }

  /** A new connection of the same client. Its Hello follows; queue a Welcome, then the world anew. */
  attach(nowMs: number): void {
    if (this.#attached) this.detach()
    this.#attachment = new Attachment(nowMs)
    this.#attached = true
  }

  /**
   * Queues a message, reliable and in order. The first of a connection is the Welcome; until then only the outcomes of
   * commands are kept, and follow it: all else it makes void.
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

  /** Keeps an outcome until it is heard; the list is looked through whenever 64 more are in it. */
  #remember(message: CommandOutcome): void {
    this.#outcomes.push({ number: this.#welcomed ? this.#attachment.outbox.last + 1 : Infinity, message })
    if (this.#outcomes.length % 64 === 0) this.#forgetDelivered()
  }

  #forgetDelivered(): void {
    const { outbox } = this.#attachment
    const heard = outbox.last - outbox.length
    this.#outcomes = this.#outcomes.filter(({ number }) => number > heard)
  }

  #push(message: ServerMessage): void {
    if (this.#fault !== null || this.#attachment.outbox.push(message)) return
    this.#end(
      'slow-reader',
      `the client reads too slowly: more than ${Math.round(this.#attachment.outbox.bytes / 1024)} KiB wait for it`,
    )
  }

  #end(reason: SessionFault['reason'], message: string): SessionFault {
    this.#fault ??= { reason, message }
    return this.#fault
  }

  /** Takes a packet; what is new in it, or the fault that ends the session. */
  receive(bytes: Uint8Array, nowMs: number): Result<ReceivedInputs, SessionFault> {
    if (this.#fault !== null) return { ok: false, error: this.#fault }
    const { packetBucket, byteBucket } = this.#attachment
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
    const { tracker, outbox } = this.#attachment
    if (packet.packet > tracker.received.highest + SEQUENCE_JUMP_MAX)
      return this.#end('sequence', `packet ${packet.packet} follows packet ${tracker.received.highest}`)
    if (packet.ackPacket > tracker.sent.last)
      return this.#end('protocol', `packet ${packet.ackPacket} is acknowledged, but was never sent`)
    const { arrival, acked } = tracker.receive(packet.packet, packet.ackPacket, packet.ackBits, nowMs)
    if (arrival === 'old') return 'old'
    for (const { content } of acked) {
      if (content.run !== null) outbox.markArrived(content.run)
      content.part?.acknowledged()
    }
    outbox.acknowledgementMs = tracker.acknowledgementMs
    if (!outbox.acknowledge(packet.ackMessage))
      return this.#end('protocol', `message ${packet.ackMessage} is acknowledged, but was never sent`)
    if (arrival === 'ahead') {
      this.#attachment.clientTimeMs = packet.clientTimeMs
      this.#attachment.clientTimeAtMs = nowMs
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
    if (count === 0 || this.#attachment.inputBucket.take(count, nowMs)) return null
    return this.#end('rate', `the client sends more than ${INPUTS_PER_SECOND_MAX} inputs a second`)
  }

  /** The client is to be told why it has to go, and whether it may come `again` soon; `parted` when it knows. */
  goodbye(reason: string, nowMs: number, again = false): void {
    this.#attachment.tracker.sayGoodbye(reason, nowMs, again)
  }

  /**
   * Whether a snapshot would get through: `free`; `now`, on a line that is full and whose next packet is due; `wait`, on
   * one where it would only stand in a queue.
   */
  pace(nowMs: number): 'free' | 'now' | 'wait' {
    const { tracker } = this.#attachment
    const spacingMs = tracker.spacingMs(nowMs)
    if (spacingMs === 0) return 'free'
    return nowMs - tracker.sentAtMs >= spacingMs ? 'now' : 'wait'
  }

  /** True once the goodbye was acknowledged, or GOODBYE_MS_MAX has passed. */
  isGoodbyeDone(nowMs: number): boolean {
    return this.#attachment.tracker.isGoodbyeDone(nowMs)
  }

  /**
   * The packets to send now, each of at most PACKET_BYTES_MAX bytes: one for each part of the snapshot, filled up with
   * messages; more for messages alone, within MESSAGE_BYTES_PER_SECOND; one without content where a heartbeat is due or
   * `answer` asks for one. On a full line (`pace`) one at a time.
   */
  packets(parts: readonly OutgoingPart[], nowMs: number, answer = false): Uint8Array[] {
    if (!this.#attached) return []
    const { tracker } = this.#attachment
    // Who has said nothing is told nothing: how it takes part is not known yet.
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

  /** Messages for one packet, within the rate. */
  #run(bytesMax: number, nowMs: number): MessageRun | null {
    const { outbox, messageBucket, tracker } = this.#attachment
    const room = tracker.goodbye === null ? bytesMax : bytesMax - goodbyeBytes(tracker.goodbye.reason)
    const run = outbox.nextRun(Math.min(room, messageBucket.available(nowMs)), nowMs)
    if (run !== null)
      messageBucket.take(
        run.messages.reduce((sum, { length }) => sum + length, 0),
        nowMs,
      )
    return run
  }

  #packet(part: OutgoingPart | null, run: MessageRun | null, nowMs: number): Uint8Array {
    const { tracker, clientTimeMs, clientTimeAtMs } = this.#attachment
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

/** Upper bound of what a goodbye takes in a packet: 4 bytes a character at most. */
function goodbyeBytes(reason: string): number {
  return reason.length * 4 + 8
}
