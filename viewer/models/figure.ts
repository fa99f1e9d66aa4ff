/** One avatar's copy of a model: its joints follow the simulation's bones, or its own animations play. */
import {
  AnimationMixer,
  Group,
  Mesh,
  Quaternion,
  SkinnedMesh,
  type Vector3,
  type AnimationAction,
  type AnimationClip,
  type Object3D,
} from 'three'
import * as SkeletonUtils from 'three/addons/utils/SkeletonUtils.js'
import type { PackageJoint } from '../../packages/manifest.ts'
import type { PosedAvatar } from '../render/posed-avatars.ts'
import type { JointTransform } from '../../sim/avatar/pose.ts'
import { poseNodes, type RestNode } from '../../packages/retarget.ts'
import { scaled } from '../../sim/maths/maths.ts'
import { BONES, type Quat, type Vec3 } from '../../sim/types.ts'
import type { FigureMotion } from './figure-motion.ts'
import { isSkinned, type Model } from './model.ts'

/** A model faces +Z, a player's forward is -Z. */
const TURNED = new Quaternion(0, 1, 0, 0)

/** The loader sanitises names for animation paths; the file's name is kept beside. */
const originalName = ({ name, userData }: Object3D): string =>
  typeof userData.name === 'string' ? userData.name : name

/** The nodes that pose a figure, in the file's form, parents first, and the objects to rotate. */
interface Rig {
  readonly nodes: readonly RestNode[]
  readonly byName: ReadonlyMap<string, Object3D>
}

/** Humanoid joints and all nodes above them; the rest follows automatically. Null if the model has none. */
function rigOf(root: Object3D, joints: readonly PackageJoint[]): Rig | null {
  const humanoid = new Set(joints.flatMap(({ joint, rest }) => (rest ? [joint] : [])))
  const nodes: RestNode[] = []
  const byName = new Map<string, Object3D>()
  const leads = (node: Object3D): boolean => humanoid.has(originalName(node)) || node.children.some(leads)
  const walk = (node: Object3D, parent: string | null): void => {
    if (!leads(node)) return
    const name = originalName(node)
    nodes.push({
      name,
      parent,
      translation: vec(node.position),
      rotation: quat(node.quaternion),
      scale: vec(node.scale),
    })
    byName.set(name, node)
    for (const child of node.children) walk(child, name)
  }
  for (const child of root.children) walk(child, null)
  return nodes.length > 0 ? { nodes, byName } : null
}

/** The objects that a pose turns. */
function posedBy({ byName }: Rig, joints: readonly PackageJoint[]): ReadonlySet<Object3D> {
  const isBone = ({ humanoid, rest }: PackageJoint): boolean => !!rest && BONES.some((bone) => bone === humanoid)
  return new Set(joints.filter(isBone).flatMap(({ joint }) => byName.get(joint) ?? []))
}

const vec = ({ x, y, z }: Vector3): Vec3 => ({ x, y, z })
const quat = ({ x, y, z, w }: Quaternion): Quat => ({ x, y, z, w })

const IDLE = /idle|stand|breath|survey/i
const WALK = /walk/i
const RUN = /run|sprint/i
/** Speeds from which a figure walks, and runs, m/s. */
const WALKS = 0.2
const RUNS = 3.2
/** Cross-fade between animations, seconds. */
const BLEND = 0.25

const named = (clips: readonly AnimationClip[], pattern: RegExp): AnimationClip | undefined =>
  // Exact names first: "Walk" before "Walk_Backwards_Holding_Shield".
  clips.filter(({ name }) => pattern.test(name)).toSorted((a, b) => a.name.length - b.name.length)[0]

const HEAD = BONES.indexOf('head')
/** Blinks of two figures do not coincide: so many seconds between their clocks for each element. */
const CLOCKS_APART = 1.37

/** Plays the file's animations for standing, walking and running. */
class Clips {
  readonly #mixer: AnimationMixer
  readonly #idle: AnimationClip | null
  readonly #walk: AnimationClip | null
  readonly #run: AnimationClip | null
  #playing: AnimationAction | null = null

