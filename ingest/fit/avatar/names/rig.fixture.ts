/** Makes a small skinned GLB with a convention's names, rest pose and bone axes: a person of boxes, left blue, right red. */
import { Document, NodeIO, type Node } from '@gltf-transform/core'
import {
  add,
  conjugate,
  cos,
  fromTo,
  IDENTITY,
  multiply,
  rotate,
  scaled,
  sin,
  sub,
  unit,
  vec,
} from '../../../../sim/maths/maths.ts'
import type { Quat, Vec3 } from '../../../../sim/types.ts'
import { FINGERS, fingerBones, parentOfBone } from '../bones.ts'

/** A bone beside those of the humanoid: a control, a twist bone, a root. */
interface ExtraBone {
  readonly name: string
  /** Name of the node above; null for the armature. */
  readonly below: string | null
  /** The humanoid bone where it is; the ground without one. */
  readonly at?: string
  /** The humanoid bone whose vertices it moves, in place of that bone. */
  readonly skins?: string
}

export interface RigSample {
  readonly convention: string
  /** Node by VRM 1.0 bone. */
  readonly names: ReadonlyMap<string, string>
  /** Arms straight out, or 45 degrees down with the legs a little apart. */
  readonly pose: 'T' | 'A'
  /** The local axis that points along a bone; `world`: all bones have the axes of the scene. */
  readonly axis: 'world' | 'x' | 'y'
  /** Scale of the armature: its bones are in metres or in centimetres. */
  readonly unit: 1 | 0.01
  /** The armature's Z axis is up. */
  readonly zUp: boolean
  readonly extra: readonly ExtraBone[]
  /** Name of the node above, for bones that do not hang from their humanoid parent. Null for the armature. */
  readonly below: ReadonlyMap<string, string | null>
}

const BOTH = [
  ['left', 1],
  ['right', -1],
] as const
/** Turn about Z, radians. */
const roll = (angle: number): Quat => ({ x: 0, y: 0, z: sin(angle / 2), w: cos(angle / 2) })
const FORWARD = vec(0, 0, 1)
const UP = vec(0, 1, 0)

interface Place {
  readonly at: Vec3
  /** End of the bone. */
  readonly end: Vec3
  /** Half the width and the depth of its box, metres. */
  readonly half: readonly [number, number]
}

const place = (at: Vec3, end: Vec3, ...half: [number, number]): Place => ({ at, end, half })

/** Places of all bones at rest, metres: a person of 1.77 m that faces +Z, left at +X. */
function placesOf(pose: 'T' | 'A'): Map<string, Place> {
  const places = new Map<string, Place>([
    ['hips', place(vec(0, 0.95, 0), vec(0, 1.05, 0), 0.15, 0.1)],
    ['spine', place(vec(0, 1.05, 0), vec(0, 1.17, 0), 0.13, 0.09)],
    ['chest', place(vec(0, 1.17, 0), vec(0, 1.3, 0), 0.14, 0.1)],
    ['upperChest', place(vec(0, 1.3, 0), vec(0, 1.46, 0), 0.16, 0.1)],
    ['neck', place(vec(0, 1.46, 0), vec(0, 1.55, 0), 0.05, 0.05)],
    ['head', place(vec(0, 1.55, 0), vec(0, 1.77, 0), 0.08, 0.1)],
    ['jaw', place(vec(0, 1.58, 0.06), vec(0, 1.57, 0.12), 0.03, 0.02)],
  ])
  for (const [side, s] of BOTH) {
    const [down, apart] = pose === 'A' ? [0.785, 0.1] : [0, 0]
    const turn = roll(-s * down)
    const arm = (x: number, y = 0, z = 0): Vec3 => add(vec(s * 0.17, 1.42, 0), rotate(turn, vec(s * x, y, z)))
    const leg = (y: number, z = 0): Vec3 => add(vec(s * 0.1, 0.92, 0), rotate(roll(s * apart), vec(0, -y, z)))
    places.set(`${side}Shoulder`, place(vec(s * 0.03, 1.42, 0), arm(0), 0.05, 0.05))
    places.set(`${side}UpperArm`, place(arm(0), arm(0.27), 0.05, 0.05))
    places.set(`${side}LowerArm`, place(arm(0.27), arm(0.52), 0.04, 0.04))
    places.set(`${side}Hand`, place(arm(0.52), arm(0.61), 0.02, 0.045))
    places.set(`${side}UpperLeg`, place(leg(0), leg(0.42), 0.075, 0.08))
    places.set(`${side}LowerLeg`, place(leg(0.42), leg(0.83), 0.055, 0.06))
    const foot = leg(0.83)
    places.set(`${side}Foot`, place(foot, vec(foot.x, 0.03, 0.13), 0.045, 0.03))
    places.set(`${side}Toes`, place(vec(foot.x, 0.03, 0.13), vec(foot.x, 0.03, 0.2), 0.045, 0.025))
    places.set(`${side}Eye`, place(vec(s * 0.035, 1.66, 0.09), vec(s * 0.035, 1.66, 0.115), 0.015, 0.015))
    for (const [f, finger] of FINGERS.entries()) {
      const [z, along] =
        finger === 'Thumb' ? [0.06, [0.54, 0.58, 0.61, 0.635]] : [0.055 - 0.022 * f, [0.61, 0.65, 0.675, 0.695]]
      for (const [i, bone] of fingerBones(side, finger).entries())
        places.set(bone, place(arm(along[i] ?? 0, 0, z), arm(along[i + 1] ?? 0, 0, z), 0.009, 0.009))
    }
  }
  return places
}

