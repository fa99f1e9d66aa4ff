/** Which inputs of a client's packets are new: commands each exactly once, moves, poses and drags only if newer than any before. */
import type { HandId, Input, PlayerId } from '../../sim/types.ts'
import type { ClientPacket } from '../../protocol/index.ts'
import { SEQUENCE_JUMP_MAX } from './limits.ts'

/** Where the numbering of a session stands: the highest sequence of all inputs, and of the commands. */
export interface SequenceState {
  readonly sequence: number
  readonly ackCommand: number
}

export interface NewInputs {
  readonly commands: readonly Input[]
  readonly latest: readonly Input[]
}

export class InputSequencer {
  #highest: number
  #lastCommand: number
  /** By kind (and hand) the newest sequence of a latest-wins input. */
  readonly #newest = new Map<string, number>()
  /** The newest grab or release of each hand: drags before it belong to an earlier hold. */
  readonly #holds = new Map<HandId, number>()

  constructor({ sequence, ackCommand }: SequenceState) {
    this.#highest = sequence
    this.#lastCommand = ackCommand
  }

  /** Highest sequence of all inputs received. */
  get highest(): number {
    return this.#highest
  }

  /** Highest sequence of the commands received. */
  get lastCommand(): number {
    return this.#lastCommand
  }

  /** A sequence for an input that the server makes in the player's name. */
  nextSequence(): number {
    this.#highest += 1
    return this.#highest
  }

  /** The packet's inputs that were not received before. */
  newInputs({ commands, latest }: ClientPacket): NewInputs {
    return {
      commands: commands.filter(({ sequence }) => sequence > this.#lastCommand),
      latest: latest.filter((input) => this.#isNew(input)),
    }
  }

  /** Why the packet's numbering ends the session; null if it is right. */
  faultOf({ commands, latest }: ClientPacket): string | null {
    for (const inputs of [commands, latest]) {
      const broken = inputs.findIndex(({ sequence }, i) => sequence <= (inputs[i - 1]?.sequence ?? 0))
      if (broken >= 0) return `input ${inputs[broken]?.sequence} stands after input ${inputs[broken - 1]?.sequence}`
      const last = inputs.at(-1)?.sequence ?? 0
      if (last > this.#highest + SEQUENCE_JUMP_MAX) return `input ${last} follows input ${this.#highest}`
    }
    return null
  }

  /** Counts new inputs as received and stamps them with the player. Drags of a hold that ended in the same packet are left out. */
  accept({ commands, latest }: NewInputs, player: PlayerId): NewInputs {
    for (const { sequence, command } of commands) {
      this.#lastCommand = sequence
      if (command.type === 'grab' || command.type === 'release') this.#holds.set(command.hand, sequence)
    }
    const fresh = latest.filter((input) => this.#isNew(input))
    for (const input of fresh) this.#newest.set(slotOf(input), input.sequence)
    for (const { sequence } of [...commands, ...fresh]) this.#highest = Math.max(this.#highest, sequence)
    const stamped = ({ sequence, command }: Input): Input => ({ player, sequence, command })
    return { commands: commands.map(stamped), latest: fresh.map(stamped) }
  }

  #isNew(input: Input): boolean {
    if (input.sequence <= (this.#newest.get(slotOf(input)) ?? 0)) return false
    return input.command.type !== 'drag' || input.sequence > (this.#holds.get(input.command.hand) ?? 0)
  }
}

/** What a newer input replaces: the player's move, its pose, the drag of one hand. */
function slotOf({ command }: Input): string {
  return command.type === 'drag' ? `drag ${command.hand}` : command.type
}
