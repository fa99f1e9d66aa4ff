import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { uv, withAccessors } from '../checks/odd.fixture.ts'
import { asset, ktx2, picture, textured } from '../glb.fixture.ts'
import { ingest } from '../ingest.ts'
import { decodePixels } from '../pixels/decode.ts'
import type { IngestOutcome } from '../types.ts'

type Accepted = Extract<IngestOutcome, { accepted: true }>

async function accepted(glb: Uint8Array): Promise<Accepted> {
  const outcome = await ingest(glb)
  if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejections))
  return outcome
}

/** The package of a tetrahedron with this texture. */
const withTexture = async (image: Uint8Array, mimeType: string): Promise<Accepted> =>
  accepted(withAccessors([uv], textured(3, mimeType), new Uint8Array(32), image))

/** The package's texture. */
function textureOf({ files, manifest }: Accepted): { readonly bytes: Uint8Array; readonly mediaType: string } {
  const [texture] = manifest.files.textures
  const bytes = files.get(texture?.sha256 ?? '')?.bytes
  if (!texture || !bytes) throw new Error('the package has no texture')
  return { bytes, mediaType: texture.mediaType }
}
const rulesOf = ({ warnings }: Accepted): string[] => warnings.map(({ rule }) => rule)
const made = async (image: Sharp): Promise<Uint8Array> => new Uint8Array(await image.toBuffer())
const plain = (background: string): Sharp => sharp({ create: { width: 8, height: 8, channels: 3, background } })

describe('a CMYK texture is converted to sRGB with a warning', () => {
  const red = (): Promise<Uint8Array> => made(plain('#ff0000').toColourspace('cmyk').jpeg({ quality: 100 }))
  /** Adobe's segment says that the first three channels are Y, Cb and Cr. */
  const ycck = async (): Promise<Uint8Array> => {
    const bytes = await red()
    const at = Buffer.from(bytes).indexOf('Adobe')
    expect(at).toBeGreaterThan(0)
    bytes[at + 11] = 2
    return bytes
  }

  test.each([
    ['CMYK', red, [255, 0, 0, 255]],
    // Y 255, Cb 0, Cr 0, K 255, each inverted as Adobe stores them: JFIF's matrix gives the inks 76, 255, 28, 0.
    ['YCCK', ycck, [179, 0, 227, 255]],
  ] as const)('%s', async (_, image, colour) => {
    const bytes = await image()
    const outcome = await withTexture(bytes, 'image/jpeg')
    expect(outcome.warnings).toContainEqual({
      rule: 'IMAGE_CMYK',
      where: '/images/0',
      message: expect.stringContaining('it was converted to sRGB'),
    })
    const texture = textureOf(outcome)
    expect(texture.mediaType).toBe('image/jpeg')
    expect((await sharp(texture.bytes).metadata()).space).toBe('srgb')
    const { data } = await decodePixels(texture.bytes)
    for (const [i, value] of colour.entries()) expect(Math.abs((data[i] ?? 0) - value)).toBeLessThanOrEqual(4)
  })

  test('with a second warning if its type is wrong', async () => {
    const outcome = await withTexture(await red(), 'image/png')
    expect(rulesOf(outcome)).toEqual(expect.arrayContaining(['IMAGE_CMYK', 'IMAGE_MIME_TYPE_INVALID']))
    expect(outcome.warnings.find(({ rule }) => rule === 'IMAGE_MIME_TYPE_INVALID')).toEqual({
      rule: 'IMAGE_MIME_TYPE_INVALID',
      where: '/images/0',
      message: 'The image is JPEG, but its type is "image/png". The type was set to the real type of the image.',
    })
    expect(textureOf(outcome).mediaType).toBe('image/jpeg')
  })

  test.each([2, 5])('but a JPEG that claims %i channels is refused', async (channels) => {
    const bytes = await red()
    // SOF0: marker, length (2 bytes), precision, height (2), width (2), number of channels.
    const frame = Buffer.from(bytes).indexOf(Uint8Array.of(0xff, 0xc0))
    expect(bytes[frame + 9]).toBe(4)
    bytes[frame + 9] = channels
    const outcome = await ingest(withAccessors([uv], textured(3, 'image/jpeg'), new Uint8Array(32), bytes))
    expect(outcome).toMatchObject({ accepted: false, rejections: [{ rule: 'IMAGE_DATA_INVALID', where: '/images/0' }] })
  })

  test('the package keeps the original file', async () => {
    const glb = asset('exporters/jpeg_cmyk.glb')
    const outcome = await accepted(glb)
    expect(rulesOf(outcome)).toContain('IMAGE_CMYK')
    expect(outcome.files.get(outcome.manifest.files.original.sha256)?.bytes).toEqual(glb)
  })

  test('a cut off CMYK texture is refused as damaged', async () => {
    const bytes = await made(sharp(picture(64, 64)).removeAlpha().toColourspace('cmyk').jpeg())
    const outcome = await ingest(
      withAccessors([uv], textured(3, 'image/jpeg'), new Uint8Array(32), bytes.subarray(0, bytes.length - 300)),
    )
    expect(outcome.accepted ? [] : outcome.rejections.map(({ rule }) => rule)).toEqual(['IMAGE_DAMAGED'])
  })
})

