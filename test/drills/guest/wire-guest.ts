/**
 * A guest that speaks the protocol itself, without the client's own checks and pauses. It sends whatever a packet can
 * carry, as fast as the server allows.
 */
import {
  COMMAND_BYTES_MAX,
  decodeInput,
  decodeServerPacket,
  encodeClientPacket,
  encodeInput,
  isLatestWins,
  PACKET_BYTES_ACCEPTED_MAX,
  PROTOCOL_VERSION,
  type ServerMessage,
} from '../../../protocol/index.ts'
import type { Command, ElementId } from '../../../sim/index.ts'
import type { ClientConnection, Connect } from '../../../netcode/index.ts'
import { MessageReceiver } from '../../../netcode/session/client/message-receiver.ts'
import { PacketTracker } from '../../../netcode/session/packet-tracker.ts'
import {
  HEAD_BYTES_MAX,
  INPUTS_BURST_MAX,
  INPUTS_PER_SECOND_MAX,
  PACKETS_BURST_MAX,
  PACKETS_PER_SECOND_MAX,
  RECEIVED_BYTES_BURST_MAX,
  RECEIVED_BYTES_PER_SECOND_MAX,
} from '../../../netcode/session/limits.ts'
import { TokenBucket } from '../../../http/token-bucket.ts'

/** Share of each of the server's rates that it uses, because its own clock may run a little faster. */
const RATE_SHARE = 0.9
/** Time after which an unacknowledged command is sent again, ms. */
const RESEND_MS = 1_500
/** Bytes around a command in a packet. */
const INPUT_OVERHEAD_BYTES = 6
/** Moves, poses and drags in one packet. */
const LATEST_MAX = 5

const bucket = (perSecond: number, burst: number, nowMs: number): TokenBucket =>
  new TokenBucket(perSecond * RATE_SHARE, burst * RATE_SHARE, nowMs)

interface WaitingCommand {
  readonly sequence: number
  readonly command: Command
  readonly bytes: Uint8Array
}

/** Outcomes of commands by type: `done`, and the reasons of rejections. */
export type CommandEndings = Record<string, Record<string, number>>

export function count(endings: CommandEndings, type: string, outcome: string, times = 1): void {
  const of = (endings[type] ??= {})
  of[outcome] = (of[outcome] ?? 0) + times
}

export class WireGuest {
  readonly endings: CommandEndings
  /** Elements that it spawned and has not removed. */
  readonly elements: ElementId[] = []
  avatar: ElementId = 0
  /** Why its session ended; null while it plays. */
  ended: string | null = null
  #connection: ClientConnection | null = null
  readonly #link: PacketTracker<null>
  readonly #receiver = new MessageReceiver()
  readonly #bytes: TokenBucket
  readonly #packets: TokenBucket
  readonly #inputs: TokenBucket
  #sequence = 0
  #joined = false
  /** Commands in order; those up to `sent` were in a packet. */
  #waiting: WaitingCommand[] = []
  #sent = 0
  #heardAtMs: number
  #latestInputs: Uint8Array[] = []
  readonly #commandsSent = new Map<number, Command>()

  constructor(endings: CommandEndings, nowMs: number) {
    this.endings = endings
    this.#link = new PacketTracker(nowMs)
    this.#heardAtMs = nowMs
    this.#bytes = bucket(RECEIVED_BYTES_PER_SECOND_MAX, RECEIVED_BYTES_BURST_MAX, nowMs)
    this.#packets = bucket(PACKETS_PER_SECOND_MAX, PACKETS_BURST_MAX, nowMs)
    this.#inputs = bucket(INPUTS_PER_SECOND_MAX, INPUTS_BURST_MAX, nowMs)
  }

