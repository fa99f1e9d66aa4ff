/** Joins materials: plain colours into a palette, textures that do not repeat into an atlas. */
import type { Document, Material, Primitive, Texture } from '@gltf-transform/core'
import { palette } from '@gltf-transform/functions'
import { carriedOf } from '../normalise/carried.ts'
import { setPixels, within } from '../normalise/textures.ts'
import { decodePixels } from '../pixels/decode.ts'
import { encodePng, type Pixels } from '../pixels/png.ts'
import { TEXTURE_SIDE_MAX } from '../limits.ts'

/** Coordinates farther outside 0 to 1 repeat the texture, which an atlas cannot. */
const EDGE = 1e-3

/** VRM 0.x counts its materials, and toon materials have data of their own: those stay. */
const keepsMaterials = (document: Document): boolean => carriedOf(document).some(({ pieces }) => pieces.length > 0)

export async function joinMaterials(document: Document): Promise<void> {
  if (keepsMaterials(document)) return
  const textures = new Set(document.getRoot().listTextures())
  await document.transform(palette({ min: 2 }))
  // Written again: the library's encoder may give other bytes on another machine.
  for (const texture of document.getRoot().listTextures())
    if (!textures.has(texture)) texture.setImage(Uint8Array.from(encodePng(await pixelsOf(texture))))
  for (const group of groupsOf(document)) if (group.length > 1) await joinGroup(document, group)
}

/** The number of materials that joinMaterials would leave. Joins plain colours, but draws no atlas. */
export async function materialsLeft(document: Document): Promise<number> {
  const count = (): number => document.getRoot().listMaterials().length
  if (keepsMaterials(document)) return count()
  await document.transform(palette({ min: 2 }))
  return groupsOf(document).reduce((left, group) => left - (group.length - 1), count())
}

const pixelsOf = (texture: Texture): Promise<Pixels> => decodePixels(texture.getImage() ?? new Uint8Array(0))

const usersOf = (document: Document, material: Material): Primitive[] =>
  document
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives())
    .filter((primitive) => primitive.getMaterial() === material)

/** Materials with a texture of base colour, no other texture, and equal factors. */
function groupsOf(document: Document): Material[][] {
  const groups = new Map<string, Material[]>()
  for (const material of document.getRoot().listMaterials()) {
    if (!isPlain(material) || !usersOf(document, material).every(isInside)) continue
    const key = JSON.stringify([
      material.getAlphaMode(),
      material.getAlphaCutoff(),
      material.getDoubleSided(),
      material.getMetallicFactor(),
      material.getRoughnessFactor(),
      material.getEmissiveFactor(),
    ])
    groups.set(key, [...(groups.get(key) ?? []), material])
  }
  return [...groups.values()]
}

function isPlain(material: Material): boolean {
  const info = material.getBaseColorTextureInfo()
  const others = [
    material.getMetallicRoughnessTexture(),
    material.getNormalTexture(),
    material.getOcclusionTexture(),
    material.getEmissiveTexture(),
  ]
  return (
    info !== null &&
    info.getTexCoord() === 0 &&
    info.listExtensions().length === 0 &&
    material.listExtensions().length === 0 &&
    material.getBaseColorTexture()?.getMimeType() !== 'image/ktx2' &&
    others.every((texture) => texture === null)
  )
}

function isInside(primitive: Primitive): boolean {
  const uv = primitive.getAttribute('TEXCOORD_0')
  if (!uv) return false
  const all = [...uv.getMinNormalized([]), ...uv.getMaxNormalized([])]
  return all.every((value) => value >= -EDGE && value <= 1 + EDGE)
}

async function joinGroup(document: Document, group: readonly Material[]): Promise<void> {
  const columns = Math.ceil(Math.sqrt(group.length))
  const cell = Math.floor(TEXTURE_SIDE_MAX / columns)
  const pictures: Pixels[] = []
  for (const material of group) pictures.push(await pictureOf(material, cell))
  const side = Math.max(...pictures.flatMap(({ width, height }) => [width, height]))
  const rows = Math.ceil(group.length / columns)
  const [width, height] = [columns * side, rows * side]
  const data = new Uint8Array(4 * width * height)
  const [first] = group
  if (!first) return
  for (const [i, picture] of pictures.entries()) {
    const [left, top] = [(i % columns) * side, Math.floor(i / columns) * side]
    for (let y = 0; y < picture.height; y++)
      data.set(
        picture.data.subarray(4 * y * picture.width, 4 * (y + 1) * picture.width),
        4 * ((top + y) * width + left),
      )
    for (const primitive of group[i] ? usersOf(document, group[i]) : []) {
      // Half a pixel inside, so that neighbours do not shine through.
      const place = (value: number, from: number, size: number, whole: number): number =>
        (from + 0.5 + Math.min(1, Math.max(0, value)) * (size - 1)) / whole
      moveCoordinates(document, primitive, (u, v) => [
        place(u, left, picture.width, width),
        place(v, top, picture.height, height),
      ])
    }
  }
  const atlas = document.createTexture('Atlas')
  await setPixels(atlas, { width, height, data }, 'image/png')
  for (const material of group) for (const primitive of usersOf(document, material)) primitive.setMaterial(first)
  first.setBaseColorTexture(atlas).setBaseColorFactor([1, 1, 1, 1])
}

/** The picture of a material with its colour, at most `side` wide and high. */
async function pictureOf(material: Material, side: number): Promise<Pixels> {
  const texture = material.getBaseColorTexture()
  const picture = texture ? within(await pixelsOf(texture), side) : null
  if (!picture) return { width: 1, height: 1, data: Uint8Array.of(255, 255, 255, 255) }
  const factor = material.getBaseColorFactor()
  const data = picture.data.map((value, i) => Math.round(value * encodedFactor(factor[i % 4] ?? 1, i % 4)))
  return { ...picture, data }
}

/** Colours of pixels are encoded (about a power of 2.2), their factor is linear; alpha is linear. */
const encodedFactor = (factor: number, channel: number): number => (channel === 3 ? factor : factor ** (1 / 2.2))

function moveCoordinates(
  document: Document,
  primitive: Primitive,
  move: (u: number, v: number) => readonly [number, number],
): void {
  const old = primitive.getAttribute('TEXCOORD_0')
  if (!old) return
  const array = new Float32Array(2 * old.getCount())
  for (let i = 0; i < old.getCount(); i++) {
    const [u = 0, v = 0] = old.getElement(i, [])
    array.set(move(u, v), 2 * i)
  }
  const moved = document.createAccessor().setType('VEC2').setArray(array).setBuffer(old.getBuffer())
  primitive.setAttribute('TEXCOORD_0', moved)
}
