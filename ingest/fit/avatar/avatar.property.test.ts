import { describe, expect } from 'vitest'
import { fc, test } from '@fast-check/vitest'
import { Document, type Node } from '@gltf-transform/core'
import { BONES, checkPhysics, type Bone, type Vec3 } from '../../../sim/index.ts'
import { add, distance, length, vec } from '../../../sim/maths/maths.ts'
import { BONE_PARENTS } from '../../../sim/types.ts'
import { fitAvatar } from './avatar.ts'
import { gridAround, voxelise } from '../object/voxelise.ts'
import { nodesOf, surfaceOf } from '../surface.ts'

interface Build {
  /** Angle of the arms below horizontal and of the legs apart, radians. */
  readonly arms: number
  readonly legs: number
  readonly missing: readonly Bone[]
  readonly mirrored: boolean
  readonly degenerate: boolean
  readonly size: number
}

/** Joint positions of a figure at rest, facing +Z, left at +X. */
function joints({ arms, legs, size }: Build): Map<Bone, Vec3> {
  const at = new Map<Bone, Vec3>([
    ['hips', vec(0, 0.9, 0)],
    ['spine', vec(0, 1, 0)],
    ['chest', vec(0, 1.1, 0)],
    ['upperChest', vec(0, 1.25, 0)],
    ['neck', vec(0, 1.45, 0)],
    ['head', vec(0, 1.55, 0)],
  ])
  for (const [side, s] of [
    ['left', 1],
    ['right', -1],
  ] as const) {
    const arm = (l: number): Vec3 => vec(s * (0.2 + l * Math.cos(arms)), 1.4 - l * Math.sin(arms), 0)
    const leg = (l: number): Vec3 => vec(s * (0.1 + l * Math.sin(legs)), 0.88 - l * Math.cos(legs), 0)
    at.set(`${side}UpperArm`, arm(0)).set(`${side}LowerArm`, arm(0.27)).set(`${side}Hand`, arm(0.52))
    at.set(`${side}UpperLeg`, leg(0)).set(`${side}LowerLeg`, leg(0.4)).set(`${side}Foot`, leg(0.78))
  }
  return new Map([...at].map(([bone, { x, y, z }]) => [bone, vec(x * size, y * size, z * size)]))
}

const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => [
  i & 1 ? 0.04 : -0.04,
  i & 2 ? 0.04 : -0.04,
  i & 4 ? 0.04 : -0.04,
])
const FACES = [
  0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5, 3, 7, 5,
]

/** A figure of cubes at its joints, on nodes without a skin, as robots are made. */
function figure(build: Build): { document: Document; humanoid: Map<string, Node> } {
  const document = new Document()
  const buffer = document.createBuffer()
  const position = document
    .createAccessor()
    .setType('VEC3')
    .setArray(Float32Array.from(CORNERS, (x) => x * build.size))
    .setBuffer(buffer)
  const faces = build.degenerate ? [...FACES, 0, 0, 0, 1, 1, 2] : FACES
  const mesh = document.createMesh().addPrimitive(
    document
      .createPrimitive()
      .setAttribute('POSITION', position)
      .setIndices(document.createAccessor().setArray(Uint16Array.from(faces)).setBuffer(buffer)),
  )
  const places = joints(build)
  const humanoid = new Map<string, Node>()
  const scene = document.createScene()
  BONES.forEach((bone, i) => {
    if (build.missing.includes(bone)) return
    let parent = BONE_PARENTS[i] ?? -1
    while (parent >= 0 && build.missing.includes(BONES[parent] ?? 'hips')) parent = BONE_PARENTS[parent] ?? -1
    const above = BONES[parent]
    const [here, there] = [places.get(bone) ?? vec(0, 0, 0), (above && places.get(above)) ?? vec(0, 0, 0)]
    const node = document.createNode(bone).setTranslation([here.x - there.x, here.y - there.y, here.z - there.z])
    node.addChild(
      document
        .createNode(`${bone} mesh`)
        .setMesh(mesh)
        .setScale(build.mirrored ? [-1, 1, 1] : [1, 1, 1]),
    )
    const parentNode = above && humanoid.get(above)
    if (parentNode) parentNode.addChild(node)
    else scene.addChild(node)
    humanoid.set(bone, node)
  })
  return { document, humanoid }
}

const builds: fc.Arbitrary<Build> = fc.record({
  arms: fc.double({ min: -0.5, max: 1.4, noNaN: true }),
  legs: fc.double({ min: 0, max: 0.5, noNaN: true }),
  missing: fc.subarray<Bone>(['chest', 'upperChest', 'neck']),
  mirrored: fc.boolean(),
  degenerate: fc.boolean(),
  size: fc.double({ min: 0.3, max: 3, noNaN: true }),
})

describe('a figure in any pose between T and A, of any size, with or without its optional bones', () => {
  test.prop([builds], { numRuns: 25 })(
    'becomes a T-posed body that a realm accepts, with a capsule on every bone that has a mesh',
    (build) => {
      const { document, humanoid } = figure(build)
      const { body, capsules, rest } = fitAvatar(document, humanoid, () => undefined)
      expect(checkPhysics({ kind: 'avatar', body })).toBeNull()
      expect(capsules.map(({ bone }) => bone)).toEqual(BONES.filter((bone) => humanoid.has(bone)))
      expect(rest.size).toBe(humanoid.size)
      const at: Vec3[] = []
      body.offsets.forEach((offset, i) => at.push(add(at[BONE_PARENTS[i] ?? -1] ?? vec(0, 0, 0), offset)))
      const bone = (name: Bone): Vec3 => at[BONES.indexOf(name)] ?? vec(0, 0, 0)
      const near = (a: Vec3, b: Vec3): void =>
        expect(distance(a, vec(b.x * build.size, b.y * build.size, b.z * build.size))).toBeLessThan(0.002)
      // As long as the figure's limbs, straight out and straight down.
      near(bone('leftHand'), vec(-0.72, bone('leftUpperArm').y / build.size, 0))
      near(bone('rightHand'), vec(0.72, bone('rightUpperArm').y / build.size, 0))
      near(bone('leftFoot'), vec(-0.1, 0.04, 0))
      near(bone('rightUpperLeg'), vec(0.1, 0.82, 0))
      // Each capsule contains its bone's cube: same place, similar size.
      for (const { bone: index, a, b, radius } of body.capsules) {
        expect(length(vec((a.x + b.x) / 2, (a.y + b.y) / 2, (a.z + b.z) / 2))).toBeLessThan(0.05 * build.size)
        expect(radius).toBeGreaterThan(0.02 * build.size)
        expect(radius).toBeLessThan(0.08 * build.size)
        expect(BONES[index]).toBeDefined()
      }
    },
  )

  test.prop([builds], { numRuns: 25 })('encloses the volume of its cubes, mirrored or not', (build) => {
    const surface = surfaceOf(nodesOf(figure({ ...build, arms: 0, legs: 0, missing: [] }).document))
    const solid = voxelise(surface, 128)
    const volume = solid.count * solid.cell * solid.cell * solid.cell
    const cube = 0.08 * build.size
    // 18 cubes, of which those of trunk and hips overlap a little.
    expect(volume / (cube * cube * cube)).toBeGreaterThan(14)
    expect(volume / (cube * cube * cube)).toBeLessThan(19)
    expect(gridAround(surface.points, 128).nx).toBeGreaterThan(20)
  })
})