  /** Resolves when it is connected; it joins a little later. Rejects with a ConnectError. */
  async connect(url: string, token: string, connect: Connect): Promise<void> {
    this.#connection = await connect(url, token, {
      received: (bytes) => this.#received(bytes, performance.now()),
      closed: (reason) => {
        this.ended ??= reason
      },
    })
  }

  get isJoined(): boolean {
    return this.#joined && this.ended === null
  }

  /** Number of unacknowledged commands. */
  get unacknowledged(): number {
    return this.#waiting.length
  }

  /**
   * Sends the command as soon as the rates allow. Returns its sequence, or null if the wire cannot carry it, because
   * that would only end the session.
   */
  command(command: Command): number | null {
    const input = { player: 0, sequence: this.#sequence + 1, command }
    const bytes = encodeInput(input)
    if (bytes.length > COMMAND_BYTES_MAX || !decodeInput(bytes).ok) {
      count(this.endings, command.type, 'not on the wire')
      return null
    }
    this.#sequence += 1
    if (isLatestWins(command.type)) this.#latestInputs.push(bytes)
    else {
      this.#waiting.push({ sequence: this.#sequence, command, bytes })
      this.#commandsSent.set(this.#sequence, command)
    }
    return this.#sequence
  }

  /** Call it 60 times a second. */
  update(nowMs: number): void {
    if (this.ended !== null || this.#connection === null) return
    if (this.#link.isSilent(nowMs)) this.ended = 'the server is silent'
    else if (!this.#joined) this.#hello(nowMs)
    else {
      if (this.#sent > 0 && nowMs - this.#heardAtMs > RESEND_MS) [this.#sent, this.#heardAtMs] = [0, nowMs]
      while (this.#packet(nowMs)) {
        /* as many as the rates allow */
      }
      if (this.#link.heartbeatDue(nowMs)) this.#send([], [], nowMs)
    }
  }

  #hello(nowMs: number): void {
    if (this.#link.heartbeatDue(nowMs)) this.#send([], [], nowMs)
  }

  /** Sends a packet full of waiting commands. Returns false if there are none or the rates do not allow it now. */
  #packet(nowMs: number): boolean {
    const commands: Uint8Array[] = []
    let room = PACKET_BYTES_ACCEPTED_MAX - 4 * HEAD_BYTES_MAX
    for (const { bytes } of this.#waiting.slice(this.#sent)) {
      if (room < bytes.length + INPUT_OVERHEAD_BYTES) break
      room -= bytes.length + INPUT_OVERHEAD_BYTES
      commands.push(bytes)
    }
    const latest = room > LATEST_MAX * 256 ? this.#latestInputs.slice(0, LATEST_MAX) : []
    const inputs = commands.length + latest.length
    const size = PACKET_BYTES_ACCEPTED_MAX - room
    if (
      inputs === 0 ||
      this.#inputs.available(nowMs) < inputs ||
      this.#bytes.available(nowMs) < size ||
      this.#packets.available(nowMs) < 2
    )
      return false
    this.#inputs.spend(inputs, nowMs)
    this.#sent += commands.length
    this.#latestInputs = this.#latestInputs.slice(latest.length)
    this.#send(commands, latest, nowMs)
    return true
  }

  #send(commands: readonly Uint8Array[], latest: readonly Uint8Array[], nowMs: number): void {
    const { received } = this.#link
    const head = {
      packet: this.#link.nextPacket(nowMs, null),
      ackPacket: received.highest,
      ackBits: received.bits,
      ackMessage: this.#receiver.acked,
      clientTimeMs: Math.floor(nowMs) >>> 0,
      control: this.#joined
        ? null
        : { type: 'hello' as const, protocol: PROTOCOL_VERSION, mode: 'render' as const, body: 0 },
      tick: 0,
      moveTicks: 0,
    }
    const bytes = encodeClientPacket(head, commands, latest)
    this.#bytes.spend(bytes.length, nowMs)
    this.#packets.spend(1, nowMs)
    this.#connection?.send(bytes)
  }

  #received(bytes: Uint8Array, nowMs: number): void {
    const decoded = decodeServerPacket(bytes)
    if (!decoded.ok || this.ended !== null) return
    const packet = decoded.value
    if (this.#link.receive(packet.packet, packet.ackPacket, packet.ackBits, nowMs).arrival === 'old') return
    if (packet.control !== null) this.ended = packet.control.reason
    const messages = this.#receiver.receive(packet.firstMessage, packet.messages)
    for (const message of messages.ok ? messages.value : []) this.#receiveMessage(message)
    const acked = this.#waiting.findIndex(({ sequence }) => sequence > packet.ackCommand)
    const done = acked < 0 ? this.#waiting.length : acked
    if (done === 0) return
    this.#waiting = this.#waiting.slice(done)
    this.#sent = Math.max(0, this.#sent - done)
    this.#heardAtMs = nowMs
  }

  #receiveMessage(message: ServerMessage): void {
    if (message.type === 'welcome') {
      this.#joined = true
      this.avatar = message.avatar
      this.#sequence = Math.max(this.#sequence, message.sequence)
    } else if (message.type === 'commandDone') this.#settled(message.sequence, 'done', message.element)
    else if (message.type === 'commandRejected') this.#settled(message.sequence, message.reason, 0)
  }

  #settled(sequence: number, outcome: string, element: ElementId): void {
    const command = this.#commandsSent.get(sequence)
    this.#commandsSent.delete(sequence)
    count(this.endings, command?.type ?? 'move, pose or drag', outcome)
    if (outcome !== 'done' || !command) return
    if (command.type === 'spawn') this.elements.push(element)
    if (command.type === 'despawn') this.elements.splice(this.elements.indexOf(element), 1)
  }

  /** Disconnects without a goodbye. */
  drop(): void {
    this.ended ??= 'dropped by itself'
    this.#connection?.close('')
  }
}
