/** Checked copies of spring bones, of VRM 1.0 (VRMC_springBone) and of VRM 0 (secondaryAnimation). */
import { flag, indexOf, listOf, number, objectOf, vector, type GltfJson, type JsonObject } from './json.ts'

/** Joints of one model. Long hair and a coat have up to 300. */
const JOINTS_MAX = 512
/** Pairs of a joint and a collider that a frame tests. A model beyond that swings without its colliders. */
const PAIRS_MAX = 10_000
const COLLIDERS_MAX = 256
const FORCE_MAX = 1_000
const METRES_MAX = 10
/** VRM 0 and 1.0 agree in these. */
const SETTINGS: Readonly<Record<string, readonly [max: number, otherwise: number]>> = {
  hitRadius: [METRES_MAX, 0],
  stiffness: [FORCE_MAX, 1],
  stiffiness: [FORCE_MAX, 1],
  gravityPower: [FORCE_MAX, 0],
  dragForce: [1, 0.4],
}

/** Joints, and pairs of a joint and a collider, that a model may still have. Both fall while its springs are read. */
class Budget {
  joints = JOINTS_MAX
  pairs = PAIRS_MAX

  /** True if the joints fit. */
  takeJoints(count: number): boolean {
    if (count > this.joints) return false
    this.joints -= count
    return true
  }

  /** `groups` if the joints may be tested against all of their colliders. */
  takePairs(joints: number, groups: readonly number[], sizes: readonly number[]): readonly number[] {
    const pairs = joints * groups.reduce((sum, group) => sum + (sizes[group] ?? 0), 0)
    if (pairs > this.pairs) return []
    this.pairs -= pairs
    return groups
  }
}

const settings = (data: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(
    names.map((name) => {
      const [max, otherwise] = SETTINGS[name] ?? [1, 0]
      return [name, number(data[name], 0, max, otherwise)]
    }),
  )

const indices = (value: unknown, list: readonly unknown[] | undefined): readonly number[] =>
  (Array.isArray(value) ? value.slice(0, COLLIDERS_MAX) : []).flatMap((each) => indexOf(each, list) ?? [])

export function springsOfVrm1(data: JsonObject, json: GltfJson): JsonObject {
  const colliders = listOf(data['colliders'], COLLIDERS_MAX).map((collider) => collider1(collider, json))
  const groups = listOf(data['colliderGroups'], COLLIDERS_MAX).map((group) => ({
    colliders: indices(group['colliders'], colliders),
  }))
  const budget = new Budget()
  const sizes = groups.map((group) => group.colliders.length)
  const springs = listOf(data['springs'], JOINTS_MAX).flatMap((spring) => {
    const joints = listOf(spring['joints'], JOINTS_MAX).map((joint) => ({
      node: indexOf(joint['node'], json.nodes),
      ...settings(joint, ['hitRadius', 'stiffness', 'gravityPower', 'dragForce']),
      gravityDir: vector(joint['gravityDir'], 3, 1),
    }))
    if (joints.some(({ node }) => node === null) || !budget.takeJoints(joints.length)) return []
    const center = indexOf(spring['center'], json.nodes)
    return [
      {
        joints,
        colliderGroups: budget.takePairs(joints.length, indices(spring['colliderGroups'], groups), sizes),
        ...(center === null ? {} : { center }),
      },
    ]
  })
  return { specVersion: data['specVersion'], colliders, colliderGroups: groups, springs }
}

/** Groups count colliders by index, so an invalid collider stays in the list, at no node: three-vrm leaves it out. */
function collider1(data: JsonObject, json: GltfJson): JsonObject {
  const shapeOf = (value: unknown): JsonObject => {
    const { sphere, capsule, plane } = objectOf(value)
    const round = (of: JsonObject): JsonObject => ({
      offset: vector(of['offset'], 3, METRES_MAX),
      radius: number(of['radius'], 0, METRES_MAX, 0),
      inside: flag(of['inside']),
    })
    if (sphere !== undefined) return { sphere: round(objectOf(sphere)) }
    if (capsule !== undefined)
      return { capsule: { ...round(objectOf(capsule)), tail: vector(objectOf(capsule)['tail'], 3, METRES_MAX) } }
    if (plane !== undefined)
      return {
        plane: {
          offset: vector(objectOf(plane)['offset'], 3, METRES_MAX),
          normal: vector(objectOf(plane)['normal'], 3, 1),
        },
      }
    return {}
  }
  const extended = objectOf(objectOf(data['extensions'])['VRMC_springBone_extended_collider'])
  return {
    node: indexOf(data['node'], json.nodes) ?? -1,
    shape: shapeOf(data['shape']),
    ...(extended['shape'] === undefined
      ? {}
      : {
          extensions: {
            VRMC_springBone_extended_collider: {
              specVersion: extended['specVersion'],
              shape: shapeOf(extended['shape']),
            },
          },
        }),
  }
}

const point = (value: unknown, max: number): JsonObject => {
  const { x, y, z } = objectOf(value)
  return { x: number(x, -max, max, 0), y: number(y, -max, max, 0), z: number(z, -max, max, 0) }
}

export function springsOfVrm0(data: JsonObject, json: GltfJson): JsonObject {
  const groups = listOf(data['colliderGroups'], COLLIDERS_MAX).map((group) => ({
    node: indexOf(group['node'], json.nodes) ?? -1,
    colliders: listOf(group['colliders'], COLLIDERS_MAX).map((collider) => ({
      offset: point(collider['offset'], METRES_MAX),
      radius: number(collider['radius'], 0, METRES_MAX, 0),
    })),
  }))
  const budget = new Budget()
  const sizes = groups.map((group) => group.colliders.length)
  const treeOf = treeSizes(json)
  const boneGroups = listOf(data['boneGroups'], JOINTS_MAX).map((group) => {
    // Each bone stands for itself and all nodes below it.
    const bones = [...new Set(indices(group['bones'], json.nodes))].filter((bone) => budget.takeJoints(treeOf(bone)))
    const joints = bones.reduce((sum, bone) => sum + treeOf(bone), 0)
    const center = indexOf(group['center'], json.nodes)
    return {
      ...settings(group, ['hitRadius', 'stiffiness', 'gravityPower', 'dragForce']),
      ...(group['gravityDir'] === undefined ? {} : { gravityDir: point(group['gravityDir'], 1) }),
      bones,
      colliderGroups: budget.takePairs(joints, indices(group['colliderGroups'], groups), sizes),
      ...(center === null ? {} : { center }),
    }
  })
  return { boneGroups, colliderGroups: groups }
}

/** Counts a node and all nodes below it. The ingest refuses nodes that are no trees. */
function treeSizes({ nodes }: GltfJson): (node: number) => number {
  const known = new Map<number, number>()
  const sizeOf = (node: number): number => {
    const size = known.get(node) ?? (nodes?.[node]?.children ?? []).reduce((sum, child) => sum + sizeOf(child), 1)
    known.set(node, size)
    return size
  }
  return sizeOf
}
