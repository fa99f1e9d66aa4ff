/** A package as the page draws it: its manifest with a link for each of its models. */
import type { FileLink, PackageAnswer } from '../../http-contract/index.ts'
import type { PackageJoint, PackageKind } from '../../packages/manifest.ts'
import type { AvatarBody, Collider, Vec3 } from '../../sim/types.ts'

/** A model file that can be downloaded. */
export interface ModelFile {
  readonly sha256: string
  readonly bytes: number
  readonly triangles: number
  /** Drawn from this distance on, metres at scale 1. */
  readonly metresMin: number
  readonly link: FileLink
}

export interface PackageInfo {
  readonly hash: string
  readonly kind: PackageKind
  readonly name: string
  readonly bounds: { readonly min: Vec3; readonly max: Vec3 }
  /** The runtime form, then simpler ones, nearest first. */
  readonly models: readonly ModelFile[]
  readonly skeleton: readonly PackageJoint[]
  /** What moves an object; empty for an avatar. */
  readonly colliders: readonly Collider[]
  /** Null for an object. */
  readonly body: AvatarBody | null
}

export function infoOf({ hash, manifest, files: links }: PackageAnswer): PackageInfo {
  const { kind, name, bounds, skeleton, physics, files, counts } = manifest
  const runtime = { ...files.runtime, triangles: counts.triangles, metresMin: 0, link: links.runtime }
  const levels = files.levels.flatMap((level, i) => {
    const link = links.levels[i]
    return link ? [{ ...level, link }] : []
  })
  return {
    hash,
    kind,
    name,
    bounds,
    models: [runtime, ...levels].map(({ sha256, bytes, triangles, metresMin, link }) => ({
      sha256,
      bytes,
      triangles,
      metresMin,
      link,
    })),
    skeleton: skeleton ?? [],
    colliders: physics.kind === 'object' ? physics.prop.colliders : [],
    body: physics.kind === 'avatar' ? physics.body : null,
  }
}
