/** Reduces a model to the limits of its kind, on request: fewer materials, triangles and pixels. */
import type { Document, Mesh } from '@gltf-transform/core'
import { simplify, weld } from '@gltf-transform/functions'
import { MeshoptSimplifier } from 'meshoptimizer'
import type { PackageKind } from '../../packages/manifest.ts'
import { KIND_LIMITS, TEXTURE_SIDE_MAX } from '../limits.ts'
import { measure, sizeOf, textureBytesOf, type Measures } from '../measure.ts'
import { setPixels, within } from '../normalise/textures.ts'
import { removeUnused } from '../normalise/unused.ts'
import { decodePixels } from '../pixels/decode.ts'
import { fitted } from '../pixels/scale.ts'
import { mib } from '../text.ts'
import type { Warn } from '../types.ts'
import { joinMaterials, materialsLeft } from './materials.ts'

/** Smallest side that textures are scaled to. */
const SIDE_MIN = 64
const KTX2 = 'image/ktx2'
/**
 * A refused model with more triangles is not decimated to find out whether the option "fit" can correct it. That takes 5 s
 * of processor time and 400 MB for 2 million, and a file may have 40 million, so the model would be refused for
 * its time or memory instead.
 */
const TRIANGLES_TRIED_MAX = 2_000_000
/** Allowed distances of the simplified surface, as shares of the mesh's extent, tried in this order. */
const ERRORS = [0.005, 0.02, 0.05, 0.2, 1]

/** `kept`: meshes that something else needs. Returns true if it changed meshes. */
export async function reduceToFit(
  document: Document,
  kind: PackageKind,
  kept: readonly Mesh[],
  warn: Warn,
): Promise<boolean> {
  const limits = KIND_LIMITS[kind]
  const before = measure(document, 0)
  if (before.materials > limits.materials) {
    await joinMaterials(document)
    removeUnused(document, kept)
  }
  if (before.triangles > limits.triangles) await decimate(document, limits.triangles)
  if (measure(document, 0).textureBytes > limits.textureBytes) await shrink(document, limits.textureBytes)
  const after = measure(document, 0)
  const changes = (['materials', 'triangles', 'textureBytes'] as const)
    .filter((key) => after[key] < before[key])
    .map((key) => `${NAMES[key]} from ${shown(key, before[key])} to ${shown(key, after[key])}`)
  if (changes.length > 0)
    warn({
      rule: 'REDUCED',
      where: '',
      message: `The ${kind} was reduced: ${changes.join(', ')}. The original file is kept. Check the look, or reduce it yourself for the best result.`,
    })
  return after.triangles < before.triangles
}

/**
 * The rules of the limits that a document exceeds and that `reduceToFit` can correct. It tries, and so changes the
 * document: use it only for a document that is refused.
 */
export async function reducibleRules(
  document: Document,
  kind: PackageKind,
  { materials, triangles, textureBytes }: Measures,
): Promise<ReadonlySet<string>> {
  const limits = KIND_LIMITS[kind]
  const rules = new Set<string>()
  if (textureBytes > limits.textureBytes && leastTextureBytes(document) <= limits.textureBytes)
    rules.add('TEXTURE_MEMORY')
  if (materials > limits.materials && (await materialsLeft(document)) <= limits.materials) rules.add('MATERIALS')
  if (triangles > limits.triangles && triangles <= TRIANGLES_TRIED_MAX) {
    await decimate(document, limits.triangles)
    if (measure(document, 0).triangles <= limits.triangles) rules.add('TRIANGLES')
  }
  return rules
}

/** Bytes of the textures after `shrink` with no limit. */
const leastTextureBytes = (document: Document): number =>
  document
    .getRoot()
    .listTextures()
    .reduce((sum, texture) => {
      const { width, height } = sizeOf(texture)
      const small = texture.getMimeType() === KTX2 ? null : fitted(width, height, SIDE_MIN)
      return sum + (small ? 4 * small.width * small.height : textureBytesOf(texture))
    }, 0)

const NAMES = { materials: 'materials', triangles: 'triangles', textureBytes: 'memory of textures' } as const
const shown = (key: keyof typeof NAMES, value: number): string =>
  key === 'textureBytes' ? mib(value) : value.toLocaleString('en-US')

async function decimate(document: Document, trianglesMax: number): Promise<void> {
  await MeshoptSimplifier.ready
  await document.transform(weld())
  for (const error of ERRORS) {
    const { triangles } = measure(document, 0)
    if (triangles <= trianglesMax) return
    // Each mesh rounds its share down; a hair less keeps the sum below the limit.
    const ratio = (0.98 * trianglesMax) / triangles
    await document.transform(simplify({ simplifier: MeshoptSimplifier, ratio, error }))
  }
}

/** Halves the largest side until all textures fit together. KTX2 textures stay: they are not decoded. */
async function shrink(document: Document, bytesMax: number): Promise<void> {
  for (let side = TEXTURE_SIDE_MAX / 2; side >= SIDE_MIN; side /= 2) {
    for (const texture of document.getRoot().listTextures()) {
      const bytes = texture.getImage()
      const { width, height } = sizeOf(texture)
      const type = texture.getMimeType()
      if (bytes && type !== KTX2 && Math.max(width, height) > side)
        await setPixels(texture, within(await decodePixels(bytes), side), type)
    }
    if (measure(document, 0).textureBytes <= bytesMax) return
  }
}
