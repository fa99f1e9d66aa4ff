/** Reads what a colour profile says (ICC.1:2022, sections 7, 9 and 10): whether it is sRGB, and its name. */
import { clipped } from '../text.ts'

/** Colorants of sRGB (IEC 61966-2-1), adapted to D50 as profiles hold them: X, Y, Z of red, green and blue. */
const SRGB: readonly (readonly [tag: string, xyz: readonly number[]])[] = [
  ['rXYZ', [0.436, 0.2225, 0.0139]],
  ['gXYZ', [0.3851, 0.7169, 0.0971]],
  ['bXYZ', [0.1431, 0.0606, 0.7141]],
]
/** Profiles of sRGB differ by less, Display P3 and Adobe RGB by more than 0.05. */
const COLORANT_TOLERANCE = 0.01
const TAGS_MAX = 100
const TABLE_BYTE = 128

const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length))

/** Content of each tag, by its signature. Empty if the profile is cut off or damaged. */
function tagsOf(profile: Uint8Array): Map<string, Uint8Array> {
  const tags = new Map<string, Uint8Array>()
  if (profile.length < TABLE_BYTE + 4) return tags
  const view = new DataView(profile.buffer, profile.byteOffset, profile.byteLength)
  const count = Math.min(TAGS_MAX, view.getUint32(TABLE_BYTE))
  for (let i = 0; i < count; i++) {
    const at = TABLE_BYTE + 4 + 12 * i
    if (at + 12 > profile.length) break
    const [from, size] = [view.getUint32(at + 4), view.getUint32(at + 8)]
    if (from + size <= profile.length) tags.set(ascii(profile, at, 4), profile.subarray(from, from + size))
  }
  return tags
}

/** A tag of type `XYZ `: numbers of 16.16 bits. */
function xyzOf(tag: Uint8Array | undefined): readonly number[] | null {
  if (!tag || tag.length < 20) return null
  const view = new DataView(tag.buffer, tag.byteOffset, tag.byteLength)
  return [8, 12, 16].map((at) => view.getInt32(at) / 65_536)
}

/** The description: of type `desc` (ICC.1:2001) in ASCII, or of type `mluc` in UTF-16. */
function nameOf(tag: Uint8Array | undefined): string | null {
  if (!tag || tag.length < 28) return null
  const view = new DataView(tag.buffer, tag.byteOffset, tag.byteLength)
  const text =
    ascii(tag, 0, 4) === 'desc'
      ? ascii(tag, 12, Math.min(view.getUint32(8), 64))
      : new TextDecoder('utf-16be').decode(tag.subarray(view.getUint32(24), view.getUint32(24) + view.getUint32(20)))
  const plain = text.replaceAll(/\p{C}/gu, '').trim()
  return plain === '' ? null : clipped(plain)
}

/** Linear light of an sRGB value, each 0 to 1 (IEC 61966-2-1). */
const srgbCurve = (x: number): number => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
/** Values at which curves are compared. */
const CURVE_POINTS = [0.1, 0.25, 0.5, 0.75, 0.9]
/** A power of 2.2 differs from sRGB by 0.009 at most, L* and BT.709 by 0.03 and more. */
const CURVE_TOLERANCE = 0.015

/**
 * The linear light of a value, each 0 to 1, by a tag of type `curv` (a power or a table) or `para` (a formula). Null if
 * it is damaged or of another type.
 */
function curveOf(tag: Uint8Array | undefined): ((x: number) => number) | null {
  if (!tag || tag.length < 12) return null
  const view = new DataView(tag.buffer, tag.byteOffset, tag.byteLength)
  if (ascii(tag, 0, 4) === 'para') return formulaOf(view)
  const count = view.getUint32(8)
  if (ascii(tag, 0, 4) !== 'curv' || 12 + 2 * count > tag.length) return null
  if (count === 0) return (x) => x
  if (count === 1) return (x) => x ** (view.getUint16(12) / 256)
  const entry = (i: number): number => view.getUint16(12 + 2 * i) / 65_535
  return (x) => {
    const at = Math.min(Math.floor(x * (count - 1)), count - 2)
    const share = x * (count - 1) - at
    return entry(at) * (1 - share) + entry(at + 1) * share
  }
}

/** Numbers of each function type of `para` (ICC.1:2022, parametricCurveType). */
const FORMULA_NUMBERS = [1, 3, 4, 5, 7]

function formulaOf(view: DataView): ((x: number) => number) | null {
  const type = view.getUint16(8)
  const length = FORMULA_NUMBERS[type] ?? Infinity
  if (12 + 4 * length > view.byteLength) return null
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from(
    { length },
    (_, i) => view.getInt32(12 + 4 * i) / 65_536,
  )
  if (type < 3) return (x) => (x >= -b / a ? (a * x + b) ** g + c : c)
  return (x) => (x >= d ? (a * x + b) ** g + e : c * x + f)
}

/** False for a curve that differs from that of sRGB; true also if there is none that can be read. */
function isSrgbCurve(tag: Uint8Array | undefined): boolean {
  const curve = curveOf(tag)
  return !curve || CURVE_POINTS.every((x) => !(Math.abs(curve(x) - srgbCurve(x)) > CURVE_TOLERANCE))
}

/**
 * The name of an RGB or grey profile whose colours or tone curves are not those of sRGB, or "unnamed". Null for sRGB,
 * other kinds and damaged profiles.
 */
export function otherColours(profile: Uint8Array): string | null {
  const tags = tagsOf(profile)
  const name = (): string => nameOf(tags.get('desc')) ?? 'unnamed'
  if (!['rTRC', 'gTRC', 'bTRC', 'kTRC'].every((tag) => isSrgbCurve(tags.get(tag)))) return name()
  const colorants = SRGB.map(([tag, srgb]) => ({ srgb, xyz: xyzOf(tags.get(tag)) }))
  if (colorants.some(({ xyz }) => xyz === null)) return null
  const isSrgb = colorants.every(({ srgb, xyz }) =>
    srgb.every((value, i) => Math.abs(value - (xyz?.[i] ?? 0)) < COLORANT_TOLERANCE),
  )
  return isSrgb ? null : name()
}
