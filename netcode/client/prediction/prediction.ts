/**
 * The own avatar ahead of the server's answers: the client steps it with the simulation's own locomotion, on its own
 * timeline. Each snapshot brings the avatar as the server has it, and under which move since how many steps; from there
 * the moves made since are stepped again (client-side prediction and server reconciliation; Gabriel Gambetta, "Fast-Paced
 * Multiplayer"). What then lies elsewhere than it was drawn is blended out.
 *
 * Predicted: walking, turning, running, jumping, falling, landing and flying over the flat ground, and its edge. Not
 * predicted, but corrected: what stands in the way (there, as long as the move is the same, the avatar goes on as the
 * server's last answers went), landing on props, being pushed, the way back from outside the realm, teleports.
 */
import { inBounds } from '../../../sim/props/extent.ts'
import { add, fround, length, lerp, limited, scaled, sub, wrapAngle, ZERO } from '../../../sim/maths/maths.ts'
import { obstacleReach, stepFreely, type Motion } from '../../../sim/avatar/steering.ts'
import type { Command, RealmDefinition, Vec3 } from '../../../sim/types.ts'
import type { Own } from '../../../protocol/index.ts'

/** Time in which a visible error shrinks to 1/e, ms: quick enough to be right soon, slow enough not to be seen. */
const BLEND_MS = 100
/** A larger error is a teleport, and is shown at once, metres. */
const SNAP_METRES = 3
/** How far the client goes ahead of the server's last answer, ticks: 1.5 s at 60. After that the avatar stands: what it does is not known. */
const AHEAD_TICKS_MAX = 90
/** Moves since the one that the server has answered: one a tick at most. */
const MOVES_MAX = 256
/** Weight of a new correction in the running mean: the last second counts most. */
const GAIN = 1 / 20

export type Move = Extract<Command, { readonly type: 'move' }>

/** Something that stands in the way, seen from above. */
export interface Obstacle {
  readonly x: number
  readonly z: number
  readonly radius: number
}

/** When an answer came. */
export interface Moment {
  /** On the client's timeline, ticks. */
  readonly present: number
  readonly nowMs: number
  /** How long a move takes to the server, as far as round trips tell, ticks: for as long as no answer has told it. */
  readonly awayTicks: number
}

/** The avatar as it is to be drawn. */
export interface PredictedAvatar extends Motion {
  readonly yaw: number
  readonly flying: boolean
}

interface PendingMove {
  readonly sequence: number
  /** The first step that it is made with, on the client's timeline. */
  tick: number
  readonly move: Move
}

/** All that a step changes. */
interface PredictedState extends Motion {
  readonly flying: boolean
  readonly yaw: number
  /** The move's jump still waits. */
  readonly jumping: boolean
  /** Of the move that was stepped last. */
  readonly sequence: number
}

/** The server's last answer, and how far the avatar went in a tick between the last two. */
interface ServerState {
  readonly own: Own
  readonly tick: number
  readonly perTick: Vec3 | null
}

export class Prediction {
  readonly #definition: RealmDefinition
  /** The one that the server answered last, and those after it. */
  #moves: PendingMove[] = []
  #state: PredictedState | null = null
  /** Steps made: the state is the one before step `#at`. */
  #at = 0
  #serverState: ServerState | null = null
  /** Where the last answer lies on the client's timeline, ticks. */
  #answeredAt = 0
  #obstacles: readonly Obstacle[] = []
  /** How long a move takes until it is in effect, ticks: what the last answer to a known move says. */
  #delayTicks: number | null = null
  #error: Vec3 = ZERO
  #errorAtMs = 0
  #lastMetres = 0
  #meanSquare = 0

  constructor(definition: RealmDefinition) {
    this.#definition = definition
  }

  /** How long after it was sent a move is in effect, ticks of the client's timeline to the server's. */
  get delayTicks(): number {
    return this.#delayTicks ?? 0
  }

  /** How far the last answer was from what had been predicted, and the root mean square of the last second's, metres. */
  get correction(): { readonly lastMetres: number; readonly rmsMetres: number } {
    return { lastMetres: this.#lastMetres, rmsMetres: Math.sqrt(this.#meanSquare) }
  }

  /** A move is on its way; it counts from the step that `tick` (of the client's timeline) is in; 0: from its answer on, there was no timeline yet. */
  moveSent(sequence: number, tick: number, move: Move): void {
    const last = this.#moves.at(-1)
    if (last !== undefined && sequence <= last.sequence) return
    this.#moves.push({ sequence, tick: Math.floor(tick), move: { ...move, yaw: fround(wrapAngle(move.yaw)) } })
    if (this.#moves.length > MOVES_MAX) this.#moves.shift()
  }

  /** The server's answer of its tick `tick`. */
  reconcile(own: Own, tick: number, { present, nowMs, awayTicks }: Moment, obstacles: readonly Obstacle[]): void {
    if (this.#serverState !== null && tick <= this.#serverState.tick) return
    this.#advance(present)
    const before = this.#state
    this.#serverState = { own, tick, perTick: this.#perTick(own, tick) }
    this.#obstacles = obstacles
    const now = Math.floor(present)
    // A timeline that was set back: what was made after its present was made now.
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

  /** As the server's avatar went since its last answer, where the move was the same; else not known. */
  #perTick(own: Own, tick: number): Vec3 | null {
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

  /** The avatar at `present` of the client's timeline; null before the first answer. */
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

  /** The server has not answered for too long: the avatar stays where it is, and turns alone. */
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

  /** From this tick of the client's timeline on no step is made until the server answers. */
  get #standsAt(): number {
    return this.#answeredAt + AHEAD_TICKS_MAX
  }

  /** Steps up to the whole tick before `present`. A gap that nobody saw (the page slept) is not walked through. */
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
    const motion = this.#isNear(state.position) ? this.#among(state, free, jumped, sent?.sequence ?? 0) : free
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

  /** A step near things: who stands on one does not fall through it, and who is held up is held up still. */
  #among(state: PredictedState, free: Motion, jumped: boolean, sequence: number): Motion {
    if (!state.grounded || jumped) return free
    const perTick = sequence === this.#serverState?.own.moveSequence ? this.#serverState.perTick : null
    const velocity = { ...free.velocity, y: 0 }
    const position =
      perTick === null
        ? { ...free.position, y: state.position.y }
        : add(state.position, limited(perTick, length(free.velocity) / this.#definition.tickRate))
    return { position, velocity, grounded: true }
  }

  #isNear({ x, z }: Vec3): boolean {
    return this.#obstacles.some(
      (obstacle) => Math.hypot(obstacle.x - x, obstacle.z - z) < obstacleReach(obstacle.radius),
    )
  }
}
