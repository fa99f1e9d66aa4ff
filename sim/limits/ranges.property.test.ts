import { readFileSync } from 'node:fs'
import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { hash, props, RANGES, type Command, type PropSpec, type RangeName, type Shape } from '../index.ts'
import { inRange } from './ranges.ts'
import { checkProp, checkScale } from '../props/shapes.ts'
import { at, boxShape, collider, crate, spec, stage, UPRIGHT, type Stage } from '../stage.fixture.ts'

const bits = new DataView(new ArrayBuffer(4))

/** The 32-bit float that lies `by` steps from another of the same sign. */
function neighbour(x: number, by: number): number {
  bits.setFloat32(0, x)
  bits.setUint32(0, bits.getUint32(0) + by)
  return bits.getFloat32(0)
}

const ANYTHING = [0, -0, Number.NaN, Infinity, -Infinity, 1e-45, 1e-38, 1e-7, 3.4e38, -3.4e38, -1]

/** A range's edges, their neighbours, and values outside every range. */
const edgesOf = (name: RangeName): number[] => [
  ...[RANGES[name].min, RANGES[name].max].flatMap((edge) =>
    edge === 0 ? [0, 1e-3] : [edge, Math.fround(edge), neighbour(edge, 2), neighbour(edge, -2)],
  ),
  ...ANYTHING,
]

const withShape = (shape: Shape): PropSpec => spec('dynamic', collider(shape))
const cubeOf = (half: number): PropSpec => withShape({ type: 'box', halfExtents: at(half, half, half) })
const spawn = (change: Partial<Extract<Command, { type: 'spawn' }>>): Command => ({
  type: 'spawn',
  prop: crate(),
  position: at(0, 2, 0),
  rotation: UPRIGHT,
  scale: 1,
  access: 0,
  owner: 0,
  ...change,
})

/** A command that carries the number, for each range that one number decides. */
const COMMANDS: { readonly [N in RangeName]?: (x: number) => Command } = {
  density: (density) => spawn({ prop: { ...crate(), density } }),
  friction: (friction) => spawn({ prop: { ...crate(), friction } }),
  restitution: (restitution) => spawn({ prop: { ...crate(), restitution } }),
  color: (color) => spawn({ prop: { ...crate(), color } }),
  scale: (scale) => spawn({ prop: cubeOf(0.5), scale }),
  access: (access) => spawn({ access }),
  quaternion: (squared) => spawn({ rotation: { x: 0, y: 0, z: 0, w: Math.sqrt(squared) } }),
  yaw: (yaw) => ({ type: 'move', x: 0, y: 0, z: 0, yaw, jump: false, run: false, fly: false }),
}

/** True if a guest's command is applied. */
function isTaken(s: Stage, command: Command): boolean {
  return !s.tick([1, command]).some(({ type }) => type === 'rejected')
}

