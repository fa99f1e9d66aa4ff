/** Skinned meshes at rest: positions of their vertices, and baking a skin into its mesh. */
import type { Document, mat4, Node, Primitive, Skin, vec3, vec4 } from '@gltf-transform/core'
import { BoxBuilder, multiply, transformed, turned, turnedNormal, type BoundingBox } from './math.ts'

/** Matrix of each joint, from the mesh's space to the scene. */
function jointMatrices(skin: Skin): mat4[] {
  const inverse = skin.getInverseBindMatrices()
  return skin.listJoints().map((joint, i) => {
    const world = joint.getWorldMatrix()
    return inverse ? multiply(world, inverse.getElement(i, []) as unknown as mat4) : world
  })
}

const ZERO: mat4 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

/** Each vertex's matrix to the scene; `world` if the vertex is not skinned. */
function vertexMatrix(node: Node, primitive: Primitive): (vertex: number) => mat4 {
  const world = node.getWorldMatrix()
  const skin = node.getSkin()
  const [joints, weights] = [primitive.getAttribute('JOINTS_0'), primitive.getAttribute('WEIGHTS_0')]
  if (!skin || !joints || !weights) return () => world
  const matrices = jointMatrices(skin)
  return (vertex) => {
    const [index, weight] = [
      joints.getElement(vertex, [0, 0, 0, 0]) as vec4,
      weights.getElement(vertex, [0, 0, 0, 0]) as vec4,
    ]
    const out = [...ZERO] as mat4
    for (let k = 0; k < 4; k++) {
      const matrix = matrices[index[k] ?? 0]
      const share = weight[k] ?? 0
      if (matrix && share > 0)
        for (let cell = 0; cell < 16; cell++) out[cell] = (out[cell] ?? 0) + share * (matrix[cell] ?? 0)
    }
    return out
  }
}

/** Box of everything drawn, at rest, in the scene; null if nothing is. */
export function restBounds(document: Document): BoundingBox | null {
  const box = new BoxBuilder()
  for (const node of document.getRoot().listNodes()) {
    for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
      const position = primitive.getAttribute('POSITION')
      if (!position) continue
      const matrix = vertexMatrix(node, primitive)
      const point: vec3 = [0, 0, 0]
      for (let i = 0; i < position.getCount(); i++) box.add(transformed(matrix(i), position.getElement(i, point)))
    }
  }
  return box.box()
}

const unit = (v: vec3): vec3 => {
  const length = Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
  return length > 1e-12 ? [v[0] / length, v[1] / length, v[2] / length] : [0, 1, 0]
}

/** Bakes skinned meshes at rest into plain ones. Removes their morph targets, because these are in the skin's space. */
export function bakeSkins(document: Document): void {
  const root = document.getRoot()
  for (const node of root.listNodes()) {
    const [mesh, skin] = [node.getMesh(), node.getSkin()]
    if (!mesh || !skin) continue
    const baked = document.createMesh(mesh.getName())
    for (const primitive of mesh.listPrimitives()) baked.addPrimitive(bakedPrimitive(document, node, primitive))
    // The baked mesh is in scene space, so it goes outside the hierarchy, which moved it only by its joints.
    root.getDefaultScene()?.addChild(document.createNode(node.getName()).setMesh(baked))
    node.setMesh(null).setSkin(null)
  }
  for (const skin of root.listSkins()) skin.dispose()
}

function bakedPrimitive(document: Document, node: Node, primitive: Primitive): Primitive {
  const out = document
    .createPrimitive()
    .setMode(primitive.getMode())
    .setMaterial(primitive.getMaterial())
    .setIndices(primitive.getIndices())
  const matrix = vertexMatrix(node, primitive)
  for (const semantic of primitive.listSemantics()) {
    const source = primitive.getAttribute(semantic)
    if (!source || semantic.startsWith('JOINTS_') || semantic.startsWith('WEIGHTS_')) continue
    const moved =
      semantic === 'POSITION'
        ? transformed
        : semantic === 'NORMAL'
          ? (m: mat4, v: vec3) => unit(turnedNormal(m, v))
          : semantic === 'TANGENT'
            ? (m: mat4, v: vec3) => unit(turned(m, v))
            : null
    if (!moved) {
      out.setAttribute(semantic, source)
      continue
    }
    const copy = source.clone()
    for (let i = 0; i < source.getCount(); i++) {
      const element = source.getElement(i, [])
      copy.setElement(i, [...moved(matrix(i), element as unknown as vec3), ...element.slice(3)])
    }
    out.setAttribute(semantic, copy)
  }
  return out
}
