/** Decodes images, and encodes JPEG, with libvips (sharp), restricted to what the ingest needs. */
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

/** Decodes all pixels. Rejects for a damaged image. */
export async function decodePixels(bytes: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(bytes, {
    limitInputPixels: CHECK_LIMITS.imagePixels,
    failOn: 'truncated',
    ignoreIcc: true,
    sequentialRead: true,
    pages: 1,
  })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 4) throw new Error(`it has ${info.channels} channels`)
  return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
}

/** Encodes an opaque picture. libjpeg-turbo's vector code is bit-exact to its plain code. */
export async function encodeJpeg({ width, height, data }: Pixels): Promise<Uint8Array> {
  const encoded = await sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4', optimiseCoding: true })
    .toBuffer()
  return new Uint8Array(encoded)
}
