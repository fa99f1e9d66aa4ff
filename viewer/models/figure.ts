/** One wearer's copy of an avatar's model: its joints follow the simulation's bones, or its own animations play. */
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
import type { JointTransform } from '../../sim/pose.ts'
import { poseNodes, type RestNode } from '../../packages/retarget.ts'
import type { Quat, Vec3 } from '../../sim/types.ts'
import { isSkinned, type Model } from './model.ts'

/** A model faces +Z, a player's forward is -Z. */
const TURNED = new Quaternion(0, 1, 0, 0)

/** The loader makes names fit for animation paths; what the file says stands beside. */
const originalName = ({ name, userData }: Object3D): string =>
  typeof userData.name === 'string' ? userData.name : name

/** What poses a figure: its nodes as the file has them, parents first, and where to set what they are turned by. */
interface Rig {
  readonly nodes: readonly RestNode[]
  readonly byName: ReadonlyMap<string, Object3D>
}

/** Nodes above humanoid joints and those themselves: the rest follows by itself. Null: the model has none. */
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

const vec = ({ x, y, z }: Vector3): Vec3 => ({ x, y, z })
const quat = ({ x, y, z, w }: Quaternion): Quat => ({ x, y, z, w })

const IDLE = /idle|stand|breath|survey/i
const WALK = /walk/i
const RUN = /run|sprint/i
/** Metres per second from which a figure walks, and runs. */
const WALKS = 0.2
const RUNS = 3.2
/** One animation goes over into another, seconds. */
const BLEND = 0.25

const named = (clips: readonly AnimationClip[], pattern: RegExp): AnimationClip | undefined =>
  // Exact names first: "Walk" before "Walk_Backwards_Holding_Shield".
  clips.filter(({ name }) => pattern.test(name)).toSorted((a, b) => a.name.length - b.name.length)[0]

/** Plays what the file brings for standing, walking and running. */
class Clips {
  readonly #mixer: AnimationMixer
  readonly #idle: AnimationClip | null
  readonly #walk: AnimationClip | null
  readonly #run: AnimationClip | null
  #playing: AnimationAction | null = null

  constructor(root: Object3D, clips: readonly AnimationClip[]) {
    this.#mixer = new AnimationMixer(root)
    this.#idle = named(clips, IDLE) ?? null
    // A file with one animation brought it to be seen moving.
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

export class Figure {
  /** At the avatar's root, turned by its yaw. */
  readonly group = new Group()
  readonly model: Model
  readonly #root: Object3D
  readonly #joints: readonly PackageJoint[]
  readonly #rig: Rig | null
  readonly #clips: Clips | null

  constructor(model: Model, joints: readonly PackageJoint[]) {
    this.model = model
    this.#root = isSkinned(model.scene) ? SkeletonUtils.clone(model.scene) : model.scene.clone()
    this.#root.quaternion.copy(TURNED)
    this.group.add(this.#root)
    // Bounds of a skin at rest say nothing of where a pose puts it: the whole figure is shown or not.
    this.#root.traverse((object) => {
      if (object instanceof SkinnedMesh || object instanceof Mesh) object.frustumCulled = false
    })
    this.#joints = joints
    this.#rig = rigOf(this.#root, joints)
    this.#clips = this.#rig ? null : new Clips(this.#root, model.animations)
  }

  /** Its joints follow bones. */
  get isHumanoid(): boolean {
    return this.#rig !== null
  }

  /** Puts the joints where the bones are, root space. */
  pose(bones: readonly JointTransform[]): void {
    if (!this.#rig) return
    const { nodes, byName } = this.#rig
    const { rotations, hips } = poseNodes(this.#joints, nodes, bones)
    for (const [name, { x, y, z, w }] of rotations) byName.get(name)?.quaternion.set(x, y, z, w)
    if (hips) byName.get(hips.name)?.position.set(hips.translation.x, hips.translation.y, hips.translation.z)
  }

  /** Plays the model's own animation for a speed over the ground, metres per second. */
  animate(speed: number, seconds: number): void {
    this.#clips?.step(speed, seconds)
  }

  dispose(): void {
    this.group.removeFromParent()
    this.#clips?.dispose(this.#root)
    this.#root.traverse((object) => {
      if (object instanceof SkinnedMesh) object.skeleton.dispose()
    })
  }
}
