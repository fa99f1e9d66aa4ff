/** The player's own part of the world at its predicted present: the avatar, its pose, and the props that it holds. */
import { propRadius } from '../../../sim/props/extent.ts'
import { add, distance, vec, wrapAngle } from '../../../sim/maths/maths.ts'
import { unpackPose, type Pose } from '../../../sim/avatar/pose.ts'
import {
  Permission,
  type Collider,
  type ElementId,
  type PackedPose,
  type RealmDefinition,
  type Vec3,
} from '../../../sim/types.ts'
import type { OwnState, Welcome } from '../../../protocol/index.ts'
import type { SentMove } from '../../session/client/client-session.ts'
import { ServerClock } from '../playback/clock.ts'
import { solidsOf, type Solid } from './obstacles/solids.ts'
import { HeldPrediction } from './held-prediction.ts'
import { Prediction, type Move, type Obstacle } from './prediction.ts'
import type { AvatarSample, CollidersOf, PropSample } from '../types.ts'

/** Obstacles beyond this distance, plus their own size, do not affect the prediction, metres. */
const OBSTACLE_METRES = 12
const HEAD_METRES = 1.6
/** Solids of this many elements are kept: as many as a realm may have. */
const SOLIDS_MAX = 16_384

/** The solids of a prop where it was when they were made. */
interface KnownSolids {
  readonly colliders: readonly Collider[]
  readonly at: PropSample
  readonly solids: readonly Solid[] | null
}

export class LocalAvatar {
  readonly clock: ServerClock
  readonly heldPrediction: HeldPrediction
  readonly #definition: RealmDefinition
  readonly #prediction: Prediction
  readonly #collidersOf: CollidersOf
  readonly #radii = new WeakMap<readonly Collider[], number>()
  readonly #solids = new Map<ElementId, KnownSolids>()
  #wished: Move | null = null
  #sent: { readonly sequence: number; readonly yaw: number } | null = null
  #pose: Pose | null = null
  #props: readonly PropSample[] = []

  /** `clock` is from an earlier connection to the same realm. */
  constructor(
    { tickRate, player }: Welcome,
    definition: RealmDefinition,
    clock?: ServerClock,
    collidersOf: CollidersOf = () => null,
  ) {
    this.#definition = definition
    this.#collidersOf = collidersOf
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
    for (const prop of this.#props) {
      const { spec, scale, position } = prop
      if (spec.motion === 'dynamic') continue
      const colliders = prop.package === null ? spec.colliders : this.#collidersOf(prop.package)
      const radius = this.#radius(colliders ?? spec.colliders) * scale
      if (Math.hypot(position.x - x, position.z - z) < radius + OBSTACLE_METRES)
        found.push({ x: position.x, z: position.z, radius, solids: colliders && this.#solidsOf(colliders, prop) })
    }
    return found
  }

  #radius(colliders: readonly Collider[]): number {
    const known = this.#radii.get(colliders) ?? propRadius(colliders)
    this.#radii.set(colliders, known)
    return known
  }

  #solidsOf(colliders: readonly Collider[], prop: PropSample): readonly Solid[] | null {
    const known = this.#solids.get(prop.element)
    if (known?.colliders === colliders && isInPlace(known.at, prop)) return known.solids
    if (this.#solids.size >= SOLIDS_MAX) this.#solids.clear()
    const solids = solidsOf(colliders, prop)
    this.#solids.set(prop.element, { colliders, at: prop, solids })
    return solids
  }

  /** The predicted own avatar, in place of the server's old state. */
  avatar(seen: AvatarSample, nowMs: number): AvatarSample {
    this.#prediction.setHead(seen.headMetres)
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

function isInPlace(a: PropSample, b: PropSample): boolean {
  const { rotation: p } = a
  const { rotation: q } = b
  const isTurned = p.x !== q.x || p.y !== q.y || p.z !== q.z || p.w !== q.w
  return !isTurned && a.scale === b.scale && distance(a.position, b.position) === 0
}
