/**
 * Keeps extensions that gltf-transform does not know and would drop: VRM 0.x and 1.0, and OMI's physics. Their JSON is
 * carried over. Its references to nodes, meshes, materials and textures are read as objects and written with their new
 * indices. Sources: the VRM 0.0 and 1.0 specifications (vrm-c/vrm-specification), OMI's glTF extensions.
 */
import {
  Extension,
  type Document,
  type Material,
  type Mesh,
  type Node,
  type ReaderContext,
  type Texture,
  TextureInfo,
  type WriterContext,
} from '@gltf-transform/core'
import { countOf, isObject, objectOf, objectsOf, textOf, type JsonObject } from '../json.ts'

type Kind = 'node' | 'mesh' | 'material' | 'materialName' | 'image' | 'texture' | 'textureInfo'
/** Keys below the extension's object; `*`: each member. */
type Path = readonly [kind: Kind, path: string]

const MTOON_TEXTURES = [
  'shadeMultiplyTexture',
  'shadingShiftTexture',
  'matcapTexture',
  'rimMultiplyTexture',
  'outlineWidthMultiplyTexture',
  'uvAnimationMaskTexture',
]

const REFERENCES: Readonly<Record<string, readonly Path[]>> = {
  VRM: [
    ['node', 'humanoid/humanBones/*/node'],
    ['node', 'firstPerson/firstPersonBone'],
    ['mesh', 'firstPerson/meshAnnotations/*/mesh'],
    ['mesh', 'blendShapeMaster/blendShapeGroups/*/binds/*/mesh'],
    ['materialName', 'blendShapeMaster/blendShapeGroups/*/materialValues/*/materialName'],
    ['node', 'secondaryAnimation/boneGroups/*/bones/*'],
    ['node', 'secondaryAnimation/boneGroups/*/center'],
    ['node', 'secondaryAnimation/colliderGroups/*/node'],
    ['materialName', 'materialProperties/*/name'],
    ['texture', 'materialProperties/*/textureProperties/*'],
    ['texture', 'meta/texture'],
  ],
  VRMC_vrm: [
    ['node', 'humanoid/humanBones/*/node'],
    ['node', 'firstPerson/meshAnnotations/*/node'],
    ['image', 'meta/thumbnailImage'],
    ['node', 'expressions/*/*/morphTargetBinds/*/node'],
    ['material', 'expressions/*/*/materialColorBinds/*/material'],
    ['material', 'expressions/*/*/textureTransformBinds/*/material'],
  ],
  VRMC_springBone: [
    ['node', 'colliders/*/node'],
    ['node', 'springs/*/joints/*/node'],
    ['node', 'springs/*/center'],
  ],
  VRMC_node_constraint: [['node', 'constraint/*/source']],
  VRMC_materials_mtoon: MTOON_TEXTURES.map((key) => ['textureInfo', key] as const),
  OMI_physics_shape: [
    ['mesh', 'shapes/*/convex/mesh'],
    ['mesh', 'shapes/*/trimesh/mesh'],
  ],
  OMI_physics_body: [['node', 'trigger/nodes/*']],
}

type Holder = Record<string, unknown>
type Target = Node | Mesh | Material | Texture

export interface Slot {
  readonly holder: Holder
  readonly key: string
  readonly kind: Kind
  readonly target: Target
  readonly info: TextureInfo | null
}

/** The extension's JSON at one place: in the document, in a node or in a material. */
interface Piece {
  readonly owner: Node | Material | null
  readonly data: Holder
  readonly slots: readonly Slot[]
}

/** All places of a path, as holders and keys; arrays are holders too. */
function placesOf(data: Holder, path: string): { holder: Holder; key: string }[] {
  const keys = path.split('/')
  const last = keys.pop() ?? ''
  let holders: Holder[] = [data]
  for (const key of keys)
    holders = holders.flatMap((holder) =>
      (key === '*' ? Object.values(holder) : [holder[key]]).filter(
        (value): value is Holder => typeof value === 'object' && value !== null,
      ),
    )
  return holders.flatMap((holder) =>
    (last === '*' ? Object.keys(holder) : [last])
      .filter((key) => Object.hasOwn(holder, key))
      .map((key) => ({ holder, key })),
  )
}

export abstract class CarriedExtension extends Extension {
  readonly pieces: Piece[] = []

  override read(context: ReaderContext): this {
    const json = context.jsonDoc.json as unknown as JsonObject
    const take = (owner: Node | Material | null, holder: JsonObject): void => {
      const found = objectOf(holder['extensions'])[this.extensionName]
      if (!isObject(found)) return
      const data = structuredClone(found) as Holder
      this.pieces.push({
        owner,
        data,
        slots: (REFERENCES[this.extensionName] ?? []).flatMap((path) => this.#slots(context, data, path)),
      })
    }
    take(null, json)
    for (const [i, node] of objectsOf(json, 'nodes').entries()) take(context.nodes[i] ?? null, node)
    for (const [i, material] of objectsOf(json, 'materials').entries()) take(context.materials[i] ?? null, material)
    return this
  }

  #slots(context: ReaderContext, data: Holder, [kind, path]: Path): Slot[] {
    return placesOf(data, path).flatMap(({ holder, key }) => {
      const found = this.#resolve(context, kind, holder[key])
      return found ? [{ holder, key, kind, ...found }] : []
    })
  }

