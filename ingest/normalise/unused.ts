/** Removes everything that the scene does not show and nothing else refers to. */
import type { Document, Mesh, Node } from '@gltf-transform/core'
import { carriedOf } from './carried.ts'

/** `kept` has meshes that something else needs. */
export function removeUnused(document: Document, kept: readonly Mesh[] = []): void {
  const root = document.getRoot()
  const carried = carriedOf(document)
  const wanted = new Set([...kept, ...carried.flatMap((extension) => [...extension.targets()])])
  const shown = new Set<Node>()
  root.getDefaultScene()?.traverse((node) => shown.add(node))
  for (const node of root.listNodes()) if (!shown.has(node)) node.dispose()
  const skins = new Set(root.listNodes().map((node) => node.getSkin()))
  for (const skin of root.listSkins()) if (!skins.has(skin)) skin.dispose()
  removeMeshes(document, wanted)
  // VRM 0.x indexes its material properties like the materials, so all materials are kept.
  const isCounted = carried.some(({ extensionName, pieces }) => extensionName === 'VRM' && pieces.length > 0)
  const materials = new Set<unknown>(
    root.listMeshes().flatMap((mesh) => mesh.listPrimitives().map((primitive) => primitive.getMaterial())),
  )
  for (const material of root.listMaterials())
    if (!isCounted && !materials.has(material) && !wanted.has(material)) material.dispose()
  for (const texture of root.listTextures())
    if (!wanted.has(texture) && texture.listParents().every(({ propertyType }) => propertyType === 'Root'))
      texture.dispose()
  removeWeights(document)
  removeAnimations(document)
  for (const accessor of root.listAccessors())
    if (accessor.listParents().every(({ propertyType }) => propertyType === 'Root')) accessor.dispose()
}

function removeMeshes(document: Document, wanted: ReadonlySet<unknown>): void {
  const root = document.getRoot()
  const meshes = new Set(root.listNodes().map((node) => node.getMesh()))
  for (const mesh of root.listMeshes()) {
    if (meshes.has(mesh) || wanted.has(mesh)) continue
    for (const primitive of mesh.listPrimitives()) {
      for (const target of primitive.listTargets()) target.dispose()
      primitive.dispose()
    }
    mesh.dispose()
  }
}

/** Removes weights and animations of morph targets that were removed. */
function removeWeights(document: Document): void {
  const hasTargets = (node: Node | null): boolean =>
    node
      ?.getMesh()
      ?.listPrimitives()
      .some((primitive) => primitive.listTargets().length > 0) === true
  for (const node of document.getRoot().listNodes())
    if (node.getWeights().length > 0 && !hasTargets(node)) node.setWeights([])
  for (const animation of document.getRoot().listAnimations())
    for (const channel of animation.listChannels())
      if (channel.getTargetPath() === 'weights' && !hasTargets(channel.getTargetNode())) channel.dispose()
}

function removeAnimations(document: Document): void {
  for (const animation of document.getRoot().listAnimations()) {
    for (const channel of animation.listChannels()) if (!channel.getTargetNode()) channel.dispose()
    const samplers = new Set(animation.listChannels().map((channel) => channel.getSampler()))
    for (const sampler of animation.listSamplers()) if (!samplers.has(sampler)) sampler.dispose()
    if (animation.listChannels().length === 0) animation.dispose()
  }
}
