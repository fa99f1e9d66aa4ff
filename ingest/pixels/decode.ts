/** Decodes images, and encodes JPEG and WebP, with libvips (sharp), restricted to what the ingest needs. */
import sharp from 'sharp'
import { CHECK_LIMITS } from '../limits.ts'
import type { Pixels } from './png.ts'

// One thread and no cache: the process has a memory limit, and the result must not depend on the machine.
sharp.cache(false)
sharp.concurrency(1)
// libvips can load many formats (SVG, PDF, TIFF … from files and URLs). Only these four are allowed, from memory.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: [
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadHeifBuffer',
  ],
})

/** Quality of downscaled textures, also in the level of detail. */
const JPEG_QUALITY = 90

/** Decodes all pixels; `isCmyk` for a JPEG of four colour channels. Rejects for a damaged image. */
export async function decodePixels(bytes: Uint8Array, isCmyk = false): Promise<Pixels> {
  const image = sharp(bytes, {
    limitInputPixels: CHECK_LIMITS.imagePixels,
    failOn: 'truncated',
    ignoreIcc: true,
    sequentialRead: true,
    pages: 1,
  })
  const shaped = isCmyk
    ? image.pipelineColourspace('cmyk').toColourspace('cmyk')
    : image.toColourspace('srgb').ensureAlpha()
  const { data, info } = await shaped.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  if (info.channels !== 4) throw new Error(`it has ${info.channels} channels`)
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (isCmyk) inksToColours(pixels)
  return { width: info.width, height: info.height, data: pixels }
}

/**
 * Converts CMYK to opaque RGBA in place, 8 bits each: R = 255 (1 - C)(1 - K), and so on. glTF 2.0, section 3.8.2,
 * ignores colour profiles. By this formula, which browsers use without a profile, every machine gets the same bytes.
 */
function inksToColours(data: Uint8Array): void {
  for (let at = 0; at < data.length; at += 4) {
    const light = 255 - (data[at + 3] ?? 0)
    for (let c = at; c < at + 3; c++) data[c] = Math.round(((255 - (data[c] ?? 0)) * light) / 255)
    data[at + 3] = 255
  }
}

/** Encodes an opaque picture. libjpeg-turbo's vector code is bit-exact to its plain code. */
export async function encodeJpeg({ width, height, data }: Pixels): Promise<Uint8Array> {
  const encoded = await sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4', optimiseCoding: true })
    .toBuffer()
  return new Uint8Array(encoded)
}

/** Quality of pictures in reports: half the bytes of a JPEG that looks the same. */
const WEBP_QUALITY = 80

/** Encodes an opaque picture for people to look at. Its bytes may differ between machines. */
export async function encodeWebp({ width, height, data }: Pixels): Promise<Uint8Array> {
  const encoded = await sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .webp({ quality: WEBP_QUALITY })
    .toBuffer()
  return new Uint8Array(encoded)
}
