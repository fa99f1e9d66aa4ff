/** The triangles of a document at rest, and the node that carries each vertex. */
import type { Document, Node, Primitive } from '@gltf-transform/core'
import { cross, length, sub } from '../../sim/maths/maths.ts'
import type { Vec3 } from '../../sim/index.ts'
import { determinant, transformed, type Matrix } from './node-frame.ts'

export interface Surface {
  readonly points: readonly Vec3[]
  /** The joint with the largest weight on a vertex; for a vertex without one, the mesh's node. */
  readonly carriers: readonly Node[]
  /** A third of the area of all triangles around a vertex, m². */
  readonly areas: Float64Array
  /** Three indices each, counter-clockwise seen from outside. */
  readonly triangles: readonly number[]
}

interface Gathering {
  readonly points: Vec3[]
  readonly carriers: Node[]
  readonly triangles: number[]
}

/** Nodes of the default scene, in the order of the tree. */
export function nodesOf(document: Document): Node[] {
  const root = document.getRoot()
  const scene = root.getDefaultScene() ?? root.listScenes()[0]
  const found: Node[] = []
  const walk = (node: Node): void => {
    found.push(node)
    node.listChildren().forEach(walk)
  }
  scene?.listChildren().forEach(walk)
  return scene ? found : root.listNodes()
}

const product = (a: Matrix, b: Matrix): Matrix =>
  Array.from({ length: 16 }, (_, i) => {
    const [r, c] = [i % 4, i - (i % 4)]
    return (
      (a[r] ?? 0) * (b[c] ?? 0) +
      (a[r + 4] ?? 0) * (b[c + 1] ?? 0) +
      (a[r + 8] ?? 0) * (b[c + 2] ?? 0) +
      (a[r + 12] ?? 0) * (b[c + 3] ?? 0)
    )
  })

interface Skin {
  readonly joints: readonly Node[]
  /** From the mesh in its bind pose to the scene. */
  readonly matrices: readonly Matrix[]
}

function skinOf(node: Node): Skin | null {
  const skin = node.getSkin()
  if (!skin) return null
  const joints = skin.listJoints()
  const inverse = skin.getInverseBindMatrices()
  const matrices = joints.map((joint, i) => {
    const world = joint.getWorldMatrix()
    return inverse && i < inverse.getCount() ? product(world, inverse.getElement(i, [])) : world
  })
  return { joints, matrices }
}

/** The vertex as skinned, or null without weights. */
function skinned(
  primitive: Primitive,
  vertex: number,
  p: readonly number[],
  { joints, matrices }: Skin,
): { point: Vec3; carrier: Node } | null {
  const [joint, weight]: [number[], number[]] = [[], []]
  let [x, y, z, sum, most] = [0, 0, 0, 0, 0]
  let carrier: Node | null = null
  for (let set = 0; set < 2; set++) {
    const [indices, weights] = [primitive.getAttribute(`JOINTS_${set}`), primitive.getAttribute(`WEIGHTS_${set}`)]
    if (!indices || !weights) break
    indices.getElement(vertex, joint)
    weights.getElement(vertex, weight)
    for (let k = 0; k < 4; k++) {
      const [w, matrix, node] = [weight[k] ?? 0, matrices[joint[k] ?? 0], joints[joint[k] ?? 0]]
      if (!(w > 0) || !matrix || !node) continue
      const q = transformed(matrix, p[0] ?? 0, p[1] ?? 0, p[2] ?? 0)
      x += w * q.x
      y += w * q.y
      z += w * q.z
      sum += w
      if (w > most) [most, carrier] = [w, node]
    }
  }
  return carrier ? { point: { x: x / sum, y: y / sum, z: z / sum }, carrier } : null
}

