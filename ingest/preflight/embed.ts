/** Converts a glTF with URIs of buffers and images to JSON and one binary chunk, as in a GLB. */
import { readImageHeader } from './image-header.ts'
import { listOf, objectOf, objectsOf, textOf, without, type JsonObject } from '../json.ts'

/** Returns the bytes of a URI; null if there are none. */
export type Resolve = (uri: string) => Uint8Array | null

const DATA_URI = /^data:[\w.+-]*\/?[\w.+-]*(?:;[\w=.+-]+)*;base64,/

/** Bytes of a base64 data URI; null for any other URI. */
export function dataOf(uri: string): Uint8Array | null {
  const head = DATA_URI.exec(uri.slice(0, 200))?.[0]
  return head === undefined ? null : new Uint8Array(Buffer.from(uri.slice(head.length), 'base64'))
}

/** The media type of a data URI, or null. */
const dataType = (uri: string): string | null => /^data:([\w.+-]+\/[\w.+-]+)/.exec(uri.slice(0, 100))?.[1] ?? null

class Binary {
  readonly #parts: Uint8Array[] = []
  length = 0

  /** Returns its offset, a multiple of 4. */
  add(bytes: Uint8Array): number {
    const at = this.length
    const padding = (4 - (bytes.length % 4)) % 4
    this.#parts.push(bytes, new Uint8Array(padding))
    this.length += bytes.length + padding
    return at
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(this.length)
    let at = 0
    for (const part of this.#parts) {
      out.set(part, at)
      at += part.length
    }
    return out
  }
}

/**
 * Merges all buffers into the first. Buffers without data (a decoder's placeholders) follow it. URIs that `resolve`
 * does not know stay.
 */
export function embed(
  json: JsonObject,
  bin: Uint8Array | null,
  resolve: Resolve,
): { readonly json: JsonObject; readonly bin: Uint8Array | null } {
  const binary = new Binary()
  const buffers = objectsOf(json, 'buffers')
  if (buffers.length === 0 && listOf(json['images']).length === 0) return { json, bin }
  const kept: JsonObject[] = []
  /** For each old buffer: the new buffer's index, and the offset in it. */
  const places = buffers.map((buffer, i) => {
    const uri = textOf(buffer['uri'])
    const data = uri === null ? (i === 0 ? bin : null) : resolve(uri)
    if (data) return { index: 0, at: binary.add(data) }
    kept.push(buffer)
    return { index: kept.length, at: 0 }
  })
  const views: JsonObject[] = objectsOf(json, 'bufferViews').map((view) => moved(view, places))
  const images = objectsOf(json, 'images').map((image) => {
    const uri = textOf(image['uri'])
    const data = uri === null ? null : resolve(uri)
    if (uri === null || !data) return image
    views.push({ buffer: 0, byteOffset: binary.add(data), byteLength: data.length })
    return {
      ...without(image, 'uri'),
      mimeType: image['mimeType'] ?? dataType(uri) ?? sniffed(data),
      bufferView: views.length - 1,
    }
  })
  const out: Record<string, unknown> = { ...json }
  if (binary.length > 0 || kept.length > 0) out['buffers'] = [{ byteLength: binary.length }, ...kept]
  if (views.length > 0) out['bufferViews'] = views
  if (images.length > 0) out['images'] = images
  return { json: out, bin: binary.length > 0 ? binary.bytes() : null }
}

const MESHOPT = ['EXT_meshopt_compression', 'KHR_meshopt_compression']

function moved(view: JsonObject, places: readonly { readonly index: number; readonly at: number }[]): JsonObject {
  const out = placed(view, places)
  const extensions = objectOf(view['extensions'])
  const packed = MESHOPT.filter((name) => extensions[name] !== undefined)
  return packed.length === 0
    ? out
    : {
        ...out,
        extensions: {
          ...extensions,
          ...Object.fromEntries(packed.map((name) => [name, placed(objectOf(extensions[name]), places)])),
        },
      }
}

function placed(view: JsonObject, places: readonly { readonly index: number; readonly at: number }[]): JsonObject {
  const place = places[Number(view['buffer'])]
  return place ? { ...view, buffer: place.index, byteOffset: place.at + Number(view['byteOffset'] ?? 0) } : view
}

/** The real type. An image of a format that glTF does not have counts as PNG, and is left out when it is decoded. */
const sniffed = (data: Uint8Array): string => readImageHeader(data)?.type ?? 'image/png'
