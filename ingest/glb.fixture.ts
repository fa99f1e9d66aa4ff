/** Small glTF files for tests: a tetrahedron with changes. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { writeGlb } from './preflight/container.ts'
import { encodePng } from './pixels/png.ts'

export type Json = Record<string, unknown>

export const assetPath = (name: string): string => fileURLToPath(new URL(`../fixtures/assets/${name}`, import.meta.url))
export const asset = (name: string): Uint8Array => new Uint8Array(readFileSync(assetPath(name)))

/** Positions of a tetrahedron of 1 m, on the ground; indices of its four faces. */
const POSITIONS = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]
const INDICES = [0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]

/** Concatenates data pieces, each aligned to 4 bytes, with a view for each. */
function binaryOf(...pieces: readonly Uint8Array[]): { readonly bin: Uint8Array; readonly views: Json[] } {
  const views: Json[] = []
  let at = 0
  for (const piece of pieces) {
    views.push({ buffer: 0, byteOffset: at, byteLength: piece.length })
    at += Math.ceil(piece.length / 4) * 4
  }
  const bin = new Uint8Array(at)
  pieces.forEach((piece, i) => bin.set(piece, Number(views[i]?.['byteOffset'])))
  return { bin, views }
}

export const floats = (...values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer)
export const shorts = (...values: readonly number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer)

/** A valid file of one tetrahedron; `more` pieces of data get views from index 2 on. */
export function tetrahedron(...more: readonly Uint8Array[]): { json: Json; bin: Uint8Array } {
  const { bin, views } = binaryOf(floats(...POSITIONS), shorts(...INDICES), ...more)
  return {
    bin,
    json: {
      asset: { version: '2.0' },
      scene: 0,
      scenes: [{ nodes: [0] }],
      nodes: [{ name: 'Thing', mesh: 0 }],
      meshes: [{ name: 'Thing', primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
      accessors: [
        { bufferView: 0, componentType: 5126, count: 4, type: 'VEC3', min: [0, 0, 0], max: [1, 1, 1] },
        { bufferView: 1, componentType: 5123, count: 12, type: 'SCALAR' },
      ],
      bufferViews: views,
      buffers: [{ byteLength: bin.length }],
    },
  }
}

/** The tetrahedron's GLB with replaced members of its JSON. */
export function glbWith(change: Json, ...more: readonly Uint8Array[]): Uint8Array {
  const { json, bin } = tetrahedron(...more)
  return writeGlb({ ...json, ...change }, bin)
}

/** A GLB with this text as its JSON. */
export function glbOfText(text: string): Uint8Array {
  const glb = writeGlb({}, null)
  const body = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4))
  const out = new Uint8Array(20 + body.length)
  out.set(glb.subarray(0, 20))
  out.set(body, 20)
  new DataView(out.buffer).setUint32(8, out.length, true)
  new DataView(out.buffer).setUint32(12, body.length, true)
  return out
}

/** A picture of squares in a few colours. */
export function picture(width: number, height: number, alpha = 255): Uint8Array {
  const data = new Uint8Array(4 * width * height)
  for (let i = 0; i < width * height; i++) data.set([(i * 7) & 255, (i >> 5) & 255, (i >> 9) & 255, alpha], 4 * i)
  return encodePng({ width, height, data })
}

/** A KTX2 texture with plain RGBA levels, all zero; each claims `length` bytes. */
export function ktx2(width: number, height: number, levels = 1, length = 4 * width * height): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(80 + 24 * Math.max(1, levels) + 4 * width * height)
  out.set([0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 0x0d, 0x0a, 0x1a, 0x0a])
  const view = new DataView(out.buffer)
  const words: readonly (readonly [number, number])[] = [
    [12, 37],
    [16, 1],
    [20, width],
    [24, height],
    [36, 1],
    [40, levels],
  ]
  for (const [at, word] of words) view.setUint32(at, word, true)
  for (let level = 0; level < levels; level++) {
    const values = [80 + 24 * levels, length, length]
    values.forEach((value, i) => view.setBigUint64(80 + 24 * level + 8 * i, BigInt(value), true))
  }
  return out
}

