/** Checks the sizes in bytes that accessors claim, before anything is allocated for them. */
import { refuseUpload } from './advice.ts'
import { countOf, extensionOf, isObject, listOf, objectOf, objectsOf, type JsonObject } from '../json.ts'
import { CHECK_LIMITS } from '../limits.ts'
import { mib } from '../text.ts'

/** glTF 2.0, section 5.1: bytes of a component; components of an element. */
const COMPONENT_BYTES: Readonly<Record<number, number>> = { 5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4 }
const COMPONENTS: Readonly<Record<string, number>> = {
  SCALAR: 1,
  VEC2: 2,
  VEC3: 3,
  VEC4: 4,
  MAT2: 4,
  MAT3: 9,
  MAT4: 16,
}
const MESHOPT = ['EXT_meshopt_compression', 'KHR_meshopt_compression']

/** Bytes of one element; 0 for an unknown type, which the validator reports. */
const elementBytes = (accessor: JsonObject): number =>
  (COMPONENT_BYTES[Number(accessor['componentType'])] ?? 0) * (COMPONENTS[String(accessor['type'])] ?? 0)

/** A claimed count, also if it is not a whole number: only its size matters. */
const claimed = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0)

/** `hasBin`: the first buffer may be in the file's binary chunk. Throws Rejected. */
export function checkAccessors(json: JsonObject, hasBin: boolean): void {
  const accessors = objectsOf(json, 'accessors')
  const draco = dracoAccessors(json)
  const isView = viewsWithData(json, hasBin)
  const bytes = accessors.map((accessor) => elementBytes(accessor) * claimed(accessor['count']))
  let total = 0
  let zeros = 0
  for (const [i, accessor] of accessors.entries()) {
    const own = bytes[i] ?? 0
    total += own
    if (own > CHECK_LIMITS.accessorBytes || total > CHECK_LIMITS.accessorBytes)
      refuseUpload(
        'ACCESSOR_SIZE',
        `/accessors/${i}`,
        `The accessors up to this one claim ${mib(total)} of data; at most ${mib(CHECK_LIMITS.accessorBytes)} are allowed.`,
        total,
        CHECK_LIMITS.accessorBytes,
      )
    checkSparse(accessor, i)
    if (!isView[countOf(accessor['bufferView']) ?? -1] && !draco.has(i)) zeros += own
    if (zeros > CHECK_LIMITS.zeroBytes)
      refuseUpload(
        'ACCESSOR_ZEROS',
        `/accessors/${i}`,
        `The accessors without data claim ${mib(zeros)} of zeros; at most ${mib(CHECK_LIMITS.zeroBytes)} are allowed.`,
        zeros,
        CHECK_LIMITS.zeroBytes,
      )
  }
  checkTouched(json, bytes)
  checkViews(json)
  checkPackedVertices(json, accessors)
}

/** For each view, whether it has bytes: buffers that a decoder fills have none. */
function viewsWithData(json: JsonObject, hasBin: boolean): boolean[] {
  const buffers = objectsOf(json, 'buffers').map(
    (buffer, i) => typeof buffer['uri'] === 'string' || (i === 0 && hasBin),
  )
  return objectsOf(json, 'bufferViews').map(
    (view) => buffers[countOf(view['buffer']) ?? -1] === true || MESHOPT.some((name) => extensionOf(view, name)),
  )
}

function checkSparse(accessor: JsonObject, i: number): void {
  const sparse = accessor['sparse']
  if (!isObject(sparse)) return
  const [count, of] = [claimed(sparse['count']), claimed(accessor['count'])]
  if (count > of)
    refuseUpload(
      'ACCESSOR_SPARSE_COUNT_OUT_OF_RANGE',
      `/accessors/${i}/sparse/count`,
      `The sparse accessor replaces ${count} of ${of} elements.`,
      count,
      of,
    )
}

