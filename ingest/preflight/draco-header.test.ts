import { expect, test } from 'vitest'
import { readDracoHeader } from './draco-header.ts'

const MAGIC = [0x44, 0x52, 0x41, 0x43, 0x4f, 2, 2, 1]
/** Metadata: one attribute's with one entry, a nested one, and an empty one of the geometry. */
const METADATA = [1, 7, /* entries */ 1, 1, 0x61, 2, 9, 9, /* nested */ 1, 1, 0x62, 0, 0, /* geometry's */ 0, 0]

test('faces and points are read after the header, with or without metadata', () => {
  expect(readDracoHeader(Uint8Array.from([...MAGIC, 1, 0, 0, /* traversal */ 0, 200, 1, 44]))).toEqual({
    points: 200,
    faces: 44,
  })
  expect(readDracoHeader(Uint8Array.from([...MAGIC, 0, 0, 0, 12, 36]))).toEqual({ faces: 12, points: 36 })
  expect(readDracoHeader(Uint8Array.from([...MAGIC, 0, 0, 0x80, ...METADATA, 12, 36]))).toEqual({
    faces: 12,
    points: 36,
  })
})

test('four billion claimed entries of metadata end at the end of the data', () => {
  expect(
    readDracoHeader(
      Uint8Array.from([
        ...MAGIC,
        1,
        0x84,
        0x84,
        0x80,
        0x84,
        0,
        0xff,
        0xff,
        0xff,
        0xff,
        4,
        0,
        2,
        4,
        4,
        0xff,
        0xff,
        0xff,
        0xff,
        0xff,
        0xff,
        1,
        0,
        0,
        0xff,
      ]),
    ),
  ).toBeNull()
  expect(readDracoHeader(Uint8Array.from([...MAGIC, 1, 0, 0x80, 0xff, 0xff, 0xff, 0xff, 0x0f]))).toBeNull()
})

test('another version, a point cloud and truncated data are refused', () => {
  for (const bytes of [
    [0x44, 0x52, 0x41, 0x43, 0x4f, 1, 0, 1, 0, 0, 0, 1, 1],
    [...MAGIC.slice(0, 7), 0, 0, 0, 0, 1, 1],
    [...MAGIC, 1, 0, 0, 0, 0x80],
    MAGIC,
  ])
    expect(readDracoHeader(Uint8Array.from(bytes))).toBeNull()
})
