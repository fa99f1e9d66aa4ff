/** Level of detail: a simpler runtime GLB for distant viewers, with fewer triangles, smaller textures and no animations. */
import { weld, simplify } from '@gltf-transform/functions'
import { MeshoptSimplifier } from 'meshoptimizer'
import { CARRIED_EXTENSIONS } from './extension-lists.ts'
import { openContainer } from './preflight/container.ts'
import {
  LEVEL_DISTANCE_SIZES,
  LEVEL_ERROR_MAX,
  LEVEL_TEXTURE_SIDE_MAX,
  LEVEL_TRIANGLES_FROM,
  LEVEL_TRIANGLES_SHARE,
} from './limits.ts'
import { measure } from './measure.ts'
import { readDocument } from './normalise/io.ts'
import type { BoundingBox } from './normalise/math.ts'
import { setPixels, within } from './normalise/textures.ts'
import { removeUnused } from './normalise/unused.ts'
import { decodePixels } from './pixels/decode.ts'
import { readImageHeader } from './preflight/image-header.ts'
import type { Document } from '@gltf-transform/core'

export interface SimplifiedLevel {
  readonly bytes: Uint8Array
  readonly triangles: number
  /** Least distance at which a client shows it, metres, at scale 1. */
  readonly metresMin: number
}

/**
 * Returns null if it would save too little. Joints and names stay those of the runtime form, so that poses fit both.
 */
export async function levelOfDetail(
  runtime: Uint8Array,
  triangles: number,
  bounds: BoundingBox,
): Promise<SimplifiedLevel | null> {
  if (triangles <= LEVEL_TRIANGLES_FROM) return null
  const opened = openContainer(runtime)
  if (!('json' in opened)) throw new Error('the runtime form cannot be read')
  const { document, write } = await readDocument(opened.json, opened.bin)
  for (const extension of document.getRoot().listExtensionsUsed())
    if (CARRIED_EXTENSIONS.includes(extension.extensionName)) extension.dispose()
  dropMotion(document)
  await MeshoptSimplifier.ready
  await document.transform(
    weld(),
    simplify({ simplifier: MeshoptSimplifier, ratio: LEVEL_TRIANGLES_SHARE, error: LEVEL_ERROR_MAX }),
  )
  removeUnused(document)
  await shrinkTextures(document)
  const left = measure(document, 0).triangles
  const bytes = await write()
  return left <= 0.8 * triangles && bytes.length < runtime.length
    ? { bytes, triangles: left, metresMin: distanceOf(bounds) }
    : null
}

/** Removes animations and morph targets, which are not visible from a distance. */
function dropMotion(document: Document): void {
  for (const animation of document.getRoot().listAnimations()) {
    for (const channel of animation.listChannels()) channel.dispose()
    for (const sampler of animation.listSamplers()) sampler.dispose()
    animation.dispose()
  }
  for (const mesh of document.getRoot().listMeshes()) {
    mesh.setWeights([]).setExtras({})
    for (const primitive of mesh.listPrimitives()) {
      for (const target of primitive.listTargets()) {
        primitive.removeTarget(target)
        target.dispose()
      }
    }
  }
  for (const node of document.getRoot().listNodes()) node.setWeights([])
}

async function shrinkTextures(document: Document): Promise<void> {
  for (const texture of document.getRoot().listTextures()) {
    const bytes = texture.getImage()
    const header = bytes && readImageHeader(bytes)
    if (
      !bytes ||
      !header ||
      header.type === 'image/ktx2' ||
      Math.max(header.width, header.height) <= LEVEL_TEXTURE_SIDE_MAX
    )
      continue
    await setPixels(texture, within(await decodePixels(bytes), LEVEL_TEXTURE_SIDE_MAX), header.type)
  }
  const root = document.getRoot()
  const hasWebp = root.listTextures().some((texture) => texture.getMimeType() === 'image/webp')
  for (const extension of root.listExtensionsUsed())
    if (extension.extensionName === 'EXT_texture_webp' && !hasWebp) extension.dispose()
}

/** Metres, rounded to a decimetre. */
function distanceOf({ min, max }: BoundingBox): number {
  const size = Math.max(max.x - min.x, max.y - min.y, max.z - min.z)
  return Math.max(1, Math.round(10 * LEVEL_DISTANCE_SIZES * size) / 10)
}