/** Triples of a primitive's vertices in every triangle mode; points and lines have none. Source: glTF 2.0, 3.7.2.1. */
function corners(primitive: Primitive): number[] {
  const indices = primitive.getIndices()
  const count = indices?.getCount() ?? primitive.getAttribute('POSITION')?.getCount() ?? 0
  const at = (i: number): number => indices?.getScalar(i) ?? i
  const out: number[] = []
  if (primitive.getMode() === 4) for (let i = 0; i + 2 < count; i += 3) out.push(at(i), at(i + 1), at(i + 2))
  if (primitive.getMode() === 5)
    for (let i = 0; i + 2 < count; i++) out.push(at(i), at(i + 1 + (i % 2)), at(i + 2 - (i % 2)))
  if (primitive.getMode() === 6) for (let i = 1; i + 1 < count; i++) out.push(at(i), at(i + 1), at(0))
  return out
}

function gatherPrimitive(into: Gathering, node: Node, primitive: Primitive, skin: Skin | null): void {
  const positions = primitive.getAttribute('POSITION')
  if (!positions) return
  const [base, count] = [into.points.length, positions.getCount()]
  const world = node.getWorldMatrix()
  const p: number[] = []
  for (let i = 0; i < count; i++) {
    positions.getElement(i, p)
    const bound = skin && skinned(primitive, i, p, skin)
    into.points.push(bound?.point ?? transformed(world, p[0] ?? 0, p[1] ?? 0, p[2] ?? 0))
    into.carriers.push(bound?.carrier ?? node)
  }
  const triples = corners(primitive)
  const isMirrored = determinant(skin?.matrices[0] ?? world) < 0
  for (let i = 0; i + 2 < triples.length; i += 3) {
    const [a = 0, b = 0, c = 0] = triples.slice(i, i + 3)
    if (a >= count || b >= count || c >= count) continue
    into.triangles.push(base + a, base + (isMirrored ? c : b), base + (isMirrored ? b : c))
  }
}

function areasOf(points: readonly Vec3[], triangles: readonly number[]): Float64Array {
  const areas = new Float64Array(points.length)
  for (let i = 0; i + 2 < triangles.length; i += 3) {
    const [i0 = 0, i1 = 0, i2 = 0] = triangles.slice(i, i + 3)
    const [a, b, c] = [points[i0], points[i1], points[i2]]
    if (!a || !b || !c) continue
    const third = length(cross(sub(b, a), sub(c, a))) / 6
    for (const v of [i0, i1, i2]) areas[v] = (areas[v] ?? 0) + third
  }
  return areas
}

/** The combined surface of these nodes' meshes. */
export function surfaceOf(nodes: readonly Node[]): Surface {
  const into: Gathering = { points: [], carriers: [], triangles: [] }
  for (const node of nodes) {
    const mesh = node.getMesh()
    const skin = mesh && skinOf(node)
    mesh?.listPrimitives().forEach((primitive) => gatherPrimitive(into, node, primitive, skin))
  }
  return { ...into, areas: areasOf(into.points, into.triangles) }
}

export interface PosedPrimitive extends Pick<Surface, 'points' | 'triangles'> {
  readonly primitive: Primitive
}

/** The surface of each primitive that a node draws; `points` has one for each vertex of the primitive. */
export function posedPrimitives(node: Node): readonly PosedPrimitive[] {
  const mesh = node.getMesh()
  const skin = mesh && skinOf(node)
  return (mesh?.listPrimitives() ?? []).map((primitive) => {
    const into: Gathering = { points: [], carriers: [], triangles: [] }
    gatherPrimitive(into, node, primitive, skin)
    return { primitive, points: into.points, triangles: into.triangles }
  })
}

/** Axis-aligned box of points. */
export function boundsOf(points: readonly Vec3[]): { readonly min: Vec3; readonly max: Vec3 } {
  const [min, max] = [
    { x: Infinity, y: Infinity, z: Infinity },
    { x: -Infinity, y: -Infinity, z: -Infinity },
  ]
  for (const { x, y, z } of points) {
    min.x = Math.min(min.x, x)
    min.y = Math.min(min.y, y)
    min.z = Math.min(min.z, z)
    max.x = Math.max(max.x, x)
    max.y = Math.max(max.y, y)
    max.z = Math.max(max.z, z)
  }
  return { min, max }
}
