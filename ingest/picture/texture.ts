/** Textures for the raster: smaller copies against noise, and the wrap modes of glTF. */
import type { Pixels } from '../pixels/png.ts'
import { fitted, scaledDown } from '../pixels/scale.ts'

/** A texture is drawn with at most this many pixels a side: the picture has fewer. */
const TEXTURE_SIDE_MAX = 512

/** Source of the numbers: glTF 2.0, section 5.26 (sampler.wrapS). Every other number repeats. */
const CLAMP_TO_EDGE = 33_071
const MIRRORED_REPEAT = 33_648

/** The image, and copies with half the side each, down to one pixel. */
export type Levels = readonly Pixels[]

export interface Texture {
  readonly levels: Levels
  readonly wrapU: number
  readonly wrapV: number
}

export function levelsOf(image: Pixels): Levels {
  const { width, height } = fitted(image.width, image.height, TEXTURE_SIDE_MAX)
  let last = width === image.width && height === image.height ? image : scaledDown(image, width, height)
  const levels = [last]
  while (last.width > 1 || last.height > 1) {
    last = scaledDown(last, Math.max(1, last.width >> 1), Math.max(1, last.height >> 1))
    levels.push(last)
  }
  return levels
}

/** The level on which a pixel of the picture covers about one texel. `share`: part of the texture that it covers. */
export function levelFor({ levels }: Texture, share: number): Pixels | null {
  const [first] = levels
  if (!first) return null
  const texels = share * first.width * first.height
  const level = texels > 1 ? Math.round(Math.log2(texels) / 2) : 0
  return levels[Math.min(levels.length - 1, level)] ?? first
}

/** Index in `data` of the nearest texel. */
export function texelAt({ width, height }: Pixels, { wrapU, wrapV }: Texture, u: number, v: number): number {
  const x = Math.min(width - 1, Math.floor(wrapped(u, wrapU) * width))
  const y = Math.min(height - 1, Math.floor(wrapped(v, wrapV) * height))
  return 4 * (y * width + x)
}

/** The coordinate within 0 to 1. */
function wrapped(at: number, wrap: number): number {
  if (wrap === CLAMP_TO_EDGE) return Math.min(1, Math.max(0, at))
  if (wrap !== MIRRORED_REPEAT) return at - Math.floor(at)
  const inPair = at - 2 * Math.floor(at / 2)
  return inPair > 1 ? 2 - inPair : inPair
}
