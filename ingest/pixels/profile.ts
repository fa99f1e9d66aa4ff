/** Reads what a colour profile says (ICC.1:2022, sections 7 and 9): whether it is sRGB, and its name. */
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

/** The name of an RGB profile that is not sRGB, or "unnamed"; null for sRGB, other kinds and damaged profiles. */
export function otherColours(profile: Uint8Array): string | null {
  const tags = tagsOf(profile)
  const colorants = SRGB.map(([tag, srgb]) => ({ srgb, xyz: xyzOf(tags.get(tag)) }))
  if (colorants.some(({ xyz }) => xyz === null)) return null
  const isSrgb = colorants.every(({ srgb, xyz }) =>
    srgb.every((value, i) => Math.abs(value - (xyz?.[i] ?? 0)) < COLORANT_TOLERANCE),
  )
  return isSrgb ? null : (nameOf(tags.get('desc')) ?? 'unnamed')
}
