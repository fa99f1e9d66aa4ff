import { expect } from 'vitest'
import { fc, test } from '@fast-check/vitest'
import { Raster, type Corner, type Surface } from './raster.ts'

const SIDE = 16
const RUNS = { numRuns: 30 }
const PLAIN: Surface = { texture: null, cutoff: null, isBlended: false, isTwoSided: true, isLit: false }
const EMPTY = new Raster(SIDE, 1).pixels(1).data

const place = fc.double({ min: -SIDE / 2, max: 1.5 * SIDE, noNaN: true })
const triangles = fc.array(
  fc.record({
    points: fc.tuple(fc.tuple(place, place), fc.tuple(place, place), fc.tuple(place, place)),
    red: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 8 },
)
type Drawn = { readonly points: readonly (readonly [number, number])[]; readonly red: number }
const cornerAt = (x: number, y: number, z: number, color: readonly number[]): Corner => ({
  at: { x, y, z },
  normal: null,
  u: 0,
  v: 0,
  color,
})

/** Draws triangles, each at its depth. */
function drawn(list: readonly (readonly [depth: number, one: Drawn])[], surface = PLAIN, alpha = 1): Uint8Array {
  const raster = new Raster(SIDE, 1e6)
  for (const [depth, { points, red }] of list) {
    const [a, b, c] = points.map(([x, y]) => cornerAt(x, y, depth, [red, 0.5, 0.5, alpha]))
    if (a && b && c) raster.draw(a, b, c, surface)
  }
  return raster.pixels(1).data
}

test.prop([triangles], RUNS)('the nearest triangle is seen, in whatever order they are drawn', (list) => {
  const deep = list.map((one, depth) => [depth, one] as const)
  expect(drawn(deep.toReversed())).toEqual(drawn(deep))
})

test.prop([triangles], RUNS)('a pixel outside the box of every triangle stays background', (list) => {
  const data = drawn(list.map((one, depth) => [depth, one] as const))
  const isInBox = (x: number, y: number): boolean =>
    list.some(({ points }) => {
      const [xs, ys] = [points.map(([px]) => px), points.map(([, py]) => py)]
      return x >= Math.min(...xs) && x <= Math.max(...xs) && y >= Math.min(...ys) && y <= Math.max(...ys)
    })
  const changed = Array.from({ length: SIDE * SIDE }, (_, i) => i).filter((i) => data[4 * i + 1] !== EMPTY[4 * i + 1])
  expect(changed.filter((i) => !isInBox((i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5))).toEqual([])
})

const inside = fc.double({ min: 0, max: SIDE, noNaN: true })
test.prop([inside, inside], RUNS)('triangles around a point cover each pixel of the square once', (x, y) => {
  const ring = [
    [0, 0],
    [0, SIDE],
    [SIDE, SIDE],
    [SIDE, 0],
  ] as const
  const fan = ring.map((from, i): Drawn => ({ points: [[x, y], from, ring[(i + 1) % 4] ?? from], red: 0.5 }))
  const half = { ...PLAIN, isBlended: true }
  const data = drawn(
    fan.map((one) => [0, one]),
    half,
    0.5,
  )
  const square: Drawn[] = [
    { points: [ring[0], ring[1], ring[2]], red: 0.5 },
    { points: [ring[0], ring[2], ring[3]], red: 0.5 },
  ]
  expect(data).toEqual(
    drawn(
      square.map((one) => [0, one]),
      half,
      0.5,
    ),
  )
})

const wild = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 1e300, -1e300, 0))
test.prop([fc.array(wild, { minLength: 18, maxLength: 18 })], RUNS)(
  'whatever the numbers are, a triangle draws or is left out',
  (n) => {
    const raster = new Raster(SIDE, SIDE * SIDE)
    const [a, b, c] = [0, 6, 12].map((i): Corner => {
      const [x = 0, y = 0, z = 0, u = 0, v = 0, red = 0] = n.slice(i, i + 6)
      return { at: { x, y, z }, normal: { x: u, y: v, z: red }, u, v, color: [red, u, v, z] }
    })
    const texture = { levels: [{ width: 1, height: 1, data: new Uint8Array(4) }], wrapU: 10_497, wrapV: 33_648 }
    if (a && b && c) raster.draw(a, b, c, { ...PLAIN, texture, isBlended: true, isLit: true })
    expect(raster.pixels(1).data.length).toBe(4 * SIDE * SIDE)
  },
)
