/**
 * Removes everything but the picture from images: location and camera (EXIF), colour profiles (ignored by glTF 2.0,
 * section 3.8.2), comments, and compressed text that might unpack to gigabytes in a client. The bytes of the pixels are
 * unchanged.
 */
import { inflateSync } from 'node:zlib'
import type { ImageType } from '../preflight/image-header.ts'
import { concatBytes } from '../../sim/state/bytes.ts'

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const ascii = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))

export interface CleanImage {
  readonly bytes: Uint8Array
  /** The colour profile (ICC.1) that was removed, or its first segment. */
  readonly profile: Uint8Array | null
}

/** Returns null if the image's parts are inconsistent. */
export function cleanImage(bytes: Uint8Array, type: ImageType): CleanImage | null {
  if (type === 'image/png') return cleanPng(bytes)
  if (type === 'image/jpeg') return cleanJpeg(bytes)
  if (type === 'image/webp') return cleanWebp(bytes)
  return { bytes, profile: null }
}

const PNG_KEPT = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']

/** Bytes of an unpacked profile; larger ones are not read. Profiles of RGB have a few kilobytes. */
const PROFILE_BYTES_MAX = 1 << 20

/** The profile of an iCCP chunk: a name, a zero, the method (0: zlib) and packed data. Null if it is damaged. */
function unpackedProfile(chunk: Uint8Array): Uint8Array | null {
  try {
    return new Uint8Array(inflateSync(chunk.subarray(chunk.indexOf(0) + 2), { maxOutputLength: PROFILE_BYTES_MAX }))
  } catch {
    return null
  }
}

function cleanPng(bytes: Uint8Array): CleanImage | null {
  const view = viewOf(bytes)
  let profile: Uint8Array | null = null
  const parts = [bytes.subarray(0, 8)]
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at)
    if (end > bytes.length) return null
    const type = ascii(bytes, at + 4)
    if (PNG_KEPT.includes(type)) parts.push(bytes.subarray(at, end))
    if (type === 'iCCP') profile = unpackedProfile(bytes.subarray(at + 8, end - 4))
    if (type === 'IEND') return { bytes: concatBytes(parts), profile }
    at = end
  }
  return null
}

/** Begins an APP2 segment with a profile; the number and the count of segments follow, a byte each (ICC.1, annex B). */
const JPEG_PROFILE = 'ICC_PROFILE\0'

/** Adobe's segment defines the colour encoding; JFIF's is part of the format. */
const isKeptSegment = (marker: number): boolean =>
  (marker < 0xe1 && marker !== 0xfe) || marker === 0xee || (marker > 0xef && marker !== 0xfe)

function cleanJpeg(bytes: Uint8Array): CleanImage | null {
  const view = viewOf(bytes)
  let profile: Uint8Array | null = null
  const parts = [bytes.subarray(0, 2)]
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    // From the first scan on, all bytes are image data.
    if (marker === 0xda) return { bytes: concatBytes([...parts, bytes.subarray(at)]), profile }
    const end = at + 2 + view.getUint16(at + 2)
    if (end > bytes.length || end < at + 4) return null
    if (isKeptSegment(marker)) parts.push(bytes.subarray(at, end))
    if (marker === 0xe2 && String.fromCharCode(...bytes.subarray(at + 4, at + 16)) === JPEG_PROFILE)
      profile ??= bytes.subarray(at + 18, end)
    at = end
  }
  return null
}

const WEBP_DROPPED = ['EXIF', 'XMP ', 'ICCP']
/** Bits of VP8X's first byte: ICC profile, EXIF, XMP. */
const WEBP_FLAGS = 0x20 | 0x08 | 0x04

function cleanWebp(bytes: Uint8Array): CleanImage | null {
  const view = viewOf(bytes)
  let profile: Uint8Array | null = null
  const end = Math.min(bytes.length, 8 + view.getUint32(4, true))
  const parts = [bytes.slice(0, 12)]
  for (let at = 12; at + 8 <= end;) {
    const size = view.getUint32(at + 4, true)
    const next = at + 8 + size + (size & 1)
    if (at + 8 + size > end) return null
    const part = bytes.slice(at, Math.min(next, end))
    const type = ascii(bytes, at)
    if (type === 'ANIM' || type === 'ANMF') return null
    if (type === 'VP8X') part[8] = (part[8] ?? 0) & ~WEBP_FLAGS
    if (type === 'ICCP') profile = part.subarray(8, 8 + size)
    if (!WEBP_DROPPED.includes(type)) parts.push(part)
    at = next
  }
  const out = concatBytes(parts)
  viewOf(out).setUint32(4, out.length - 8, true)
  return { bytes: out, profile }
}
