/** The player's own part of the world at its predicted present: the avatar, its pose, and what it holds. */
import { propRadius } from '../../../sim/props/extent.ts'
import { add, vec, wrapAngle } from '../../../sim/maths/maths.ts'
import { unpackPose, type Pose } from '../../../sim/avatar/pose.ts'
import { Permission, type PackedPose, type PropSpec, type RealmDefinition, type Vec3 } from '../../../sim/types.ts'
import type { Own, Welcome } from '../../../protocol/index.ts'
import type { SentMove } from '../../session/client-session.ts'
import { ServerClock } from '../playback/clock.ts'
import { Grips } from './grips.ts'
import { Prediction, type Move, type Obstacle } from './prediction.ts'
import type { AvatarSample, PropSample } from '../types.ts'

/** Obstacles farther from the avatar than this, beside their own size, do not matter to what is predicted, metres. */
const OBSTACLE_METRES = 12
const HEAD_METRES = 1.6

export class OwnAvatar {
  readonly clock: ServerClock
  readonly grips: Grips
  readonly #definition: RealmDefinition
  readonly #prediction: Prediction
  readonly #radii = new WeakMap<PropSpec, number>()
  #wished: Move | null = null
  #sent: { readonly sequence: number; readonly yaw: number } | null = null
  #pose: Pose | null = null
  #props: readonly PropSample[] = []

  /** `clock`: of an earlier connection to the same realm. */
  constructor({ tickRate, player }: Welcome, definition: RealmDefinition, clock?: ServerClock) {
    this.#definition = definition
    this.clock = clock ?? new ServerClock(tickRate)
    this.grips = new Grips(player, tickRate)
    this.#prediction = new Prediction(definition)
  }

  get correction(): Prediction['correction'] {
    return this.#prediction.correction
  }

  /** What the player wishes now; it counts once it is sent. */
  setMove(move: Move): void {
    this.#wished = move
  }

  setPose(packed: PackedPose): void {
    this.#pose = unpackPose(packed)
  }

  /** A packet took the newest move along. The server refuses to fly who may not: the move before goes on. */
  moveSent({ sequence, tick }: SentMove, permissions: number): void {
    const move = this.#wished
    if (move === null || this.#sent?.sequence === sequence || (move.fly && (permissions & Permission.fly) === 0)) return
    this.#sent = { sequence, yaw: move.yaw }
    this.#prediction.moveSent(sequence, tick, move)
  }

  /** The server's answer, of its `tick`. */
  reconcile(own: Own, tick: number, nowMs: number): void {
    const { clock } = this
    this.#prediction.reconcile(
      own,
      tick,
      { present: clock.tick(nowMs), nowMs, awayTicks: clock.awayTicks },
      this.#obstaclesNear(own.position),
    )
  }

  /** What stands about the avatar, as it was drawn last. */
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

  /** The own avatar as it is here and now, instead of as the server showed it a while ago. */
  avatar(seen: AvatarSample, nowMs: number): AvatarSample {
    const predicted = this.#prediction.at(this.clock.tick(nowMs), nowMs)
    if (predicted === null) return seen
    // A turn that is not sent yet is seen all the same; one that the server made stays until the player turns.
    const turns = this.#wished !== null && this.#wished.yaw !== this.#sent?.yaw
    return {
      ...seen,
      ...predicted,
      yaw: turns ? wrapAngle(this.#wished?.yaw ?? 0) : predicted.yaw,
      pose: this.#pose ?? seen.pose,
    }
  }

  /** The props with what is held in the hand. `tick`: the moment that they are of. */
  props(
    props: readonly PropSample[],
    tick: number,
    own: AvatarSample | undefined,
    nowMs: number,
  ): readonly PropSample[] {
    this.#props = props
    const head = add(own?.position ?? vec(0, 0, 0), vec(0, own?.headMetres ?? HEAD_METRES, 0))
    const lagTicks = this.clock.tick(nowMs) + this.#prediction.delayTicks - tick
    return this.grips.place(
      props,
      nowMs,
      Math.max(0, (lagTicks * 1_000) / this.#definition.tickRate),
      head,
      this.#definition.reach,
    )
  }
}
