/**
 * Rewrites valid glTF that the decoder cannot read: sparse data without offsets, accessors that nothing uses, views of
 * buffers without data, textures without an image, meshopt data under its newer name.
 */
import { countOf, isObject, listOf, objectOf, objectsOf, without, type JsonObject } from '../json.ts'
import type { Warn } from '../types.ts'

const MESHOPT = ['EXT_meshopt_compression', 'KHR_meshopt_compression']
/** The decoder knows the data of both under the name of the first. */
const [DECODED_MESHOPT = '', MESHOPT_NOW = ''] = MESHOPT
const TEXTURE_SOURCES = ['KHR_texture_basisu', 'EXT_texture_webp', 'EXT_texture_avif']
/** A single number in place of an unused accessor, so that indices stay valid. */
const IDLE_ACCESSOR = { componentType: 5126, type: 'SCALAR', count: 1 }
const IDLE_VIEW = { buffer: 0, byteLength: 0 }

/** A copy of `json`; all its data is in `bin`, the first buffer. */
export function repaired(json: JsonObject, bin: Uint8Array | null, warn: Warn): JsonObject {
  const views = objectsOf(json, 'bufferViews')
  const isEmpty = (index: unknown): boolean => {
    const view = views[countOf(index) ?? -1]
    return view !== undefined && !isPacked(view) && (bin === null || view['buffer'] !== 0)
  }
  const accessors = readableAccessors(json, isEmpty, warn)
  return {
    ...json,
    accessors,
    skins: objectsOf(json, 'skins').map((skin) =>
      hasData({ accessors }, skin['inverseBindMatrices']) ? skin : without(skin, 'inverseBindMatrices'),
    ),
    images: objectsOf(json, 'images').map((image) =>
      isEmpty(image['bufferView']) ? without(image, 'bufferView') : image,
    ),
    bufferViews: views.map((view, i) => (isEmpty(i) ? IDLE_VIEW : withDecodedMeshopt(view))),
    buffers: objectsOf(json, 'buffers').map(withDecodedMeshopt),
    ...Object.fromEntries(
      ['extensionsUsed', 'extensionsRequired'].map((key) => [
        key,
        [...new Set(listOf(json[key]).map((name) => (name === MESHOPT_NOW ? DECODED_MESHOPT : name)))],
      ]),
    ),
    materials: withoutIdleTextures(objectsOf(json, 'materials'), objectsOf(json, 'textures').map(hasImage)),
  }
}

const isPacked = (view: JsonObject): boolean => MESHOPT.some((name) => objectOf(view['extensions'])[name] !== undefined)

/** KHR_meshopt_compression under the name of EXT_meshopt_compression, which has the same members. */
function withDecodedMeshopt(holder: JsonObject): JsonObject {
  const { [MESHOPT_NOW]: packed, ...others } = objectOf(holder['extensions'])
  return packed === undefined ? holder : { ...holder, extensions: { [DECODED_MESHOPT]: packed, ...others } }
}

function readableAccessors(json: JsonObject, isEmpty: (view: unknown) => boolean, warn: Warn): JsonObject[] {
  const used = usedAccessors(json)
  const missing: number[] = []
  const accessors = objectsOf(json, 'accessors').map((accessor, i) => {
    if (!used.has(i)) return IDLE_ACCESSOR
    const withOffsets = withSparseOffsets(accessor)
    const { indices, values } = objectOf(withOffsets['sparse'])
    const isGone = isEmpty(withOffsets['bufferView'])
    const isSparseGone = isEmpty(objectOf(indices)['bufferView']) || isEmpty(objectOf(values)['bufferView'])
    if (isGone || isSparseGone) missing.push(i)
    const plain = isGone ? without(without(withOffsets, 'bufferView'), 'byteOffset') : withOffsets
    return isSparseGone ? without(plain, 'sparse') : plain
  })
  if (missing.length > 0)
    warn({
      rule: 'BUFFER_MISSING',
      where: `/accessors/${missing[0]}`,
      message: `The data of ${missing.length} accessors is in a buffer that the file does not contain; zeros are used instead. Export as one .glb file, which holds its buffers.`,
    })
  return accessors
}

/** False for accessors of only zeros: zeros are not usable as times, rotations or matrices. */
export function hasData(json: JsonObject, index: unknown): boolean {
  const accessor = objectsOf(json, 'accessors')[countOf(index) ?? -1]
  return accessor !== undefined && (accessor['bufferView'] !== undefined || accessor['sparse'] !== undefined)
}

/** Adds the default offset 0 to sparse data: the decoder would use the accessor's own offset. */
function withSparseOffsets(accessor: JsonObject): JsonObject {
  const sparse = accessor['sparse']
  if (!isObject(sparse)) return accessor
  const [indices, values] = [objectOf(sparse['indices']), objectOf(sparse['values'])]
  return {
    ...accessor,
    sparse: { ...sparse, indices: { byteOffset: 0, ...indices }, values: { byteOffset: 0, ...values } },
  }
}

function usedAccessors(json: JsonObject): ReadonlySet<unknown> {
  const primitives = objectsOf(json, 'meshes').flatMap((mesh) => objectsOf(mesh, 'primitives'))
  const samplers = objectsOf(json, 'animations').flatMap((animation) => objectsOf(animation, 'samplers'))
  return new Set([
    ...primitives.flatMap((primitive) => [
      primitive['indices'],
      ...[primitive['attributes'], ...listOf(primitive['targets'])].flatMap((set) => Object.values(objectOf(set))),
    ]),
    ...samplers.flatMap(({ input, output }) => [input, output]),
    ...objectsOf(json, 'skins').map((skin) => skin['inverseBindMatrices']),
    ...objectsOf(json, 'nodes').flatMap((node) =>
      Object.values(objectOf(objectOf(objectOf(node['extensions'])['EXT_mesh_gpu_instancing'])['attributes'])),
    ),
  ])
}

const hasImage = (texture: JsonObject): boolean =>
  [texture, ...TEXTURE_SOURCES.map((name) => objectOf(objectOf(texture['extensions'])[name]))].some(
    ({ source }) => countOf(source) !== null,
  )

/**
 * Removes the members that refer to a texture without an image, at any depth: `baseColorTexture`, `clearcoatTexture` …
 */
function withoutIdleTextures<T>(value: T, isDrawn: readonly boolean[]): T
function withoutIdleTextures(value: unknown, isDrawn: readonly boolean[]): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => withoutIdleTextures(one, isDrawn))
  if (!isObject(value)) return value
  const isIdle = ([key, member]: [string, unknown]): boolean =>
    key.endsWith('Texture') && isObject(member) && isDrawn[countOf(member['index']) ?? -1] === false
  return Object.fromEntries(
    Object.entries(value)
      .filter((entry) => !isIdle(entry))
      .map(([key, member]) => [key, withoutIdleTextures(member, isDrawn)]),
  )
}
