/**
 * Converts specular-glossiness materials to metal-roughness, which every client draws. Source of the formula: the
 * appendix "Converting between workflows" of KHR_materials_pbrSpecularGlossiness: a dielectric reflects 4 %, and the
 * metalness is the root of a quadratic equation of the brightness of both colours.
 */
import type { Document, Material, Texture, TextureInfo } from '@gltf-transform/core'
import type { PBRSpecularGlossiness } from '@gltf-transform/extensions'
import { decodePixels } from '../pixels/decode.ts'
import { encodePng, isOpaque, type Pixels } from '../pixels/png.ts'
import type { Warn } from '../types.ts'
import { setPixels } from './textures.ts'

const NAME = 'KHR_materials_pbrSpecularGlossiness'
/** Share of light that a dielectric reflects. */
const DIELECTRIC = 0.04
const EPSILON = 1e-6

type Triple = readonly [number, number, number]

/** Linear value of each 8-bit sRGB value (IEC 61966-2-1). */
const LINEAR = Float64Array.from({ length: 256 }, (_, i) => {
  const value = i / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
})

/** The nearest 8-bit sRGB value, by a search in the table, so that every machine gets the same. */
function encoded(linear: number): number {
  let [low, high] = [0, 255]
  while (low < high) {
    const middle = (low + high) >> 1
    if (((LINEAR[middle] ?? 0) + (LINEAR[middle + 1] ?? 1)) / 2 < linear) low = middle + 1
    else high = middle
  }
  return low
}

const brightness = ([r, g, b]: Triple): number => Math.sqrt(0.299 * r * r + 0.587 * g * g + 0.114 * b * b)
const within1 = (value: number): number => Math.min(1, Math.max(0, value))

function metalnessOf(diffuse: Triple, specular: Triple): number {
  const s = brightness(specular)
  if (s < DIELECTRIC) return 0
  const left = 1 - Math.max(...specular)
  const b = (brightness(diffuse) * left) / (1 - DIELECTRIC) + s - 2 * DIELECTRIC
  const c = DIELECTRIC - s
  return within1((-b + Math.sqrt(Math.max(0, b * b - 4 * DIELECTRIC * c))) / (2 * DIELECTRIC))
}

/** Metalness and base colour of one point; all colours are linear. */
function solve(diffuse: Triple, specular: Triple): { readonly metal: number; readonly base: Triple } {
  const metal = metalnessOf(diffuse, specular)
  const left = 1 - Math.max(...specular)
  const mixed = (k: 0 | 1 | 2): number => {
    const fromDiffuse = (diffuse[k] * left) / (1 - DIELECTRIC) / Math.max(1 - metal, EPSILON)
    const fromSpecular = (specular[k] - DIELECTRIC * (1 - metal)) / Math.max(metal, EPSILON)
    return within1(fromDiffuse + (fromSpecular - fromDiffuse) * metal * metal)
  }
  return { metal, base: [mixed(0), mixed(1), mixed(2)] }
}

/** Run it after the textures are normalised: it decodes them. */
export async function convertSpecularGloss(document: Document, warn: Warn): Promise<void> {
  const converted = new Map<string, Painted>()
  let count = 0
  let isRough = false
  for (const material of document.getRoot().listMaterials()) {
    const found = material.getExtension<PBRSpecularGlossiness>(NAME)
    if (!found) continue
    count += 1
    material.setExtension(NAME, null)
    if (await convert(document, material, found, converted)) isRough = true
  }
  for (const extension of document.getRoot().listExtensionsUsed())
    if (extension.extensionName === NAME) extension.dispose()
  if (count > 0)
    warn({
      rule: 'MATERIAL_CONVERTED',
      where: '/materials',
      message: `${count === 1 ? 'A material uses' : `${count} materials use`} specular and glossiness, which clients do not draw; converted to metalness and roughness.${isRough ? ' A texture of specular colours could not be read and was left out.' : ''} Check the look, or convert the materials to Principled BSDF in Blender.`,
    })
}

