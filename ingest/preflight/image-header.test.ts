import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { ktx2 } from '../glb.fixture.ts'
import { readImageHeader } from './image-header.ts'

const plain = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: { r: 200, g: 30, b: 60, alpha: 0.5 } } })

describe("the size in a header is the picture's size", () => {
  test.each([
    [1, 1],
    [37, 5],
    [640, 480],
  ])('%d × %d', async (width, height) => {
    const made = [
      ['image/png', await plain(width, height).png().toBuffer()],
      ['image/jpeg', await plain(width, height).jpeg().toBuffer()],
      ['image/jpeg', await plain(width, height).jpeg({ progressive: true }).withMetadata().toBuffer()],
      ['image/webp', await plain(width, height).webp().toBuffer()],
      ['image/webp', await plain(width, height).webp({ lossless: true }).toBuffer()],
      ['image/webp', await plain(width, height, 4).webp().toBuffer()],
      ['image/avif', await plain(width, height).avif().toBuffer()],
    ] as const
    for (const [type, bytes] of made) expect(readImageHeader(new Uint8Array(bytes))).toEqual({ type, width, height })
  })
})

describe('KTX2', () => {
  test('one level is read', () =>
    expect(readImageHeader(ktx2(8, 4))).toEqual({ type: 'image/ktx2', width: 8, height: 4 }))
  test('more levels than possible for its size are refused', () => expect(readImageHeader(ktx2(8, 4, 40))).toBeNull())
  test('a level beyond the file, or that unpacks to more than its pixels, is refused', () => {
    expect(readImageHeader(ktx2(8, 4, 1, 1e9))).toBeNull()
    expect(readImageHeader(ktx2(8, 4, 1).subarray(0, 100))).toBeNull()
  })
})

test('a truncated image never throws', async () => {
  for (const bytes of [
    await plain(64, 32).png().toBuffer(),
    await plain(64, 32).jpeg().toBuffer(),
    await plain(64, 32).webp().toBuffer(),
    await plain(64, 32).avif().toBuffer(),
    Buffer.from(ktx2(8, 8)),
  ])
    for (let length = 0; length <= bytes.length; length++) {
      const header = readImageHeader(new Uint8Array(bytes.subarray(0, length)))
      if (header) expect(header.width).toBeGreaterThan(0)
    }
})
