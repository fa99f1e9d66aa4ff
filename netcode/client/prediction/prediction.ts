/**
 * Predicts the own avatar: the client steps it with the simulation's own locomotion, on its own timeline. Each snapshot
 * has the server's avatar, the move in effect, and for how many steps. From there the client repeats the moves made
 * since (client-side prediction and server reconciliation; Gabriel Gambetta, "Fast-Paced Multiplayer"). The difference
 * to the drawn place is blended out.
 *
 * Predicted: walking, turning, running, jumping, falling, landing and flying over the flat ground, its edge, and around
 * obstacles whose colliders are known (obstacles/walk-around.ts). Corrected instead of predicted: obstacles whose
 * colliders are not known yet (near them, as long as the move is the same, the avatar moves as in the server's last
 * answers), being pushed, returns into the bounds, teleports.
 */
import { inBounds } from '../../../sim/props/extent.ts'
import { add, fround, length, lerp, limited, scaled, sub, wrapAngle, ZERO } from '../../../sim/maths/maths.ts'
import {
  obstacleReach,
  overGround,
  settle,
  steer,
  stepFreely,
  type AvatarMotion,
} from '../../../sim/avatar/steering.ts'
import { DOWN_METRES, walkerHalfHeight } from '../../../sim/avatar/walker.ts'
import type { Command, RealmDefinition, Vec3 } from '../../../sim/types.ts'
import type { Intent } from '../../../sim/state/state.ts'
import type { OwnState } from '../../../protocol/index.ts'
import { groundOf, type Solid } from './obstacles/solids.ts'
import { walkAround } from './obstacles/walk-around.ts'

/** Time in which a visible error shrinks to 1/e, ms: short enough to be right soon, long enough not to be noticed. */
const BLEND_MS = 100
/** A larger error is a teleport and is shown at once, metres. */
const SNAP_METRES = 3
/**
 * How far the client predicts beyond the server's last answer, ticks: 1.5 s at 60. After that the avatar stands,
 * because its state is unknown.
 */
const AHEAD_TICKS_MAX = 90
/** Moves since the last one that the server answered: at most one a tick. */
const MOVES_MAX = 256
/** Height of the head of an avatar that is not known yet, metres. */
const HEAD_METRES = 1.6
/** Weight of a new correction in the running mean: about the last second. */
const GAIN = 1 / 20

export type Move = Extract<Command, { readonly type: 'move' }>

/** An obstacle, seen from above. */
export interface Obstacle {
  readonly x: number
  readonly z: number
  readonly radius: number
  /** What the avatar walks around; null if it is not known. */
  readonly solids?: readonly Solid[] | null
}

/** The time of an answer. */
export interface Moment {
  /** On the client's timeline, ticks. */
  readonly present: number
  readonly nowMs: number
  /** Travel time of a move to the server, from round trips, ticks. Used until an answer has measured it. */
  readonly awayTicks: number
}

/** The avatar to draw. */
export interface PredictedAvatar extends AvatarMotion {
  readonly yaw: number
  readonly flying: boolean
}

interface PendingMove {
  readonly sequence: number
  /** The first step that uses the move, on the client's timeline. */
  tick: number
  readonly move: Move
}

/** Everything that a step changes. */
interface PredictedState extends AvatarMotion {
  readonly flying: boolean
  readonly yaw: number
  /** True while the move's jump waits. */
  readonly jumping: boolean
  /** Sequence of the move that was stepped last. */
  readonly sequence: number
}

/** The server's last answer, and the avatar's motion in a tick between the last two. */
interface ServerState {
  readonly own: OwnState
  readonly tick: number
  readonly perTick: Vec3 | null
}

export class Prediction {
  readonly #definition: RealmDefinition
  /** The move that the server answered last, and those after it. */
  #moves: PendingMove[] = []
  #state: PredictedState | null = null
  /** Steps made: the state is before step `#at`. */
  #at = 0
  #serverState: ServerState | null = null
  /** The place of the last answer on the client's timeline, ticks. */
  #answeredAt = 0
  #obstacles: readonly Obstacle[] = []
  /** Ticks from sending a move until it takes effect, from the last answer to a known move. */
  #delayTicks: number | null = null
  #error: Vec3 = ZERO
  #errorAtMs = 0
  #lastMetres = 0
  #meanSquare = 0
  readonly #ground: Solid
  #halfHeight: number

