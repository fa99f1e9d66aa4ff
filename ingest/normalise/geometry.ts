/**
 * Converts meshes to a form that every client can draw: plain triangles, four influences with sum 1, directions of
 * length 1.
 */
import { Primitive, type Accessor, type Document } from '@gltf-transform/core'
import { convertPrimitiveToTriangles, dequantize, uninstance } from '@gltf-transform/functions'
import type { Warn } from '../types.ts'
import { plural } from '../../http-contract/plural.ts'

const INFLUENCES = 4
/** Tolerance for a length or a sum of 1; the validator's own is wider. */
const UNIT_TOLERANCE = 5e-4

/** Throws if the data cannot be unpacked. */
export async function normaliseGeometry(document: Document, warn: Warn): Promise<void> {
  await document.transform(uninstance(), dequantize({ pattern: /^(POSITION|NORMAL|TANGENT|TEXCOORD_\d+|COLOR_\d+)$/ }))
  for (const [i, mesh] of document.getRoot().listMeshes().entries()) {
    for (const [k, primitive] of mesh.listPrimitives().entries()) {
      const where = `/meshes/${i}/primitives/${k}`
      if (primitive.getMode() === Primitive.Mode.TRIANGLE_STRIP || primitive.getMode() === Primitive.Mode.TRIANGLE_FAN)
        convertPrimitiveToTriangles(primitive)
      normaliseWeights(primitive, where, document, warn)
      for (const semantic of ['NORMAL', 'TANGENT']) unitVectors(primitive.getAttribute(semantic))
      for (const semantic of primitive.listSemantics())
        if (semantic.startsWith('_')) primitive.setAttribute(semantic, null)
    }
  }
  removePoints(document, warn)
  removeEmpty(document)
  for (const accessor of document.getRoot().listAccessors())
    if (accessor.getSparse() && isPlain(accessor)) accessor.setSparse(false)
}

const isTriangles = (primitive: Primitive): boolean => primitive.getMode() === Primitive.Mode.TRIANGLES

/** Removes points and lines beside triangles: they are often leftovers, and not every client draws them. */
function removePoints(document: Document, warn: Warn): void {
  const all = document
    .getRoot()
    .listMeshes()
    .flatMap((mesh, i) =>
      mesh.listPrimitives().map((primitive, k) => ({ primitive, where: `/meshes/${i}/primitives/${k}` })),
    )
  const others = all.filter(({ primitive }) => !isTriangles(primitive))
  const [first] = others
  if (!first || others.length === all.length) return
  for (const { primitive } of others) primitive.dispose()
  warn({
    rule: 'POINTS_DROPPED',
    where: first.where,
    message: `${others.length === 1 ? 'A part' : `${others.length} parts`} of points or lines beside triangles ${others.length === 1 ? 'is' : 'are'} left out. In Blender: Select > All by Trait > Loose Geometry, then delete it or convert it to a mesh.`,
  })
}

/**
 * Removes primitives without a triangle to draw (strips of two corners, or without positions), and meshes of only such.
 */
function removeEmpty(document: Document): void {
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives())
      if (!primitive.getAttribute('POSITION') || primitive.getIndices()?.getCount() === 0) primitive.dispose()
    if (mesh.listPrimitives().length === 0) mesh.dispose()
  }
}

/** True if it is used by more than morph targets. Sparse zeros only pay for morph targets. */
const isPlain = (accessor: Accessor): boolean =>
  accessor.listParents().some((parent) => !['PrimitiveTarget', 'Buffer', 'Root'].includes(parent.propertyType))

