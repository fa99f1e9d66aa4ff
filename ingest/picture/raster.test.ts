import { expect, test } from 'vitest'
import type { Pixels } from '../pixels/png.ts'
import { srgbByteOf } from '../pixels/srgb.ts'
import { BACKGROUND, Raster, type Corner, type Surface } from './raster.ts'
import { levelFor, levelsOf, type Texture } from './texture.ts'

const SIDE = 8
const PLAIN: Surface = { texture: null, cutoff: null, isBlended: false, isTwoSided: false, isLit: false }
const RED = [1, 0, 0, 1]
const GREEN = [0, 1, 0, 1]

type Point = readonly [x: number, y: number]
const corner = ([x, y]: Point, z: number, color: readonly number[], u = 0, v = 0): Corner => ({
  at: { x, y, z },
  normal: null,
  u,
  v,
  color,
})

/** Draws the half of the picture above the diagonal from the lower left, or its back. */
function drawHalf(raster: Raster, z: number, color: readonly number[], surface: Partial<Surface> = {}): void {
  const [a, b, c] = [corner([0, 0], z, color), corner([0, SIDE], z, color, 0, 1), corner([SIDE, 0], z, color, 1, 0)]
  raster.draw(a, b, c, { ...PLAIN, ...surface })
}

/** Draws both halves with the texture once over the picture, and `times` along u. */
function drawAll(raster: Raster, texture: Texture, times = 1): void {
  const at = (x: number, y: number): Corner => corner([x, y], 0, [1, 1, 1, 1], (times * x) / SIDE, y / SIDE)
  raster.draw(at(0, 0), at(0, SIDE), at(SIDE, SIDE), { ...PLAIN, texture })
  raster.draw(at(0, 0), at(SIDE, SIDE), at(SIDE, 0), { ...PLAIN, texture })
}

const at = ({ width, data }: Pixels, x: number, y: number): number[] => [
  ...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3),
]
const newRaster = (): Raster => new Raster(SIDE, 1e6)
/** Opaque pixels of one row. */
const rowOf = (...colors: readonly (readonly number[])[]): Pixels => ({
  width: colors.length,
  height: 1,
  data: Uint8Array.from(colors.flatMap(([r = 0, g = 0, b = 0, a = 255]) => [r, g, b, a])),
})
const textureOf = (image: Pixels, wrapU = 10_497): Texture => ({ levels: [image], wrapU, wrapV: 10_497 })

test('a triangle colours the pixels whose centres it covers, and no others', () => {
  const raster = newRaster()
  drawHalf(raster, 0, RED)
  const pixels = raster.pixels(1)
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++)
      if (x + y < SIDE - 1) expect(at(pixels, x, y)).toEqual([255, 0, 0])
      else if (x + y > SIDE - 1) expect(at(pixels, x, y)[1]).toBeGreaterThan(100)
})

test('the background is grey, lighter at the top', () => {
  const pixels = newRaster().pixels(1)
  expect(at(pixels, 3, 0)).toEqual([BACKGROUND.top, BACKGROUND.top, BACKGROUND.top])
  expect(at(pixels, 3, SIDE - 1)[0]).toBeLessThan(BACKGROUND.top)
})

test('a nearer triangle hides a farther one that is drawn later', () => {
  const raster = newRaster()
  drawHalf(raster, 5, RED)
  drawHalf(raster, 4, GREEN)
  expect(at(raster.pixels(1), 1, 1)).toEqual([255, 0, 0])
  drawHalf(raster, 6, GREEN)
  expect(at(raster.pixels(1), 1, 1)).toEqual([0, 255, 0])
})

test('the back of a surface is drawn only if it is two-sided', () => {
  const [a, b, c] = [corner([0, 0], 0, RED), corner([SIDE, 0], 0, RED), corner([0, SIDE], 0, RED)]
  const raster = newRaster()
  raster.draw(a, b, c, PLAIN)
  expect(raster.pixels(1)).toEqual(newRaster().pixels(1))
  raster.draw(a, b, c, { ...PLAIN, isTwoSided: true })
  expect(at(raster.pixels(1), 1, 1)).toEqual([255, 0, 0])
})

