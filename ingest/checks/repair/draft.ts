/** A checked file that the repairs of this folder change in place: its JSON, and its data in one buffer. */
import { countOf, extensionOf, isObject, listOf, objectOf, objectsOf, type JsonObject } from '../../json.ts'

/** An object of the draft's JSON. */
export type Entry = Record<string, unknown>

export interface Draft {
  readonly json: Entry
  /** The data of buffer 0; a copy that repairs may change. Empty if the file has none. */
  bin: Uint8Array
}

/** A finding of the validator that a repair answers. */
export interface Finding {
  readonly code: string
  /** JSON pointer. */
  readonly where: string
}

/** Repairs everything of its kind in the whole file. `findings` are those that the validator listed, perhaps not all. */
export type RepairStep = (draft: Draft, findings: readonly Finding[]) => void

/** The objects in `entry[key]`, to be changed in place. */
export const entriesOf = (entry: JsonObject, key: string): Entry[] => objectsOf(entry, key) as Entry[]

/** The object in `entry[key]`, to be changed in place. */
export const entryOf = (entry: JsonObject, key: string): Entry => objectOf(entry[key]) as Entry

export const primitivesOf = ({ json }: Draft): Entry[] =>
  entriesOf(json, 'meshes').flatMap((mesh) => entriesOf(mesh, 'primitives'))

/** The object or array that holds the member of a JSON pointer, and its key; null if the pointer leads nowhere. */
export function placeOf(
  json: Entry,
  pointer: string,
): { readonly holder: Entry | unknown[]; readonly key: string } | null {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = keys.pop()
  let at: unknown = json
  for (const key of keys) at = Array.isArray(at) ? at[Number(key)] : isObject(at) ? at[key] : undefined
  if (last === undefined || !(Array.isArray(at) || isObject(at))) return null
  return { holder: at as Entry | unknown[], key: last }
}

/** Deletes members of objects by their pointers. Elements of arrays stay. */
export function removeMembers({ json }: Draft, pointers: readonly string[]): void {
  for (const pointer of pointers) {
    const place = placeOf(json, pointer)
    if (place && !Array.isArray(place.holder)) delete place.holder[place.key]
  }
}

/** Adds an extension to the list of those that the file uses, or requires. */
export function declare(
  json: Entry,
  name: string,
  list: 'extensionsUsed' | 'extensionsRequired' = 'extensionsUsed',
): void {
  if (!listOf(json[list]).includes(name)) json[list] = [...listOf(json[list]), name]
}

interface Component {
  readonly bytes: number
  readonly get: (view: DataView, at: number) => number
  readonly set: (view: DataView, at: number, value: number) => void
}

/** Component types of glTF 2.0, section 5.1.3. */
const COMPONENT: Readonly<Record<number, Component>> = {
  5120: { bytes: 1, get: (view, at) => view.getInt8(at), set: (view, at, value) => view.setInt8(at, value) },
  5121: { bytes: 1, get: (view, at) => view.getUint8(at), set: (view, at, value) => view.setUint8(at, value) },
  5122: {
    bytes: 2,
    get: (view, at) => view.getInt16(at, true),
    set: (view, at, value) => view.setInt16(at, value, true),
  },
  5123: {
    bytes: 2,
    get: (view, at) => view.getUint16(at, true),
    set: (view, at, value) => view.setUint16(at, value, true),
  },
  5125: {
    bytes: 4,
    get: (view, at) => view.getUint32(at, true),
    set: (view, at, value) => view.setUint32(at, value, true),
  },
  5126: {
    bytes: 4,
    get: (view, at) => view.getFloat32(at, true),
    set: (view, at, value) => view.setFloat32(at, value, true),
  },
}
const FLOAT = 5126
const COMPONENTS: Readonly<Record<string, number>> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT4: 16 }
const PACKED = ['EXT_meshopt_compression', 'KHR_meshopt_compression']

/** The stored numbers of an accessor, before normalisation. */
export interface Elements {
  readonly count: number
  /** Components of one element. */
  readonly size: number
  readonly isFloat: boolean
  readonly get: (element: number, component: number) => number
  readonly set: (element: number, component: number, value: number) => void
}

/** Returns null for data that is sparse, packed, or not wholly in the file. */
export function elementsOf(draft: Draft, index: unknown): Elements | null {
  const accessor = entriesOf(draft.json, 'accessors')[countOf(index) ?? -1]
  const view = entriesOf(draft.json, 'bufferViews')[countOf(accessor?.['bufferView']) ?? -1]
  if (!accessor || !view || accessor['sparse'] !== undefined || view['buffer'] !== 0) return null
  if (PACKED.some((name) => extensionOf(view, name))) return null
  const component = COMPONENT[Number(accessor['componentType'])]
  const size = COMPONENTS[String(accessor['type'])]
  const count = countOf(accessor['count'])
  if (!component || size === undefined || count === null) return null
  const stride = countOf(view['byteStride']) ?? component.bytes * size
  const from = (countOf(view['byteOffset']) ?? 0) + (countOf(accessor['byteOffset']) ?? 0)
  if (count > 0 && from + (count - 1) * stride + component.bytes * size > draft.bin.length) return null
  const data = new DataView(draft.bin.buffer, draft.bin.byteOffset, draft.bin.byteLength)
  const at = (element: number, k: number): number => from + element * stride + k * component.bytes
  return {
    count,
    size,
    isFloat: accessor['componentType'] === FLOAT,
    get: (element, k) => component.get(data, at(element, k)),
    set: (element, k, value) => component.set(data, at(element, k), value),
  }
}

/** The list in `json[key]`, to be changed in place; made if there is none. */
function listIn(json: Entry, key: string): unknown[] {
  const list = json[key]
  if (Array.isArray(list)) return list
  const made: unknown[] = []
  json[key] = made
  return made
}

/** The same bytes with room for `length`. It allocates twice as much, so that many small additions cost little. */
function grown(bin: Uint8Array, length: number): Uint8Array {
  if (bin.byteOffset === 0 && bin.buffer.byteLength >= length) return new Uint8Array(bin.buffer, 0, length)
  const room = new Uint8Array(2 * length)
  room.set(bin)
  return room.subarray(0, length)
}

/** Appends floats as a new accessor. Returns its index. */
export function addFloats(draft: Draft, type: 'SCALAR' | 'VEC3' | 'VEC4', values: Float32Array): number {
  const { json } = draft
  const size = COMPONENTS[type] ?? 1
  const from = Math.ceil(draft.bin.length / 4) * 4
  draft.bin = grown(draft.bin, from + values.byteLength)
  draft.bin.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), from)
  const buffers = listIn(json, 'buffers')
  buffers[0] = { ...objectOf(buffers[0]), byteLength: draft.bin.length }
  const view = listIn(json, 'bufferViews').push({ buffer: 0, byteOffset: from, byteLength: values.byteLength }) - 1
  const bounds = (pick: (a: number, b: number) => number): number[] =>
    Array.from({ length: size }, (_, k) => values.filter((__, i) => i % size === k).reduce((a, b) => pick(a, b)))
  return (
    listIn(json, 'accessors').push({
      bufferView: view,
      componentType: FLOAT,
      count: values.length / size,
      type,
      min: bounds(Math.min),
      max: bounds(Math.max),
    }) - 1
  )
}