/** Members of the JSON for a texture whose image is in this view. */
export const textured = (view: number, mimeType = 'image/png'): Json => ({
  images: [{ bufferView: view, mimeType }],
  textures: [{ source: 0 }],
  samplers: [{}],
  materials: [{ name: 'Paint', pbrMetallicRoughness: { baseColorTexture: { index: 0 } } }],
  meshes: [{ name: 'Thing', primitives: [{ attributes: { POSITION: 0, TEXCOORD_0: 2 }, indices: 1, material: 0 }] }],
})

/** The same for a material with four textures, each of the image in this view. */
export const fourTextures = (view: number): Json => ({
  ...textured(view),
  images: Array.from({ length: 4 }, () => ({ bufferView: view, mimeType: 'image/png' })),
  textures: Array.from({ length: 4 }, (_, source) => ({ source })),
  materials: [
    {
      normalTexture: { index: 0 },
      occlusionTexture: { index: 1 },
      emissiveTexture: { index: 2 },
      pbrMetallicRoughness: { baseColorTexture: { index: 3 } },
    },
  ],
})

type Triple = readonly [number, number, number]

/** A GLB of one mesh. */
export function glbOf(points: readonly Triple[], triangles: readonly number[], change: Json = {}): Uint8Array {
  const { bin, views } = binaryOf(floats(...points.flat()), shorts(...triangles))
  const edge = (pick: (...x: number[]) => number): number[] =>
    [0, 1, 2].map((k) => Math.fround(pick(...points.map((p) => p[k] ?? 0))))
  return writeGlb(
    {
      asset: { version: '2.0' },
      scene: 0,
      scenes: [{ nodes: [0] }],
      nodes: [{ name: 'Thing', mesh: 0 }],
      meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
      accessors: [
        {
          bufferView: 0,
          componentType: 5126,
          count: points.length,
          type: 'VEC3',
          min: edge(Math.min),
          max: edge(Math.max),
        },
        { bufferView: 1, componentType: 5123, count: triangles.length, type: 'SCALAR' },
      ],
      bufferViews: views,
      buffers: [{ byteLength: bin.length }],
      ...change,
    },
    bin,
  )
}

/** A prism with a regular polygon as its base on the ground, tilted by `lean` radians about Z. */
export function prism(sides: number, radius: number, height: number, lean = 0, change: Json = {}): Uint8Array {
  const turned = ([x, y, z]: Triple): Triple => [
    x * Math.cos(lean) - y * Math.sin(lean),
    x * Math.sin(lean) + y * Math.cos(lean),
    z,
  ]
  const rim = (y: number): Triple[] =>
    Array.from({ length: sides }, (_, i) =>
      turned([
        radius * Math.cos((2 * Math.PI * (i + 0.5)) / sides),
        y,
        radius * Math.sin((2 * Math.PI * (i + 0.5)) / sides),
      ]),
    )
  const around = Array.from({ length: sides }, (_, i) => [
    i,
    sides + i,
    (i + 1) % sides,
    (i + 1) % sides,
    sides + i,
    sides + ((i + 1) % sides),
  ]).flat()
  const lids = Array.from({ length: sides - 2 }, (_, i) => [
    0,
    i + 1,
    i + 2,
    sides,
    sides + i + 2,
    sides + i + 1,
  ]).flat()
  return glbOf([...rim(0), ...rim(height)], [...around, ...lids], change)
}

/** Six parts with a material each. */
export const parts = (attributes: Json): Json => ({
  meshes: [
    {
      primitives: Array.from({ length: 6 }, (_, material) => ({
        attributes: { POSITION: 0, ...attributes },
        indices: 1,
        material,
      })),
    },
  ],
})

/** An object of six plain colours: two materials above the limit. */
export const colours = (): Uint8Array =>
  glbWith({
    ...parts({}),
    materials: Array.from({ length: 6 }, (_, i) => ({
      pbrMetallicRoughness: { baseColorFactor: [i / 6, 0.5, 0.25, 1] },
    })),
  })
