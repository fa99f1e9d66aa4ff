/** Commands that wait for their outcome, and the check of a program's commands before they are sent. */
import { decodeInput, describe, encodeInput, type ServerMessage } from '../../../protocol/index.ts'
import type { Command } from '../../../sim/types.ts'
import type { CommandResult } from '../types.ts'

/** Returns why the server would end the connection over this command, with the field; null if the wire can carry it. */
export function wireFaultOf(command: Command): string | null {
  const checked = decodeInput(encodeInput({ player: 0, sequence: 1, command }))
  return checked.ok ? null : describe(checked.error)
}

export class PendingCommands {
  readonly #waiting = new Map<number, (outcome: CommandResult) => void>()
  #lost = 0

  get pending(): number {
    return this.#waiting.size
  }

  /** Commands that got no outcome and will not get one. */
  get lost(): number {
    return this.#lost
  }

  /** Resolves with the outcome; never rejects. */
  wait(sequence: number): Promise<CommandResult> {
    return new Promise((resolve) => {
      this.#waiting.set(sequence, resolve)
    })
  }

  /** An outcome without a pending command was reported before, or belongs to an earlier page of the same session. */
  receive(message: ServerMessage): void {
    if (message.type === 'commandDone') {
      const { sequence, element, tick } = message
      this.#resolve(sequence, { ok: true, sequence, element, tick })
    } else if (message.type === 'commandRejected') {
      this.#resolve(message.sequence, { ok: false, sequence: message.sequence, reason: message.reason })
    }
  }

  #resolve(sequence: number, outcome: CommandResult): void {
    const resolve = this.#waiting.get(sequence)
    this.#waiting.delete(sequence)
    resolve?.(outcome)
  }

  /** Marks the commands after `after` and before `before` as lost; all of them if the session is gone. */
  markLost(after = 0, before = Infinity): void {
    for (const sequence of this.#waiting.keys()) {
      if (sequence <= after || sequence >= before) continue
      this.#lost += 1
      this.#resolve(sequence, { ok: false, sequence, reason: 'lost' })
    }
  }
}
