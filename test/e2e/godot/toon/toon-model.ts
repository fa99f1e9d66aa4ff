/** Makes a VRM for tests of toon materials: a grid of spheres and squares, each with its own material. */
import sharp from 'sharp'
import { writeGlb } from '../../../../ingest/preflight/container.ts'
import type { JsonObject } from '../../../../ingest/json.ts'

/** Cells are one metre apart. */
export const RADIUS = 0.38
const OVER_METRES = 0.2
const SEGMENTS = [48, 32] as const
const IMAGE_PIXELS = 64
/** The humanoid bones that three-vrm requires of VRM 0.x. */
const BONES = [
  'hips',
  'spine',
  'chest',
  'neck',
  'head',
  ...['left', 'right'].flatMap((side) =>
    ['UpperArm', 'LowerArm', 'Hand', 'UpperLeg', 'LowerLeg', 'Foot'].map((bone) => side + bone),
  ),
]

/** `away` is a square that faces away from the camera. `enlarged` is a sphere of half the size, in a node with the scale 2. */
export type Shape = 'sphere' | 'enlarged' | 'square' | 'away'

export interface Cell {
  readonly shape: Shape
  readonly material: JsonObject
  /** The shape is not in its own cell: it is in front of that one. */
  readonly over?: number
  /** An entry of VRM 0.x's materialProperties. */
  readonly properties?: JsonObject
}

/** Colour of a pixel, 0 to 255 each, at u and v of 0 to 1; v counts from the top. */
export type Painter = (u: number, v: number) => readonly [red: number, green: number, blue: number, alpha?: number]

interface Geometry {
  readonly positions: number[]
  readonly normals: number[]
  readonly uvs: number[]
  readonly indices: number[]
}

export interface GridOptions {
  readonly columns: number
  readonly cells: readonly Cell[]
  /** Textures by index. */
  readonly images: readonly Painter[]
  /** It hangs between the light and the grid. Its shape has this scale. */
  readonly blocker?: Cell & { readonly scale: number; readonly position: readonly [number, number, number] }
}

/** Centre of a cell, metres; the grid's centre is the origin. */
export const placeOf = (index: number, columns: number, count: number): readonly [x: number, y: number] => [
  (index % columns) - (columns - 1) / 2,
  (Math.ceil(count / columns) - 1) / 2 - Math.floor(index / columns),
]

/** The file's bytes. */
export async function toonGrid({ columns, cells, images, blocker }: GridOptions): Promise<Uint8Array<ArrayBuffer>> {
  const file = new FileWriter()
  const shapes = [...cells, ...(blocker ? [blocker] : [])]
  const meshes = new Map<Shape, JsonObject>()
  for (const shape of new Set(shapes.map((cell) => cell.shape))) meshes.set(shape, file.addGeometry(geometryOf(shape)))
  const textures = await Promise.all(images.map(paint))
  const nodes: JsonObject[] = cells.map(({ over, shape }, i) => {
    const [x, y] = placeOf(over ?? i, columns, cells.length)
    const translation = [x, y, over === undefined ? 0 : OVER_METRES]
    return { name: `cell ${i}`, mesh: i, translation, ...scaled(shape === 'enlarged' ? 2 : 1) }
  })
  const primitives = shapes.map(({ shape }, material) => ({ primitives: [{ ...meshes.get(shape), material }] }))
  if (blocker)
    nodes.push({ name: 'blocker', mesh: cells.length, translation: blocker.position, ...scaled(blocker.scale) })
  const bones = BONES.map((bone, i) => ({ bone, node: nodes.length + i }))
  const isVrm0 = cells.some(({ properties }) => properties)
  const json: JsonObject = {
    asset: { version: '2.0' },
    extensionsUsed: ['VRMC_materials_mtoon', 'KHR_texture_transform', 'KHR_materials_unlit'],
    extensions: isVrm0
      ? { VRM: { humanoid: { humanBones: bones }, materialProperties: cells.map(({ properties }) => properties) } }
      : { VRMC_springBone: { specVersion: '1.0' } },
    scene: 0,
    scenes: [{ nodes: nodes.map((_, i) => i).concat(bones.map(({ node }) => node)) }],
    nodes: [...nodes, ...bones.map(({ bone }) => ({ name: bone }))],
    meshes: primitives,
    materials: shapes.map(({ material }) => material),
    samplers: [{ magFilter: 9729, minFilter: 9729 }],
    textures: textures.map((_, source) => ({ source, sampler: 0 })),
    images: textures.map((png) => ({ mimeType: 'image/png', bufferView: file.addView(png) })),
    ...file.json(),
  }
  return writeGlb(json, file.bytes())
}

