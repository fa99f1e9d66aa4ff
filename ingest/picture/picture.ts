/**
 * A small picture of a model at rest. It shows base colours, textures and vertex colours under one light. It does not
 * show metal, gloss, glow, normal maps and morph targets.
 */
import type { Document, Node } from '@gltf-transform/core'
import { cross, dot, sub } from '../../sim/maths/maths.ts'
import type { Vec3 } from '../../sim/index.ts'
import { boundsOf, nodesOf, posedPrimitives, type PosedPrimitive } from '../fit/surface.ts'
import { trianglesOf, verticesOf } from '../measure.ts'
import { encodeWebp } from '../pixels/decode.ts'
import type { Pixels } from '../pixels/png.ts'
import { colorReader, Images, isBlended, surfaceFor, uvReader } from './paint.ts'
import { Raster, type Corner, type Surface } from './raster.ts'

/** Width and height of a picture, pixels. */
export const PICTURE_SIDE = 192
/** Pixels on each side that become one, so that edges are smooth. */
const SAMPLES = 2
/** Margin around the model, as a share of the picture. */
const MARGIN = 0.07

/** Bounds of what a picture costs: about 4 s of processor time and 300 MiB. Images are bounded by the checks. */
const PICTURE_LIMITS = {
  /** Above the limit of every kind, so that a model that is refused for its triangles has a picture. */
  triangles: 250_000,
  vertices: 500_000,
  /** Pixels that all triangles cover: the picture 200 times over. */
  pixels: 30_000_000,
} as const

/** The axes of the picture in the scene: the viewer is in front (+Z), 30° to the right and 18° above. */
const AXES = {
  right: { x: 0.866, y: 0, z: -0.5 },
  up: { x: -0.1545, y: 0.9511, z: -0.2676 },
  near: { x: 0.4755, y: 0.309, z: 0.8236 },
}

/**
 * A WebP of PICTURE_SIDE × PICTURE_SIDE pixels. `isTurned`: the model's front is -Z. Rejects with a reason that completes
 * "there is no picture, because …".
 */
export async function pictureOf(document: Document, isTurned = false): Promise<Uint8Array> {
  return encodeWebp(await drawn(document, isTurned))
}

/** The picture before it is encoded. */
export async function drawn(document: Document, isTurned = false): Promise<Pixels> {
  const nodes = nodesOf(document)
  checkCost(nodes)
  const turned = isTurned ? { x: -1, z: -1 } : { x: 1, z: 1 }
  const parts = nodes.flatMap(posedPrimitives).map((part) => ({ ...part, points: part.points.map(inPicture(turned)) }))
  const raster = new Raster(PICTURE_SIDE * SAMPLES, PICTURE_LIMITS.pixels)
  const place = placing(parts, raster.side)
  const images = new Images()
  const blended: Triangle[] = []
  for (const part of parts) {
    const material = part.primitive.getMaterial()
    const surface = await surfaceFor(material, images)
    for (const triangle of trianglesIn(part, place, surface))
      if (isBlended(material)) blended.push(triangle)
      else raster.draw(...triangle.corners, surface)
  }
  for (const { corners, surface } of blended.toSorted((a, b) => depthOf(a) - depthOf(b)))
    raster.draw(...corners, surface)
  return raster.pixels(SAMPLES)
}

function checkCost(nodes: readonly Node[]): void {
  const meshes = nodes.flatMap((node) => node.getMesh() ?? [])
  const count = (of: (mesh: (typeof meshes)[number]) => number): number =>
    meshes.reduce((sum, mesh) => sum + of(mesh), 0)
  const found = { triangles: count(trianglesOf), vertices: count(verticesOf) }
  for (const what of ['triangles', 'vertices'] as const)
    if (found[what] > PICTURE_LIMITS[what])
      throw new Error(
        `it has ${found[what].toLocaleString('en-US')} ${what}; a picture is drawn of at most ${PICTURE_LIMITS[what].toLocaleString('en-US')}`,
      )
  if (found.triangles === 0) throw new Error('it has no triangles')
}

/** Turns a point of the scene into the axes of the picture. */
const inPicture =
  (turned: { readonly x: number; readonly z: number }) =>
  ({ x, y, z }: Vec3): Vec3 => {
    const point = { x: turned.x * x, y, z: turned.z * z }
    return { x: dot(point, AXES.right), y: dot(point, AXES.up), z: dot(point, AXES.near) }
  }

type Place = (point: Vec3) => Vec3

/** From the axes of the picture to its pixels, so that the whole model is in it. */
function placing(parts: readonly PosedPrimitive[], side: number): Place {
  const used = parts.flatMap(({ points, triangles }) => triangles.flatMap((i) => points[i] ?? []))
  const { min, max } = boundsOf(used.filter(({ x, y, z }) => Number.isFinite(x + y + z)))
  const size = Math.max(max.x - min.x, max.y - min.y)
  const scale = (side * (1 - 2 * MARGIN)) / size
  if (!(scale > 0 && Number.isFinite(scale))) throw new Error('it has no size, or one without end')
  return ({ x, y, z }) => ({
    x: side / 2 + scale * (x - (min.x + max.x) / 2),
    y: side / 2 - scale * (y - (min.y + max.y) / 2),
    z: scale * z,
  })
}

interface Triangle {
  readonly corners: readonly [Corner, Corner, Corner]
  readonly surface: Surface
}

const depthOf = ({ corners: [a, b, c] }: Triangle): number => a.at.z + b.at.z + c.at.z

function trianglesIn(part: PosedPrimitive, place: Place, surface: Surface): Triangle[] {
  const { primitive, points, triangles } = part
  // glTF 2.0, section 3.7.2.1: a primitive without normals has flat triangles.
  const normals = primitive.getAttribute('NORMAL') ? normalsOf(part) : []
  const [uvOf, colorOf] = [uvReader(primitive), colorReader(primitive)]
  const corners = points.map((point, index): Corner => {
    const [u, v] = uvOf(index)
    return { at: place(point), normal: normals[index] ?? null, u, v, color: colorOf(index) }
  })
  const out: Triangle[] = []
  for (let i = 0; i + 2 < triangles.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => corners[triangles[i + k] ?? 0])
    if (a && b && c) out.push({ corners: [a, b, c], surface })
  }
  return out
}

/**
 * Sums of the normals of the triangles around each vertex, weighted by area, so that they are those of the pose. Files
 * have a vertex twice where an edge is sharp, so edges stay sharp.
 */
function normalsOf({ points, triangles }: PosedPrimitive): readonly Vec3[] {
  const sums = points.map(() => ({ x: 0, y: 0, z: 0 }))
  for (let i = 0; i + 2 < triangles.length; i += 3) {
    const corners = triangles.slice(i, i + 3)
    const [a, b, c] = corners.map((index) => points[index])
    if (!a || !b || !c) continue
    const normal = cross(sub(b, a), sub(c, a))
    if (!Number.isFinite(normal.x + normal.y + normal.z)) continue
    for (const sum of corners.map((index) => sums[index])) {
      if (!sum) continue
      sum.x += normal.x
      sum.y += normal.y
      sum.z += normal.z
    }
  }
  return sums
}
