/** The colours of a primitive, as the raster reads them. */
import type { Material, Primitive, Texture as Image, TextureInfo } from '@gltf-transform/core'
import type { Transform } from '@gltf-transform/extensions'
import { decodePixels } from '../pixels/decode.ts'
import type { Surface } from './raster.ts'
import { levelsOf, type Levels } from './texture.ts'

/** Decodes each image once. */
export class Images {
  readonly #levels = new Map<Image, Levels | null>()

  /** Null for KTX2, which is not decoded: such surfaces have their base colour only. Rejects for a damaged image. */
  async levelsOf(image: Image): Promise<Levels | null> {
    const known = this.#levels.get(image)
    if (known !== undefined) return known
    const bytes = image.getImage()
    const levels = bytes === null || image.getMimeType() === 'image/ktx2' ? null : levelsOf(await decodePixels(bytes))
    this.#levels.set(image, levels)
    return levels
  }
}

export const isBlended = (material: Material | null): boolean => material?.getAlphaMode() === 'BLEND'

export async function surfaceFor(material: Material | null, images: Images): Promise<Surface> {
  const [image, info] = [material?.getBaseColorTexture(), material?.getBaseColorTextureInfo()]
  const levels = image ? await images.levelsOf(image) : null
  return {
    texture: levels && info ? { levels, wrapU: info.getWrapS(), wrapV: info.getWrapT() } : null,
    cutoff: material?.getAlphaMode() === 'MASK' ? material.getAlphaCutoff() : null,
    isBlended: isBlended(material),
    isTwoSided: material?.getDoubleSided() ?? false,
    isLit: !material?.getExtension('KHR_materials_unlit'),
  }
}

/** Reads texture coordinates. Source of the transform: KHR_texture_transform. */
export function uvReader(primitive: Primitive): (index: number) => readonly [u: number, v: number] {
  const info: TextureInfo | null = primitive.getMaterial()?.getBaseColorTextureInfo() ?? null
  const change = info?.getExtension<Transform>('KHR_texture_transform') ?? null
  const uvs = primitive.getAttribute(`TEXCOORD_${change?.getTexCoord() ?? info?.getTexCoord() ?? 0}`)
  const [left, top] = change?.getOffset() ?? [0, 0]
  const [width, height] = change?.getScale() ?? [1, 1]
  const [sin, cos] = [Math.sin(change?.getRotation() ?? 0), Math.cos(change?.getRotation() ?? 0)]
  const pair: number[] = []
  return (index) => {
    const [u = 0, v = 0] = uvs?.getElement(index, pair) ?? []
    return [left + cos * width * u + sin * height * v, top - sin * width * u + cos * height * v]
  }
}

/** Reads the base colour times the vertex colour: linear red, green and blue, and alpha. */
export function colorReader(primitive: Primitive): (index: number) => readonly number[] {
  const base: readonly number[] = primitive.getMaterial()?.getBaseColorFactor() ?? [1, 1, 1, 1]
  const colors = primitive.getAttribute('COLOR_0')
  if (!colors) return () => base
  return (index) => {
    const own = colors.getElement(index, [])
    return base.map((share, i) => share * (own[i] ?? 1))
  }
}
