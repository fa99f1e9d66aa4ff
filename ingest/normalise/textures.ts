/**
 * Converts textures to a form that every client can draw: PNG, JPEG, WebP or KTX2, complete, without metadata, at most
 * TEXTURE_SIDE_MAX wide and high.
 */
import type { Document, Texture } from '@gltf-transform/core'
import { KHRTextureBasisu } from '@gltf-transform/extensions'
import { otherFormat, readImageHeader, type ImageHeader } from '../preflight/image-header.ts'
import { refuse } from '../json.ts'
import { TEXTURE_SIDE_MAX } from '../limits.ts'
import { cleanImage } from '../pixels/clean.ts'
import { decodePixels, encodeJpeg } from '../pixels/decode.ts'
import { otherColours } from '../pixels/profile.ts'
import { encodePng, isOpaque, type Pixels } from '../pixels/png.ts'
import { fitted, scaledDown } from '../pixels/scale.ts'
import type { Warn } from '../types.ts'

/** Throws Rejected. */
export async function normaliseTextures(document: Document, warn: Warn): Promise<void> {
  for (const [i, texture] of document.getRoot().listTextures().entries())
    await normaliseTexture(texture, `/images/${i}`, warn)
  // Textures may refer to KTX2 only by this extension. A file with wrong types may lack it.
  if (
    document
      .getRoot()
      .listTextures()
      .some((texture) => texture.getMimeType() === 'image/ktx2')
  )
    document.createExtension(KHRTextureBasisu)
}

async function normaliseTexture(texture: Texture, where: string, warn: Warn): Promise<void> {
  const bytes = texture.getImage()
  const header = bytes ? readImageHeader(bytes) : null
  if (!bytes || !header) {
    warn({
      rule: 'IMAGE_FORMAT',
      where,
      message: `The texture ${bytes ? `is ${otherFormat(bytes) ?? 'of an unknown format'}, not PNG, JPEG, WebP, AVIF or KTX2` : 'has no image'}; it is left out. Save it again as PNG or JPEG.`,
    })
    texture.dispose()
    return
  }
  texture.setURI('')
  if (header.type === 'image/ktx2') {
    keepKtx2(texture, header, where)
    return
  }
  const clean = cleanImage(bytes, header.type)
  if (!clean)
    refuse('IMAGE_DAMAGED', where, 'The texture is damaged, cut off or animated. Save it again as PNG or JPEG.')
  const isCmyk = header.isCmyk === true
  warnOfColours(isCmyk, clean.profile, where, warn)
  const pixels = await decoded(clean.bytes, isCmyk, where)
  const isTooLarge = Math.max(pixels.width, pixels.height) > TEXTURE_SIDE_MAX
  if (!isTooLarge && !isCmyk && header.type !== 'image/avif')
    texture.setImage(own(clean.bytes)).setMimeType(header.type)
  else
    await setPixels(
      texture,
      isTooLarge ? within(pixels, TEXTURE_SIDE_MAX) : pixels,
      header.type === 'image/avif' ? 'image/png' : header.type,
    )
  if (isTooLarge)
    warn({
      rule: 'TEXTURE_SCALED',
      where,
      message: `The texture was ${pixels.width} × ${pixels.height}; it was scaled down to ${TEXTURE_SIDE_MAX} at most. Scale it yourself for the best result.`,
    })
}

function warnOfColours(isCmyk: boolean, profile: Uint8Array | null, where: string, warn: Warn): void {
  const other = isCmyk || !profile ? null : otherColours(profile)
  if (isCmyk)
    warn({
      rule: 'IMAGE_CMYK',
      where,
      message:
        'The JPEG has CMYK colours, which are for print; it was converted to sRGB without a profile, so its colours may look brighter. For exact colours, save the texture as RGB (in GIMP or Photoshop: Image > Mode > RGB), then export again.',
    })
  if (other !== null)
    warn({
      rule: 'IMAGE_PROFILE',
      where,
      message: `The texture has the colour profile ${JSON.stringify(other)}. glTF reads its numbers as sRGB, so the profile was removed, and its colours look different than in a paint program. Convert the texture to sRGB (in GIMP: Image > Color Management > Convert to Color Profile), then export again.`,
    })
}

function keepKtx2(texture: Texture, { width, height }: ImageHeader, where: string): void {
  const side = Math.max(width, height)
  if (side > TEXTURE_SIDE_MAX)
    refuse(
      'TEXTURE_SIDE',
      where,
      `The KTX2 texture is ${width} × ${height}; a side may have ${TEXTURE_SIDE_MAX}. Scale it down.`,
      side,
      TEXTURE_SIDE_MAX,
    )
  texture.setMimeType('image/ktx2')
}

/** Decodes the whole image, so that no client is the first to meet a damaged one. */
async function decoded(bytes: Uint8Array, isCmyk: boolean, where: string): Promise<Pixels> {
  try {
    return await decodePixels(bytes, isCmyk)
  } catch (error) {
    refuse(
      'IMAGE_DAMAGED',
      where,
      `The texture cannot be decoded (${error instanceof Error ? error.message.slice(0, 100) : 'unknown'}). Save it again as PNG or JPEG.`,
    )
  }
}

/** gltf-transform requires a buffer that contains only the image. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes)

export function within(pixels: Pixels, sideMax: number): Pixels {
  const { width, height } = fitted(pixels.width, pixels.height, sideMax)
  return scaledDown(pixels, width, height)
}

/** Encodes as JPEG if the source was one, otherwise as PNG; WebP becomes PNG or, if opaque, JPEG. */
export async function setPixels(texture: Texture, pixels: Pixels, source: string): Promise<void> {
  const isJpeg = source !== 'image/png' && isOpaque(pixels)
  texture
    .setImage(own(isJpeg ? await encodeJpeg(pixels) : encodePng(pixels)))
    .setMimeType(isJpeg ? 'image/jpeg' : 'image/png')
}
