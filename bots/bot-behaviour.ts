/**
 * The interface between a bot's behaviour and what the bot is connected to (a server, or a realm directly): what a bot
 * can perceive and do.
 */
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
  /** Player who holds the prop; 0 if nobody does. */
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
/** A command with exactly one outcome. */
export type BotCommand = Extract<Command, { type: 'spawn' | 'despawn' | 'grab' | 'release' | 'scale' }>

export interface Actions {
  move(move: MoveIntent): void
  pose(pose: Pose): void
  drag(hand: HandId, position: Vec3, rotation: Quat): void
  /** Sends a command. Returns the sequence that its outcome will have. */
  command(action: BotCommand): number
}

/** The outcome of a command: an element, or the reason of the rejection. */
export type ActionResult =
  | { readonly sequence: number; readonly ok: true; readonly element: ElementId }
  | { readonly sequence: number; readonly ok: false; readonly reason: string }

export interface BotBehaviour {
  /** Perceives and acts. Call it about 30 times a second. `nowMs` may start anywhere. */
  think(nowMs: number, perception: Perception, actions: Actions): void
  actionEnded(outcome: ActionResult): void
}

/** Seeded random choices of one bot. */
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

  /** Returns true with that probability. */
  chance(share: number): boolean {
    return this.unit() < share
  }

  /** Returns a random item; undefined if there are none. */
  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.unit() * from.length)]
  }
}
