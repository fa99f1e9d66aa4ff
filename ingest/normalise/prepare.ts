/** Removes and repairs parts of the glTF JSON before decoding: everything that no client draws is left out. */
import { readImageHeader, type ImageType } from '../preflight/image-header.ts'
import { imageBytes } from '../preflight/images.ts'
import { survivesIngest } from '../extension-lists.ts'
import { extensionOf, isObject, listOf, objectOf, objectsOf, without, type JsonObject } from '../json.ts'
import { clipped } from '../text.ts'
import type { Warn } from '../types.ts'
import { withoutHidden } from './hidden.ts'
import { hasData, repaired } from './repair.ts'

const LISTS = [
  'accessors',
  'animations',
  'bufferViews',
  'buffers',
  'images',
  'materials',
  'meshes',
  'nodes',
  'samplers',
  'scenes',
  'skins',
  'textures',
] as const

/** A copy without custom data, cameras, lights, other scenes, and animations of missing targets. */
export function prepare(json: JsonObject, bin: Uint8Array | null, warn: Warn): JsonObject {
  const out: Record<string, unknown> = {
    ...structuredClone(repaired(json, bin, warn)),
    asset: { version: '2.0', generator: 'Otherworld', ...copyrightOf(json) },
  }
  for (const key of LISTS) if (Array.isArray(out[key])) out[key] = listOf(out[key]).map(withoutExtras)
  delete out['extras']
  delete out['cameras']
  out['nodes'] = withoutHidden(out, warn).map((node) => without(node, 'camera'))
  out['images'] = typedImages(out, bin, warn)
  out['animations'] = drawnAnimations(out, warn)
  dropExtensions(out, warn)
  dropScenes(out, warn)
  if (listOf(json['cameras']).length > 0)
    warn({ rule: 'CAMERAS_DROPPED', where: '/cameras', message: 'Cameras are left out.' })
  for (const key of [...LISTS, 'extensionsUsed', 'extensionsRequired'])
    if (Array.isArray(out[key]) && listOf(out[key]).length === 0) delete out[key]
  return out
}

function copyrightOf(json: JsonObject): { copyright?: string } {
  const text = objectOf(json['asset'])['copyright']
  return typeof text === 'string' && text !== '' ? { copyright: text.slice(0, 500).replaceAll(/[\p{C}]/gu, ' ') } : {}
}

/** Removes custom data except the names of a mesh's morph targets, which all loaders read there. */
function withoutExtras(value: unknown): JsonObject {
  const { extras, ...rest } = objectOf(value)
  const names = listOf(objectOf(extras)['targetNames'])
  const primitives = Array.isArray(rest['primitives']) ? { primitives: rest['primitives'].map(withoutExtras) } : {}
  const kept =
    names.length > 0 && names.every((name) => typeof name === 'string')
      ? { extras: { targetNames: names.map((name) => clipped(String(name))) } }
      : {}
  return { ...rest, ...primitives, ...kept }
}

const FORMATS: Readonly<Record<ImageType, string>> = {
  'image/png': 'PNG',
  'image/jpeg': 'JPEG',
  'image/webp': 'WebP',
  'image/avif': 'AVIF',
  'image/ktx2': 'KTX2',
}

/**
 * Sets each image's real media type, whatever the file claims. The checks have corrected the wrong types that the
 * validator finds. It finds none of images that it cannot read: AVIF, KTX2, and JPEG of four channels.
 */
function typedImages(json: JsonObject, bin: Uint8Array | null, warn: Warn): JsonObject[] {
  const bytes = imageBytes(json, bin, () => null)
  return objectsOf(json, 'images').map((image, i) => {
    const header = readImageHeader(bytes[i] ?? new Uint8Array(0))
    if (header && typeof image['mimeType'] === 'string' && image['mimeType'] !== header.type)
      warn({
        rule: 'IMAGE_MIME_TYPE_INVALID',
        where: `/images/${i}`,
        message: `The image is ${FORMATS[header.type]}, but its type is "${clipped(image['mimeType'])}". The type was set to the real type of the image.`,
      })
    return header ? { ...image, mimeType: header.type } : image
  })
}

/**
 * Keeps channels that move a node with data from the file. No client plays channels with other targets
 * (KHR_animation_pointer).
 */
function drawnAnimations(json: JsonObject, warn: Warn): JsonObject[] {
  return objectsOf(json, 'animations').flatMap((animation, i) => {
    const channels = objectsOf(animation, 'channels')
    const samplers = objectsOf(animation, 'samplers').map(
      ({ input, output }) => hasData(json, input) && hasData(json, output),
    )
    const kept = channels.filter(
      ({ target, sampler }) =>
        isObject(target) &&
        Number.isInteger(target['node']) &&
        target['path'] !== 'pointer' &&
        samplers[Number(sampler)] === true,
    )
    if (kept.length < channels.length)
      warn({
        rule: 'CHANNELS_DROPPED',
        where: `/animations/${i}`,
        message: `${channels.length - kept.length} of ${channels.length} channels move no node, or have no data, and are left out.`,
      })
    return kept.length > 0 ? [{ ...animation, channels: kept }] : []
  })
}

function dropExtensions(json: Record<string, unknown>, warn: Warn): void {
  const used = listOf(json['extensionsUsed']).filter((name) => typeof name === 'string')
  for (const name of used)
    if (!survivesIngest(name))
      warn({
        rule: 'EXTENSION_DROPPED',
        where: '/extensionsUsed',
        message: `The extension "${clipped(name)}" is left out: ${lossOf(json, name)}.`,
      })
  for (const key of ['extensionsUsed', 'extensionsRequired'])
    json[key] = listOf(json[key]).filter((name) => typeof name === 'string' && survivesIngest(name))
}

/** The loss of a model without an extension, by the name of the extension. */
function lossOf(json: JsonObject, name: string): string {
  if (name === 'KHR_lights_punctual') return 'packages have no lights'
  const materials = objectsOf(json, 'materials').filter((material) => extensionOf(material, name))
  return materials.length === 0
    ? 'clients do not use it'
    : `clients do not draw it, so ${materials.length === 1 ? 'a material' : `${materials.length} materials`} may look different. Check them, or use Principled BSDF in Blender`
}

/** Keeps one scene: the default, else the first, else all roots. */
function dropScenes(json: Record<string, unknown>, warn: Warn): void {
  const scenes = objectsOf(json, 'scenes')
  const children = new Set(objectsOf(json, 'nodes').flatMap((node) => listOf(node['children'])))
  const roots = objectsOf(json, 'nodes').flatMap((_, i) => (children.has(i) ? [] : [i]))
  const shown = scenes[Number(json['scene'] ?? 0)] ?? { nodes: roots }
  if (scenes.length > 1)
    warn({
      rule: 'SCENES_DROPPED',
      where: '/scenes',
      message: `${scenes.length - 1} of ${scenes.length} scenes are left out: a package is the default scene.`,
    })
  json['scenes'] = [shown]
  json['scene'] = 0
}
