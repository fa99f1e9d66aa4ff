/**
 * Quantises the simulation's state to integers with hysteresis: a number changes only if the exact value differs from
 * it by more than half a step plus the deadband, so that jitter is not sent. Each method writes a state at `to` of
 * `into`; `from` is the offset of the previous state, -1 for none.
 */
import type { Pose } from '../../sim/avatar/pose.ts'
import type { Vec3 } from '../../sim/types.ts'
import type { AvatarView, PropView } from '../../sim/state/views.ts'
import { BONE_BITS, ROTATION_BITS, settleRotation } from './rotation.ts'
import {
  ASLEEP,
  BONE_COUNT,
  FLYING,
  GROUNDED,
  JOINT_STEPS_PER_METRE,
  MARGIN_METRES,
  POSITION_STEPS_MAX,
  STEPS_PER_METRE,
  TURN,
  VELOCITY_STEPS_PER_METRE,
  YAW_STEPS,
  type Bounds,
} from './components.ts'

/** Deadbands, in steps of their number: 0.5 mm; 0.05°; 15 mm/s; a joint's 0.5 mm; 0.1°; a bone's 0.16°. */
const POSITION = 0.5
const YAW = 0.5
const VELOCITY = 0.75
const JOINT = 0.25
const ROTATION = 0.75
const BONE = 0.25
const INT16_MAX = 32_767
/** Smaller velocities are sent as zero: 5 mm/s, in steps. */
const REST = 0.25

/** `deadband` is a factor of the deadbands; 0 switches them off. */
export class Quantiser {
  readonly #min: Vec3
  readonly #deadband: number
  #into: Int32Array = new Int32Array(0)
  #from = -1

  constructor(bounds: Bounds, deadband: number) {
    this.#min = bounds.min
    this.#deadband = deadband
  }

  root({ position, yaw, velocity, grounded, flying }: AvatarView, into: Int32Array, from: number, to: number): void {
    this.#mover(position, velocity, into, from, to)
    const turn = (((yaw / TURN) % 1) + 1) % 1
    const before = from < 0 ? null : (into[from + 3] ?? 0) / YAW_STEPS
    // The short way round.
    const off = before === null ? 1 : Math.abs(turn - before)
    const isNear = Math.min(off, 1 - off) * YAW_STEPS <= 0.5 + YAW * this.#deadband
    into[to + 3] = isNear && before !== null ? (into[from + 3] ?? 0) : Math.round(turn * YAW_STEPS) & (YAW_STEPS - 1)
    into[to + 7] = (grounded ? GROUNDED : 0) | (flying ? FLYING : 0)
  }

  prop({ position, rotation, linvel, asleep }: PropView, into: Int32Array, from: number, to: number): void {
    this.#mover(position, linvel, into, from, to)
    into[to + 3] = settleRotation(
      rotation,
      from < 0 ? null : (into[from + 3] ?? 0),
      ROTATION_BITS,
      0.5 + ROTATION * this.#deadband,
    )
    into[to + 7] = asleep ? ASLEEP : 0
    // A sleeping prop does not continue, whatever its last velocity was.
    if (asleep) into[to + 4] = into[to + 5] = into[to + 6] = 0
  }

  /** Head and hands. */
  joints({ head, left, right }: Pose, into: Int32Array, from: number, to: number): void {
    this.#into = into
    this.#from = from
    let offset = 0
    for (const joint of [head, left, right]) {
      const { x, y, z } = joint.position
      this.#settle(to, offset, x * JOINT_STEPS_PER_METRE, JOINT, -INT16_MAX, INT16_MAX)
      this.#settle(to, offset + 1, y * JOINT_STEPS_PER_METRE, JOINT, -INT16_MAX, INT16_MAX)
      this.#settle(to, offset + 2, z * JOINT_STEPS_PER_METRE, JOINT, -INT16_MAX, INT16_MAX)
      into[to + offset + 3] = settleRotation(
        joint.rotation,
        from < 0 ? null : (into[from + offset + 3] ?? 0),
        ROTATION_BITS,
        0.5 + ROTATION * this.#deadband,
      )
      offset += 4
    }
  }

  bones({ bones }: Pose, into: Int32Array, from: number, to: number): void {
    const had = from < 0 ? 0 : (into[from] ?? 0)
    let mask = 0
    for (let i = 0; i < BONE_COUNT; i += 1) {
      const bone = bones[i] ?? null
      const before = (had & (1 << i)) === 0 ? null : (into[from + 1 + i] ?? 0)
      if (bone !== null) mask |= 1 << i
      into[to + 1 + i] = bone === null ? 0 : settleRotation(bone, before, BONE_BITS, 0.5 + BONE * this.#deadband)
    }
    into[to] = mask
  }

  #mover(position: Vec3, velocity: Vec3, into: Int32Array, from: number, to: number): void {
    this.#into = into
    this.#from = from
    const min = this.#min
    this.#settle(to, 0, (position.x - min.x + MARGIN_METRES) * STEPS_PER_METRE, POSITION, 0, POSITION_STEPS_MAX)
    this.#settle(to, 1, (position.y - min.y + MARGIN_METRES) * STEPS_PER_METRE, POSITION, 0, POSITION_STEPS_MAX)
    this.#settle(to, 2, (position.z - min.z + MARGIN_METRES) * STEPS_PER_METRE, POSITION, 0, POSITION_STEPS_MAX)
    this.#velocity(to, 4, velocity.x * VELOCITY_STEPS_PER_METRE)
    this.#velocity(to, 5, velocity.y * VELOCITY_STEPS_PER_METRE)
    this.#velocity(to, 6, velocity.z * VELOCITY_STEPS_PER_METRE)
  }

  /** A component that came to rest is sent with velocity zero, or clients would extrapolate it. */
  #velocity(to: number, i: number, exact: number): void {
    if (Math.abs(exact) < REST) this.#into[to + i] = 0
    else this.#settle(to, i, exact, VELOCITY, -INT16_MAX, INT16_MAX)
  }

  #settle(to: number, i: number, exact: number, deadband: number, min: number, max: number): void {
    const before = this.#from < 0 ? null : (this.#into[this.#from + i] ?? 0)
    const isNear = before !== null && Math.abs(exact - before) <= 0.5 + deadband * this.#deadband
    this.#into[to + i] = isNear ? before : exact <= min ? min : exact >= max ? max : Math.round(exact)
  }
}