  constructor(definition: RealmDefinition) {
    this.#definition = definition
    this.#ground = groundOf(definition)
    this.#halfHeight = walkerHalfHeight(HEAD_METRES)
  }

  /** Sets the height of the avatar's head at rest, metres: its capsule has the same height. */
  setHead(metres: number): void {
    this.#halfHeight = walkerHalfHeight(metres)
  }

  /** Ticks from sending a move until it takes effect, from the client's timeline to the server's. */
  get delayTicks(): number {
    return this.#delayTicks ?? 0
  }

  /** Distance of the last answer from its prediction, and the root mean square over the last second, metres. */
  get correction(): { readonly lastMetres: number; readonly rmsMetres: number } {
    return { lastMetres: this.#lastMetres, rmsMetres: Math.sqrt(this.#meanSquare) }
  }

  /**
   * A move was sent. It counts from the step of `tick` (client timeline). 0: there was no timeline yet, and it counts
   * from its answer on.
   */
  moveSent(sequence: number, tick: number, move: Move): void {
    const last = this.#moves.at(-1)
    if (last !== undefined && sequence <= last.sequence) return
    this.#moves.push({ sequence, tick: Math.floor(tick), move: { ...move, yaw: fround(wrapAngle(move.yaw)) } })
    if (this.#moves.length > MOVES_MAX) this.#moves.shift()
  }

  /** Applies the server's state of its tick `tick`. */
  reconcile(own: OwnState, tick: number, { present, nowMs, awayTicks }: Moment, obstacles: readonly Obstacle[]): void {
    if (this.#serverState !== null && tick <= this.#serverState.tick) return
    this.#advance(present)
    const before = this.#state
    this.#serverState = { own, tick, perTick: this.#perTick(own, tick) }
    this.#obstacles = obstacles
    const now = Math.floor(present)
    // The timeline was set back: moves made after its present count as made now.
    for (const move of this.#moves) move.tick = Math.min(move.tick, now)
    const answered = this.#moves.findIndex(({ sequence }) => sequence === own.moveSequence)
    const move = this.#moves[answered]
    if (move !== undefined) {
      this.#moves.splice(0, answered)
      if (move.tick > 0) this.#delayTicks = tick - (move.tick + own.moveTicks)
    } else this.#moves = this.#moves.filter(({ sequence }) => sequence > own.moveSequence)
    const from = Math.min(now, Math.max(now - AHEAD_TICKS_MAX, tick - (this.#delayTicks ?? Math.round(awayTicks))))
    if (move?.tick === 0) move.tick = from - own.moveTicks
    const { position, velocity, yaw, grounded, flying, jumping, moveSequence } = own
    this.#state = { position, velocity, yaw, grounded, flying, jumping, sequence: moveSequence }
    this.#at = from
    this.#answeredAt = from
    this.#advance(present)
    if (before !== null) this.#correct(sub(before.position, this.#state.position), nowMs)
  }

  /** The motion of the server's avatar since its last answer, if the move was the same; otherwise null. */
  #perTick(own: OwnState, tick: number): Vec3 | null {
    const last = this.#serverState
    if (last === null || last.own.moveSequence !== own.moveSequence) return null
    return scaled(sub(own.position, last.own.position), 1 / (tick - last.tick))
  }

  #correct(error: Vec3, nowMs: number): void {
    this.#lastMetres = length(error)
    this.#meanSquare += (this.#lastMetres * this.#lastMetres - this.#meanSquare) * GAIN
    const shown = add(this.#errorNow(nowMs), error)
    this.#error = length(shown) > SNAP_METRES ? ZERO : shown
    this.#errorAtMs = nowMs
  }

  #errorNow(nowMs: number): Vec3 {
    return scaled(this.#error, Math.exp(-Math.max(0, nowMs - this.#errorAtMs) / BLEND_MS))
  }

  /** The avatar at `present` on the client's timeline; null before the first answer. */
  at(present: number, nowMs: number): PredictedAvatar | null {
    this.#advance(present)
    const state = this.#state
    if (state === null) return null
    if (this.#at >= this.#standsAt) return this.#standing(state, nowMs)
    const next = this.#step(state, this.#at)
    const share = Math.min(1, Math.max(0, present - this.#at))
    const position = add(lerp(state.position, next.position, share), this.#errorNow(nowMs))
    return { position, velocity: next.velocity, grounded: next.grounded, flying: next.flying, yaw: next.yaw }
  }

  /** The server has not answered for too long: the avatar stays in place and only turns. */
  #standing({ position, grounded, flying, yaw, sequence }: PredictedState, nowMs: number): PredictedAvatar {
    const last = this.#moves.at(-1)
    return {
      position: add(position, this.#errorNow(nowMs)),
      velocity: ZERO,
      grounded,
      flying,
      yaw: last === undefined || last.sequence === sequence ? yaw : last.move.yaw,
    }
  }

  /** From this tick of the client's timeline on, no step is made until the server answers. */
  get #standsAt(): number {
    return this.#answeredAt + AHEAD_TICKS_MAX
  }

  /** Steps up to the whole tick before `present`. A gap in which the page slept is skipped. */
  #advance(present: number): void {
    const now = Math.floor(present)
    if (this.#state === null || now <= this.#at) return
    if (now - this.#at > AHEAD_TICKS_MAX) this.#at = now
    for (const end = Math.min(now, this.#standsAt); this.#at < end; this.#at += 1)
      this.#state = this.#step(this.#state, this.#at)
  }

  #moveAt(tick: number): PendingMove | null {
    let found: PendingMove | null = null
    for (const move of this.#moves)
      if (move.tick <= tick || move.sequence === this.#serverState?.own.moveSequence) found = move
    return found
  }

  #step(state: PredictedState, tick: number): PredictedState {
    const sent = this.#moveAt(tick)
    const isNew = sent !== null && sent.sequence !== state.sequence
    const jumping = isNew ? sent.move.jump : state.jumping
    const flying = isNew ? sent.move.fly : state.flying
    const yaw = isNew ? sent.move.yaw : state.yaw
    const intent =
      sent === null ? { x: 0, y: 0, z: 0, jump: false, run: false, fly: flying } : { ...sent.move, jump: jumping }
    const { jumped, ...free } = stepFreely(this.#definition, state, yaw, intent, flying)
    const near = this.#near(state.position)
    const motion =
      near.length === 0
        ? free
        : near.every((obstacle) => obstacle.solids)
          ? this.#around(state, yaw, intent, flying, near)
          : this.#among(state, free, jumped, sent?.sequence ?? 0)
    const { position } = motion
    return {
      ...motion,
      position: inBounds(this.#definition.bounds, position) ? position : state.position,
      flying,
      yaw,
      jumping: jumping && !jumped,
      sequence: sent?.sequence ?? state.sequence,
    }
  }

  /** A step near obstacles that are known, as the simulation makes it (sim/avatar/locomotion.ts). */
  #around(
    state: PredictedState,
    yaw: number,
    intent: Intent,
    flying: boolean,
    near: readonly Obstacle[],
  ): AvatarMotion {
    const { gravity, tickRate } = this.#definition
    const { velocity } = steer(state.velocity, yaw, intent, state.grounded, flying, gravity.y, tickRate)
    const step = scaled(velocity, 1 / tickRate)
    const wish = state.grounded && step.y === 0 ? { ...step, y: -DOWN_METRES } : step
    const solids = near.flatMap((obstacle) => obstacle.solids ?? [])
    const walker = { solids: [this.#ground, ...solids], halfHeight: this.#halfHeight }
    const { to, grounded } = walkAround(walker, state.position, wish)
    const isBelow = to.y < 0 && state.position.y >= 0 && overGround(this.#definition, to)
    return settle(velocity, isBelow ? { ...to, y: 0 } : to, grounded, flying)
  }

  /**
   * A step near obstacles that are not known: an avatar that stands on one does not fall through it, and one that was
   * held up stays up.
   */
  #among(state: PredictedState, free: AvatarMotion, jumped: boolean, sequence: number): AvatarMotion {
    if (!state.grounded || jumped) return free
    const perTick = sequence === this.#serverState?.own.moveSequence ? this.#serverState.perTick : null
    const velocity = { ...free.velocity, y: 0 }
    const position =
      perTick === null
        ? { ...free.position, y: state.position.y }
        : add(state.position, limited(perTick, length(free.velocity) / this.#definition.tickRate))
    return { position, velocity, grounded: true }
  }

  #near({ x, z }: Vec3): readonly Obstacle[] {
    return this.#obstacles.filter(
      (obstacle) => Math.hypot(obstacle.x - x, obstacle.z - z) < obstacleReach(obstacle.radius),
    )
  }
}
