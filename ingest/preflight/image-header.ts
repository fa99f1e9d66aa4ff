/**
 * Reads an image's size from its header, before any decoder allocates for it. Sources: PNG (RFC 2083), JPEG (ITU T.81,
 * annex B), WebP (RFC 9649), AVIF (ISO/IEC 23008-12, `ispe`), KTX 2.0 (Khronos).
 */

export type ImageType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/avif' | 'image/ktx2'

export interface ImageHeader {
  readonly type: ImageType
  readonly width: number
  readonly height: number
  /** True for a JPEG with four colour channels (CMYK or YCCK). */
  readonly isCmyk?: boolean
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length))

const begins = (bytes: Uint8Array, ...head: readonly number[]): boolean => head.every((byte, i) => bytes[i] === byte)

/** Returns null for other formats and for truncated headers. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  if (begins(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return png(bytes)
  if (begins(bytes, 0xff, 0xd8, 0xff)) return jpeg(bytes)
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return webp(bytes)
  if (begins(bytes, 0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 0x0d, 0x0a, 0x1a, 0x0a)) return ktx2(bytes)
  if (ascii(bytes, 4, 4) === 'ftyp' && ['avif', 'avis', 'mif1'].includes(ascii(bytes, 8, 4))) return avif(bytes)
  return null
}

const sized = (type: ImageType, width: number, height: number): ImageHeader | null =>
  width > 0 && height > 0 ? { type, width, height } : null

function png(bytes: Uint8Array): ImageHeader | null {
  if (bytes.length < 33 || ascii(bytes, 12, 4) !== 'IHDR') return null
  const view = viewOf(bytes)
  return sized('image/png', view.getUint32(16), view.getUint32(20))
}

/** Markers of a frame: SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

function jpeg(bytes: Uint8Array): ImageHeader | null {
  const view = viewOf(bytes)
  for (let at = 2; at + 9 <= bytes.length;) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) at += 1
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2
    else if (isFrame(marker)) {
      const header = sized('image/jpeg', view.getUint16(at + 7), view.getUint16(at + 5))
      return header && bytes[at + 9] === 4 ? { ...header, isCmyk: true } : header
    }
    // Image data, or its end, comes before any frame.
    else if (marker === 0xda || marker === 0xd9) return null
    else at += 2 + Math.max(2, view.getUint16(at + 2))
  }
  return null
}

function webp(bytes: Uint8Array): ImageHeader | null {
  if (bytes.length < 30) return null
  const view = viewOf(bytes)
  switch (ascii(bytes, 12, 4)) {
    case 'VP8 ':
      return sized('image/webp', view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff)
    case 'VP8L': {
      const bits = view.getUint32(21, true)
      return sized('image/webp', 1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff))
    }
    case 'VP8X':
      return sized(
        'image/webp',
        1 + (view.getUint32(24, true) & 0xffffff),
        1 + ((view.getUint32(26, true) >>> 8) & 0xffffff),
      )
    default:
      return null
  }
}

function ktx2(bytes: Uint8Array): ImageHeader | null {
  if (bytes.length < 80) return null
  const view = viewOf(bytes)
  const [width, height, depth, layers, faces, levels] = [20, 24, 28, 32, 36, 40].map((at) => view.getUint32(at, true))
  const isPlain = depth === 0 && (layers ?? 0) <= 1 && faces === 1
  const count = Math.max(1, levels ?? 0)
  if (
    !isPlain ||
    width === undefined ||
    height === undefined ||
    count > 1 + Math.floor(Math.log2(Math.max(width, height, 1))) ||
    80 + 24 * count > bytes.length
  )
    return null
  return levelsAreIn(bytes, width, height, count) ? sized('image/ktx2', width, height) : null
}

/** True if each level's data is in the file, and unpacks to no more than its uncompressed pixels at 16 bytes each. */
function levelsAreIn(bytes: Uint8Array, width: number, height: number, count: number): boolean {
  const view = viewOf(bytes)
  for (let level = 0; level < count; level++) {
    const [offset, length, unpacked] = [0, 8, 16].map((at) => Number(view.getBigUint64(80 + 24 * level + at, true)))
    const pixels = (Math.max(4, width >> level) + 3) * (Math.max(4, height >> level) + 3)
    if ((offset ?? Infinity) + (length ?? Infinity) > bytes.length || (unpacked ?? Infinity) > 16 * pixels) return false
  }
  return true
}

/** Boxes of an AVIF's `meta` that lead to `ispe`, with the bytes of version and flags before their content. */
const CONTAINERS: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 }
const AVIF_BOXES_MAX = 256

/** The largest of all image items, because the decoder chooses which one is shown. */
function avif(bytes: Uint8Array): ImageHeader | null {
  const view = viewOf(bytes)
  let largest: ImageHeader | null = null
  const open: { at: number; end: number }[] = [{ at: 0, end: bytes.length }]
  for (let count = 0; count < AVIF_BOXES_MAX; count++) {
    const within = open.at(-1)
    if (!within) return largest
    if (within.at + 8 > within.end) {
      open.pop()
      continue
    }
    const [size, name, from] = [view.getUint32(within.at), ascii(bytes, within.at + 4, 4), within.at + 8]
    const end = size === 0 ? within.end : within.at + size
    if (end > within.end || end < from) return null
    within.at = end
    if (name === 'ispe' && end - from >= 12) {
      const found = sized('image/avif', view.getUint32(from + 4), view.getUint32(from + 8))
      if (found && (!largest || found.width * found.height > largest.width * largest.height)) largest = found
    }
    const skip = CONTAINERS[name]
    if (skip !== undefined) open.push({ at: from + skip, end })
  }
  return null
}

/** Names of image formats that glTF does not have, by their first characters. */
const OTHER_FORMATS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['GIF', /^GIF8/],
  ['BMP', /^BM/],
  ['TIFF', /^(?:II\*\0|MM\0\*)/],
  ['DDS', /^DDS /],
  ['PSD', /^8BPS/],
  ['EXR', /^v\/1/],
  ['HDR', /^#\?R/],
  ['HEIC', /^.{4}ftyphe/s],
  ['SVG', /^(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!--|!DOCTYPE svg)/i],
]

/** TGA has no signature: a known kind of picture, and 8 to 32 bits a pixel. */
const isTga = (bytes: Uint8Array): boolean =>
  bytes.length > 18 &&
  (bytes[1] ?? 0) <= 1 &&
  [1, 2, 3, 9, 10, 11].includes(bytes[2] ?? 0) &&
  [8, 15, 16, 24, 32].includes(bytes[16] ?? 0)

/** The format of an image that readImageHeader does not know, for a message; null if it is unknown too. */
export function otherFormat(bytes: Uint8Array): string | null {
  const head = ascii(bytes, 0, 64)
  return OTHER_FORMATS.find(([, pattern]) => pattern.test(head))?.[0] ?? (isTga(bytes) ? 'TGA' : null)
}
