/** A parsed GLB, shared by everything that shows it. */
import {
  Bone,
  Material,
  Matrix4,
  Mesh,
  MeshStandardMaterial,
  SkinnedMesh,
  Texture,
  type AnimationClip,
  type BufferGeometry,
  type Group,
  type Object3D,
} from 'three'
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js'

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
  readonly textures: readonly Texture[]
  readonly triangles: number
  /** Bytes of vertices and decoded textures. */
  readonly bytes: number
  dispose(): void
}

/** Size of a texture with mipmaps relative to its largest level. */
const MIPMAPS = 4 / 3

/** Rejects with a message if the bytes are not a drawable GLB. */
export async function parseModel(bytes: ArrayBuffer): Promise<Model> {
  const loader = new GLTFLoader()
  const gltf = await loader.parseAsync(bytes, '').catch((error: unknown) => {
    throw new Error(`the model cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  })
  return modelOf(gltf.scene, gltf.animations)
}

export function modelOf(scene: Group, animations: readonly AnimationClip[]): Model {
  scene.updateMatrixWorld(true)
  const parts: ModelPart[] = []
  const geometries = new Set<BufferGeometry>()
  const materials = new Set<Material>()
  scene.traverse((object) => {
    if (!(object instanceof Mesh)) return
    const { geometry, material } = object as Mesh<BufferGeometry, Material>
    geometries.add(geometry)
    materials.add(material)
    object.castShadow = true
    object.receiveShadow = true
    parts.push({ geometry, material, matrix: object.matrixWorld.clone() })
  })
  const textures = [...new Set([...materials].flatMap(texturesOf))]
  for (const material of materials) readable(material)
  return {
    scene,
    animations,
    parts,
    textures,
    triangles: parts.reduce(
      (sum, { geometry }) => sum + (geometry.index?.count ?? geometry.getAttribute('position').count) / 3,
      0,
    ),
    bytes:
      [...geometries].reduce((sum, geometry) => sum + bytesOfGeometry(geometry), 0) +
      textures.reduce((sum, texture) => sum + bytesOfTexture(texture), 0),
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

const texturesOf = (material: Material): Texture[] =>
  Object.values(material).filter((value): value is Texture => value instanceof Texture)

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