/** Accessors whose data comes from Draco. */
function dracoAccessors(json: JsonObject): ReadonlySet<unknown> {
  const found = new Set<unknown>()
  for (const mesh of objectsOf(json, 'meshes'))
    for (const primitive of objectsOf(mesh, 'primitives'))
      if (extensionOf(primitive, 'KHR_draco_mesh_compression'))
        for (const index of [primitive['indices'], ...Object.values(objectOf(primitive['attributes']))])
          found.add(index)
  return found
}

/** Many primitives with one accessor cost as much to check, copy or draw as many accessors. */
function checkTouched(json: JsonObject, bytes: readonly number[]): void {
  let touched = 0
  const touch = (where: string, indices: readonly unknown[]): void => {
    for (const index of indices) touched += bytes[countOf(index) ?? -1] ?? 0
    if (touched > CHECK_LIMITS.touchedBytes)
      refuseUpload(
        'GEOMETRY_SIZE',
        where,
        `The meshes and animations up to this one read ${mib(touched)}, some of it many times over; at most ${mib(CHECK_LIMITS.touchedBytes)} are allowed.`,
        touched,
        CHECK_LIMITS.touchedBytes,
      )
  }
  for (const [i, mesh] of objectsOf(json, 'meshes').entries())
    for (const [k, primitive] of objectsOf(mesh, 'primitives').entries())
      touch(`/meshes/${i}/primitives/${k}`, [
        primitive['indices'],
        ...[primitive['attributes'], ...listOf(primitive['targets'])].flatMap((set) => Object.values(objectOf(set))),
      ])
  for (const [i, animation] of objectsOf(json, 'animations').entries())
    for (const [k, sampler] of objectsOf(animation, 'samplers').entries())
      touch(`/animations/${i}/samplers/${k}`, [sampler['input'], sampler['output']])
  for (const [i, skin] of objectsOf(json, 'skins').entries()) touch(`/skins/${i}`, [skin['inverseBindMatrices']])
}

/** Bytes that meshopt views claim to unpack to; the decoder allocates them. */
function checkViews(json: JsonObject): void {
  let unpacked = 0
  for (const [i, view] of objectsOf(json, 'bufferViews').entries()) {
    const packed = MESHOPT.map((name) => extensionOf(view, name)).find((found) => found !== null)
    if (!packed) continue
    unpacked += claimed(packed['count']) * claimed(packed['byteStride'])
    if (unpacked > CHECK_LIMITS.accessorBytes)
      refuseUpload(
        'MESHOPT_SIZE',
        `/bufferViews/${i}`,
        `The meshopt data up to this view claims to unpack to ${mib(unpacked)}; at most ${mib(CHECK_LIMITS.accessorBytes)} are allowed.`,
        unpacked,
        CHECK_LIMITS.accessorBytes,
      )
  }
}

/** The vertices of packed meshes: a few kilobytes can hold millions, and every later stage walks them. */
function checkPackedVertices(json: JsonObject, accessors: readonly JsonObject[]): void {
  const views = objectsOf(json, 'bufferViews').map((view) => MESHOPT.some((name) => extensionOf(view, name) !== null))
  let vertices = 0
  for (const [i, mesh] of objectsOf(json, 'meshes').entries())
    for (const [k, primitive] of objectsOf(mesh, 'primitives').entries()) {
      const accessor = accessors[countOf(objectOf(primitive['attributes'])['POSITION']) ?? -1]
      if (!accessor || views[countOf(accessor['bufferView']) ?? -1] !== true) continue
      vertices += claimed(accessor['count'])
      if (vertices > CHECK_LIMITS.meshoptVertices)
        refuseUpload(
          'MESHOPT_SIZE',
          `/meshes/${i}/primitives/${k}`,
          `The meshopt data up to this mesh has ${vertices.toLocaleString('en-US')} vertices; at most ${CHECK_LIMITS.meshoptVertices.toLocaleString('en-US')} are allowed.`,
          vertices,
          CHECK_LIMITS.meshoptVertices,
        )
    }
}
