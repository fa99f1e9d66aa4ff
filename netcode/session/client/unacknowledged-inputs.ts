/** The client's unacknowledged inputs: commands in order, and the newest move, pose and drags. */
import type { CommandType, Input } from '../../../sim/types.ts'
import { COMMAND_BYTES_MAX, dragSlot, encodeInput, PACKET_COMMANDS_MAX, slotOf } from '../../../protocol/index.ts'
import { COMMAND_BYTES_UNACKED_MAX, COMMANDS_UNACKED_MAX } from '../limits.ts'

/** An unacknowledged command. */
export interface PendingCommand {
  readonly sequence: number
  readonly bytes: Uint8Array
}

/** The newest move, pose or drag of one hand, kept until a packet with it is acknowledged. */
export interface LatestInput {
  readonly sequence: number
  readonly bytes: Uint8Array
  readonly kind: CommandType
  readonly urgent: boolean
  /** True after the first packet that carried it. */
  sent: boolean
}

/** Bytes around each input in a packet: tag and length. */
const INPUT_OVERHEAD_BYTES = 4

export class UnacknowledgedInputs {
  #commands: PendingCommand[] = []
  #commandBytes = 0
  readonly #latest = new Map<string, LatestInput>()

  /** Commands without acknowledgement. */
  get commandCount(): number {
    return this.#commands.length
  }

  /** Sequence of the oldest command; Infinity if there is none. */
  get oldestCommand(): number {
    return this.#commands[0]?.sequence ?? Infinity
  }

  get isEmpty(): boolean {
    return this.#commands.length === 0 && this.#latest.size === 0
  }

  /** Queues a command. Returns null, or why it cannot be queued. */
  pushCommand(input: Input): string | null {
    const { sequence, command } = input
    const bytes = encodeInput(input)
    if (bytes.length > COMMAND_BYTES_MAX)
      return `the command has ${bytes.length} bytes; at most ${COMMAND_BYTES_MAX} are allowed`
    if (this.#commands.length >= COMMANDS_UNACKED_MAX || this.#commandBytes + bytes.length > COMMAND_BYTES_UNACKED_MAX)
      return `${this.#commands.length} commands already wait for the server`
    this.#commands.push({ sequence, bytes })
    this.#commandBytes += bytes.length
    // An earlier drag of this hand is void.
    if (command.type === 'release' || command.type === 'grab') this.#latest.delete(dragSlot(command.hand))
    return null
  }

  /** Replaces the newest input of its kind (and hand). */
  setLatest(input: Input, urgent: boolean): void {
    const { sequence, command } = input
    this.#latest.set(slotOf(command), { sequence, bytes: encodeInput(input), kind: command.type, urgent, sent: false })
  }

  /** The server has all commands up to `sequence`. */
  acknowledgeCommands(sequence: number): void {
    const kept = this.#commands.findIndex((pending) => pending.sequence > sequence)
    const acked = this.#commands.splice(0, kept < 0 ? this.#commands.length : kept)
    for (const { bytes } of acked) this.#commandBytes -= bytes.length
  }

  /** A packet with these moves, poses or drags was acknowledged. */
  acknowledgeLatest(sequences: readonly number[]): void {
    if (sequences.length === 0) return
    for (const [key, { sequence }] of this.#latest) if (sequences.includes(sequence)) this.#latest.delete(key)
  }

  clear(): void {
    this.#commands = []
    this.#commandBytes = 0
    this.#latest.clear()
  }

  /**
   * The oldest commands that fit into `room` bytes, at least one: a command too large for a packet gets one of its own.
   */
  commandsThatFit(room: number): PendingCommand[] {
    let left = room
    const oldest = this.#commands.slice(0, PACKET_COMMANDS_MAX)
    const fitting = oldest.findIndex(({ bytes }) => (left -= bytes.length + INPUT_OVERHEAD_BYTES) < 0)
    return fitting < 0 ? oldest : oldest.slice(0, Math.max(1, fitting))
  }

  /**
   * The newest of each kind that fit beside `commands` into `room` bytes, by sequence. A drag waits until all commands
   * are sent, because its grab may be among them.
   */
  latestThatFit(commands: readonly PendingCommand[], room: number): LatestInput[] {
    const hasAllCommands = commands.length === this.#commands.length
    const inputs = [...this.#latest.values()]
      .filter(({ kind }) => hasAllCommands || kind !== 'drag')
      .toSorted((a, b) => a.sequence - b.sequence)
    let left = room - commands.reduce((sum, { bytes }) => sum + bytes.length + INPUT_OVERHEAD_BYTES, 0)
    return inputs.filter(({ bytes }) => {
      const fits = bytes.length + INPUT_OVERHEAD_BYTES <= left
      if (fits) left -= bytes.length + INPUT_OVERHEAD_BYTES
      return fits
    })
  }
}
