/**
 * Where the player's own avatar is drawn. The server's answer to a key comes a round trip and the drawing delay later;
 * until then the page walks on by the simulation's own rule, and what the server then says corrects it gently.
 */
import { add, scaled, sub } from '../sim/maths.ts'
import { steer } from '../sim/locomotion.ts'
import type { Vec3 } from '../sim/types.ts'
import type { Move } from './controls.ts'

/** What the server said of the own avatar, at the moment that is drawn. */
export interface OwnSample {
  readonly position: Vec3
  readonly velocity: Vec3
  readonly grounded: boolean
  readonly flying: boolean
}

interface Moment {
  readonly atMs: number
  readonly position: Vec3
}

/** Share of an error that is made up in a second, as a rate. */
const CORRECTION_PER_SECOND = 6
/** A larger error was a teleport or a wall that we did not know of, metres. */
const ERROR_MAX = 2.5
/** Moments are kept as long as an answer may take, ms. */
const HISTORY_MS = 1_500
/** A frame longer than this is not walked through step by step, s. */
const FRAME_SECONDS_MAX = 0.5

export class OwnMotion {
  readonly #tickRate: number
  readonly #gravityY: number
  #position: Vec3 | null = null
  #velocity: Vec3 = { x: 0, y: 0, z: 0 }
  #history: Moment[] = []
  #restSeconds = 0

  constructor(tickRate: number, gravityY: number) {
    this.#tickRate = tickRate
    this.#gravityY = gravityY
  }

  /** Over the ground, m/s, world space. */
  get velocity(): Vec3 {
    return this.#velocity
  }

  /** The position to draw now. `latencyMs`: how long ago the keys were pressed that `sample` already shows. */
  advance(move: Move, sample: OwnSample, seconds: number, nowMs: number, latencyMs: number): Vec3 {
    const from = this.#position
    if (from === null) return this.#jump(sample, nowMs)
    let position = this.#walk(from, move, sample, Math.min(seconds, FRAME_SECONDS_MAX))
    const error = sub(sample.position, this.#at(nowMs - latencyMs) ?? position)
    if (Math.hypot(error.x, error.z) > ERROR_MAX) return this.#jump(sample, nowMs)
    const correction = scaled({ ...error, y: 0 }, 1 - Math.exp(-CORRECTION_PER_SECOND * seconds))
    // What the server has told of height is not guessed at: jumps are short and land on things that only it knows.
    position = { ...add(position, correction), y: sample.position.y }
    this.#history = [...this.#history.filter(({ atMs }) => atMs >= nowMs - HISTORY_MS).map((moment) => ({ ...moment, position: add(moment.position, correction) })), { atMs: nowMs, position }]
    this.#position = position
    return position
  }

  #jump({ position, velocity }: OwnSample, nowMs: number): Vec3 {
    this.#position = position
    this.#velocity = velocity
    this.#history = [{ atMs: nowMs, position }]
    return position
  }

  /** Whole ticks by the simulation's rule; what is left of the time waits for the next frame. */
  #walk(from: Vec3, move: Move, { grounded, flying }: OwnSample, seconds: number): Vec3 {
    let position = from
    this.#restSeconds += seconds
    while (this.#restSeconds >= 1 / this.#tickRate) {
      this.#restSeconds -= 1 / this.#tickRate
      this.#velocity = steer(this.#velocity, move.yaw, move, grounded, flying, this.#gravityY, this.#tickRate).velocity
      position = add(position, scaled(this.#velocity, 1 / this.#tickRate))
    }
    return position
  }

  /** Where we drew it at a time, or as near to that as we know. */
  #at(atMs: number): Vec3 | null {
    const later = this.#history.findIndex((moment) => moment.atMs > atMs)
    if (later < 0) return this.#history.at(-1)?.position ?? null
    const [a, b] = [this.#history[later - 1], this.#history[later]]
    if (!a || !b) return b?.position ?? null
    const t = (atMs - a.atMs) / Math.max(1e-6, b.atMs - a.atMs)
    return add(a.position, scaled(sub(b.position, a.position), t))
  }
}
