/** Motion of a figure beyond its pose. The page implements it for VRM, in code that it loads on demand. */
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
  /** 0 to 1. */
  readonly eyesClosed: number
  /** Direction of the eyes relative to the head, degrees to the figure's left. */
  readonly eyesLeft: number
  /** Call after the pose. */
  update(frame: MotionFrame): void
  /** Puts the springs to rest until the next update. */
  pause(): void
  dispose(): void
}

/** Authors and licence of a VRM, as its file names them. Texts have one line and at most 200 characters. Nobody checks them. */
export interface VrmCredit {
  readonly title: string | null
  readonly authors: readonly string[]
  readonly copyright: string | null
  /** Names or addresses. */
  readonly licences: readonly string[]
}

/** The parts of a model that only a VRM has. */
export interface VrmModel {
  /** Outlines included. */
  readonly toonMaterials: number
  /** Null if the file does not say who made it. */
  readonly credit: VrmCredit | null
  /** `copy`: a figure's copy of the scene, at rest and at the origin. `posed`: its nodes that the pose turns. */
  motionOf(copy: Object3D, posed: ReadonlySet<Object3D>): FigureMotion
  /** Moves animated textures on. */
  animate(seconds: number): void
}
