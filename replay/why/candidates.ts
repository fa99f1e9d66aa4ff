/** The inputs of a part of a recording that can be left out of its forks. */
import type { Input, PlayerId, Realm } from '../../sim/index.ts'
import type { TimedInput } from './activities.ts'
import type { Fact } from './fact.ts'
import { inputKey, type Trace } from './trace.ts'

/** The move that is in effect at the start for each player who walks or flies there. Its tick is that of the start. */
export function movesAtStart(realm: Realm): TimedInput[] {
  return [...realm.players.values()].flatMap(({ player, yaw, moveSequence, intent }): TimedInput[] => {
    const isStanding = intent.x === 0 && intent.y === 0 && intent.z === 0 && !intent.jump
    if (isStanding) return []
    return [{ tick: realm.tick, input: { player, sequence: moveSequence, command: { type: 'move', yaw, ...intent } } }]
  })
}

/** The input that a fork has instead of a move that was in effect at the start. */
export const stopInsteadOf = ({ input }: TimedInput): Input => {
  const { command } = input
  return command.type === 'move'
    ? { ...input, command: { ...command, x: 0, y: 0, z: 0, jump: false, run: false } }
    : input
}

/** True for inputs that no fork leaves out: who is in the realm and which packages it has are conditions of everything. */
function isCondition({ command }: Input): boolean {
  return command.type === 'join' || command.type === 'package'
}

/** The key of the input that made an element that is gone: without it, the element would be gone too. */
function makerOf(trace: Trace, { element, value }: Fact): string | null {
  if (value !== null) return null
  for (const { event } of trace.events)
    if (event.type === 'spawned' && event.element === element) return inputKey(event)
  return null
}

/** The inputs that can be left out, in their order: first those from before the start. */
export function candidatesOf(trace: Trace, fact: Fact, atStart: readonly TimedInput[], to: number): TimedInput[] {
  const maker = makerOf(trace, fact)
  const inPart = trace.frames
    .filter(({ tick }) => tick <= to)
    .flatMap(({ tick, inputs }) => inputs.map((input): TimedInput => ({ tick, input })))
  return [...atStart, ...inPart.filter(({ input }) => !isCondition(input) && inputKey(input) !== maker)]
}

/** Candidates by player, in the order of players' first inputs. */
export function byPlayer(candidates: readonly TimedInput[]): TimedInput[][] {
  const found = new Map<PlayerId, TimedInput[]>()
  for (const each of candidates) {
    const known = found.get(each.input.player)
    if (known) known.push(each)
    else found.set(each.input.player, [each])
  }
  return [...found.values()]
}
