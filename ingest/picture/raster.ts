/**
 * Draws triangles into an image on the processor: a fixed direction without perspective, a depth buffer and one light.
 * It is our own code because no library of npm draws glTF in Node without a browser, a GPU or a compiler: headless GL
 * downloads or builds native code at its installation, and three.js no longer has a software renderer.
 */
import { sub } from '../../sim/maths/maths.ts'
import type { Vec3 } from '../../sim/index.ts'
import type { Pixels } from '../pixels/png.ts'
import { LINEAR_OF_BYTE, srgbByteOf } from '../pixels/srgb.ts'
import { levelFor, texelAt, type Texture } from './texture.ts'

/** A corner of a triangle. */
export interface Corner {
  /** Pixels from the left and from the top; `z` is the depth, larger is nearer. */
  readonly at: Vec3
  /** Normal of any length, in the axes of the picture: right, up, towards the viewer. Null: that of the triangle. */
  readonly normal: Vec3 | null
  readonly u: number
  readonly v: number
  /** Linear red, green and blue, and alpha, 0 to 1. */
  readonly color: readonly number[]
}

export interface Surface {
  readonly texture: Texture | null
  /** From this alpha on, a pixel is drawn; null: alpha does not hide a pixel. */
  readonly cutoff: number | null
  /** True: alpha mixes the surface with what is behind it. Draw such triangles last, the farthest first. */
  readonly isBlended: boolean
  /** False: the back is not drawn. */
  readonly isTwoSided: boolean
  /** False: the light does not change its colours (KHR_materials_unlit). */
  readonly isLit: boolean
}

/** The shares of light: from everywhere, from above, and from the lamp at the viewer's left. They add up to 1. */
const LIGHT = { ambient: 0.32, sky: 0.18, lamp: 0.5 }
const LAMP: Vec3 = { x: -0.48, y: 0.6, z: 0.64 }
/** Grey of the background at the top and at the bottom, sRGB: white, grey and black models differ from it. */
export const BACKGROUND: { readonly top: number; readonly bottom: number } = { top: 208, bottom: 164 }

/** A row of a triangle costs as much time as this many pixels, however few it has. */
const ROW_PIXELS = 4

/** A triangle, and what is the same in all of its pixels. */
interface Face {
  readonly corners: readonly [Corner, Corner, Corner]
  readonly surface: Surface
  readonly image: Pixels | null
  /** Normal at each corner. */
  readonly normals: readonly [Vec3, Vec3, Vec3]
}

export class Raster {
  readonly side: number
  /** Linear red, green and blue of each pixel. */
  readonly #colours: Float32Array
  readonly #depths: Float64Array
  #pixelsLeft: number

  /** `side`: width and height, pixels. `pixelsMax`: pixels that all triangles together may cover. */
  constructor(side: number, pixelsMax: number) {
    this.side = side
    this.#pixelsLeft = pixelsMax
    this.#depths = new Float64Array(side * side).fill(-Infinity)
    this.#colours = new Float32Array(3 * side * side)
    const { top, bottom } = BACKGROUND
    for (let y = 0; y < side; y++) {
      const grey = LINEAR_OF_BYTE[Math.round(top + ((bottom - top) * y) / side)] ?? 0
      this.#colours.fill(grey, 3 * y * side, 3 * (y + 1) * side)
    }
  }

  /** The image with each square of `samples` × `samples` pixels joined to one. */
  pixels(samples: number): Pixels {
    const side = Math.floor(this.side / samples)
    const data = new Uint8Array(4 * side * side).fill(255)
    for (let i = 0; i < side * side; i++)
      for (let c = 0; c < 3; c++) {
        let sum = 0
        for (let k = 0; k < samples * samples; k++) {
          const [x, y] = [
            (i % side) * samples + (k % samples),
            Math.floor(i / side) * samples + Math.floor(k / samples),
          ]
          sum += this.#colours[3 * (y * this.side + x) + c] ?? 0
        }
        data[4 * i + c] = srgbByteOf(sum / (samples * samples))
      }
    return { width: side, height: side, data }
  }

  /**
   * Corners are counter-clockwise from outside. A pixel belongs to the triangle that covers its centre. A triangle
   * without an area, or with a number that is not finite, draws nothing. Throws after `pixelsMax` pixels.
   */
  draw(a: Corner, b: Corner, c: Corner, surface: Surface): void {
    const area = edge(a.at, b.at, c.at.x, c.at.y)
    // The picture's y axis points down, so a front is negative.
    if (!Number.isFinite(area + a.at.z + b.at.z + c.at.z) || area === 0 || (area > 0 && !surface.isTwoSided)) return
    const face = faceOf([a, b, c], surface, Math.abs(area))
    const first = Math.max(0, Math.ceil(Math.min(a.at.y, b.at.y, c.at.y) - 0.5))
    const end = Math.min(this.side, Math.ceil(Math.max(a.at.y, b.at.y, c.at.y) - 0.5))
    for (let y = first; y < end; y++) this.#drawRow(y, face, area)
  }