test('an alpha mask hides the pixels below its cutoff, and what is behind them is seen', () => {
  const raster = newRaster()
  const texture = textureOf(rowOf([255, 0, 0, 255], [255, 0, 0, 0]))
  drawHalf(raster, 1, [1, 1, 1, 1], { texture, cutoff: 0.5 })
  drawHalf(raster, 0, GREEN)
  expect([at(raster.pixels(1), 1, 1), at(raster.pixels(1), 5, 1)]).toEqual([
    [255, 0, 0],
    [0, 255, 0],
  ])
})

test('alpha is ignored on a surface that neither masks nor blends', () => {
  const raster = newRaster()
  drawHalf(raster, 0, [1, 0, 0, 0])
  expect(at(raster.pixels(1), 1, 1)).toEqual([255, 0, 0])
})

test('a blended surface mixes in linear light with what is behind it, and hides nothing', () => {
  const raster = newRaster()
  drawHalf(raster, 0, GREEN)
  drawHalf(raster, 2, [1, 0, 0, 0.5], { isBlended: true })
  expect(at(raster.pixels(1), 1, 1)).toEqual([srgbByteOf(0.5), srgbByteOf(0.5), 0])
  drawHalf(raster, 1, GREEN)
  expect(at(raster.pixels(1), 1, 1)).toEqual([0, 255, 0])
})

test.each([
  ['repeats', 10_497, ['a', 'b', 'a', 'b']],
  ['is mirrored', 33_648, ['a', 'b', 'b', 'a']],
  ['is clamped', 33_071, ['a', 'b', 'b', 'b']],
])('a texture %s beyond its edge, as its sampler says', (_, wrap, expected) => {
  const raster = newRaster()
  drawAll(raster, textureOf(rowOf([255, 0, 0], [0, 0, 255]), wrap), 2)
  const names = [1, 3, 5, 7].map((x) => (at(raster.pixels(1), x, 2)[0] === 255 ? 'a' : 'b'))
  expect(names).toEqual(expected)
})

test('a texture with far more pixels than the picture is averaged', () => {
  const stripes = rowOf(...Array.from({ length: 256 }, (_, i) => (i % 2 === 0 ? [255, 255, 255] : [0, 0, 0])))
  const levels = levelsOf({ ...stripes, width: 256 })
  const raster = newRaster()
  drawAll(raster, { levels, wrapU: 10_497, wrapV: 10_497 })
  expect(Math.abs((at(raster.pixels(1), 3, 3)[0] ?? 0) - 128)).toBeLessThan(2)
  expect(levelFor({ levels, wrapU: 0, wrapV: 0 }, 0)?.width).toBe(256)
})

test('light is stronger on a surface that faces the lamp than on one that faces down', () => {
  const faced = (y: number): number => {
    const raster = newRaster()
    const [a, b, c] = [corner([0, 0], 0, RED), corner([0, SIDE], 0, RED), corner([SIDE, 0], 0, RED)]
    const normal = { x: -0.3, y, z: 0.5 }
    raster.draw({ ...a, normal }, { ...b, normal }, { ...c, normal }, { ...PLAIN, isLit: true })
    return at(raster.pixels(1), 1, 1)[0] ?? 0
  }
  expect(faced(0.8)).toBeGreaterThan(faced(-0.8) + 50)
})

test('several pixels become one with their mean, in linear light', () => {
  const raster = newRaster()
  drawAll(raster, textureOf(rowOf(...Array.from({ length: SIDE }, (_, i) => (i % 2 === 0 ? [255, 0, 0] : [0, 0, 0])))))
  expect(at(raster.pixels(2), 1, 1)).toEqual([srgbByteOf(0.5), 0, 0])
})

test('triangles that cover more pixels than allowed end the drawing', () => {
  const raster = new Raster(SIDE, 3 * SIDE * SIDE)
  for (let i = 0; i < 5; i++) drawHalf(raster, i, RED)
  expect(() => {
    for (let i = 0; i < 5; i++) drawHalf(raster, i, RED)
  }).toThrow('its surfaces cover each other too often')
})
