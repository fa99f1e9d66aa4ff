/** Avatars in the pose of a frame, from which characters, models and outlines are drawn. */
import { rotate, scaled, sub, yawRotation } from '../../sim/maths/maths.ts'
import type { JointTransform, Pose } from '../../sim/avatar/pose.ts'
import { solveSkeleton } from '../../sim/avatar/skeleton.ts'
import type { ElementId, Vec3 } from '../../sim/types.ts'
import { advanceGait, poseOf, STANDING, type Gait } from './gait.ts'
import type { ShownAvatar } from '../app/world.ts'

/** An avatar and its 18 bones, root space. */
export interface PosedAvatar {
  readonly avatar: ShownAvatar
  readonly bones: readonly JointTransform[]
  /** Speed over the ground, m/s. */
  readonly speed: number
}

interface Seen {
  gait: Gait
  position: Vec3
  speed: number
  frame: number
}

/** Smoothing time of speeds, seconds, so that a figure at a limit does not change its animation at each snapshot. */
const EASE = 8

export class Poser {
  readonly #seen = new Map<ElementId, Seen>()
  #frame = 0

  /** `seconds` since the last frame and `time` since the first. */
  pose(avatars: readonly ShownAvatar[], seconds: number, time: number): readonly PosedAvatar[] {
    this.#frame++
    const posed = avatars.map((avatar) => this.#poseOne(avatar, seconds, time))
    for (const [element, { frame }] of this.#seen) if (frame < this.#frame) this.#seen.delete(element)
    return posed
  }

  #poseOne(avatar: ShownAvatar, seconds: number, time: number): PosedAvatar {
    const { element, position } = avatar
    const seen = this.#seen.get(element) ?? { gait: STANDING, position, speed: 0, frame: 0 }
    const step = seconds > 0 ? scaled(sub(position, seen.position), 1 / seconds) : { x: 0, y: 0, z: 0 }
    seen.speed += (Math.hypot(step.x, step.z) - seen.speed) * (1 - Math.exp(-seconds * EASE))
    seen.position = position
    seen.frame = this.#frame
    this.#seen.set(element, seen)
    const pose = avatar.pose ?? this.#ownGait(avatar, seen, step, seconds, time)
    return { avatar, bones: solveSkeleton(avatar.body, pose), speed: seen.speed }
  }

  /** The gait of a player who sends no pose, from the avatar's movement. */
  #ownGait(avatar: ShownAvatar, seen: Seen, step: Vec3, seconds: number, time: number): Pose {
    const local = rotate(yawRotation(-avatar.yaw), step)
    seen.gait = advanceGait(seen.gait, local.x, local.z, seconds)
    return poseOf(avatar.body, seen.gait, {
      pitch: 0,
      turn: 0,
      reachFor: null,
      airborne: !avatar.grounded || avatar.flying,
      time: time + avatar.element,
    })
  }
}