describe('INP-16: the ranges of numbers', () => {
  for (const [name, commandOf] of Object.entries(COMMANDS) as [RangeName, (x: number) => Command][])
    test(`a guest's ${name} is accepted exactly if it is in its range`, () => {
      stage((s) => {
        s.join(1)
        for (const x of edgesOf(name)) {
          // A permission bit more or a colour between two is not a whole number.
          const isWhole = (name !== 'access' && name !== 'color') || Number.isInteger(x)
          // A rotation is given by the root of its squared length.
          const meant = name === 'quaternion' ? Math.sqrt(x) * Math.sqrt(x) : x
          expect([x, isTaken(s, commandOf(x))]).toEqual([x, inRange(name, meant) && isWhole])
        }
        expect(hash(s.realm)).toMatch(/^[0-9a-f]{16}$/)
      })
    })

  test('INP-17: a collider is thin, small, large or slender only within its ranges, at its scale', () => {
    const board = (half: number): PropSpec => withShape({ type: 'box', halfExtents: at(half, 0.5, 0.5) })
    expect(checkScale(board(0.02), 0.05)).toBeNull()
    expect(checkScale(board(0.0199), 0.05)).toBe('size-out-of-range')
    expect(checkProp(cubeOf(5e-5))).toBe('size-out-of-range')
    expect(checkProp(cubeOf(101))).toBe('size-out-of-range')
    expect(checkProp(withShape({ type: 'box', halfExtents: at(1, 1, 0.001) }))).toBeNull()
    expect(checkProp(withShape({ type: 'box', halfExtents: at(1.1, 1, 0.001) }))).toBe('degenerate-shape')
    expect(checkProp(withShape({ type: 'capsule', radius: 0.0001, halfHeight: 20 }))).toBe('degenerate-shape')
    expect(checkScale({ ...cubeOf(0.005), density: 1 }, 1)).toBe('mass-out-of-range')
    expect(checkScale({ ...cubeOf(4), density: 25_000 }, 1)).toBe('mass-out-of-range')
  })

  test('hulls and meshes without a volume or an area are refused', () => {
    const flat = [0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 1]
    expect(checkProp(withShape({ type: 'convex', points: flat }))).toBe('degenerate-shape')
    expect(checkProp(withShape({ type: 'convex', points: [...flat, 0, 1e-4, 0] }))).toBe('degenerate-shape')
    expect(checkProp(withShape({ type: 'convex', points: [...flat, 0, 0.1, 0] }))).toBeNull()
    const mesh = (vertices: number[]): PropSpec =>
      spec('static', collider({ type: 'trimesh', vertices, indices: [0, 1, 2] }))
    expect(checkProp(mesh([0, 0, 0, 1, 0, 0, 2, 0, 0]))).toBe('degenerate-shape')
    expect(checkProp(mesh([0, 0, 0, 1, 0, 0, 0, 0, 1]))).toBeNull()
  })

  test('docs/protocol.md prints them all', () => {
    const rows = Object.entries(RANGES).map(
      ([name, { min, max, unit, what, reason }]) => `| ${name} | ${min} | ${max} | ${unit} | ${what} | ${reason} |`,
    )
    expect(readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')).toContain(rows.join('\n'))
  })
})

const size = fc
  .constantFrom(...edgesOf('shapeExtent'), ...edgesOf('scaledExtent'), 0.01, 0.05, 0.2, 1, 5, 30)
  .map(Math.fround)
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.tuple(size, size, size).map(([x, y, z]): Shape => ({ type: 'box', halfExtents: { x, y, z } })),
  size.map((radius): Shape => ({ type: 'sphere', radius })),
  fc.tuple(size, size).map(([radius, halfHeight]): Shape => ({ type: 'capsule', radius, halfHeight })),
)
const make = fc.record({
  shape,
  offset: size,
  density: fc.constantFrom(...edgesOf('density'), 200),
  scale: fc.constantFrom(...edgesOf('scale'), 1),
  friction: fc.constantFrom(0, 10),
  restitution: fc.constantFrom(0, 1),
})

describe('a prop that a guest spawns from the edges of all ranges', () => {
  property.prop([fc.array(make, { minLength: 2, maxLength: 8 })], { numRuns: 60 })(
    'leaves every number of the realm finite',
    (makes) => {
      stage((s) => {
        s.join(1)
        for (const { shape: one, offset, density, scale, friction, restitution } of makes) {
          const prop = {
            ...spec('dynamic', collider(one, at(offset, 0, 0)), collider(boxShape(0.2))),
            density,
            friction,
            restitution,
          }
          s.tick([1, spawn({ prop, scale, position: at(0, 3, 0) })])
        }
        s.wait(60)
        for (const { position, rotation, linvel, angvel } of props(s.realm))
          for (const v of [position, rotation, linvel, angvel])
            expect(Object.values(v).every(Number.isFinite)).toBe(true)
      })
    },
  )
})
