/** The expressions of one figure, on its own meshes and, where they change materials, on its own materials. */
import {
  MToonMaterial,
  VRMExpression,
  VRMExpressionManager,
  VRMExpressionMaterialColorBind,
  VRMExpressionMorphTargetBind,
  VRMExpressionTextureTransformBind,
  type VRMExpressionBind,
} from '@pixiv/three-vrm'
import type { Material, Mesh, Object3D } from 'three'
import { texturesOf } from '../textures.ts'

export class Expressions {
  readonly manager = new VRMExpressionManager()
  /** By the model's material. */
  readonly #materials = new Map<Material, Material>()

  constructor(source: VRMExpressionManager, meshes: readonly Mesh[], of: (node: Object3D) => Object3D) {
    for (const {
      expressionName,
      binds,
      isBinary,
      overrideBlink,
      overrideLookAt,
      overrideMouth,
    } of source.expressions) {
      const expression = Object.assign(new VRMExpression(expressionName), {
        isBinary,
        overrideBlink,
        overrideLookAt,
        overrideMouth,
      })
      for (const bind of binds) {
        const own = this.#bindOn(bind, of)
        if (own) expression.addBind(own)
      }
      this.manager.registerExpression(expression)
    }
    const ownOf = (material: Material): Material => this.#materials.get(material) ?? material
    if (this.#materials.size > 0)
      for (const mesh of meshes)
        mesh.material = Array.isArray(mesh.material) ? mesh.material.map(ownOf) : ownOf(mesh.material)
    this.manager.setValue('neutral', 1)
  }

  #bindOn(bind: VRMExpressionBind, of: (node: Object3D) => Object3D): VRMExpressionBind | null {
    if (bind instanceof VRMExpressionMorphTargetBind)
      return new VRMExpressionMorphTargetBind({
        primitives: bind.primitives.map((mesh) => of(mesh) as Mesh),
        index: bind.index,
        weight: bind.weight,
      })
    if (bind instanceof VRMExpressionMaterialColorBind) {
      const { type, targetValue, targetAlpha } = bind
      return new VRMExpressionMaterialColorBind({ material: this.#own(bind.material), type, targetValue, targetAlpha })
    }
    if (bind instanceof VRMExpressionTextureTransformBind) {
      const { offset, scale } = bind
      return new VRMExpressionTextureTransformBind({ material: this.#own(bind.material), offset, scale })
    }
    return null
  }

  #own(material: Material): Material {
    const own = this.#materials.get(material) ?? material.clone()
    this.#materials.set(material, own)
    return own
  }

  /** `closed`: how far the eyes are closed, 0 to 1. */
  update(closed: number, seconds: number): void {
    if (this.manager.getExpression('blink')) this.manager.setValue('blink', closed)
    else for (const eye of ['blinkLeft', 'blinkRight']) this.manager.setValue(eye, closed)
    this.manager.update()
    for (const material of this.#materials.values()) if (material instanceof MToonMaterial) material.update(seconds)
  }

  dispose(): void {
    for (const [source, own] of this.#materials) {
      const shared = new Set(texturesOf(source))
      for (const texture of texturesOf(own)) if (!shared.has(texture)) texture.dispose()
      own.dispose()
    }
  }
}