interface Joint {
  readonly name: string
  readonly below: string | null
  readonly at: Vec3
  readonly rotation: Quat
}

/** World rotation of a bone whose axis points along it; on the right side, Unreal and Biped turn the axis around. */
function turnOf(axis: RigSample['axis'], bone: string, { at, end }: Place): Quat {
  if (axis === 'world') return IDENTITY
  const mirrored = axis === 'x' && bone.startsWith('right')
  const own = axis === 'x' ? vec(mirrored ? -1 : 1, 0, 0) : UP
  // A roll about the bone, so that no axis is one of the scene's by chance.
  const rolled = { x: axis === 'x' ? sin(0.6) : 0, y: axis === 'y' ? sin(0.6) : 0, z: 0, w: cos(0.6) }
  return multiply(fromTo(own, unit(sub(end, at), UP)), rolled)
}

function jointsOf(sample: RigSample, places: ReadonlyMap<string, Place>): Joint[] {
  const { names, below, extra, axis } = sample
  const hangs = (bone: string): string | null => {
    const shoulder = names.get(bone.replace('UpperArm', 'Shoulder'))
    if (bone.endsWith('UpperArm') && shoulder !== undefined) return shoulder
    let above = parentOfBone(bone)
    while (above !== null && !names.has(above)) above = parentOfBone(above)
    return above === null ? null : (names.get(above) ?? null)
  }
  const bones = [...names].flatMap(([bone, name]): Joint[] => {
    const where = places.get(bone)
    if (!where) return []
    const parent = below.get(name)
    return [
      { name, below: parent === undefined ? hangs(bone) : parent, at: where.at, rotation: turnOf(axis, bone, where) },
    ]
  })
  const others = extra.map(({ name, below: parent, at = '' }): Joint => {
    const where = places.get(at)
    return { name, below: parent, at: where?.at ?? vec(0, 0, 0), rotation: where ? turnOf(axis, at, where) : IDENTITY }
  })
  return [...others, ...bones]
}

const SHADES: readonly (readonly [RegExp, readonly [number, number, number]])[] = [
  [/^left/, [0.2, 0.4, 0.9]],
  [/^right/, [0.9, 0.25, 0.2]],
  [/^(head|neck|jaw)$/, [0.95, 0.8, 0.65]],
  [/./, [0.5, 0.6, 0.5]],
]

/** Corners of a box along a bone, and the triangles of its faces. */
function boxOf({ at, end, half: [w, d] }: Place): Vec3[] {
  const turn = fromTo(UP, unit(sub(end, at), UP))
  return [at, end].flatMap((middle) =>
    [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ].map(([x = 0, z = 0]) => add(middle, rotate(turn, vec(x * w, 0, z * d)))),
  )
}
const FACES = [
  0, 1, 2, 0, 2, 3, 4, 6, 5, 4, 7, 6, 0, 5, 1, 0, 4, 5, 1, 6, 2, 1, 5, 6, 2, 7, 3, 2, 6, 7, 3, 4, 0, 3, 7, 4,
]
/** The nose, so that one sees where the head looks. */
const NOSE = place(vec(0, 1.64, 0.1), vec(0, 1.61, 0.14), 0.015, 0.015)

