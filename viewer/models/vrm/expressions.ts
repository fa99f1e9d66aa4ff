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

/** Both eyes; for a file without that, each eye. */
const BLINKS = ['blink', 'blinkLeft', 'blinkRight'] as const

/** three-vrm repeats a bind for each mesh that has its material, and each repeat would change the material again. */
function withoutRepeats(binds: readonly VRMExpressionBind[]): readonly VRMExpressionBind[] {
  const keyOf = (bind: VRMExpressionBind): unknown => {
    if (bind instanceof VRMExpressionMaterialColorBind)
      return [bind.material.uuid, bind.type, bind.targetValue.toArray(), bind.targetAlpha].join(' ')
    if (bind instanceof VRMExpressionTextureTransformBind)
      return [bind.material.uuid, bind.offset.toArray(), bind.scale.toArray()].join(' ')
    return bind
  }
  return [...new Map(binds.map((bind) => [keyOf(bind), bind])).values()]
}

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
      for (const bind of withoutRepeats(binds)) {
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

  /** Degree to which the eyes are closed, 0 to 1. */
  get closed(): number {
    return Math.max(0, ...BLINKS.map((name) => this.manager.getValue(name) ?? 0))
  }

  /** `closed`: how far the eyes are closed, 0 to 1. */
  update(closed: number, seconds: number): void {
    const [both, ...each] = BLINKS
    for (const name of this.manager.getExpression(both) ? [both] : each) this.manager.setValue(name, closed)
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