  #resolve(context: ReaderContext, kind: Kind, value: unknown): { target: Target; info: TextureInfo | null } | null {
    const plain = (target: Target | undefined): { target: Target; info: null } | null =>
      target ? { target, info: null } : null
    const index = countOf(value) ?? -1
    switch (kind) {
      case 'node':
        return plain(context.nodes[index])
      case 'mesh':
        return plain(context.meshes[index])
      case 'material':
        return plain(context.materials[index])
      case 'materialName':
        return plain(
          typeof value === 'string' ? context.materials.find((material) => material.getName() === value) : undefined,
        )
      case 'image':
        return plain(context.textures[index])
      case 'texture':
        return this.#texture(context, { index })
      case 'textureInfo':
        return isObject(value) ? this.#texture(context, value) : null
    }
  }

  #texture(context: ReaderContext, def: JsonObject): { target: Texture; info: TextureInfo } | null {
    const index = countOf(def['index']) ?? -1
    const target = context.textures[countOf(context.jsonDoc.json.textures?.[index]?.source) ?? -1]
    if (!target) return null
    const info = new TextureInfo(this.document.getGraph())
    context.setTextureInfo(info, { index, texCoord: countOf(def['texCoord']) ?? 0 })
    return { target, info }
  }

  override write(context: WriterContext): this {
    const json = context.jsonDoc.json as unknown as Holder
    for (const { owner, data, slots } of this.pieces) {
      for (const slot of slots) this.#put(context, slot)
      const holder = owner === null ? json : holderOf(context, owner)
      if (holder) holder['extensions'] = { ...objectOf(holder['extensions']), [this.extensionName]: data }
    }
    return this
  }

  #put(context: WriterContext, { holder, key, kind, target, info }: Slot): void {
    const value =
      kind === 'materialName'
        ? target.getName()
        : info
          ? this.#putTexture(context, target as Texture, info)
          : indexOf(context, kind, target)
    if (kind === 'textureInfo') holder[key] = { ...objectOf(holder[key]), index: value }
    else holder[key] = value ?? -1
  }

  #putTexture(context: WriterContext, texture: Texture, info: TextureInfo): number | undefined {
    return context.imageIndexMap.has(texture) ? context.createTextureInfoDef(texture, info).index : undefined
  }

  /** Every mesh, material and texture that it refers to, so that they are kept. */
  targets(): ReadonlySet<unknown> {
    return new Set(this.pieces.flatMap(({ slots }) => slots.map(({ target }) => target)))
  }
}

function indexOf(context: WriterContext, kind: Kind, target: Target): number | undefined {
  if (kind === 'node') return context.nodeIndexMap.get(target as Node)
  if (kind === 'mesh') return context.meshIndexMap.get(target as Mesh)
  if (kind === 'material') return context.materialIndexMap.get(target as Material)
  return context.imageIndexMap.get(target as Texture)
}

function holderOf(context: WriterContext, owner: Node | Material): Holder | undefined {
  const { nodes, materials } = context.jsonDoc.json
  return (nodes?.[context.nodeIndexMap.get(owner as Node) ?? -1] ??
    materials?.[context.materialIndexMap.get(owner as Material) ?? -1]) as Holder | undefined
}

/** A separate class for each name, as gltf-transform requires. */
export function carriedExtension(name: string): typeof Extension & (new (document: Document) => CarriedExtension) {
  return class extends CarriedExtension {
    static override readonly EXTENSION_NAME = name
    override readonly extensionName = name
  }
}

export function carriedOf(document: Document): CarriedExtension[] {
  return document
    .getRoot()
    .listExtensionsUsed()
    .filter((extension): extension is CarriedExtension => extension instanceof CarriedExtension)
}

/** The file's VRM version; null if it is not VRM. */
export function vrmVersion(document: Document): 0 | 1 | null {
  const names = carriedOf(document)
    .filter(({ pieces }) => pieces.length > 0)
    .map(({ extensionName }) => extensionName)
  return names.includes('VRMC_vrm') ? 1 : names.includes('VRM') ? 0 : null
}

/** The title in a VRM file. */
export function vrmTitle(document: Document): string | null {
  for (const { extensionName, pieces } of carriedOf(document)) {
    const meta = objectOf(pieces.find(({ owner }) => owner === null)?.data['meta'])
    if (extensionName === 'VRMC_vrm') return textOf(meta['name'])
    if (extensionName === 'VRM') return textOf(meta['title'])
  }
  return null
}
