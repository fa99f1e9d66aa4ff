/** Measures a model's cost: counts, the limits of its kind, and VRChat's performance ranks. */
import { Primitive, type Document, type Mesh, type Texture } from '@gltf-transform/core'
import type { PackageKind, PackageManifest, PackageRank } from '../packages/manifest.ts'
import { readImageHeader } from './preflight/image-header.ts'
import { KIND_LIMITS } from './limits.ts'
import type { BoundingBox } from './normalise/math.ts'
import { mib } from './text.ts'
import { Rejected, type Rejection, type Warn } from './types.ts'

type Counts = PackageManifest['counts']

export interface Measures extends Counts {
  /** Nodes that draw a mesh, with a skin and without. */
  readonly skinnedMeshes: number
  readonly basicMeshes: number
  /** Draw calls: primitives, as often as they are drawn. */
  readonly materialSlots: number
}

/** Triangles of a mesh, also in strips and fans; points and lines do not count. Source: glTF 2.0, 3.7.2.1. */
export function trianglesOf(mesh: Mesh): number {
  const { TRIANGLES, TRIANGLE_STRIP, TRIANGLE_FAN } = Primitive.Mode
  return mesh.listPrimitives().reduce((sum, primitive) => {
    const corners = (primitive.getIndices() ?? primitive.getAttribute('POSITION'))?.getCount() ?? 0
    if (primitive.getMode() === TRIANGLES) return sum + Math.floor(corners / 3)
    const isJoined = primitive.getMode() === TRIANGLE_STRIP || primitive.getMode() === TRIANGLE_FAN
    return isJoined ? sum + Math.max(0, corners - 2) : sum
  }, 0)
}

export const verticesOf = (mesh: Mesh): number =>
  mesh.listPrimitives().reduce((sum, primitive) => sum + (primitive.getAttribute('POSITION')?.getCount() ?? 0), 0)

/** Width and height from the image's header; 0 if unknown. */
export function sizeOf(texture: Texture): { readonly width: number; readonly height: number } {
  const bytes = texture.getImage()
  return (bytes && readImageHeader(bytes)) ?? { width: 0, height: 0 }
}

/** Bytes of a texture in a device's memory, without mipmaps: RGBA, or a byte a pixel if it stays compressed (KTX2). */
export function textureBytesOf(texture: Texture): number {
  const { width, height } = sizeOf(texture)
  return width * height * (texture.getMimeType() === 'image/ktx2' ? 1 : 4)
}

/** Counts as drawn: a mesh that is in the scene twice counts twice. */
export function measure(document: Document, joints: number): Measures {
  const root = document.getRoot()
  const drawn = root.listNodes().flatMap((node) => {
    const mesh = node.getMesh()
    return mesh ? [{ mesh, isSkinned: node.getSkin() !== null }] : []
  })
  const sum = (of: (mesh: Mesh) => number): number => drawn.reduce((total, { mesh }) => total + of(mesh), 0)
  return {
    triangles: sum(trianglesOf),
    vertices: sum(verticesOf),
    materials: root.listMaterials().length,
    textures: root.listTextures().length,
    joints,
    textureBytes: root.listTextures().reduce((total, texture) => total + textureBytesOf(texture), 0),
    skinnedMeshes: drawn.filter(({ isSkinned }) => isSkinned).length,
    basicMeshes: drawn.filter(({ isSkinned }) => !isSkinned).length,
    materialSlots: sum((mesh) => mesh.listPrimitives().length),
  }
}

const number = (value: number): string => value.toLocaleString('en-US')

/** The share of triangles to keep, rounded down. */
const ratioOf = (value: number, limit: number): string => (Math.floor((100 * limit) / value) / 100).toFixed(2)

/** The power of two that divides the sides of textures so that they fit: half the side is a quarter of the memory. */
const shrinkOf = (bytes: number, limit: number): number => 2 ** Math.ceil(Math.log2(bytes / limit) / 2)