describe('a texture that every loader reads keeps its bytes of pixels', () => {
  const rgb = (): Sharp => sharp(picture(16, 16)).removeAlpha()
  const transparent = (): Sharp => sharp(picture(16, 16, 99))

  /** What the image is: the bits and the colour type of a PNG (RFC 2083, 4.1.1), the channels of a JPEG. */
  async function formOf(bytes: Uint8Array): Promise<string> {
    const { format, channels, isProgressive } = await sharp(bytes).metadata()
    const form = format === 'png' ? `${bytes[24]} bits, colour type ${bytes[25]}` : `${channels} channels`
    return isProgressive || (format === 'png' && bytes[28] === 1) ? `${form}, progressive` : form
  }
  /** Without the chunk of the size in print, the only one of sharp's that is not part of the picture. */
  function withoutPrintSize(bytes: Uint8Array): Uint8Array {
    const at = Buffer.from(bytes).indexOf('pHYs') - 4
    return at < 0 ? bytes : Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 12 + 9)])
  }

  test.each([
    ['a PNG of 16 bits a channel', () => rgb().toColourspace('rgb16').png(), '16 bits, colour type 2'],
    ['a greyscale PNG', () => rgb().toColourspace('b-w').png(), '8 bits, colour type 0'],
    ['a greyscale PNG of 16 bits', () => rgb().toColourspace('grey16').png(), '16 bits, colour type 0'],
    ['a greyscale PNG with alpha', () => transparent().toColourspace('b-w').png(), '8 bits, colour type 4'],
    ['a palette PNG', () => rgb().png({ palette: true }), '8 bits, colour type 3'],
    ['a palette PNG with alpha', () => transparent().png({ palette: true }), '8 bits, colour type 3'],
    ['a palette PNG of 1 bit', () => rgb().png({ palette: true, colours: 2 }), '1 bits, colour type 3'],
    ['an interlaced PNG', () => rgb().png({ progressive: true }), '8 bits, colour type 2, progressive'],
    ['a progressive JPEG', () => rgb().jpeg({ progressive: true }), '3 channels, progressive'],
    ['a greyscale JPEG', () => rgb().toColourspace('b-w').jpeg(), '1 channels'],
  ] as const)('%s', async (_, image, form) => {
    const bytes = await made(image())
    expect(await formOf(bytes)).toBe(form)
    const type = form.includes('channels') ? 'image/jpeg' : 'image/png'
    const outcome = await withTexture(bytes, type)
    const texture = textureOf(outcome)
    expect(texture.mediaType).toBe(type)
    expect(texture.bytes).toEqual(withoutPrintSize(bytes))
    expect(rulesOf(outcome).filter((rule) => rule.startsWith('IMAGE'))).toEqual([])
  })
})

describe('a texture whose type is wrong or whose extension is missing is taken with a warning', () => {
  const IMAGES = {
    png: () => sharp(picture(16, 16)).png(),
    jpeg: () => sharp(picture(16, 16)).jpeg(),
    webp: () => sharp(picture(16, 16)).webp(),
    avif: () => sharp(picture(16, 16)).avif(),
  } as const
  const kinds = Object.keys(IMAGES) as (keyof typeof IMAGES)[]
  test.each(
    kinds.flatMap((kind) =>
      kinds.flatMap((said) => (said === kind && (kind === 'png' || kind === 'jpeg') ? [] : [[kind, said] as const])),
    ),
  )('%s that says %s', async (kind, said) => {
    const outcome = await withTexture(await made(IMAGES[kind]()), `image/${said}`)
    expect(textureOf(outcome).mediaType).toBe(kind === 'avif' ? 'image/png' : `image/${kind}`)
    expect(rulesOf(outcome).filter((rule) => /IMAGE|EXT/.test(rule))).not.toEqual([])
    expect(rulesOf(outcome)).not.toContain('IMAGE_UNRECOGNIZED_FORMAT')
  })

  test('ktx2 that says png', async () => {
    const outcome = await withTexture(ktx2(8, 8), 'image/png')
    expect(textureOf(outcome).mediaType).toBe('image/ktx2')
    expect(rulesOf(outcome)).toContain('IMAGE_MIME_TYPE_INVALID')
  })

  test("jpeg that says image/jpg, which is no image's type", async () => {
    const outcome = await withTexture(await made(IMAGES.jpeg()), 'image/jpg')
    expect(textureOf(outcome).mediaType).toBe('image/jpeg')
    expect(rulesOf(outcome)).toContain('IMAGE_MIME_TYPE_INVALID')
  })
})

describe('a colour profile is removed, and one that is not sRGB is reported', () => {
  const painted = (format: 'png' | 'jpeg' | 'webp', profile: string): Promise<Uint8Array> =>
    made(plain('#20c040').toFormat(format).withIccProfile(profile))

  test.each(['png', 'jpeg', 'webp'] as const)('Display P3 in a %s', async (format) => {
    const outcome = await withTexture(await painted(format, 'p3'), `image/${format}`)
    const found = outcome.warnings.find(({ rule }) => rule === 'IMAGE_PROFILE')
    expect(found).toMatchObject({ where: '/images/0', message: expect.stringContaining('the colour profile "') })
    expect(found?.message).not.toContain('unnamed')
    expect((await sharp(textureOf(outcome).bytes).metadata()).hasProfile).toBe(false)
  })

  test.each(['png', 'jpeg', 'webp'] as const)('sRGB in a %s needs no report', async (format) => {
    const outcome = await withTexture(await painted(format, 'srgb'), `image/${format}`)
    expect(rulesOf(outcome)).not.toContain('IMAGE_PROFILE')
    expect((await sharp(textureOf(outcome).bytes).metadata()).hasProfile).toBe(false)
  })
})
