/** Downscales by averaging areas with plain arithmetic, so that every machine gets the same pixels. */
import type { Pixels } from './png.ts'

/** The largest size within `sideMax` that keeps the aspect ratio. */
export function fitted(
  width: number,
  height: number,
  sideMax: number,
): { readonly width: number; readonly height: number } {
  const share = Math.min(1, sideMax / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) }
}

/** Each pixel of the result is the mean of the area that it covers. */
export function scaledDown(pixels: Pixels, width: number, height: number): Pixels {
  const rows = averaged(pixels.data, pixels.height, pixels.width, width)
  // Columns are averaged like rows of the transposed picture, one row after another.
  return { width, height, data: averagedColumns(rows, width, pixels.height, height) }
}

/** For each target cell: the first source cell, and the weight of each that it covers. */
function spans(from: number, to: number): { readonly first: number; readonly weights: readonly number[] }[] {
  const size = from / to
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * size, Math.min(from, (i + 1) * size)]
    const first = Math.floor(start)
    const weights: number[] = []
    for (let cell = first; cell < end; cell++) weights.push((Math.min(cell + 1, end) - Math.max(cell, start)) / size)
    return { first, weights }
  })
}

function averaged(data: Uint8Array, height: number, from: number, to: number): Float32Array {
  const out = new Float32Array(4 * to * height)
  const cells = spans(from, to)
  for (let y = 0; y < height; y++) {
    for (const [x, { first, weights }] of cells.entries()) {
      for (let c = 0; c < 4; c++) {
        let sum = 0
        for (let k = 0; k < weights.length; k++) sum += (weights[k] ?? 0) * (data[4 * (y * from + first + k) + c] ?? 0)
        out[4 * (y * to + x) + c] = sum
      }
    }
  }
  return out
}

function averagedColumns(data: Float32Array, width: number, from: number, to: number): Uint8Array {
  const out = new Uint8Array(4 * width * to)
  const stride = 4 * width
  for (const [y, { first, weights }] of spans(from, to).entries()) {
    for (let i = 0; i < stride; i++) {
      let sum = 0
      for (let k = 0; k < weights.length; k++) sum += (weights[k] ?? 0) * (data[(first + k) * stride + i] ?? 0)
      out[y * stride + i] = Math.min(255, Math.max(0, Math.round(sum)))
    }
  }
  return out
}
