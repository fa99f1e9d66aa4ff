/**
 * Adds the colliders to the runtime GLB as OMI_physics_shape and OMI_physics_body, for programs that know these and not
 * our manifest, which has priority here. They are static: a program that lets them fall would conflict with the realm.
 */
import type { Document, Mesh } from '@gltf-transform/core'
import type { Collider } from '../sim/index.ts'
import { omiMirror } from './fit/index.ts'
import { objectOf } from './json.ts'
import { carriedExtension, carriedOf, type Slot } from './normalise/carried.ts'
import { Names } from './normalise/names.ts'

function meshOf(document: Document, positions: readonly number[], indices: readonly number[]): Mesh {
  const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer()
  const primitive = document
    .createPrimitive()
    .setAttribute(
      'POSITION',
      document.createAccessor().setType('VEC3').setArray(Float32Array.from(positions)).setBuffer(buffer),
    )
    .setIndices(document.createAccessor().setType('SCALAR').setArray(Uint32Array.from(indices)).setBuffer(buffer))
  return document.createMesh('').addPrimitive(primitive)
}

/** Removes the upload's own physics, which the fit has read. */
export function removeOmi(document: Document): void {
  for (const extension of carriedOf(document))
    if (extension.extensionName.startsWith('OMI_physics_')) extension.dispose()
}

/** Adds nodes with the colliders, and the meshes of their hulls, which no node draws. */
export async function mirrorColliders(document: Document, colliders: readonly Collider[]): Promise<void> {
  const { shapes, meshes, nodes } = await omiMirror(colliders, 'static', 0)
  const hulls = meshes.map(({ positions, indices }) => meshOf(document, positions, indices))
  const data = { shapes: shapes.map((shape) => structuredClone(shape)) }
  const slots = data.shapes.flatMap((shape): Slot[] => {
    const holder = objectOf(shape['convex'] ?? shape['trimesh'])
    const target = hulls[Number(holder['mesh'])]
    return target ? [{ holder: holder as Record<string, unknown>, key: 'mesh', kind: 'mesh', target, info: null }] : []
  })
  document.createExtension(carriedExtension('OMI_physics_shape')).pieces.push({ owner: null, data, slots })
  const bodies = document.createExtension(carriedExtension('OMI_physics_body'))
  const names = new Names()
  for (const node of document.getRoot().listNodes()) names.unique(node.getName())
  for (const { translation, rotation, body } of nodes) {
    const node = document
      .createNode(names.unique('Collider'))
      .setTranslation([translation.x, translation.y, translation.z])
      .setRotation([rotation.x, rotation.y, rotation.z, rotation.w])
    document.getRoot().getDefaultScene()?.addChild(node)
    bodies.pieces.push({ owner: node, data: { ...body }, slots: [] })
  }
}
