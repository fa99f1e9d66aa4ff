/** What moves a figure beyond its pose. The page implements it for VRM, in code that it loads on demand. */
import type { Object3D } from 'three'
import type { Quat } from '../../sim/types.ts'

export interface MotionFrame {
  /** The head's rotation in root space. */
  readonly head: Quat
  /** The avatar's. */
  readonly yaw: number
  /** Since the last frame. */
  readonly seconds: number
  /** For blinks: each figure has its own clock, seconds. */
  readonly time: number
  /** No motion that nobody causes. */
  readonly calm: boolean
}

/** Springs, constraints, eyes and expressions of one figure. */
export interface FigureMotion {
  readonly springJoints: number
  /** Largest angle between a spring joint and its rest, radians. */
  readonly swing: number
  /** Call after the pose. */
  update(frame: MotionFrame): void
  /** Puts the springs to rest until the next update. */
  pause(): void
  dispose(): void
}

/** What a VRM adds to its model. */
export interface VrmModel {
  readonly toonMaterials: number
  /** `copy`: a figure's copy of the scene, at rest and at the origin. `posed`: its nodes that the pose turns. */
  motionOf(copy: Object3D, posed: ReadonlySet<Object3D>): FigureMotion
  /** Moves animated textures on. */
  animate(seconds: number): void
}
