import { expect, test } from 'vitest'
import { checkAccessors } from './accessors.ts'

/** A mesh of meshopt data in a few bytes, drawn by this many primitives. */
const packed = (count: number, primitives: number): Record<string, unknown> => ({
  accessors: [{ bufferView: 0, componentType: 5123, type: 'VEC3', count }],
  bufferViews: [
    {
      buffer: 1,
      byteLength: 8 * count,
      extensions: {
        EXT_meshopt_compression: { buffer: 0, byteLength: 99, count, byteStride: 8, mode: 'ATTRIBUTES' },
      },
    },
  ],
  meshes: [{ primitives: Array.from({ length: primitives }, () => ({ attributes: { POSITION: 0 } })) }],
})

test.each([
  ['in one mesh', 500_001, 1],
  ['by many uses of one mesh', 50_000, 11],
])('meshopt data of too many vertices %s is refused by its counts, before it is unpacked', (_, count, primitives) => {
  expect(() => checkAccessors(packed(count, primitives), true)).toThrow(
    `MESHOPT_SIZE at /meshes/0/primitives/${primitives - 1}: The meshopt data up to this mesh has ${(count * primitives).toLocaleString('en-US')} vertices; at most 500,000 are allowed.`,
  )
})

test('meshopt data of as many vertices as are allowed passes', () => {
  expect(() => checkAccessors(packed(50_000, 10), true)).not.toThrow()
})
