/**
 * The simulation: `genesis` or `restore`, then one `step` after another. The same state and the same frames give the
 * same bytes on every machine.
 */
export * from './types.ts'
export { loadEngine, type Engine } from './engine.ts'
export { DEFAULT_BODY } from './avatar/body.ts'
export { DEFAULT_DEFINITION } from './default-realm.ts'
export { ELEMENTS_MAX, parseDefinition, parseProp, type DefinitionError } from './definition.ts'
export { SIM_VERSION, genesis, step, free, type StepOptions } from './realm.ts'
export {
  MARKER_ID,
  MARKER_POSITION,
  PLANE_ID,
  SimulationFault,
  type Avatar,
  type Package,
  type Realm,
} from './state/state.ts'
export { hash, phaseHash } from './state/hash.ts'
export { contactsOf, type Contact } from './state/contacts.ts'
export { checkpoint, restore, CheckpointError } from './state/checkpoint.ts'
export {
  avatars,
  frozenCause,
  iterateAvatars,
  iterateProps,
  props,
  bodyView,
  fields,
  elementFields,
  elementCount,
  type AvatarView,
  type PropView,
  type Field,
} from './state/views.ts'
export {
  packPose,
  unpackPose,
  packRotation,
  unpackRotation,
  mixPoses,
  type Pose,
  type JointTransform,
} from './avatar/pose.ts'
export { solveSkeleton, restHeadHeight } from './avatar/skeleton.ts'
export { scaledBody } from './avatar/scaled-body.ts'
export { mayAct, manages, owns, isAccess } from './props/access.ts'
export {
  charactersOf,
  checkPhysics,
  hasRoom,
  isPackageHash,
  packageOf,
  CAPSULES_MAX,
  BODY_OFFSET_MAX,
  CAPSULE_RADIUS_MAX,
  PACKAGES_MAX,
} from './props/packages.ts'
export { nameFault, shownName } from './name.ts'
export { boxOf } from './props/extent.ts'
export { steer, stepFreely, WALK_SPEED, RUN_SPEED } from './avatar/steering.ts'
export { SCALE_MIN, SCALE_MAX, CONVEX_POINTS_MAX, COLLIDERS_MAX } from './props/shapes.ts'
export { creationCost, CREATION_COST_MAX } from './limits/creation-cost.ts'
export { RANGES, inRange, type NumberRange, type RangeName } from './limits/ranges.ts'
export { EVENT_TYPES } from './events.ts'
export { compareInputs } from './input-order.ts'