/** Throws Rejected with every exceeded limit. `reducible`: the rules that the option `fit` can correct. */
export function checkLimits(
  kind: PackageKind,
  measures: Measures,
  { bytes, reducible }: { readonly bytes: number; readonly reducible: ReadonlySet<string> },
  warn: Warn,
): void {
  const limits = KIND_LIMITS[kind]
  const faults: Rejection[] = []
  const atMost = (rule: string, where: string, value: number, limit: number, message: string): void => {
    const advice = reducible.has(rule) ? { reducible: true } : {}
    if (value > limit) faults.push({ rule, where, value, limit, message, ...advice })
  }
  atMost(
    'FILE_SIZE',
    '',
    bytes,
    limits.fileBytes,
    `The file has ${mib(bytes)}; an ${kind} may have ${mib(limits.fileBytes)}. Use smaller or fewer textures, or fewer vertices.`,
  )
  atMost(
    'TRIANGLES',
    '/meshes',
    measures.triangles,
    limits.triangles,
    `The ${kind} has ${number(measures.triangles)} triangles; at most ${number(limits.triangles)} are allowed. A Decimate modifier with a ratio of ${ratioOf(measures.triangles, limits.triangles)} would fit (in Blender), or remove invisible parts.`,
  )
  atMost(
    'MATERIALS',
    '/materials',
    measures.materials,
    limits.materials,
    `The ${kind} has ${measures.materials} materials; at most ${limits.materials} are allowed. Join ${measures.materials - limits.materials + 1} of them into one by an atlas.`,
  )
  atMost(
    'TEXTURE_MEMORY',
    '/images',
    measures.textureBytes,
    limits.textureBytes,
    `The textures take ${mib(measures.textureBytes)} in memory; at most ${mib(limits.textureBytes)} are allowed. Scale them down: 1/${shrinkOf(measures.textureBytes, limits.textureBytes)} of each side would fit.`,
  )
  atMost(
    'JOINTS',
    '/skins',
    measures.joints,
    limits.joints,
    `The ${kind} has ${measures.joints} joints; at most ${limits.joints} are allowed. Remove bones that move nothing.`,
  )
  if (faults.length > 0) throw new Rejected(...faults)
  if (measures.triangles > limits.trianglesWarn)
    warn({
      rule: 'TRIANGLES_MANY',
      where: '/meshes',
      message: `The ${kind} has ${number(measures.triangles)} triangles; more than ${number(limits.trianglesWarn)} are heavy for headsets.`,
    })
}

const RANKS: readonly PackageRank[] = ['excellent', 'good', 'medium', 'poor']
const MIB = 1 << 20

/** Largest value of each rank, excellent to poor; above is very poor. */
type Table = Readonly<
  Record<
    | 'triangles'
    | 'textureBytes'
    | 'skinnedMeshes'
    | 'basicMeshes'
    | 'materialSlots'
    | 'joints'
    | 'width'
    | 'height'
    | 'depth',
    readonly [number, number, number, number]
  >
>

/**
 * VRChat's avatar performance ranks, for the measures that packages have. Source: VRChat, "Performance Ranks",
 * https://creators.vrchat.com/avatars/avatar-performance-ranking-system/ (tables "PC Limits" and "Mobile Limits").
 */
const TABLES: Readonly<Record<'pc' | 'mobile', Table>> = {
  pc: {
    triangles: [32_000, 70_000, 70_000, 70_000],
    textureBytes: [40 * MIB, 75 * MIB, 110 * MIB, 150 * MIB],
    skinnedMeshes: [1, 2, 8, 16],
    basicMeshes: [4, 8, 16, 24],
    materialSlots: [4, 8, 16, 32],
    joints: [75, 150, 256, 400],
    width: [2.5, 4, 5, 5],
    height: [2.5, 4, 6, 6],
    depth: [2.5, 4, 5, 5],
  },
  mobile: {
    triangles: [7_500, 10_000, 15_000, 20_000],
    textureBytes: [10 * MIB, 18 * MIB, 25 * MIB, 40 * MIB],
    skinnedMeshes: [1, 1, 2, 2],
    basicMeshes: [1, 1, 2, 2],
    materialSlots: [1, 1, 2, 4],
    joints: [75, 90, 150, 150],
    width: [2.5, 4, 5, 5],
    height: [2.5, 4, 6, 6],
    depth: [2.5, 4, 5, 5],
  },
}

/** The worst rank of all measures. */
function rankBy(table: Table, values: Readonly<Record<keyof Table, number>>): PackageRank {
  const worst = Math.max(
    ...Object.entries(table).map(([key, steps]) => {
      const at = steps.findIndex((step) => values[key as keyof Table] <= step)
      return at < 0 ? RANKS.length : at
    }),
  )
  return RANKS[worst] ?? 'verypoor'
}

export function rankOf(measures: Measures, { min, max }: BoundingBox): PackageManifest['rank'] {
  const values = { ...measures, width: max.x - min.x, height: max.y - min.y, depth: max.z - min.z }
  return { pc: rankBy(TABLES.pc, values), mobile: rankBy(TABLES.mobile, values) }
}
