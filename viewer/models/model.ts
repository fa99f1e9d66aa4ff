/** A parsed GLB, shared by everything that shows it. */
import {
  Bone,
  Material,
  Matrix4,
  Mesh,
  MeshStandardMaterial,
  SkinnedMesh,
  type Texture,
  type AnimationClip,
  type BufferGeometry,
  type Group,
  type Object3D,
} from 'three'
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js'
import type { PackageKind } from '../../packages/manifest.ts'
import type { VrmModel } from './figure-motion.ts'
import { texturesOf } from './textures.ts'

/** One mesh with one material, at its place in the model. */
export interface ModelPart {
  readonly geometry: BufferGeometry
  readonly material: Material
  readonly matrix: Matrix4
}

export interface Model {
  readonly scene: Group
  readonly animations: readonly AnimationClip[]
  /** All meshes at rest, from which instances of unposed models are drawn. */
  readonly parts: readonly ModelPart[]
  readonly materials: readonly Material[]
  readonly textures: readonly Texture[]
  readonly triangles: number
  /** Bytes of vertices and decoded textures. */
  readonly bytes: number
  /** Null if it is drawn as plain glTF. */
  readonly vrm: VrmModel | null
  /** The parts of the file that are not shown, and the reason; null if all are shown. */
  readonly problem: string | null
  dispose(): void
}

/** Size of a texture with mipmaps relative to its largest level. */
const MIPMAPS = 4 / 3

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Rejects with a message if the bytes are not a drawable GLB. */
export async function parseModel(bytes: ArrayBuffer, kind: PackageKind = 'object'): Promise<Model> {
  return kind === 'avatar' && hasVrm(bytes) ? parseVrm(bytes) : parsePlain(bytes)
}

async function parsePlain(bytes: ArrayBuffer): Promise<Model> {
  const loader = new GLTFLoader()
  const gltf = await loader.parseAsync(bytes, '').catch((error: unknown) => {
    throw new Error(`the model cannot be read: ${messageOf(error)}`, { cause: error })
  })
  return modelOf(gltf.scene, gltf.animations)
}

/** Length of a GLB's JSON, by its header, and where it begins. */
const JSON_LENGTH_AT = 12
const JSON_AT = 20

/** True if the GLB's JSON names an extension of VRM. */
function hasVrm(bytes: ArrayBuffer): boolean {
  if (bytes.byteLength < JSON_AT) return false
  const length = Math.min(new DataView(bytes).getUint32(JSON_LENGTH_AT, true), bytes.byteLength - JSON_AT)
  return /"VRM(?:C_\w+)?"/.test(new TextDecoder().decode(new Uint8Array(bytes, JSON_AT, length)))
}

/** A VRM whose own data cannot be read is drawn as plain glTF. */
async function parseVrm(bytes: ArrayBuffer): Promise<Model> {
  const plain = async (problem: string): Promise<Model> => ({ ...(await parsePlain(bytes)), problem })
  const code = await import('./vrm/load-vrm.ts').catch(messageOf)
  if (typeof code === 'string')
    return plain(
      `The code that draws VRM cannot be loaded, so springs and toon materials are missing: ${code}. Reload the page.`,
    )
  try {
    const { scene, animations, vrm } = await code.loadVrm(bytes)
    return { ...modelOf(scene, animations), vrm }
  } catch (error) {
    return plain(
      `The VRM data cannot be read, so the model is drawn without springs and toon materials: ${messageOf(error)}`,
    )
  }
}

export function modelOf(scene: Group, animations: readonly AnimationClip[]): Model {
  scene.updateMatrixWorld(true)
  const parts: ModelPart[] = []
  const geometries = new Set<BufferGeometry>()
  const materials = new Set<Material>()
  scene.traverse((object) => {
    if (!(object instanceof Mesh)) return
    const { geometry, material } = object as Mesh
    geometries.add(geometry)
    object.castShadow = true
    object.receiveShadow = true
    // A toon material with an outline is two materials of one mesh.
    for (const each of [material].flat()) {
      materials.add(each)
      parts.push({ geometry, material: each, matrix: object.matrixWorld.clone() })
    }
  })
  const textures = [...new Set([...materials].flatMap(texturesOf))]
  // Copies of a texture share its image.
  const images = new Map(textures.map((texture) => [texture.source, texture]))
  for (const material of materials) readable(material)
  return {
    scene,
    animations,
    parts,
    materials: [...materials],
    textures,
    triangles: parts.reduce(
      (sum, { geometry }) => sum + (geometry.index?.count ?? geometry.getAttribute('position').count) / 3,
      0,
    ),
    bytes:
      [...geometries].reduce((sum, geometry) => sum + bytesOfGeometry(geometry), 0) +
      [...images.values()].reduce((sum, texture) => sum + bytesOfTexture(texture), 0),
    vrm: null,
    problem: null,
    dispose: () => {
      for (const part of [...geometries, ...materials]) part.dispose()
      for (const texture of textures) {
        texture.dispose()
        const image: unknown = texture.image
        if (typeof ImageBitmap !== 'undefined' && image instanceof ImageBitmap) image.close()
      }
    },
  }
}

/** Textures seen at a low angle stay sharp. */
const ANISOTROPY = 4

function readable(material: Material): void {
  if (!(material instanceof MeshStandardMaterial)) return
  // By the format's rule a material without an alpha mode is opaque, even with an alpha channel. Blended materials must not write depth.
  if (material.transparent) material.depthWrite = false
  if (material.map) material.map.anisotropy = ANISOTROPY
}

function bytesOfGeometry(geometry: BufferGeometry): number {
  const attributes = [
    ...Object.values(geometry.attributes),
    ...Object.values(geometry.morphAttributes).flat(),
    ...(geometry.index ? [geometry.index] : []),
  ]
  return attributes.reduce((sum, attribute) => sum + (attribute?.array.byteLength ?? 0), 0)
}

function bytesOfTexture(texture: Texture): number {
  const image: unknown = texture.image
  const { width = 0, height = 0 } = (typeof image === 'object' && image !== null ? image : {}) as {
    width?: number
    height?: number
  }
  return width * height * 4 * MIPMAPS
}

/** True if it has a skinned mesh. */
export const isSkinned = (object: Object3D): boolean => {
  let skinned = false
  object.traverse((part) => (skinned ||= part instanceof SkinnedMesh || part instanceof Bone))
  return skinned
}
