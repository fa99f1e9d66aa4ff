/** Numbers of the capsule that walks, and of its controller. No imports, so that the engine and clients can use them. */

/** Radius of an avatar's root capsule, metres. */
export const CAPSULE_RADIUS = 0.3
/** Gap that the controller keeps to obstacles, metres. */
export const CONTROLLER_OFFSET = 0.02
/** An avatar that walks down follows ground that is at most this much lower, metres. */
export const SNAP_METRES = 0.2
/** A step on the ground goes down by this much, so that the controller finds the ground, metres. */
export const DOWN_METRES = 0.02
/** Largest height of a step that an avatar walks up, metres. */
export const STEP_HEIGHT = 0.3
/** Least free width on top of such a step, metres. */
export const STEP_WIDTH = 0.1
/** An avatar does not walk up slopes that are steeper, radians. */
export const CLIMB_ANGLE = 0.9
/** An avatar does not slip down slopes that are at most this steep, radians. */
export const SLIDE_ANGLE = 1

/** Half height of the capsule without its caps, for a body whose head is at this height at rest, metres. */
export const walkerHalfHeight = (headMetres: number): number => {
  const half = (headMetres + 0.15) / 2 - CAPSULE_RADIUS
  return half > 0.05 ? half : 0.05
}
