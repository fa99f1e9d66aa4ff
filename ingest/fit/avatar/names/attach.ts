/**
 * Makes one tree of the bones that move a mesh. Rigs with controls keep some of them elsewhere: inverse kinematics
 * leaves feet and hands at the root, Rigify hangs limbs from bones without vertices, Biped hangs arms from the neck.
 */
import type { Document, Node, Skin, vec3, vec4 } from '@gltf-transform/core'
import { conjugate, distance, dot, length, multiply, rotate, sub, vec } from '../../../../sim/maths/maths.ts'
import { BONES, type Vec3 } from '../../../../sim/types.ts'
import { frameOf } from '../../node-frame.ts'
import { nodesOf } from '../../surface.ts'
import { isAbove, nearestNode } from '../../tree.ts'
import { parentOfBone, REQUIRED_BONES } from '../bones.ts'

type Attached =
  | {
      readonly fault: null
      readonly humanoid: ReadonlyMap<string, Node>
      /** Names of moved nodes, and of the nodes that they are below now. */
      readonly moved: readonly (readonly [node: string, above: string])[]
      /** Removed animation channels: they are relative to the earlier parents. */
      readonly animations: number
    }
  | { readonly fault: string }

/** The bone that `bone` hangs from in a body: an arm from its shoulder, if the rig has one. Null for the hips. */
function hangsFrom(bone: string, has: (bone: string) => boolean): string | null {
  const shoulder = bone.replace('UpperArm', 'Shoulder')
  if (shoulder !== bone && has(shoulder)) return shoulder
  let above = parentOfBone(bone)
  while (above !== null && !has(above)) above = parentOfBone(above)
  return above
}

/** Joints that have a weight on some vertex. */
export function deformingJoints(document: Document): ReadonlySet<Node> {
  const found = new Set<Node>()
  for (const node of nodesOf(document)) {
    const joints = node.getSkin()?.listJoints()
    for (const primitive of (joints && node.getMesh()?.listPrimitives()) ?? []) {
      for (let set = 0; ; set++) {
        const [indices, weights] = [primitive.getAttribute(`JOINTS_${set}`), primitive.getAttribute(`WEIGHTS_${set}`)]
        if (!indices || !weights) break
        const [index, weight]: [number[], number[]] = [[], []]
        for (let i = 0; i < indices.getCount(); i++) {
          indices.getElement(i, index)
          weights.getElement(i, weight)
          for (let k = 0; k < 4; k++) {
            const joint = joints?.[index[k] ?? 0]
            if (joint && (weight[k] ?? 0) > 0) found.add(joint)
          }
        }
      }
    }
  }
  return found
}

/** Largest difference of a matrix's cells after a move, relative to the largest cell. */
const EXACT = 1e-4

const lengths = (m: readonly number[]): vec3 =>
  [0, 4, 8].map((i) => length(vec(m[i] ?? 0, m[i + 1] ?? 0, m[i + 2] ?? 0))) as vec3

/** Moves a node below another one, where it was. False, and nothing moved, if scales along single axes prevent that. */
function move(node: Node, above: Node): boolean {
  const before = node.getWorldMatrix()
  const [own, parent] = [frameOf(node), frameOf(above)]
  const [size, scale] = [lengths(before), lengths(above.getWorldMatrix())]
  const away = rotate(conjugate(parent.rotation), sub(own.position, parent.position))
  const turn = multiply(conjugate(parent.rotation), own.rotation)
  const old = { parent: node.getParentNode(), matrix: node.getMatrix() }
  const scenes = node.listParents().filter((one) => one.propertyType === 'Scene')
  above.addChild(node)
  node
    .setTranslation([away.x / scale[0], away.y / scale[1], away.z / scale[2]])
    .setRotation([turn.x, turn.y, turn.z, turn.w] satisfies vec4)
    .setScale([size[0] / scale[0], size[1] / scale[1], size[2] / scale[2]])
  const after = node.getWorldMatrix()
  const largest = before.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  if (before.every((x, i) => Math.abs(x - (after[i] ?? 0)) <= EXACT * largest)) return true
  node.setMatrix(old.matrix)
  if (old.parent) old.parent.addChild(node)
  else for (const scene of scenes) (scene as ReturnType<Document['createScene']>).addChild(node)
  return false
}

/** Distance of a point from the line between two others. */
function distanceFrom(p: Vec3, a: Vec3, b: Vec3): number {
  const [along, to] = [sub(b, a), sub(p, a)]
  const square = dot(along, along)
  const t = square > 0 ? Math.min(1, Math.max(0, dot(to, along) / square)) : 0
  return distance(p, vec(a.x + t * along.x, a.y + t * along.y, a.z + t * along.z))
}

