/**
 * Places the model at its marker: in metres, facing +Z, on the ground. One transform of a node above all others does
 * this, so that meshes, skins, animations and VRM's data stay unchanged.
 */
import type { Document } from '@gltf-transform/core'
import type { Quat, Vec3 } from '../../sim/index.ts'
import { RANGES } from '../../sim/limits/ranges.ts'
import type { PackageKind } from '../../packages/manifest.ts'
import { BALL_RADIUS_METRES, KIND_LIMITS } from '../limits.ts'
import { refuse } from '../json.ts'
import type { Warn } from '../types.ts'
import { ABOUT_FACE, NO_TURN, rounded, type BoundingBox } from './math.ts'
import { MARKER } from './names.ts'

export interface ModelPlacement {
  readonly position: Vec3
  readonly rotation: Quat
  readonly scale: number
  /** The box after the transform. */
  readonly bounds: BoundingBox
}

/** Factors from other units, most likely first: centimetres, millimetres, inches, feet, and their inverses. */
const UNITS: readonly (readonly [factor: number, name: string])[] = [
  [0.01, 'centimetres'],
  [0.001, 'millimetres'],
  [0.0254, 'inches'],
  [0.3048, 'feet'],
  [0.1, 'decimetres'],
  [100, 'hundredfold metres'],
  [1_000, 'kilometres'],
  [10, 'tenfold metres'],
]
/** Size in metres that a model is scaled to if no unit explains its size. */
const SIZE_ELSE: Readonly<Record<PackageKind, number>> = { avatar: 1.7, object: 1 }
/** Smaller extents are rounding errors, metres in any unit. */
const EXTENT_MIN = 1e-9
/** Smaller lifts are left out, metres: soles and rounding. */
const LIFT_MIN = 1e-4

interface Wish {
  readonly kind: PackageKind
  readonly origin: 'ground' | 'author'
  /** True for a model that faces -Z. */
  readonly isTurned: boolean
  /** True for VRM, which defines the unit (metres) and the origin: between the feet, on the floor. */
  readonly isVrm: boolean
  /** Height of the head above the feet, in the scene's unit; null without a humanoid. */
  readonly skeleton: number | null
}

/** Places the scene. `before` is its box. */
export function place(document: Document, before: BoundingBox, wish: Wish, warn: Warn): ModelPlacement {
  const scale = saneScale(before, wish, warn)
  const rotation = wish.isTurned ? ABOUT_FACE : NO_TURN
  const turned = turnedBox(before, scale, wish.isTurned)
  const position = wish.origin === 'author' || wish.isVrm ? { x: 0, y: 0, z: 0 } : lift(turned, warn)
  const bounds = { min: moved(turned.min, position), max: moved(turned.max, position) }
  if (scale !== 1 || wish.isTurned || position.x !== 0 || position.y !== 0 || position.z !== 0)
    wrap(document, position, rotation, scale)
  return { position, rotation, scale, bounds }
}

const moved = (v: Vec3, by: Vec3): Vec3 => ({ x: rounded(v.x + by.x), y: rounded(v.y + by.y), z: rounded(v.z + by.z) })

/** The default ball of an object without meshes, on its marker. */
export const BALL: BoundingBox = {
  min: { x: -BALL_RADIUS_METRES, y: 0, z: -BALL_RADIUS_METRES },
  max: { x: BALL_RADIUS_METRES, y: 2 * BALL_RADIUS_METRES, z: BALL_RADIUS_METRES },
}

/** True if a box has an extent; a single point has none. */
export const hasExtent = ({ min, max }: BoundingBox): boolean =>
  Math.max(max.x - min.x, max.y - min.y, max.z - min.z) > EXTENT_MIN

const sizesOf = ({ min, max }: BoundingBox): readonly [number, number, number] => [
  max.x - min.x,
  max.y - min.y,
  max.z - min.z,
]

/** An avatar is measured by its height, a lying one by its length; an object by its largest side. */
function sizeOf(box: BoundingBox, kind: PackageKind): { readonly size: number; readonly way: string } {
  const [x, y, z] = sizesOf(box)
  if (kind === 'avatar' && y > 0.2 * Math.max(x, z)) return { size: y, way: 'high' }
  return { size: Math.max(x, y, z), way: kind === 'avatar' ? 'long' : 'large' }
}

/** True if the file's unit is known to be metres: of VRM by its specification, else by the size of its skeleton. */
function isInMetres({ isVrm, kind, skeleton }: Wish): boolean {
  const { min, max } = RANGES.headHeight
  return isVrm || (kind === 'avatar' && skeleton !== null && skeleton >= min && skeleton <= max)
}

function saneScale(box: BoundingBox, wish: Wish, warn: Warn): number {
  const { kind } = wish
  const { size, way } = sizeOf(box, kind)
  const { min, max } = KIND_LIMITS[kind].metres
  if (!Number.isFinite(size))
    refuse(
      'SIZE',
      '',
      `The ${kind} is ${size} m ${way}; ${min} to ${max} m is plausible. A coordinate or a scale is too large: apply all scales (in Blender: Ctrl+A > Scale) and export again.`,
      String(size),
      `${min} to ${max} m`,
    )
  if (isInMetres(wish) || (size >= min && size <= max)) return 1
  const unit = UNITS.find(([factor]) => size * factor >= min && size * factor <= max)
  const scale = unit?.[0] ?? Number((SIZE_ELSE[kind] / size).toPrecision(6))
  const guess = unit ? `It seems to be in ${unit[1]}` : 'No unit explains this size'
  warn({
    rule: 'SCALED',
    where: '',
    message: `The ${kind} is ${Number(size.toPrecision(3))} m ${way}; ${min} to ${max} m is plausible. ${guess}; it was scaled by ${scale} to ${Number((size * scale).toPrecision(3))} m. glTF is in metres: set the exporter's unit.`,
  })
  return scale
}

function turnedBox({ min, max }: BoundingBox, scale: number, isTurned: boolean): BoundingBox {
  const scaled = (v: Vec3): Vec3 => ({ x: v.x * scale, y: v.y * scale, z: v.z * scale })
  const [low, high] = [scaled(min), scaled(max)]
  return isTurned
    ? { min: { x: -high.x, y: low.y, z: -high.z }, max: { x: -low.x, y: high.y, z: -low.z } }
    : { min: low, max: high }
}

/**
 * Moves the model up or down to the ground; sideways only if the origin lies beside the model, which would otherwise
 * rotate about a point in the air.
 */
function lift({ min, max }: BoundingBox, warn: Warn): Vec3 {
  const isBeside = min.x > 0 || max.x < 0 || min.z > 0 || max.z < 0
  if (isBeside)
    warn({
      rule: 'ORIGIN_MOVED',
      where: '',
      message: "The origin lies beside the model; it was moved under the model's middle.",
    })
  const y = Math.abs(min.y) < LIFT_MIN ? 0 : rounded(-min.y)
  return { x: isBeside ? rounded(-(min.x + max.x) / 2) : 0, y, z: isBeside ? rounded(-(min.z + max.z) / 2) : 0 }
}

function wrap(document: Document, position: Vec3, rotation: Quat, scale: number): void {
  const scene = document.getRoot().getDefaultScene()
  if (!scene) throw new Error('the document has no scene')
  const node = document
    .createNode(MARKER)
    .setTranslation([position.x, position.y, position.z])
    .setRotation([rotation.x, rotation.y, rotation.z, rotation.w])
    .setScale([scale, scale, scale])
  for (const child of scene.listChildren()) node.addChild(child)
  scene.addChild(node)
}
