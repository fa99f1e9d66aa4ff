/** Unusual glTF files, each the tetrahedron with one change. */
import { floats, glbWith, tetrahedron, type Json } from '../glb.fixture.ts'

export const { json: base } = tetrahedron()

export const accessors = base['accessors'] as Json[]

export const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

export const alone = (more: Json): Uint8Array => text({ asset: { version: '2.0' }, ...more })

/** The tetrahedron with accessors from index 2 on, over views from index 2 on. */
export const withAccessors = (more: readonly Json[], change: Json, ...data: readonly Uint8Array[]): Uint8Array =>
  glbWith({ accessors: [...accessors, ...more], ...change }, ...data)

export const mesh = (primitive: Json, more: Json = {}): Json => ({
  meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, ...primitive }], ...more }],
})

export const used = (...names: readonly string[]): Json => ({ extensionsUsed: names })

export const ext = (name: string, value: Json): Json => ({ extensions: { [name]: value } })

export const float = (count: number, type: string, view: number, more: Json = {}): Json => ({
  bufferView: view,
  componentType: 5126,
  count,
  type,
  ...more,
})

export const uv = float(4, 'VEC2', 2)

export const moving = (path: string, type: string, values: Uint8Array, more: Json = {}): Uint8Array =>
  withAccessors(
    [float(2, 'SCALAR', 2, { min: [0], max: [1] }), float(2, type, 3)],
    {
      animations: [{ samplers: [{ input: 2, output: 3 }], channels: [{ sampler: 0, target: { node: 0, path } }] }],
      ...more,
    },
    floats(0, 1),
    values,
  )

export const steps = floats(0, 0, 0, 1, 1, 1)

export const morph = { targets: [{ POSITION: 2 }] }

export const shift = floats(0, 0, 0, 0, 0, 0, 0, 0.5, 0, 0, 0, 0)

/** A node with the mesh and a skin of one bone. */
export const skin = { nodes: [{ mesh: 0, skin: 0 }, {}], scenes: [{ nodes: [0, 1] }], skins: [{ joints: [1] }] }

/** The tetrahedron skinned to one bone, with these joints and weights. */
export const hung = (joints: Uint8Array, weights: Uint8Array, change: Json = {}): Uint8Array =>
  withAccessors(
    [{ bufferView: 2, componentType: 5121, count: 4, type: 'VEC4' }, float(4, 'VEC4', 3)],
    { ...mesh({ attributes: { POSITION: 0, JOINTS_0: 2, WEIGHTS_0: 3 } }), ...skin, ...change },
    joints,
    weights,
  )

/** Weights: each vertex wholly follows the first joint. */
export const wholly = floats(...Array.from({ length: 4 }, () => [1, 0, 0, 0]).flat())
