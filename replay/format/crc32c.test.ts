import { expect, test } from 'vitest'
import { fc, test as property } from '@fast-check/vitest'
import { crc32c } from './crc32c.ts'

/** Bit by bit, from the definition. */
function slow(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

test('gives the check value and the vectors of RFC 3720', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
})

property.prop([fc.uint8Array({ maxLength: 70 }), fc.nat(8), fc.nat(8)])(
  'agrees with the definition on any range of any bytes',
  (bytes, from, cut) => {
    const end = Math.max(from, bytes.length - cut)
    expect(crc32c(bytes, from, end)).toBe(slow(bytes.length < from ? new Uint8Array(0) : bytes.subarray(from, end)))
  },
)

property.prop([fc.uint8Array({ maxLength: 70 }), fc.nat(70)])(
  'continues from the CRC of the bytes before',
  (bytes, at) => {
    const cut = Math.min(at, bytes.length)
    expect(crc32c(bytes, cut, bytes.length, crc32c(bytes, 0, cut))).toBe(crc32c(bytes))
  },
)
