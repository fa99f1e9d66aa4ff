/** The springs, constraints and eyes of one figure of a VRM. */
import {
  VRMAimConstraint,
  VRMHumanoid,
  VRMLookAt,
  VRMLookAtBoneApplier,
  VRMLookAtExpressionApplier,
  VRMNodeConstraintManager,
  VRMRollConstraint,
  VRMRotationConstraint,
  VRMSpringBoneCollider,
  VRMSpringBoneJoint,
  VRMSpringBoneManager,
  type VRMExpressionManager,
  type VRMHumanBones,
  type VRMNodeConstraint,
  type VRMSpringBoneColliderGroup,
} from '@pixiv/three-vrm'
import { Mesh, Vector3, type Object3D, type Quaternion } from 'three'
import type { FigureMotion, MotionFrame } from '../figure-motion.ts'
import { blinkAt, Gaze } from './eyes.ts'
import { Expressions } from './expressions.ts'

/**
 * Springs are put to rest if the avatar moves farther than this in one frame, metres: it was teleported. No avatar walks
 * faster than `WALK_SPEED_MAX`, metres per second, so that a slow computer's long frames are no teleports.
 */
const JUMP_METRES = 1
const WALK_SPEED_MAX = 12
/** Longest step of springs and eyes, seconds. After a longer frame springs do not fly apart, and eyes still follow the head. */
const STEP_SECONDS_MAX = 0.05

export interface SpringPart {
  readonly joint: VRMSpringBoneJoint
  /** Its motion is relative to this node; null: to the world. */
  readonly center: Object3D | null
}

/** The springs, constraints and eyes that three-vrm found in a file. Each figure gets copies on its own nodes. */
export interface VrmParts {
  readonly springs: readonly SpringPart[]
  readonly constraints: VRMNodeConstraintManager['constraints']
  readonly humanoid: VRMHumanoid | null
  readonly lookAt: VRMLookAt | null
  readonly expressions: VRMExpressionManager | null
}

/** Finds a node's counterpart in a figure. */
type Of = <T extends Object3D>(node: T) => T

export class VrmMotion implements FigureMotion {
  readonly #root: Object3D
  readonly #springs: VRMSpringBoneManager
  /** Rotations at rest by spring bone. */
  readonly #rests: ReadonlyMap<Object3D, Quaternion>
  readonly #constraints: VRMNodeConstraintManager
  readonly #expressions: Expressions | null
  readonly #lookAt: VRMLookAt | null
  readonly #gaze = new Gaze()
  readonly #position = new Vector3()
  readonly #last = new Vector3()
  #isPaused = true

  /**
   * `copy` is the figure's copy of the scene `from`, at rest and at the origin. The pose turns the nodes in `posed`, so
   * springs and constraints leave them alone.
   */
  constructor(parts: VrmParts, from: Object3D, copy: Object3D, posed: ReadonlySet<Object3D>) {
    this.#root = copy
    const copies = copiesOf(from, copy)
    const of: Of = (node) => (copies.get(node) ?? node) as typeof node
    // A copy of a collider lacks its shape.
    for (const node of copies.keys())
      if (node instanceof VRMSpringBoneCollider) Object.assign(of(node), { shape: node.shape })
    copy.updateMatrixWorld(true)
    this.#springs = springsOn(parts, of, posed)
    this.#rests = new Map([...this.#springs.joints].map(({ bone }) => [bone, bone.quaternion.clone()]))
    this.#constraints = constraintsOn(parts, of, posed)
    const meshes = [...copies.values()].filter((node) => node instanceof Mesh)
    this.#expressions = parts.expressions && new Expressions(parts.expressions, meshes, of)
    this.#lookAt = lookAtOn(parts, this.#expressions?.manager ?? null, of)
  }

  get springJoints(): number {
    return this.#springs.joints.size
  }