/** Returns true if a texture had to be left out. */
async function convert(
  document: Document,
  material: Material,
  found: PBRSpecularGlossiness,
  converted: Map<string, Painted>,
): Promise<boolean> {
  const diffuse = found.getDiffuseTexture()
  const shine = found.getSpecularGlossinessTexture()
  const [diffuseInfo, shineInfo] = [found.getDiffuseTextureInfo(), found.getSpecularGlossinessTextureInfo()]
  const factor = found.getDiffuseFactor()
  const plain: Triple = [factor[0], factor[1], factor[2]]
  const info = diffuseInfo ?? shineInfo
  const isReadable =
    [diffuse, shine].every((texture) => texture?.getMimeType() !== 'image/ktx2') &&
    (!diffuse || !shine || !diffuseInfo || !shineInfo || mappingOf(diffuseInfo) === mappingOf(shineInfo))
  if (info && isReadable && (diffuse || shine)) {
    const key = JSON.stringify([
      indexOf(document, diffuse),
      indexOf(document, shine),
      factor,
      found.getSpecularFactor(),
      found.getGlossinessFactor(),
    ])
    const painted = converted.get(key) ?? (await paint(document, diffuse, shine, found))
    converted.set(key, painted)
    material.setBaseColorFactor([1, 1, 1, factor[3]]).setBaseColorTexture(painted.base)
    material.getBaseColorTextureInfo()?.copy(info)
    material.setMetallicFactor(painted.metal).setRoughnessFactor(painted.rough)
    if (painted.surface) {
      material.setMetallicRoughnessTexture(painted.surface)
      material.getMetallicRoughnessTextureInfo()?.copy(info)
    }
    return false
  }
  // Without pixels: a diffuse texture is kept, and the factors alone decide.
  const { metal, base } = solve(plain, shine ? [DIELECTRIC, DIELECTRIC, DIELECTRIC] : found.getSpecularFactor())
  material
    .setBaseColorFactor([base[0], base[1], base[2], factor[3]])
    .setMetallicFactor(metal)
    .setRoughnessFactor(1 - found.getGlossinessFactor())
  if (diffuse && diffuseInfo) {
    material.setBaseColorTexture(diffuse)
    material.getBaseColorTextureInfo()?.copy(diffuseInfo)
  }
  return shine !== null
}

const indexOf = (document: Document, texture: Texture | null): number =>
  texture ? document.getRoot().listTextures().indexOf(texture) : -1

/** The texture coordinates that a texture reads, and their transform. */
const mappingOf = (info: TextureInfo): string =>
  JSON.stringify([
    info.getTexCoord(),
    info.getWrapS(),
    info.getWrapT(),
    info.listExtensions().map((one) => {
      const transform = one as unknown as { getOffset?(): unknown; getRotation?(): unknown; getScale?(): unknown }
      return [transform.getOffset?.(), transform.getRotation?.(), transform.getScale?.()]
    }),
  ])

interface Painted {
  readonly base: Texture
  /** Metalness and roughness by pixel; null if they are the same everywhere. */
  readonly surface: Texture | null
  /** Factors; 1 with a surface. */
  readonly metal: number
  readonly rough: number
}

const WHITE: Pixels = { width: 1, height: 1, data: Uint8Array.of(255, 255, 255, 255) }
const pixelsOf = async (texture: Texture | null): Promise<Pixels> => {
  const bytes = texture?.getImage()
  return bytes ? decodePixels(bytes) : WHITE
}

async function paint(
  document: Document,
  diffuseTexture: Texture | null,
  shineTexture: Texture | null,
  found: PBRSpecularGlossiness,
): Promise<Painted> {
  const [diffuse, shine] = [await pixelsOf(diffuseTexture), await pixelsOf(shineTexture)]
  const { base, surface, isEven } = solvePixels(diffuse, shine, found)
  const name = (diffuseTexture ?? shineTexture)?.getName() ?? ''
  const baseTexture = document.createTexture(name)
  await setPixels(baseTexture, base, isOpaque(base) ? (diffuseTexture?.getMimeType() ?? 'image/png') : 'image/png')
  const [, rough = 0, metal = 0] = surface.data
  if (isEven) return { base: baseTexture, surface: null, metal: metal / 255, rough: rough / 255 }
  const surfaceTexture = document
    .createTexture(`${name} surface`)
    .setImage(Uint8Array.from(encodePng(surface)))
    .setMimeType('image/png')
  return { base: baseTexture, surface: surfaceTexture, metal: 1, rough: 1 }
}

function solvePixels(
  diffuse: Pixels,
  shine: Pixels,
  found: PBRSpecularGlossiness,
): { readonly base: Pixels; readonly surface: Pixels; readonly isEven: boolean } {
  const [width, height] = [Math.max(diffuse.width, shine.width), Math.max(diffuse.height, shine.height)]
  const base = new Uint8Array(4 * width * height)
  const surface = new Uint8Array(4 * width * height)
  const [df, sf, gloss] = [found.getDiffuseFactor(), found.getSpecularFactor(), found.getGlossinessFactor()]
  const at = ({ data, width: w, height: h }: Pixels, x: number, y: number, k: number): number =>
    data[4 * (Math.floor((y * h) / height) * w + Math.floor((x * w) / width)) + k] ?? 0
  const linear = (pixels: Pixels, x: number, y: number, factor: ArrayLike<number>): Triple => {
    const part = (k: number): number => (LINEAR[at(pixels, x, y, k)] ?? 0) * (factor[k] ?? 1)
    return [part(0), part(1), part(2)]
  }
  let isEven = true
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const out = 4 * (y * width + x)
      const { metal, base: color } = solve(linear(diffuse, x, y, df), linear(shine, x, y, sf))
      base.set([encoded(color[0]), encoded(color[1]), encoded(color[2]), at(diffuse, x, y, 3)], out)
      surface.set([0, 255 - Math.round(at(shine, x, y, 3) * gloss), Math.round(255 * metal), 255], out)
      isEven &&= surface[out + 1] === surface[1] && surface[out + 2] === surface[2]
    }
  return { base: { width, height, data: base }, surface: { width, height, data: surface }, isEven }
}
