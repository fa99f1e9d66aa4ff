/** Saved inputs as a source of frames, and the shortest list of them that still fails. */
import { existsSync, readFileSync } from 'node:fs'
import {
  DEFAULT_DEFINITION,
  type Engine,
  type Input,
  type InputFrame,
  type RealmDefinition,
} from '../../../sim/index.ts'
import { minimise } from './minimise.ts'
import { runWorld, type RunOptions, type Source, type WorldReport } from './run.ts'

export interface SavedInput {
  readonly tick: number
  readonly input: Input
}

/** Bytes are lists in JSON. */
const revived = ({ player, sequence, command }: Input): Input => ({
  player,
  sequence,
  command:
    command.type === 'pose'
      ? { type: 'pose', pose: { ...command.pose, bytes: Uint8Array.from(command.pose.bytes) } }
      : command,
})

/** Adds joins for players that act without one. */
export function savedSource(list: readonly SavedInput[], definition: RealmDefinition): Source {
  const joined = new Set(list.map(({ input: { command } }) => (command.type === 'join' ? command.player : 0)))
  const players = [...new Set(list.map(({ input }) => input.player))].filter(
    (player) => player !== 0 && !joined.has(player),
  )
  const joins = players.map((player, i): Input => ({
    player: 0,
    sequence: i + 1,
    command: {
      type: 'join',
      player,
      user: player,
      name: `Player ${player}`,
      body: 0,
      permissions: definition.permissions,
    },
  }))
  const byTick = new Map<number, Input[]>([[1, joins]])
  for (const { tick, input } of list) byTick.set(tick, [...(byTick.get(tick) ?? []), input])
  return { name: 'case', definition, frame: ({ tick }) => ({ tick: tick + 1, inputs: byTick.get(tick + 1) ?? [] }) }
}

/** Reads a file that --save wrote. A definition, if it has one, is in a file beside it. */
export function readCase(file: string): { readonly list: readonly SavedInput[]; readonly definition: RealmDefinition } {
  const list = (JSON.parse(readFileSync(file, 'utf8')) as SavedInput[]).map(({ tick, input }) => ({
    tick,
    input: revived(input),
  }))
  const own = `${file}.definition.json`
  return {
    list,
    definition: existsSync(own) ? (JSON.parse(readFileSync(own, 'utf8')) as RealmDefinition) : DEFAULT_DEFINITION,
  }
}

export const savedOf = (frames: readonly InputFrame[]): SavedInput[] =>
  frames.flatMap(({ tick, inputs }) => inputs.map((input) => ({ tick, input })))

/**
 * The inputs that a world's first failure needs; null if it has no failure, or if the engine itself trapped and cannot
 * be run again.
 */
export function shortestCase(
  engine: Engine,
  { failures, isSpoilt }: WorldReport,
  list: readonly SavedInput[],
  definition: RealmDefinition,
  options: Omit<RunOptions, 'makeSource'>,
): readonly SavedInput[] | null {
  const kind = failures[0]?.kind
  if (kind === undefined || isSpoilt) return null
  let isOver = false
  return minimise(list, (some) => {
    if (isOver) return false
    const report = runWorld(engine, { ...options, makeSource: () => savedSource(some, definition) })
    isOver = report.isSpoilt
    return report.failures.some((failure) => failure.kind === kind)
  })
}
