/** Builds the package: its files by content, and the manifest that lists them and whose hash names the package. */
import { createHash } from 'node:crypto'
import type { Document } from '@gltf-transform/core'
import type { Collider, PackagePhysics } from '../sim/index.ts'
import { canonicalBytes } from '../packages/canonical.ts'
import {
  MANIFEST_SCHEMA,
  type PackageCapsule,
  type PackageFile,
  type PackageJoint,
  type PackageKind,
  type PackageManifest,
  type PackageTexture,
} from '../packages/manifest.ts'
import type { SimplifiedLevel } from './level-of-detail.ts'
import { rankOf, sizeOf, trianglesOf, verticesOf, type Measures } from './measure.ts'
import type { OriginalNames } from './normalise/names.ts'
import type { ModelPlacement } from './normalise/place.ts'
import type { IngestFile } from './types.ts'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export interface Parts {
  readonly kind: PackageKind
  readonly name: string
  readonly document: Document
  readonly originals: OriginalNames
  readonly place: ModelPlacement
  readonly measures: Measures
  readonly skeleton: readonly PackageJoint[] | null
  readonly capsules: readonly PackageCapsule[]
  readonly colliders: readonly Collider[]
  readonly physics: PackagePhysics
  readonly runtime: Uint8Array
  readonly original: Uint8Array
  readonly level: SimplifiedLevel | null
}

export interface IngestedPackage {
  readonly hash: string
  readonly manifest: PackageManifest
  readonly files: ReadonlyMap<string, IngestFile>
}

class Files {
  readonly byHash = new Map<string, IngestFile>()

  add(bytes: Uint8Array, mediaType: string): PackageFile {
    const hash = sha256(bytes)
    this.byHash.set(hash, { bytes, mediaType })
    return { sha256: hash, bytes: bytes.length, mediaType }
  }
}

const GLB = 'model/gltf-binary'

export function makePackage(parts: Parts): IngestedPackage {
  const files = new Files()
  const { measures, place } = parts
  const { triangles, vertices, materials, textures, joints, textureBytes } = measures
  const manifest: PackageManifest = {
    schema: MANIFEST_SCHEMA,
    kind: parts.kind,
    name: parts.name,
    attachments: { avatar: attachmentsOf(parts), colliders: parts.colliders },
    scale: place.scale,
    skeleton: parts.skeleton,
    capsules: parts.capsules,
    marker: { position: place.position, rotation: place.rotation },
    bounds: place.bounds,
    counts: { triangles, vertices, materials, textures, joints, textureBytes },
    rank: rankOf(measures, place.bounds),
    files: {
      runtime: files.add(parts.runtime, GLB),
      original: files.add(parts.original, parts.original[0] === 0x67 ? GLB : 'model/gltf+json'),
      levels: parts.level
        ? [{ ...files.add(parts.level.bytes, GLB), metresMin: parts.level.metresMin, triangles: parts.level.triangles }]
        : [],
      textures: texturesOf(parts, files),
    },
    physics: parts.physics,
  }
  const bytes = canonicalBytes(manifest)
  const { sha256: hash } = files.add(bytes, 'application/json')
  // As every reader of the bytes sees it: without negative zeros and absent members.
  return { hash, manifest: JSON.parse(new TextDecoder().decode(bytes)) as PackageManifest, files: files.byHash }
}

function attachmentsOf({ document, originals }: Parts): PackageManifest['attachments']['avatar'] {
  const root = document.getRoot()
  const drawn = new Set(root.listNodes().map((node) => node.getMesh()))
  const named = (item: { getName(): string }): { id: string; name: string } => ({
    id: item.getName(),
    name: originals.get(item) ?? '',
  })
  return {
    materials: root.listMaterials().map(named),
    meshes: root
      .listMeshes()
      .filter((mesh) => drawn.has(mesh))
      .map((mesh) => {
        const primitives = mesh.listPrimitives()
        return {
          ...named(mesh),
          triangles: trianglesOf(mesh),
          vertices: verticesOf(mesh),
          materials: [...new Set(primitives.flatMap((primitive) => primitive.getMaterial()?.getName() ?? []))],
          morphTargets: Math.max(0, ...primitives.map((primitive) => primitive.listTargets().length)),
        }
      }),
    animations: root.listAnimations().map((animation) => ({
      ...named(animation),
      seconds: Number(
        Math.max(
          0,
          ...animation.listSamplers().map((sampler) => sampler.getInput()?.getMaxNormalized([])[0] ?? 0),
        ).toPrecision(7),
      ),
    })),
  }
}

function texturesOf({ document, originals }: Parts, files: Files): PackageTexture[] {
  return document
    .getRoot()
    .listTextures()
    .flatMap((texture) => {
      const bytes = texture.getImage()
      return bytes
        ? [
            {
              ...files.add(bytes, texture.getMimeType()),
              id: texture.getName(),
              name: originals.get(texture) ?? '',
              ...sizedOf(texture),
            },
          ]
        : []
    })
}

const sizedOf = (texture: Parameters<typeof sizeOf>[0]): { width: number; height: number } => {
  const { width, height } = sizeOf(texture)
  return { width, height }
}