  constructor(root: Object3D, clips: readonly AnimationClip[]) {
    this.#mixer = new AnimationMixer(root)
    this.#idle = named(clips, IDLE) ?? null
    // A single animation is always played.
    this.#walk = named(clips, WALK) ?? named(clips, RUN) ?? (clips.length === 1 ? (clips[0] ?? null) : null)
    this.#run = named(clips, RUN) ?? this.#walk
  }

  step(speed: number, seconds: number): void {
    const clip = speed >= RUNS ? this.#run : speed >= WALKS ? this.#walk : this.#idle
    const action = clip && this.#mixer.clipAction(clip)
    if (action !== this.#playing) {
      this.#playing?.fadeOut(BLEND)
      action?.reset().fadeIn(BLEND).play()
      this.#playing = action
    }
    this.#mixer.update(seconds)
  }

  dispose(root: Object3D): void {
    this.#mixer.stopAllAction()
    this.#mixer.uncacheRoot(root)
  }
}

export interface FigureFrame {
  readonly nowMs: number
  /** Since the last frame. */
  readonly seconds: number
  /** No motion that nobody causes. */
  readonly still: boolean
}

export class Figure {
  /** Root object, at the avatar's root and rotated by its yaw. */
  readonly group = new Group()
  readonly model: Model
  readonly #root: Object3D
  readonly #joints: readonly PackageJoint[]
  readonly #rig: Rig | null
  readonly #clips: Clips | null
  readonly motion: FigureMotion | null

  constructor(model: Model, joints: readonly PackageJoint[]) {
    this.model = model
    this.#root = isSkinned(model.scene) ? SkeletonUtils.clone(model.scene) : model.scene.clone()
    this.#joints = joints
    this.#rig = rigOf(this.#root, joints)
    this.motion = (this.#rig && model.vrm?.motionOf(this.#root, posedBy(this.#rig, joints))) ?? null
    this.#root.quaternion.copy(TURNED)
    this.group.add(this.#root)
    // The bounds of a skin at rest do not contain its poses, so the figure is culled as a whole.
    this.#root.traverse((object) => {
      if (object instanceof SkinnedMesh || object instanceof Mesh) object.frustumCulled = false
    })
    this.#clips = this.#rig ? null : new Clips(this.#root, model.animations)
  }

  /** True if its joints follow bones. */
  get isHumanoid(): boolean {
    return this.#rig !== null
  }

  /** Moves the joints to the bones, in root space. The group has the avatar's `scale`, and the bones are at this scale too. */
  pose(bones: readonly JointTransform[], scale = 1): void {
    if (!this.#rig) return
    const { nodes, byName } = this.#rig
    const own = scale === 1 ? bones : bones.map((bone) => ({ ...bone, position: scaled(bone.position, 1 / scale) }))
    const { rotations, hips } = poseNodes(this.#joints, nodes, own)
    for (const [name, { x, y, z, w }] of rotations) byName.get(name)?.quaternion.set(x, y, z, w)
    if (hips) byName.get(hips.name)?.position.set(hips.translation.x, hips.translation.y, hips.translation.z)
  }

  /** Springs, eyes and expressions; call after `pose`. */
  move({ avatar: { element, yaw }, bones }: PosedAvatar, { seconds, nowMs, still }: FigureFrame): void {
    const head = bones[HEAD]
    if (!head) return
    const time = nowMs / 1_000 + element * CLOCKS_APART
    this.motion?.update({ head: head.rotation, yaw, seconds, time, calm: still })
  }

  /** Plays the model's own animation for a speed over the ground, metres per second. */
  animate(speed: number, seconds: number): void {
    this.#clips?.step(speed, seconds)
  }

  dispose(): void {
    this.group.removeFromParent()
    this.#clips?.dispose(this.#root)
    this.motion?.dispose()
    this.#root.traverse((object) => {
      if (object instanceof SkinnedMesh) object.skeleton.dispose()
    })
  }
}
