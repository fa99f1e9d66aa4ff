/** Groups of inputs that a person does as one: a walk, a carry, a gesture, a spawn. */
import type { Input, PlayerId } from '../../sim/index.ts'
import { inputKey, type Trace } from './trace.ts'

/** An input and the tick whose frame has it. */
export interface TimedInput {
  readonly tick: number
  readonly input: Input
}

export interface Activity {
  readonly kind: 'hold' | 'walk' | 'gesture' | 'command'
  /** 0: the server. */
  readonly player: PlayerId
  readonly inputs: readonly TimedInput[]
}

/** A walk ends where the player stands still, and after this long a new one begins, so that its parts can be told apart. */
const WALK_TICKS = 180
/** A gesture is the poses of this many ticks. */
const GESTURE_TICKS = 60

interface OpenActivity extends Activity {
  readonly inputs: TimedInput[]
}

/** The number of the hold that a hand has at a tick; -1 for none. */
function holdAt(trace: Trace, tick: number, player: PlayerId, hand: number): number {
  return trace.holds.findIndex(
    (hold) => hold.player === player && hold.hand === hand && hold.from <= tick && (hold.to ?? Infinity) >= tick,
  )
}

/** A name for the activity that an input belongs to: inputs with the same name are one. */
class Sorter {
  readonly #trace: Trace
  readonly #walks = new Map<PlayerId, { readonly from: number; readonly number: number; ended: boolean }>()
  #walkNumber = 0

  constructor(trace: Trace) {
    this.#trace = trace
  }

  keyOf({ tick, input }: TimedInput): [Activity['kind'], string] {
    const { player, command } = input
    switch (command.type) {
      case 'grab':
      case 'drag':
      case 'release': {
        const hold = holdAt(this.#trace, tick, player, command.hand)
        return hold < 0 ? ['command', inputKey(input)] : ['hold', `hold ${hold}`]
      }
      case 'pose':
        return ['gesture', `pose ${player} ${Math.floor(tick / GESTURE_TICKS)}`]
      case 'move':
        return ['walk', `walk ${this.#walkOf(tick, player, command.x === 0 && command.y === 0 && command.z === 0)}`]
      default:
        return ['command', inputKey(input)]
    }
  }

  #walkOf(tick: number, player: PlayerId, stands: boolean): number {
    const open = this.#walks.get(player)
    if (open && !(open.ended && !stands) && tick - open.from <= WALK_TICKS) {
      open.ended ||= stands
      return open.number
    }
    const walk = { from: tick, number: ++this.#walkNumber, ended: stands }
    this.#walks.set(player, walk)
    return walk.number
  }
}

/** Inputs by activity, in the order in which the activities begin. */
export function activitiesOf(trace: Trace, inputs: readonly TimedInput[]): Activity[] {
  const sorter = new Sorter(trace)
  const found = new Map<string, OpenActivity>()
  for (const each of inputs) {
    const [kind, key] = sorter.keyOf(each)
    const known = found.get(key)
    if (known) known.inputs.push(each)
    else found.set(key, { kind, player: each.input.player, inputs: [each] })
  }
  return [...found.values()]
}
