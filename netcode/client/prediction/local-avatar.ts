/** The player's own part of the world at its predicted present: the avatar, its pose, and the props that it holds. */
import { propRadius } from '../../../sim/props/extent.ts'
import { add, vec, wrapAngle } from '../../../sim/maths/maths.ts'
import { unpackPose, type Pose } from '../../../sim/avatar/pose.ts'
import { Permission, type PackedPose, type PropSpec, type RealmDefinition, type Vec3 } from '../../../sim/types.ts'
import type { OwnState, Welcome } from '../../../protocol/index.ts'
import type { SentMove } from '../../session/client/client-session.ts'
import { ServerClock } from '../playback/clock.ts'
import { HeldPrediction } from './held-prediction.ts'
import { Prediction, type Move, type Obstacle } from './prediction.ts'
import type { AvatarSample, PropSample } from '../types.ts'

/** Obstacles beyond this distance, plus their own size, do not affect the prediction, metres. */
const OBSTACLE_METRES = 12
const HEAD_METRES = 1.6

export class LocalAvatar {
  readonly clock: ServerClock
  readonly heldPrediction: HeldPrediction
  readonly #definition: RealmDefinition
  readonly #prediction: Prediction
  readonly #radii = new WeakMap<PropSpec, number>()
  #wished: Move | null = null
  #sent: { readonly sequence: number; readonly yaw: number } | null = null
  #pose: Pose | null = null
  #props: readonly PropSample[] = []

  /** `clock` is from an earlier connection to the same realm. */
  constructor({ tickRate, player }: Welcome, definition: RealmDefinition, clock?: ServerClock) {
    this.#definition = definition
    this.clock = clock ?? new ServerClock(tickRate)
    this.heldPrediction = new HeldPrediction(player, tickRate)
    this.#prediction = new Prediction(definition)
  }

  get correction(): Prediction['correction'] {
    return this.#prediction.correction
  }

  /** The player's current move; it takes effect once it is sent. */
  setMove(move: Move): void {
    this.#wished = move
  }

  setPose(packed: PackedPose): void {
    this.#pose = unpackPose(packed)
  }

  /**
   * A packet carried the newest move. If the player may not fly, the server refuses to, and the move before stays in
   * effect.
   */
  moveSent({ sequence, tick }: SentMove, permissions: number): void {
    const move = this.#wished
    if (move === null || this.#sent?.sequence === sequence || (move.fly && (permissions & Permission.fly) === 0)) return
    this.#sent = { sequence, yaw: move.yaw }
    this.#prediction.moveSent(sequence, tick, move)
  }

  /** Applies the server's state of its `tick`. */
  reconcile(own: OwnState, tick: number, nowMs: number): void {
    const { clock } = this
    this.#prediction.reconcile(
      own,
      tick,
      { present: clock.tick(nowMs), nowMs, awayTicks: clock.awayTicks },
      this.#obstaclesNear(own.position),
    )
  }

  /** Obstacles near the avatar, as they were last drawn. */
  #obstaclesNear({ x, z }: Vec3): Obstacle[] {
    const found: Obstacle[] = []
    for (const { spec, scale, position } of this.#props) {
      if (spec.motion === 'dynamic') continue
      const radius = this.#radius(spec) * scale
      if (Math.hypot(position.x - x, position.z - z) < radius + OBSTACLE_METRES)
        found.push({ x: position.x, z: position.z, radius })
    }
    return found
  }

  #radius(spec: PropSpec): number {
    const known = this.#radii.get(spec) ?? propRadius(spec)
    this.#radii.set(spec, known)
    return known
  }

  /** The predicted own avatar, in place of the server's old state. */
  avatar(seen: AvatarSample, nowMs: number): AvatarSample {
    const predicted = this.#prediction.at(this.clock.tick(nowMs), nowMs)
    if (predicted === null) return seen
    // A turn is visible before it is sent. A turn by the server stays until the player turns.
    const wished = this.#wished
    const yaw = wished === null || wished.yaw === this.#sent?.yaw ? predicted.yaw : wrapAngle(wished.yaw)
    return {
      ...seen,
      ...predicted,
      yaw,
      pose: this.#pose ?? seen.pose,
    }
  }

  /** The props, with held ones in the hand. `tick` is the moment of the others. */
  props(
    props: readonly PropSample[],
    tick: number,
    own: AvatarSample | undefined,
    nowMs: number,
  ): readonly PropSample[] {
    this.#props = props
    const head = add(own?.position ?? vec(0, 0, 0), vec(0, own?.headMetres ?? HEAD_METRES, 0))
    const lagTicks = this.clock.tick(nowMs) + this.#prediction.delayTicks - tick
    return this.heldPrediction.place(
      props,
      nowMs,
      Math.max(0, (lagTicks * 1_000) / this.#definition.tickRate),
      head,
      this.#definition.reach,
    )
  }
}