function addMesh(
  document: Document,
  sample: RigSample,
  places: ReadonlyMap<string, Place>,
  joints: readonly Joint[],
  nodes: readonly Node[],
): void {
  const buffer = document.createBuffer()
  const [points, colors, indices, owners]: [number[], number[], number[], number[]] = [[], [], [], []]
  const put = (bone: string, box: Place, joint: string): void => {
    const first = points.length / 3
    const shade = SHADES.find(([pattern]) => pattern.test(bone))?.[1] ?? [1, 1, 1]
    for (const corner of boxOf(box)) {
      const p = scaled(corner, 1 / sample.unit)
      points.push(p.x, p.y, p.z)
      colors.push(...shade, 1)
      owners.push(
        joints.findIndex(({ name }) => name === joint),
        0,
        0,
        0,
      )
    }
    indices.push(...FACES.map((i) => first + i))
  }
  for (const [bone, name] of sample.names) {
    const box = places.get(bone)
    const carrier = sample.extra.find(({ skins }) => skins === bone)?.name ?? name
    if (box) put(bone, box, carrier)
    if (bone === 'head') put(bone, NOSE, carrier)
  }
  const accessor = (
    type: 'VEC3' | 'VEC4' | 'SCALAR' | 'MAT4',
    array: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>,
  ) => document.createAccessor().setType(type).setArray(array).setBuffer(buffer)
  const weights = owners.map((_, i) => (i % 4 === 0 ? 1 : 0))
  const primitive = document
    .createPrimitive()
    .setAttribute('POSITION', accessor('VEC3', Float32Array.from(points)))
    .setAttribute('COLOR_0', accessor('VEC4', Float32Array.from(colors)))
    .setAttribute('JOINTS_0', accessor('VEC4', Uint16Array.from(owners)))
    .setAttribute('WEIGHTS_0', accessor('VEC4', Float32Array.from(weights)))
    .setIndices(accessor('SCALAR', Uint16Array.from(indices)))
    .setMaterial(document.createMaterial('Skin').setRoughnessFactor(0.8).setMetallicFactor(0))
  const skin = document.createSkin('Rig')
  for (const node of nodes) skin.addJoint(node)
  const inverse = joints.flatMap(({ at, rotation }) => {
    const back = conjugate(rotation)
    const [x, y, z] = [vec(1, 0, 0), UP, FORWARD].map((e) => rotate(back, e))
    const t = scaled(rotate(back, at), -1 / sample.unit)
    return [x, y, z, t].flatMap((v, i) => [v?.x ?? 0, v?.y ?? 0, v?.z ?? 0, i === 3 ? 1 : 0])
  })
  skin.setInverseBindMatrices(accessor('MAT4', Float32Array.from(inverse)))
  const mesh = document.createMesh('Body').addPrimitive(primitive)
  document.getRoot().getDefaultScene()?.addChild(document.createNode('Body').setMesh(mesh).setSkin(skin))
}

/** Names are written as `spell` gives them, as an exporter or an engine rewrites them. */
export async function rigGlb(sample: RigSample, spell = (name: string): string => name): Promise<Uint8Array> {
  const document = new Document()
  const scene = document.createScene('Scene')
  document.getRoot().setDefaultScene(scene)
  const up: Quat = sample.zUp ? { x: -Math.SQRT1_2, y: 0, z: 0, w: Math.SQRT1_2 } : IDENTITY
  const armature = document
    .createNode('Armature')
    .setScale([sample.unit, sample.unit, sample.unit])
    .setRotation([up.x, up.y, up.z, up.w])
  scene.addChild(armature)
  const places = placesOf(sample.pose)
  const joints = jointsOf(sample, places)
  const nodes = joints.map(({ name }) => document.createNode(spell(name)))
  for (const [i, { below, at, rotation }] of joints.entries()) {
    const node = nodes[i]
    const parent = joints.findIndex(({ name }) => name === below)
    if (!node || (below !== null && parent < 0))
      throw new Error(`${joints[i]?.name} hangs from ${below}, which is no bone`)
    const above = joints[parent] ?? { at: vec(0, 0, 0), rotation: up }
    const back = conjugate(above.rotation)
    const t = scaled(rotate(back, sub(at, above.at)), 1 / sample.unit)
    const r = multiply(back, rotation)
    node.setTranslation([t.x, t.y, t.z]).setRotation([r.x, r.y, r.z, r.w])
    ;(nodes[parent] ?? armature).addChild(node)
  }
  addMesh(document, sample, places, joints, nodes)
  return new NodeIO().writeBinary(document)
}
