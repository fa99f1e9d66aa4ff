/** What a bot can see and do: the seam between how it behaves and what it is connected to (a server, or a realm itself). */
import { nextUnit, seedRandom, type RandomState } from '../sim/maths/random.ts'
import type { Command, ElementId, HandId, PlayerId, Pose, PropSpec, Quat, RealmDefinition, Vec3 } from '../sim/index.ts'

export const BEHAVIOURS = ['walk', 'drag', 'mocap', 'mixed'] as const
export type BehaviourName = (typeof BEHAVIOURS)[number]

export interface SeenProp {
  readonly element: ElementId
  readonly spec: PropSpec
  readonly position: Vec3
  readonly rotation: Quat
  readonly scale: number
  /** 0: nobody. */
  readonly holder: PlayerId
}

export interface Perception {
  readonly definition: RealmDefinition
  readonly player: PlayerId
  readonly position: Vec3
  props(): Iterable<SeenProp>
}

/** The last `move`, without its type. */
export type MoveIntent = Omit<Extract<Command, { type: 'move' }>, 'type'>
/** What ends in exactly one outcome. */
export type Action = Extract<Command, { type: 'spawn' | 'despawn' | 'grab' | 'release' | 'scale' }>

export interface Actions {
  move(move: MoveIntent): void
  pose(pose: Pose): void
  drag(hand: HandId, position: Vec3, rotation: Quat): void
  /** Returns the sequence that its outcome will name. */
  command(deed: Action): number
}

/** How a command ended: with an element, or with the reason why not. */
export type ActionResult =
  | { readonly sequence: number; readonly ok: true; readonly element: ElementId }
  | { readonly sequence: number; readonly ok: false; readonly reason: string }

export interface BotBehaviour {
  /** Looks and acts; to be called about 30 times a second. `nowMs` counts up from anywhere. */
  think(nowMs: number, sight: Perception, deeds: Actions): void
  actionEnded(outcome: ActionResult): void
}

/** Seeded choices of one bot. */
export class Dice {
  readonly #state: RandomState
  constructor(seed: number) {
    this.#state = seedRandom(seed)
  }

  /** From 0 (included) to 1 (excluded). */
  unit(): number {
    return nextUnit(this.#state)
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.unit()
  }

  /** True in about that share of all asks. */
  chance(share: number): boolean {
    return this.unit() < share
  }

  /** One of them; undefined where there are none. */
  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.unit() * from.length)]
  }
}
