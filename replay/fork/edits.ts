/** What a fork does differently: whole players left out, kinds of inputs left out, single inputs replaced or added. */
import type { CommandType, Command, Input, PlayerId } from '../../sim/index.ts'
import type { EditInputs } from './run-fork.ts'
import { SequenceKeeper, type AddedInput } from './sequences.ts'

/** An input to put in. With a `sequence`, it takes the place of the recorded one; then null drops that. */
export interface InputEdit {
  readonly tick: number
  readonly player: PlayerId
  readonly sequence: number | null
  readonly command: Command | null
}

export interface ForkEdits {
  /** The first tick whose inputs change. */
  readonly at: number
  readonly withoutPlayers: ReadonlySet<PlayerId>
  /** Those of `withoutPlayers` who are there before `at`: they leave at `at`. */
  readonly leaving: readonly PlayerId[]
  readonly withoutCommands: ReadonlySet<CommandType>
  readonly inputs: readonly InputEdit[]
}

/** The player whom a command of the server is about; null for other commands. */
function subjectOf({ player, command }: Input): PlayerId | null {
  return player === 0 && 'player' in command ? command.player : null
}

const slotOf = (tick: number, player: PlayerId, sequence: number): string => `${tick} ${player} ${sequence}`

/**
 * The edits as a function for one run from before `at`. `lastSequences`: the highest sequence of players before `at`. Make
 * a new one for each run, because it counts sequence numbers.
 */
export function editOf(edits: ForkEdits, lastSequences: ReadonlyMap<PlayerId, number> = new Map()): EditInputs {
  const keeper = new SequenceKeeper(lastSequences)
  const replaced = new Map<string, InputEdit>()
  const added = new Map<number, AddedInput[]>()
  const add = (tick: number, input: AddedInput): void => void added.set(tick, [...(added.get(tick) ?? []), input])
  for (const player of edits.leaving) add(edits.at, { player: 0, command: { type: 'leave', player } })
  for (const edit of edits.inputs) {
    const { tick, player, sequence, command } = edit
    if (sequence !== null) replaced.set(slotOf(tick, player, sequence), edit)
    else if (command) add(tick, { player, command })
  }
  const isLeftOut = (input: Input): boolean =>
    edits.withoutPlayers.has(input.player) ||
    edits.withoutPlayers.has(subjectOf(input) ?? -1) ||
    edits.withoutCommands.has(input.command.type)
  return (tick, inputs) => {
    if (tick < edits.at) return keeper.merge(inputs, [])
    const kept = inputs.flatMap((input): Input[] => {
      const edit = replaced.get(slotOf(tick, input.player, input.sequence))
      if (edit) return edit.command ? [{ ...input, command: edit.command }] : []
      return isLeftOut(input) ? [] : [input]
    })
    return keeper.merge(kept, added.get(tick) ?? [])
  }
}
