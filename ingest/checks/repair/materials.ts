/** Repairs of materials and images: factors out of range, textures without coordinates, types of images. */
import { readImageHeader } from '../../preflight/image-header.ts'
import { imageBytes } from '../../preflight/images.ts'
import { countOf, extensionOf, isObject, listOf, objectOf, type JsonObject } from '../../json.ts'
import { declare, entriesOf, primitivesOf, type Draft, type Entry, type RepairStep } from './draft.ts'

/** Range of each factor (glTF 2.0 and its KHR_materials extensions). */
const UNIT = [0, 1] as const
const POSITIVE = [0, Number.MAX_VALUE] as const
const RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  baseColorFactor: UNIT,
  metallicFactor: UNIT,
  roughnessFactor: UNIT,
  strength: UNIT,
  emissiveFactor: UNIT,
  diffuseFactor: UNIT,
  specularFactor: UNIT,
  glossinessFactor: UNIT,
  clearcoatFactor: UNIT,
  clearcoatRoughnessFactor: UNIT,
  sheenColorFactor: UNIT,
  sheenRoughnessFactor: UNIT,
  transmissionFactor: UNIT,
  diffuseTransmissionFactor: UNIT,
  diffuseTransmissionColorFactor: UNIT,
  attenuationColor: UNIT,
  iridescenceFactor: UNIT,
  anisotropyStrength: UNIT,
  alphaCutoff: POSITIVE,
  emissiveStrength: POSITIVE,
  thicknessFactor: POSITIVE,
  specularColorFactor: POSITIVE,
  iridescenceThicknessMinimum: POSITIVE,
  iridescenceThicknessMaximum: POSITIVE,
  dispersion: POSITIVE,
}
/** Larger excess is meant, not rounding. */
const ROUNDING = 0.01

/** Sets factors to the nearest value of their range. A light above 1 becomes a factor and a strength. */
export const clampFactors: RepairStep = ({ json }) => {
  for (const material of entriesOf(json, 'materials')) {
    const light = Math.max(0, ...listOf(material['emissiveFactor']).map(Number))
    if (light > 1 + ROUNDING && Number.isFinite(light)) brighten(json, material, light)
    clampIn(material)
  }
}

function brighten(json: Entry, material: Entry, light: number): void {
  const name = 'KHR_materials_emissive_strength'
  const strength = extensionOf(material, name)?.['emissiveStrength']
  material['emissiveFactor'] = listOf(material['emissiveFactor']).map((part) => Number(part) / light)
  material['extensions'] = {
    ...objectOf(material['extensions']),
    [name]: { emissiveStrength: light * (typeof strength === 'number' ? strength : 1) },
  }
  declare(json, name)
}

function clampIn(entry: Entry): void {
  for (const [key, value] of Object.entries(entry)) {
    const range = RANGES[key]
    if (range) {
      const clamp = (one: unknown): unknown =>
        typeof one === 'number' ? Math.min(range[1], Math.max(range[0], one)) : one
      entry[key] = Array.isArray(value) ? value.map(clamp) : clamp(value)
    } else if (isObject(value)) clampIn(value as Entry)
  }
}

/** Set of coordinates that a texture of a material reads. */
const setOf = (texture: JsonObject): number =>
  countOf(extensionOf(texture, 'KHR_texture_transform')?.['texCoord']) ?? countOf(texture['texCoord']) ?? 0

/** A copy without the textures whose coordinates are missing; the same object if there are none. */
function withoutUnmapped(value: JsonObject, has: (set: number) => boolean): JsonObject {
  let isSame = true
  const out: Entry = {}
  for (const [key, member] of Object.entries(value)) {
    if (!isObject(member)) out[key] = member
    else if (key.endsWith('Texture') && countOf(member['index']) !== null && !has(setOf(member))) isSame = false
    else {
      out[key] = withoutUnmapped(member, has)
      isSame &&= out[key] === member
    }
  }
  return isSame ? value : out
}

/**
 * Changes the materials of primitives. If only some primitives of a material change it, they get a copy. `change`
 * returns the same object to keep it.
 */
function replaceMaterials(draft: Draft, change: (material: JsonObject, primitive: Entry) => JsonObject): void {
  const list = entriesOf(draft.json, 'materials')
  for (const [index, material] of entriesOf(draft.json, 'materials').entries()) {
    const users = primitivesOf(draft).filter((primitive) => primitive['material'] === index)
    const changed = users.map((primitive) => change(material, primitive))
    const texts = new Set(changed.map((one) => JSON.stringify(one)))
    const [first] = changed
    if (first && texts.size === 1) list[index] = first as Entry
    else {
      const copies = new Map<string, number>()
      for (const [k, primitive] of users.entries()) {
        const copy = changed[k] ?? material
        if (copy === material) continue
        const text = JSON.stringify(copy)
        if (!copies.has(text)) {
          copies.set(text, list.push(copy as Entry) - 1)
          copyVrmProperties(draft.json, index, list.length)
        }
        primitive['material'] = copies.get(text)
      }
    }
  }
  draft.json['materials'] = list
}

/** VRM 0.x has one entry for each material, in the same order. */
function copyVrmProperties(json: Entry, index: number, count: number): void {
  const vrm = extensionOf(json, 'VRM') as Entry | null
  const properties = listOf(vrm?.['materialProperties'])
  if (vrm && properties.length === count - 1) vrm['materialProperties'] = [...properties, properties[index]]
}

/** Removes textures from materials on meshes that have no coordinates for them. */
export const dropUnmappedTextures: RepairStep = (draft) => {
  replaceMaterials(draft, (material, primitive) =>
    withoutUnmapped(material, (set) => objectOf(primitive['attributes'])[`TEXCOORD_${set}`] !== undefined),
  )
}

/** Removes anisotropy from materials on meshes without tangents and without a normal texture. */
export const dropAnisotropy: RepairStep = (draft) => {
  replaceMaterials(draft, (material, primitive) => {
    const { KHR_materials_anisotropy: found, ...rest } = objectOf(material['extensions'])
    const hasTangents = objectOf(primitive['attributes'])['TANGENT'] !== undefined
    return found === undefined || hasTangents || material['normalTexture'] !== undefined
      ? material
      : { ...material, extensions: rest }
  })
}

const TEXTURE_EXTENSIONS: Readonly<Record<string, string>> = {
  'image/webp': 'EXT_texture_webp',
  'image/ktx2': 'KHR_texture_basisu',
  'image/avif': 'EXT_texture_avif',
}

/**
 * Sets the type of each image to what its bytes are, and declares the extension that the type needs. An image of a
 * format that glTF does not have counts as PNG until the textures are decoded, where it is left out with a warning.
 */
export const typeImages: RepairStep = ({ json, bin }) => {
  const bytes = imageBytes(json, bin, () => null)
  const images = entriesOf(json, 'images')
  const types = images.map((_, i) => readImageHeader(bytes[i] ?? new Uint8Array(0))?.type ?? null)
  for (const [i, image] of images.entries())
    if (image['bufferView'] !== undefined) image['mimeType'] = types[i] ?? 'image/png'
  for (const texture of entriesOf(json, 'textures')) {
    const name = TEXTURE_EXTENSIONS[types[countOf(texture['source']) ?? -1] ?? '']
    if (name === undefined) continue
    texture['extensions'] = { ...objectOf(texture['extensions']), [name]: { source: texture['source'] } }
    delete texture['source']
    declare(json, name)
    declare(json, name, 'extensionsRequired')
  }
}
