/** Parses the model of a VRM with three-vrm: MToon materials, spring bones, constraints, eyes and expressions. Loaded on demand. */
import {
  VRMLoaderPlugin,
  type MToonMaterial,
  type VRMExpressionManager,
  type VRMHumanoid,
  type VRMLookAt,
  type VRMNodeConstraintManager,
  type VRMSpringBoneManager,
} from '@pixiv/three-vrm'
import type { AnimationClip, Group } from 'three'
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js'
import type { VrmCredit, VrmModel } from '../figure-motion.ts'
import { checkVrm } from './checked.ts'
import { creditOf } from './credit.ts'
import type { GltfJson } from './json.ts'
import { VrmMotion, type SpringPart, type VrmParts } from './motion.ts'

interface VrmData {
  readonly vrmHumanoid?: VRMHumanoid | null
  readonly vrmLookAt?: VRMLookAt | null
  readonly vrmExpressionManager?: VRMExpressionManager | null
  readonly vrmSpringBoneManager?: VRMSpringBoneManager | null
  readonly vrmNodeConstraintManager?: VRMNodeConstraintManager | null
  readonly vrmMToonMaterials?: readonly MToonMaterial[]
}

export interface LoadedVrm {
  readonly scene: Group
  readonly animations: readonly AnimationClip[]
  readonly vrm: VrmModel
}

/** Rejects if three-vrm cannot read the file. */
export async function loadVrm(bytes: ArrayBuffer): Promise<LoadedVrm> {
  const loader = new GLTFLoader()
  let credit: VrmCredit | null = null
  loader.register((parser) => {
    credit = creditOf(parser.json as GltfJson)
    checkVrm(parser.json as GltfJson)
    return new VRMLoaderPlugin(parser, { autoUpdateHumanBones: false })
  })
  const { scene, animations, userData } = await loader.parseAsync(bytes, '')
  const data = userData as VrmData
  const parts: VrmParts = {
    springs: springsOf(data.vrmSpringBoneManager ?? null),
    constraints: data.vrmNodeConstraintManager?.constraints ?? new Set(),
    humanoid: data.vrmHumanoid ?? null,
    lookAt: data.vrmLookAt ?? null,
    expressions: data.vrmExpressionManager ?? null,
  }
  // A figure drives the file's own nodes; the library's helpers would only be copied with each figure.
  parts.humanoid?.normalizedHumanBonesRoot.removeFromParent()
  for (const expression of parts.expressions?.expressions ?? []) expression.removeFromParent()
  const materials = data.vrmMToonMaterials ?? []
  return {
    scene,
    animations,
    vrm: {
      toonMaterials: materials.length,
      credit,
      motionOf: (copy, posed) => new VrmMotion(parts, scene, copy, posed),
      animate: (seconds) => {
        for (const material of materials) material.update(seconds)
      },
    },
  }
}

function springsOf(manager: VRMSpringBoneManager | null): readonly SpringPart[] {
  const springs = [...(manager?.joints ?? [])].map((joint) => ({ joint, center: joint.center }))
  for (const { joint } of springs) {
    // A copy of a node copies its user data as JSON, and the library's cache there does not survive that.
    joint.center = null
    joint.bone.matrixAutoUpdate = true
  }
  return springs
}