  /** Draws the pixels of a row whose centres are in the triangle: each once, also beside the next triangle. */
  #drawRow(y: number, face: Face, area: number): void {
    const [a, b, c] = face.corners
    const centre = y + 0.5
    const crossings = [crossing(a.at, b.at, centre), crossing(b.at, c.at, centre), crossing(c.at, a.at, centre)]
    const [left, right] = crossings.filter((x) => x !== null).toSorted((m, n) => m - n)
    if (left === undefined || right === undefined) return
    const [first, end] = [Math.max(0, Math.ceil(left - 0.5)), Math.min(this.side, Math.ceil(right - 0.5))]
    this.#pixelsLeft -= Math.max(ROW_PIXELS, end - first)
    if (this.#pixelsLeft < 0) throw new Error('its surfaces cover each other too often')
    for (let x = first; x < end; x++) {
      const p = edge(b.at, c.at, x + 0.5, centre) / area
      const q = edge(c.at, a.at, x + 0.5, centre) / area
      const depth = p * a.at.z + q * b.at.z + (1 - p - q) * c.at.z
      if (depth > (this.#depths[y * this.side + x] ?? Infinity)) this.#shade(y * this.side + x, depth, face, p, q)
    }
  }

  /** `p` and `q`: weights of the first and the second corner. */
  #shade(pixel: number, depth: number, face: Face, p: number, q: number): void {
    const { corners, surface, image } = face
    const [a, b, c] = corners
    const r = 1 - p - q
    const at =
      image && surface.texture
        ? texelAt(image, surface.texture, p * a.u + q * b.u + r * c.u, p * a.v + q * b.v + r * c.v)
        : null
    const mixed = (i: number): number => p * (a.color[i] ?? 1) + q * (b.color[i] ?? 1) + r * (c.color[i] ?? 1)
    const alpha = mixed(3) * (at === null ? 1 : (image?.data[at + 3] ?? 255) / 255)
    if (surface.cutoff !== null && alpha < surface.cutoff) return
    const light = surface.isLit ? lightOn(face, p, q) : 1
    const share = surface.isBlended ? Math.min(1, Math.max(0, alpha)) : 1
    for (let i = 0; i < 3; i++) {
      const own = mixed(i) * light * (at === null ? 1 : (LINEAR_OF_BYTE[image?.data[at + i] ?? 255] ?? 1))
      const behind = this.#colours[3 * pixel + i] ?? 0
      this.#colours[3 * pixel + i] = share * Math.min(1, Math.max(0, own)) + (1 - share) * behind
    }
    if (!surface.isBlended) this.#depths[pixel] = depth
  }
}

type Flat = Pick<Vec3, 'x' | 'y'>

/** Twice the signed area of the triangle of two points and (x, y). */
const edge = (a: Flat, b: Flat, x: number, y: number): number => (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)

/** Where a line crosses a row. Always from the upper end, so that both triangles of an edge get the same number. */
function crossing(a: Flat, b: Flat, y: number): number | null {
  const [upper, lower] = a.y <= b.y ? [a, b] : [b, a]
  if (upper.y > y || lower.y <= y) return null
  return upper.x + ((y - upper.y) / (lower.y - upper.y)) * (lower.x - upper.x)
}

/** `area`: twice the area in the picture, pixels². */
function faceOf(corners: Face['corners'], surface: Surface, area: number): Face {
  const [a, b, c] = corners
  const covered = Math.abs((b.u - a.u) * (c.v - a.v) - (b.v - a.v) * (c.u - a.u))
  const [m, n] = [sub(b.at, a.at), sub(c.at, a.at)]
  // Depths grow towards the viewer and rows downwards, so `y` changes its sign.
  const normal = { x: n.y * m.z - m.y * n.z, y: m.z * n.x - m.x * n.z, z: m.y * n.x - m.x * n.y }
  return {
    corners,
    surface,
    image: surface.texture && levelFor(surface.texture, covered / area),
    normals: [a.normal ?? normal, b.normal ?? normal, c.normal ?? normal],
  }
}

/** The share of light that a surface reflects. A normal that points away from the viewer is turned round. */
function lightOn({ normals: [a, b, c] }: Face, p: number, q: number): number {
  const r = 1 - p - q
  const [x, y, z] = [p * a.x + q * b.x + r * c.x, p * a.y + q * b.y + r * c.y, p * a.z + q * b.z + r * c.z]
  const size = Math.sqrt(x * x + y * y + z * z)
  if (!(size > 0)) return LIGHT.ambient + LIGHT.sky / 2
  const sign = (z < 0 ? -1 : 1) / size
  const lamp = Math.max(0, sign * (x * LAMP.x + y * LAMP.y + z * LAMP.z))
  return LIGHT.ambient + LIGHT.sky * (0.5 + 0.5 * sign * y) + LIGHT.lamp * lamp
}
