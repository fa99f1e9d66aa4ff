/**
 * A PNG encoder (RFC 2083) in plain JavaScript: the same pixels give the same bytes on every machine. Native
 * compressors, tuned to each processor, do not guarantee that.
 */
import { crc32 } from 'node:zlib'
import { zlibSync } from 'fflate'
import { concatBytes } from '../../sim/state/bytes.ts'

export interface Pixels {
  readonly width: number
  readonly height: number
  /** RGBA, 8 bits each, rows from the top. */
  readonly data: Uint8Array
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const COLOUR = 2
const COLOUR_ALPHA = 6
/** 0 to 9; above 6, files hardly get smaller. */
const COMPRESSION = 6

export const isOpaque = ({ data }: Pixels): boolean => {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false
  return true
}

/** RGB if every pixel is opaque, otherwise RGBA. */
export function encodePng(pixels: Pixels): Uint8Array {
  const channels = isOpaque(pixels) ? 3 : 4
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, pixels.width)
  view.setUint32(4, pixels.height)
  header.set([8, channels === 3 ? COLOUR : COLOUR_ALPHA], 8)
  const parts = [
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(filtered(pixels, channels), { level: COMPRESSION })),
    chunk('IEND', new Uint8Array(0)),
  ]
  return concatBytes(parts)
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, data.length)
  out.set(new TextEncoder().encode(type), 4)
  out.set(data, 8)
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)))
  return out
}

const paeth = (a: number, b: number, c: number): number => {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

/** Each row with the filter whose bytes have the smallest sum (RFC 2083, section 9.6). */
function filtered({ width, height, data }: Pixels, channels: 3 | 4): Uint8Array {
  const stride = width * channels
  const out = new Uint8Array(height * (stride + 1))
  let above = new Uint8Array(stride)
  let row = new Uint8Array(stride)
  const candidate = new Uint8Array(stride)
  for (let y = 0; y < height; y++) {
    for (let x = 0, from = 4 * y * width; x < width; x++, from += 4)
      for (let c = 0; c < channels; c++) row[x * channels + c] = data[from + c] ?? 0
    let least = Infinity
    const at = y * (stride + 1)
    for (let filter = 0; filter < 5; filter++) {
      const sum = applyFilter(filter, row, above, channels, candidate)
      if (sum >= least) continue
      least = sum
      out[at] = filter
      out.set(candidate, at + 1)
    }
    ;[above, row] = [row, above]
  }
  return out
}

function applyFilter(filter: number, row: Uint8Array, above: Uint8Array, channels: number, out: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < row.length; i++) {
    const a = i >= channels ? (row[i - channels] ?? 0) : 0
    const b = above[i] ?? 0
    const c = i >= channels ? (above[i - channels] ?? 0) : 0
    const guess = filter === 0 ? 0 : filter === 1 ? a : filter === 2 ? b : filter === 3 ? (a + b) >> 1 : paeth(a, b, c)
    const value = ((row[i] ?? 0) - guess) & 0xff
    out[i] = value
    sum += value < 128 ? value : 256 - value
  }
  return sum
}