const scaled = (scale: number): JsonObject => ({ scale: [scale, scale, scale] })

class FileWriter {
  readonly #views: JsonObject[] = []
  readonly #accessors: JsonObject[] = []
  #bytes = Buffer.alloc(0)

  addView(data: Uint8Array): number {
    this.#views.push({ buffer: 0, byteOffset: this.#bytes.length, byteLength: data.byteLength })
    this.#bytes = Buffer.concat([this.#bytes, data, Buffer.alloc((4 - (data.byteLength % 4)) % 4)])
    return this.#views.length - 1
  }

  addGeometry({ positions, normals, uvs, indices }: Geometry): JsonObject {
    const add = (values: readonly number[], type: string, more: JsonObject = {}): number => {
      const isIndex = type === 'SCALAR'
      const data = isIndex ? Uint16Array.from(values) : Float32Array.from(values)
      const size = { SCALAR: 1, VEC2: 2, VEC3: 3 }[type] ?? 1
      this.#accessors.push({
        bufferView: this.addView(new Uint8Array(data.buffer)),
        componentType: isIndex ? 5123 : 5126,
        count: values.length / size,
        type,
        ...more,
      })
      return this.#accessors.length - 1
    }
    const bounds = { min: [-RADIUS, -RADIUS, -RADIUS], max: [RADIUS, RADIUS, RADIUS] }
    return {
      attributes: {
        POSITION: add(positions, 'VEC3', bounds),
        NORMAL: add(normals, 'VEC3'),
        TEXCOORD_0: add(uvs, 'VEC2'),
      },
      indices: add(indices, 'SCALAR'),
    }
  }

  json(): JsonObject {
    return {
      buffers: [{ byteLength: this.#bytes.length }],
      bufferViews: this.#views,
      accessors: this.#accessors,
    }
  }

  bytes(): Uint8Array {
    return this.#bytes
  }
}

function geometryOf(shape: Shape): Geometry {
  if (shape === 'sphere') return sphere(RADIUS)
  if (shape === 'enlarged') return sphere(RADIUS / 2)
  const z = shape === 'away' ? -1 : 1
  const corners = [
    [-1, 1],
    [1, 1],
    [-1, -1],
    [1, -1],
  ] as const
  return {
    positions: corners.flatMap(([x, y]) => [x * z * RADIUS, y * RADIUS, 0]),
    normals: corners.flatMap(() => [0, 0, z]),
    uvs: corners.flatMap(([x, y]) => [(x + 1) / 2, (1 - y) / 2]),
    indices: [0, 2, 1, 1, 2, 3],
  }
}

/** Its seam is behind; the middle of its texture faces the camera. */
function sphere(radius: number): Geometry {
  const [columns, rows] = SEGMENTS
  const made: Geometry = { positions: [], normals: [], uvs: [], indices: [] }
  for (let row = 0; row <= rows; row++)
    for (let column = 0; column <= columns; column++) {
      const [u, v] = [column / columns, row / rows]
      const across = (u - 0.5) * 2 * Math.PI
      const ring = Math.sin(v * Math.PI)
      const normal = [ring * Math.sin(across), Math.cos(v * Math.PI), ring * Math.cos(across)]
      made.normals.push(...normal)
      made.positions.push(...normal.map((each) => each * radius))
      made.uvs.push(u, v)
      if (row === rows || column === columns) continue
      const first = row * (columns + 1) + column
      const below = first + columns + 1
      made.indices.push(first, below, first + 1, first + 1, below, below + 1)
    }
  return made
}

async function paint(painter: Painter): Promise<Uint8Array> {
  const raw = new Uint8Array(IMAGE_PIXELS * IMAGE_PIXELS * 4)
  for (let y = 0; y < IMAGE_PIXELS; y++)
    for (let x = 0; x < IMAGE_PIXELS; x++) {
      const [red, green, blue, alpha = 255] = painter((x + 0.5) / IMAGE_PIXELS, (y + 0.5) / IMAGE_PIXELS)
      raw.set([red, green, blue, alpha], (y * IMAGE_PIXELS + x) * 4)
    }
  return sharp(raw, { raw: { width: IMAGE_PIXELS, height: IMAGE_PIXELS, channels: 4 } })
    .png()
    .toBuffer()
}