  get swing(): number {
    return Math.max(0, ...[...this.#rests].map(([bone, rest]) => bone.quaternion.angleTo(rest)))
  }

  get eyesClosed(): number {
    return this.#expressions?.closed ?? 0
  }

  get eyesLeft(): number {
    return this.#lookAt?.yaw ?? 0
  }

  update({ head, yaw, seconds, time, calm }: MotionFrame): void {
    this.#restart(seconds)
    const step = Math.min(seconds, STEP_SECONDS_MAX)
    if (this.#lookAt) {
      const { left, down } = this.#gaze.follow(head, yaw, step)
      this.#lookAt.yaw = left
      this.#lookAt.pitch = down
      this.#lookAt.update(step)
    }
    this.#expressions?.update(calm ? 0 : blinkAt(time), seconds)
    this.#constraints.update()
    this.#springs.update(step)
    if ([...this.#rests.keys()].some(({ quaternion }) => Number.isNaN(quaternion.x))) this.#springs.reset()
  }

  pause(): void {
    if (!this.#isPaused) this.#springs.reset()
    this.#isPaused = true
  }

  /** Puts the springs to rest if the figure was paused or moved too far. */
  #restart(seconds: number): void {
    this.#root.updateWorldMatrix(true, false)
    this.#position.setFromMatrixPosition(this.#root.matrixWorld)
    const isJump = this.#position.distanceTo(this.#last) > JUMP_METRES + WALK_SPEED_MAX * seconds
    if (this.#isPaused || isJump) {
      this.#root.updateMatrixWorld(true)
      this.#springs.reset()
    }
    this.#isPaused = false
    this.#last.copy(this.#position)
  }

  dispose(): void {
    this.#expressions?.dispose()
  }
}

/** Nodes of a copy by the nodes that they were copied from. */
function copiesOf(from: Object3D, copy: Object3D): Map<Object3D, Object3D> {
  const copies = new Map([[from, copy]])
  const walk = (a: Object3D, b: Object3D): void => {
    copies.set(a, b)
    for (const [i, child] of a.children.entries()) {
      const other = b.children[i]
      if (other) walk(child, other)
    }
  }
  walk(from, copy)
  return copies
}

function springsOn({ springs }: VrmParts, of: Of, posed: ReadonlySet<Object3D>): VRMSpringBoneManager {
  const manager = new VRMSpringBoneManager()
  const groups = new Map<VRMSpringBoneColliderGroup, VRMSpringBoneColliderGroup>()
  const groupOf = (group: VRMSpringBoneColliderGroup): VRMSpringBoneColliderGroup => {
    const own = groups.get(group) ?? { ...group, colliders: group.colliders.map(of) }
    groups.set(group, own)
    return own
  }
  for (const { joint, center } of springs) {
    const bone = of(joint.bone)
    if (posed.has(bone)) continue
    const own = new VRMSpringBoneJoint(
      bone,
      joint.child && of(joint.child),
      joint.settings,
      joint.colliderGroups.map(groupOf),
    )
    // The library sets the matrix itself. It does so only near the eye, and the renderer must see the rest too.
    bone.matrixAutoUpdate = true
    if (center) own.center = of(center)
    manager.addJoint(own)
  }
  manager.setInitState()
  return manager
}

function constraintsOn({ constraints }: VrmParts, of: Of, posed: ReadonlySet<Object3D>): VRMNodeConstraintManager {
  const manager = new VRMNodeConstraintManager()
  const own = (constraint: VRMNodeConstraint): VRMNodeConstraint => {
    const [destination, source] = [of(constraint.destination), of(constraint.source)]
    if (constraint instanceof VRMAimConstraint)
      return Object.assign(new VRMAimConstraint(destination, source), { aimAxis: constraint.aimAxis })
    if (constraint instanceof VRMRollConstraint)
      return Object.assign(new VRMRollConstraint(destination, source), { rollAxis: constraint.rollAxis })
    return new VRMRotationConstraint(destination, source)
  }
  for (const constraint of constraints)
    if (!posed.has(of(constraint.destination)))
      manager.addConstraint(Object.assign(own(constraint), { weight: constraint.weight }))
  manager.setInitState()
  return manager
}

function lookAtOn({ lookAt, humanoid }: VrmParts, expressions: VRMExpressionManager | null, of: Of): VRMLookAt | null {
  if (!lookAt || !humanoid || !expressions) return null
  const bones = Object.fromEntries(
    Object.entries(humanoid.humanBones).map(([name, { node }]) => [name, { node: of(node) }]),
  ) as VRMHumanBones
  const own = new VRMHumanoid(bones, { autoUpdateHumanBones: false })
  const { applier } = lookAt
  if (!(applier instanceof VRMLookAtBoneApplier) && !(applier instanceof VRMLookAtExpressionApplier)) return null
  const { rangeMapHorizontalInner, rangeMapHorizontalOuter, rangeMapVerticalDown, rangeMapVerticalUp } = applier
  const ranges = [rangeMapHorizontalInner, rangeMapHorizontalOuter, rangeMapVerticalDown, rangeMapVerticalUp] as const
  // The ingest turns a VRM 0 to +Z, so all models face the same way and `faceFront` keeps its default.
  return new VRMLookAt(
    own,
    applier instanceof VRMLookAtBoneApplier
      ? new VRMLookAtBoneApplier(own, ...ranges)
      : new VRMLookAtExpressionApplier(expressions, ...ranges),
  )
}