/** The body's bone that is nearest to a node at rest. */
function nearestBone(node: Node, humanoid: ReadonlyMap<string, Node>): Node | undefined {
  const at = frameOf(node).position
  const place = (bone: string): Vec3 | undefined => {
    const found = humanoid.get(bone)
    return found && frameOf(found).position
  }
  let [nearest, least]: [Node | undefined, number] = [undefined, Infinity]
  for (const bone of BONES) {
    const from = place(bone)
    if (!from) continue
    const ends = BONES.filter(
      (other) => hangsFrom(other, (b) => humanoid.has(b)) === bone && !/Upper(Arm|Leg)/.test(other),
    )
    for (const end of ends.length > 0 ? ends : [bone]) {
      const away = distanceFrom(at, from, place(end) ?? from)
      if (away < least) [nearest, least] = [humanoid.get(bone), away]
    }
  }
  return nearest
}

/** Puts `joint` in the place of another in all skins that have it. */
function replaceJoint(skins: readonly Skin[], old: Node, joint: Node): void {
  for (const skin of skins) {
    const joints = skin.listJoints()
    if (!joints.includes(old)) continue
    for (const one of joints) skin.removeJoint(one)
    for (const one of joints) skin.addJoint(one === old ? joint : one)
  }
}

class Attachment {
  readonly #document: Document
  readonly #humanoid: Map<string, Node>
  readonly #moved = new Map<Node, Node>()

  constructor(document: Document, humanoid: ReadonlyMap<string, Node>) {
    this.#document = document
    this.#humanoid = new Map(humanoid)
  }

  run(): Attached {
    const has = (bone: string): boolean => this.#humanoid.has(bone)
    const depth = (bone: string): number => {
      const above = hangsFrom(bone, has)
      return above === null ? 0 : 1 + depth(above)
    }
    for (const bone of [...this.#humanoid.keys()].toSorted((a, b) => depth(a) - depth(b))) {
      const fault = this.#attach(bone, hangsFrom(bone, has))
      if (fault === null) continue
      if ((REQUIRED_BONES as readonly string[]).includes(bone)) return { fault }
      this.#humanoid.delete(bone)
    }
    const strays = this.#attachStrays()
    if (strays !== null) return { fault: strays }
    return {
      fault: null,
      humanoid: this.#humanoid,
      moved: [...this.#moved].map(([node, above]) => [node.getName(), above.getName()]),
      animations: this.#dropChannels(),
    }
  }

  /** Moves a bone's node below that of the bone above it. Returns why that is impossible, or null. */
  #attach(bone: string, above: string | null): string | null {
    const [node, parent] = [this.#humanoid.get(bone), above === null ? undefined : this.#humanoid.get(above)]
    if (!node || !parent) return null
    const mapped = new Set(this.#humanoid.values())
    if (nearestNode(node.getParentNode(), mapped) === parent) return null
    if (isAbove(node, parent))
      return `"${node.getName()}" (${bone}) is above "${parent.getName()}" (${above}) in the node tree. Parent it the other way round: each bone hangs from the bone nearer to the hips.`
    return this.#move(node, parent)
  }

  #move(node: Node, above: Node): string | null {
    if (!move(node, above))
      return `"${node.getName()}" hangs from a control bone, and cannot be moved below "${above.getName()}" because one of them is scaled along a single axis. Apply the scale in the modelling program, or parent the bone there.`
    this.#moved.set(node, above)
    return null
  }

  /** Moves joints that have vertices but do not follow any bone of the body to the nearest one. */
  #attachStrays(): string | null {
    const mapped = new Set(this.#humanoid.values())
    const hips = this.#humanoid.get('hips')
    const deforming = deformingJoints(this.#document)
    for (const node of nodesOf(this.#document)) {
      if (!hips || !deforming.has(node) || nearestNode(node, mapped)) continue
      const near = nearestBone(node, this.#humanoid) ?? hips
      if (isAbove(node, hips)) this.#copyBelowHips(node, hips)
      else {
        const fault = this.#move(node, near)
        if (fault !== null) return fault
      }
    }
    return null
  }

  /** A bone above the hips that moves vertices stays where it is; its vertices follow a copy below the hips. */
  #copyBelowHips(node: Node, hips: Node): void {
    const copy = this.#document.createNode(node.getName())
    const parent = node.getParentNode()
    if (parent) parent.addChild(copy)
    copy.setMatrix(node.getMatrix())
    if (!move(copy, hips)) {
      copy.dispose()
      return
    }
    this.#moved.set(copy, hips)
    replaceJoint(this.#document.getRoot().listSkins(), node, copy)
  }

  #dropChannels(): number {
    let dropped = 0
    for (const animation of this.#document.getRoot().listAnimations())
      for (const channel of animation.listChannels()) {
        const target = channel.getTargetNode()
        if (!target || !this.#moved.has(target)) continue
        channel.dispose()
        dropped += 1
      }
    return dropped
  }
}

/** Hangs each bone of a humanoid from the bone above it, and every joint with vertices from some bone, at rest as before. */
export const attachBones = (document: Document, humanoid: ReadonlyMap<string, Node>): Attached =>
  new Attachment(document, humanoid).run()
