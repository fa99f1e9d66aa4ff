/** How each kind of input travels, and which newer input takes the place of an older one. */
import { assert } from '../sim/assert.ts'
import type { Command, CommandType, HandId } from '../sim/types.ts'

/**
 * `exactly-once`: the client repeats the input until it is acknowledged. `latest-wins`: only the newest counts.
 * `server-only`: a client may not send it. The compiler reports a kind of input that is missing here.
 */
export const DELIVERY = {
  move: 'latest-wins',
  pose: 'latest-wins',
  drag: 'latest-wins',
  spawn: 'exactly-once',
  despawn: 'exactly-once',
  grab: 'exactly-once',
  release: 'exactly-once',
  scale: 'exactly-once',
  wear: 'exactly-once',
  access: 'exactly-once',
  join: 'server-only',
  leave: 'server-only',
  teleport: 'server-only',
  permit: 'server-only',
  package: 'server-only',
  refused: 'server-only',
} as const satisfies Readonly<Record<CommandType, 'exactly-once' | 'latest-wins' | 'server-only'>>

export type Delivery = (typeof DELIVERY)[CommandType]
type TypeWith<D extends Delivery> = { [T in CommandType]: (typeof DELIVERY)[T] extends D ? T : never }[CommandType]
export type LatestWinsType = TypeWith<'latest-wins'>
/** The kinds of inputs that a client may send. */
export type ClientCommandType = TypeWith<'latest-wins' | 'exactly-once'>

/** The kinds of inputs that travel this way. */
export const typesWith = (delivery: Delivery): ReadonlySet<CommandType> =>
  new Set((Object.keys(DELIVERY) as CommandType[]).filter((type) => DELIVERY[type] === delivery))

/** True for commands of which only the newest counts. They are never repeated once a newer one exists. */
export const isLatestWins = (type: CommandType): type is LatestWinsType => DELIVERY[type] === 'latest-wins'

export const dragSlot = (hand: HandId): string => `drag ${hand}`

const SLOTS: { readonly [T in LatestWinsType]: (command: Extract<Command, { readonly type: T }>) => string } = {
  move: () => 'move',
  pose: () => 'pose',
  drag: ({ hand }) => dragSlot(hand),
}

/** The slot of a latest-wins input (INP-3): a newer input replaces the older one of its slot. */
export function slotOf(command: Command): string {
  assert(isLatestWins(command.type), 'only a latest-wins input has a slot')
  return (SLOTS[command.type] as (given: Command) => string)(command)
}
