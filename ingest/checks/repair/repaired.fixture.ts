/** Shared by the files with errors that the ingest repairs (repaired-*.fixture.ts). */
import { floats, glbWith, tetrahedron, textured, type Json } from '../../glb.fixture.ts'
import { float, mesh, morph, moving, shift, skin, steps, used, uv, withAccessors } from '../odd.fixture.ts'

/** A file with one error: the error's code and pointer. */
export type Repaired = readonly [rule: string, where: string, make: () => Uint8Array]

export const bound = (min: number, max: number): Json => ({ min: Array(3).fill(min), max: Array(3).fill(max) })
export const SMALL = new Uint8Array(16)
/** The tetrahedron with a changed view; view 2 has `data`. */
export const viewed = (view: Json, change: Json, data: Uint8Array, at = 2): Uint8Array => {
  const views = (tetrahedron(data).json['bufferViews'] as Json[]).map((one, i) =>
    i === at ? { ...one, ...view } : one,
  )
  return glbWith({ bufferViews: views, ...change }, data)
}
export const normals = floats(...Array.from({ length: 4 }, () => [0, 1, 0]).flat())
const SIZES: Readonly<Record<string, number>> = { SCALAR: 1, VEC3: 3, VEC4: 4 }
export const animated = (
  input: Uint8Array,
  output: Uint8Array,
  type: string,
  path: string,
  sampler: Json = {},
): Uint8Array =>
  withAccessors(
    [float(input.length / 4, 'SCALAR', 2), float(output.length / 4 / (SIZES[type] ?? 1), type, 3)],
    {
      animations: [
        { samplers: [{ input: 2, output: 3, ...sampler }], channels: [{ sampler: 0, target: { node: 0, path } }] },
      ],
    },
    input,
    output,
  )
const matrix = (corner: number): Uint8Array => floats(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, corner)
export const rigged = (corner: number, view: Json = {}): Uint8Array => {
  const weights = floats(...Array.from({ length: 4 }, () => [1, 0, 0, 0]).flat())
  const pieces = [SMALL, weights, matrix(corner)]
  const views = (tetrahedron(...pieces).json['bufferViews'] as Json[]).map((one, i) =>
    i === 4 ? { ...one, ...view } : one,
  )
  return withAccessors(
    [{ bufferView: 2, componentType: 5121, count: 4, type: 'VEC4' }, float(4, 'VEC4', 3), float(1, 'MAT4', 4)],
    {
      ...mesh({ attributes: { POSITION: 0, JOINTS_0: 2, WEIGHTS_0: 3 } }),
      ...skin,
      skins: [{ joints: [1], inverseBindMatrices: 4 }],
      bufferViews: views,
    },
    ...pieces,
  )
}
export const painted = (material: Json, more: Json = {}): Uint8Array =>
  glbWith({ ...mesh({ material: 0 }), materials: [material], ...more })
export const imaged = (mimeType: string, bytes: Uint8Array): Uint8Array =>
  withAccessors([uv], textured(3, mimeType), new Uint8Array(32), bytes)
export const GIF = Uint8Array.from(Buffer.from('R0lGODlhAQABAIAAAP8AAP///ywAAAAAAQABAAACAkQBADs=', 'base64'))
export const WEBP = Uint8Array.from(
  Buffer.from('UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAUAmJaQAA3AA/v02aAA=', 'base64'),
)
export const pointer = (target: Json): Uint8Array =>
  moving('translation', 'VEC3', steps, {
    ...used('KHR_animation_pointer'),
    animations: [{ samplers: [{ input: 2, output: 3 }], channels: [{ sampler: 0, target }] }],
  })
export const morphed = (primitive: Json, more: Json): Uint8Array =>
  withAccessors(
    [float(4, 'VEC3', 2, { min: [0, 0, 0], max: [0, 0.5, 0] })],
    { ...mesh({ ...morph, ...primitive }, more) },
    shift,
  )
export const twoTracks = (): Json => ({
  animations: [
    {
      samplers: [{ input: 2, output: 3 }],
      channels: [0, 1].map(() => ({ sampler: 0, target: { node: 0, path: 'scale' } })),
    },
  ],
})

export const animationOf = (input: number, output: number): Json => ({
  animations: [{ samplers: [{ input, output }], channels: [{ sampler: 0, target: { node: 0, path: 'translation' } }] }],
})
