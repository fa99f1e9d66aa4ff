/**
 * Selects the new inputs of a client's packets: commands each exactly once; moves, poses and drags only if newer than
 * any before.
 */
import type { HandId, Input, PlayerId } from '../../../sim/types.ts'
import { slotOf, type ClientPacket } from '../../../protocol/index.ts'
import { SEQUENCE_JUMP_MAX } from '../limits.ts'

/** The numbering of a session: the highest sequence of all inputs, and of the commands. */
export interface SequenceState {
  readonly sequence: number
  readonly ackCommand: number
}

export interface NewInputs {
  readonly commands: readonly Input[]
  readonly latest: readonly Input[]
}

export class InputReceiver {
  #highest: number
  #lastCommand: number
  /** Newest sequence of a latest-wins input, by kind (and hand). */
  readonly #newest = new Map<string, number>()
  /** The newest grab or release of each hand: earlier drags belong to an earlier hold. */
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

  /** A sequence for an input that the server creates in the player's name. */
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

  /** Returns why the packet's numbering ends the session; null if it is valid. */
  faultOf({ commands, latest }: ClientPacket): string | null {
    for (const inputs of [commands, latest]) {
      const broken = inputs.findIndex(({ sequence }, i) => sequence <= (inputs[i - 1]?.sequence ?? 0))
      if (broken >= 0) return `input ${inputs[broken]?.sequence} comes after input ${inputs[broken - 1]?.sequence}`
      const last = inputs.at(-1)?.sequence ?? 0
      if (last > this.#highest + SEQUENCE_JUMP_MAX) return `input ${last} comes too far after input ${this.#highest}`
    }
    return null
  }

  /** Counts new inputs as received and sets their player. Drops drags of a hold that ended in the same packet. */
  accept({ commands, latest }: NewInputs, player: PlayerId): NewInputs {
    for (const { sequence, command } of commands) {
      this.#lastCommand = sequence
      if (command.type === 'grab' || command.type === 'release') this.#holds.set(command.hand, sequence)
    }
    const fresh = latest.filter((input) => this.#isNew(input))
    for (const { sequence, command } of fresh) this.#newest.set(slotOf(command), sequence)
    for (const { sequence } of [...commands, ...fresh]) this.#highest = Math.max(this.#highest, sequence)
    const stamped = ({ sequence, command }: Input): Input => ({ player, sequence, command })
    return { commands: commands.map(stamped), latest: fresh.map(stamped) }
  }

  #isNew(input: Input): boolean {
    if (input.sequence <= (this.#newest.get(slotOf(input.command)) ?? 0)) return false
    return input.command.type !== 'drag' || input.sequence > (this.#holds.get(input.command.hand) ?? 0)
  }
}
