/** The bytes of buffer views, wherever their buffers are. */
import { countOf, objectsOf, textOf, type JsonObject } from '../json.ts'
import { dataOf, type Resolve } from './embed.ts'

/** Returns a function from a view's index to its bytes; null for a view that is not wholly in its buffer. */
export function viewReader(
  json: JsonObject,
  bin: Uint8Array | null,
  resolve: Resolve,
): (index: unknown) => Uint8Array | null {
  const views = objectsOf(json, 'bufferViews')
  const buffers = objectsOf(json, 'buffers')
  const read = new Map<number, Uint8Array | null>()
  const bufferData = (index: number): Uint8Array | null => {
    if (!read.has(index)) {
      const uri = textOf(buffers[index]?.['uri'])
      read.set(index, uri === null ? (index === 0 ? bin : null) : (dataOf(uri) ?? resolve(uri)))
    }
    return read.get(index) ?? null
  }
  return (index) => {
    const view = views[countOf(index) ?? -1]
    const data = view ? bufferData(countOf(view['buffer']) ?? -1) : null
    const [from, length] = [countOf(view?.['byteOffset'] ?? 0), countOf(view?.['byteLength'])]
    return data && from !== null && length !== null && from + length <= data.length
      ? data.subarray(from, from + length)
      : null
  }
}
