import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../sim/state/bytes.ts'
import { otherColours } from './profile.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Bytes of big-endian numbers. */
const words = (...values: readonly number[]): Uint8Array => {
  const out = new DataView(new ArrayBuffer(4 * values.length))
  for (const [i, value] of values.entries()) out.setInt32(4 * i, value)
  return new Uint8Array(out.buffer)
}
const fixed = (value: number): number => Math.round(value * 65_536)

/** Tags of a profile, ICC.1:2022, section 10. */
const xyz = (...values: readonly number[]): Uint8Array => concatBytes([ascii('XYZ '), words(0, ...values.map(fixed))])
const desc = (name: string): Uint8Array =>
  concatBytes([ascii('desc'), words(0, name.length + 1), ascii(`${name}\0`), words(0, 0, 0)])
const para = (type: number, ...numbers: readonly number[]): Uint8Array =>
  concatBytes([ascii('para'), words(0, type << 16, ...numbers.map(fixed))])
const curv = (...values: readonly number[]): Uint8Array =>
  concatBytes([
    ascii('curv'),
    words(0, values.length),
    ...values.map((value) => Uint8Array.of(value >> 8, value & 255)),
  ])
const gamma = (power: number): Uint8Array => curv(Math.round(256 * power))
const table = (count: number, of: (x: number) => number): Uint8Array =>
  curv(...Array.from({ length: count }, (_, i) => Math.round(65_535 * of(i / (count - 1)))))

function profileOf(tags: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const entries = Object.entries(tags)
  const from = 132 + 12 * entries.length
  const list = entries.map(([name, tag], i) => {
    const before = entries.slice(0, i).reduce((sum, [, one]) => sum + one.length, 0)
    return concatBytes([ascii(name), words(from + before, tag.length)])
  })
  return concatBytes([new Uint8Array(128), words(entries.length), ...list, ...Object.values(tags)])
}

const SRGB = {
  rXYZ: xyz(0.4361, 0.2225, 0.0139),
  gXYZ: xyz(0.3851, 0.7169, 0.0971),
  bXYZ: xyz(0.1431, 0.0606, 0.7141),
}
const rgb = (curve: Uint8Array, more = {}): Uint8Array =>
  profileOf({ desc: desc('Test'), ...SRGB, rTRC: curve, gTRC: curve, bTRC: curve, ...more })
const grey = (curve: Uint8Array): Uint8Array => profileOf({ desc: desc('Grey'), kTRC: curve })

const srgb = (x: number): number => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
const SRGB_FORMULA = para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)

describe('a profile with the colours of sRGB', () => {
  test.each([
    ['the formula of sRGB', SRGB_FORMULA],
    ['the formula of sRGB with offsets', para(4, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0, 0)],
    ['a table of 1,024 entries', table(1_024, srgb)],
    ['a table of 26 entries', table(26, srgb)],
    ['a power of 2.2', gamma(2.2)],
    ['a formula with the power 2.2', para(0, 2.2)],
    ['a curve that is cut off', curv(1, 2, 3).subarray(0, 14)],
    ['a curve of an unknown type', concatBytes([ascii('what'), words(0, 0, 0)])],
  ])('counts as sRGB with %s', (_, curve) => expect(otherColours(rgb(curve))).toBeNull())

  test.each([
    ['no curve: linear light', curv()],
    ['a linear formula', para(0, 1)],
    ['a linear table', curv(0, 65_535)],
    ['a power of 1.8', gamma(1.8)],
    ['a power of 2.4', gamma(2.4)],
    ['the curve of BT.709', para(3, 1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)],
    ['the curve of L*', table(4_096, (x) => (x <= 0.08 ? x / 9.033 : ((x + 0.16) / 1.16) ** 3))],
    ['a formula with an offset', para(2, 2.2, 1, 0, 0.1)],
  ])('is reported by its name with %s', (_, curve) => expect(otherColours(rgb(curve))).toBe('Test'))

  test('is reported if one of its three curves differs', () => {
    for (const tag of ['rTRC', 'gTRC', 'bTRC'])
      expect(otherColours(rgb(SRGB_FORMULA, { [tag]: gamma(1) }))).toBe('Test')
  })
})

test('a profile with the curve of sRGB and other colours is reported', () => {
  expect(otherColours(rgb(SRGB_FORMULA, { gXYZ: xyz(0.292, 0.692, 0.042) }))).toBe('Test')
})

test('a grey profile is reported if its curve differs from that of sRGB', () => {
  expect(otherColours(grey(gamma(2.2)))).toBeNull()
  expect(otherColours(grey(gamma(1)))).toBe('Grey')
})
