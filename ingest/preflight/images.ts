/** Checks images by their headers: a few kilobytes may claim gigabytes of pixels. */
import { refuseUpload } from './advice.ts'
import { dataOf } from './embed.ts'
import { objectsOf, textOf, type JsonObject } from '../json.ts'
import { CHECK_LIMITS } from '../limits.ts'
import { readImageHeader } from './image-header.ts'
import { viewReader } from './views.ts'

/** Bytes of each image; null if there are none, which the validator reports. */
export function imageBytes(
  json: JsonObject,
  bin: Uint8Array | null,
  resolve: (uri: string) => Uint8Array | null,
): readonly (Uint8Array | null)[] {
  const bytesOf = viewReader(json, bin, resolve)
  return objectsOf(json, 'images').map((image) => {
    const uri = textOf(image['uri'])
    return uri === null ? bytesOf(image['bufferView']) : (dataOf(uri) ?? resolve(uri))
  })
}

/** JSON pointers of the JPEGs with four colour channels. */
export function cmykImages(
  json: JsonObject,
  bin: Uint8Array | null,
  resolve: (uri: string) => Uint8Array | null,
): ReadonlySet<string> {
  return new Set(
    imageBytes(json, bin, resolve).flatMap((bytes, i) =>
      bytes && readImageHeader(bytes)?.isCmyk === true ? [`/images/${i}`] : [],
    ),
  )
}

const mega = (pixels: number): string => `${(pixels / 1e6).toFixed(1)} megapixels`

/** Throws Rejected. */
export function checkImages(images: readonly (Uint8Array | null)[]): void {
  let pixels = 0
  for (const [i, bytes] of images.entries()) {
    if (!bytes) continue
    const where = `/images/${i}`
    const header = readImageHeader(bytes)
    if (!header) continue
    const side = Math.max(header.width, header.height)
    if (side > CHECK_LIMITS.imageSide)
      refuseUpload(
        'IMAGE_SIZE',
        where,
        `The image is ${header.width} × ${header.height} pixels; a side may have ${CHECK_LIMITS.imageSide}.`,
        side,
        CHECK_LIMITS.imageSide,
      )
    const own = header.width * header.height
    if (own > CHECK_LIMITS.imagePixels)
      refuseUpload(
        'IMAGE_SIZE',
        where,
        `The image has ${mega(own)}; at most ${mega(CHECK_LIMITS.imagePixels)} are allowed.`,
        own,
        CHECK_LIMITS.imagePixels,
      )
    pixels += own
    if (pixels > CHECK_LIMITS.imagesPixels)
      refuseUpload(
        'IMAGES_SIZE',
        where,
        `The images up to this one have ${mega(pixels)} together; at most ${mega(CHECK_LIMITS.imagesPixels)} are allowed.`,
        pixels,
        CHECK_LIMITS.imagesPixels,
      )
  }
}