/** Keeps the four largest of all influences, scaled to sum 1, as floats, because floats represent 1 exactly. */
function normaliseWeights(primitive: Primitive, where: string, document: Document, warn: Warn): void {
  const sets = influenceSets(primitive)
  const first = sets[0]
  if (!first) return
  const count = first.joints.getCount()
  const joints = new Uint16Array(INFLUENCES * count)
  const weights = new Float32Array(INFLUENCES * count)
  let [folded, scaled] = [0, 0]
  for (let vertex = 0; vertex < count; vertex++) {
    const all = influencesOf(sets, vertex)
    const kept = all.slice(0, INFLUENCES)
    const [total, sum] = [sumOf(all), sumOf(kept)]
    if (all.length > INFLUENCES) folded += 1
    else if (Math.abs(total - 1) > UNIT_TOLERANCE) scaled += 1
    kept.forEach(({ joint, weight }, i) => {
      joints[INFLUENCES * vertex + i] = joint
      weights[INFLUENCES * vertex + i] = weight / sum
    })
    if (kept.length === 0) weights[INFLUENCES * vertex] = 1
  }
  if (folded > 0)
    warn({
      rule: 'INFLUENCES_FOLDED',
      where,
      message: `${plural(folded, 'vertex has', 'vertices have')} more than ${INFLUENCES} bones; the ${INFLUENCES} strongest were kept.`,
    })
  if (scaled > 0)
    warn({
      rule: 'WEIGHTS_SCALED',
      where,
      message: `The weights of ${plural(scaled, 'vertex', 'vertices')} did not add up to 1 and were scaled. In Blender: Weights > Normalize All.`,
    })
  setInfluences(primitive, document, joints, weights, sets.length)
}

interface Influence {
  readonly joint: number
  readonly weight: number
}

const sumOf = (influences: readonly Influence[]): number => influences.reduce((sum, { weight }) => sum + weight, 0)

function influenceSets(primitive: Primitive): { readonly joints: Accessor; readonly weights: Accessor }[] {
  const sets = []
  for (let i = 0; ; i++) {
    const [joints, weights] = [primitive.getAttribute(`JOINTS_${i}`), primitive.getAttribute(`WEIGHTS_${i}`)]
    if (!joints || !weights) return sets
    sets.push({ joints, weights })
  }
}

/** Each joint once, strongest first; equal ones in their order. */
function influencesOf(
  sets: readonly { readonly joints: Accessor; readonly weights: Accessor }[],
  vertex: number,
): Influence[] {
  const found = new Map<number, number>()
  for (const { joints, weights } of sets) {
    const [index, share] = [joints.getElement(vertex, []), weights.getElement(vertex, [])]
    index.forEach((joint, k) => {
      const weight = share[k] ?? 0
      if (weight > 0) found.set(joint, (found.get(joint) ?? 0) + weight)
    })
  }
  return [...found].map(([joint, weight]) => ({ joint, weight })).toSorted((a, b) => b.weight - a.weight)
}

function setInfluences(
  primitive: Primitive,
  document: Document,
  joints: Uint16Array,
  weights: Float32Array,
  sets: number,
): void {
  const buffer = document.getRoot().listBuffers()[0] ?? null
  const isSmall = joints.every((joint) => joint < 256)
  const accessor = (array: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Float32Array<ArrayBuffer>): Accessor =>
    document.createAccessor().setType('VEC4').setArray(array).setBuffer(buffer)
  for (let i = 1; i < sets; i++) primitive.setAttribute(`JOINTS_${i}`, null).setAttribute(`WEIGHTS_${i}`, null)
  primitive
    .setAttribute('JOINTS_0', accessor(isSmall ? Uint8Array.from(joints) : Uint16Array.from(joints)))
    .setAttribute('WEIGHTS_0', accessor(Float32Array.from(weights)))
}

/**
 * Scales the first three components of each element to length 1. A tangent's fourth component, a sign, becomes 1 or -1.
 */
function unitVectors(accessor: Accessor | null): void {
  if (!accessor) return
  const element: number[] = []
  for (let i = 0; i < accessor.getCount(); i++) {
    accessor.getElement(i, element)
    const [x, y, z, ...rest] = element
    if (x === undefined || y === undefined || z === undefined) return
    const length = Math.sqrt(x * x + y * y + z * z)
    const signs = rest.map((w) => (w < 0 ? -1 : 1))
    if (Math.abs(length - 1) <= UNIT_TOLERANCE && signs.every((sign, k) => sign === rest[k])) continue
    accessor.setElement(i, length > 1e-12 ? [x / length, y / length, z / length, ...signs] : [0, 1, 0, ...signs])
  }
}
