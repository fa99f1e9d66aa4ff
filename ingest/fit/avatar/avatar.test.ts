import { describe, expect, test } from 'vitest'
import { test as propertyTest, fc } from '@fast-check/vitest'
import { createHash } from 'node:crypto'
import type { Document, Node } from '@gltf-transform/core'
import {
  BONES,
  CAPSULES_MAX,
  DEFAULT_BODY,
  solveSkeleton,
  checkPhysics,
  type JointTransform,
  type Pose,
  type Quat,
  type Vec3,
} from '../../../sim/index.ts'
import { add, distance, IDENTITY, length, multiply, normalise, rotate, sub, vec } from '../../../sim/maths/maths.ts'
import { BONE_PARENTS } from '../../../sim/types.ts'
import { placeNodes, poseNodes, type NodePose, type RestNode } from '../../../packages/retarget.ts'
import { armatureOf } from '../../armature.ts'
import { Rejected, type AvatarFit } from '../../types.ts'
import { fitAvatar } from './avatar.ts'
import { FACING } from './body.ts'
import { distanceTo } from './capsule.ts'
import { readFixture, restNodes } from '../model.fixture.ts'
import { frameOf, outOfFrame } from '../node-frame.ts'
import { boundsOf, nodesOf, surfaceOf } from '../surface.ts'

const HUMANOIDS = ['RiggedFigure.glb', 'CesiumMan.glb', 'debug_robot.vrm']

interface Fitted {
  readonly document: Document
  readonly humanoid: ReadonlyMap<string, Node>
  readonly fit: AvatarFit
}

const fitted = new Map<string, Promise<Fitted>>()

async function fitFixture(name: string): Promise<Fitted> {
  const { document, humanoid } = await readFixture(`fixtures/assets/avatars/${name}`)
  return { document, humanoid, fit: fitAvatar(document, humanoid, () => undefined) }
}

function fitOf(name: string): Promise<Fitted> {
  const known = fitted.get(name) ?? fitFixture(name)
  fitted.set(name, known)
  return known
}

/** Bones in root space, all unrotated. */
function atRest({ body }: AvatarFit): JointTransform[] {
  const bones: JointTransform[] = []
  body.offsets.forEach((offset, i) =>
    bones.push({ position: add(bones[BONE_PARENTS[i] ?? -1]?.position ?? vec(0, 0, 0), offset), rotation: IDENTITY }),
  )
  return bones
}

function posed(
  { document, humanoid, fit }: Fitted,
  bones: readonly JointTransform[],
): { nodes: RestNode[]; pose: NodePose } {
  const nodes = restNodes(document)
  return { nodes, pose: poseNodes(armatureOf(document, { humanoid, rest: fit.rest }) ?? [], nodes, bones) }
}

/** Distances of the real skeleton's nodes from the simulation's bones, metres; without bones that the rig lacks. */
function offBy(one: Fitted, bones: readonly JointTransform[]): number[] {
  const { nodes, pose } = posed(one, bones)
  const placed = placeNodes(nodes, pose)
  return BONES.flatMap((bone, i) => {
    const [place, joint] = [placed.get(one.humanoid.get(bone)?.getName() ?? ''), bones[i]]
    return place && joint ? [distance(place.position, joint.position)] : []
  })
}

describe.each(HUMANOIDS)('the body of %s', (name) => {
  test("unrotated bones put every joint of the real skeleton at the body's place", async () => {
    const one = await fitOf(name)
    const off = offBy(one, atRest(one.fit))
    expect(off.length).toBeGreaterThanOrEqual(16)
    expect(Math.max(...off)).toBeLessThan(0.001)
  })

  test('is a T-pose: arms straight out, legs straight down, left at -X, soles on the ground', async () => {
    const { fit } = await fitOf(name)
    const along = (bone: (typeof BONES)[number]): Vec3 => fit.body.offsets[BONES.indexOf(bone)] ?? vec(0, 0, 0)
    for (const bone of ['leftLowerArm', 'leftHand'] as const)
      expect(along(bone).x / length(along(bone))).toBeLessThan(-0.999)
    for (const bone of ['rightLowerArm', 'rightHand'] as const)
      expect(along(bone).x / length(along(bone))).toBeGreaterThan(0.999)
    for (const bone of ['leftLowerLeg', 'leftFoot', 'rightLowerLeg', 'rightFoot'] as const)
      expect(along(bone).y / length(along(bone))).toBeLessThan(-0.999)
    expect(along('leftUpperLeg').x).toBeLessThan(0)
    const [left] = [atRest(fit)[BONES.indexOf('leftFoot')]]
    expect(left?.position.y).toBeGreaterThan(-0.01)
  })

  test('the mesh, skinned in the T-pose, lies in and near the capsules, with the soles on the ground', async () => {
    const { document, humanoid, fit } = await fitFixture(name)
    const rest = atRest(fit)
    const { pose } = posed({ document, humanoid, fit }, rest)
    for (const node of nodesOf(document)) {
      const turned = pose.rotations.get(node.getName())
      if (turned) node.setRotation([turned.x, turned.y, turned.z, turned.w])
      if (pose.hips?.name === node.getName())
        node.setTranslation([pose.hips.translation.x, pose.hips.translation.y, pose.hips.translation.z])
    }
    const { points, areas } = surfaceOf(nodesOf(document))
    const capsules = fit.body.capsules.map(({ bone, a, b, radius }) => ({
      a: add(a, rest[bone]?.position ?? a),
      b: add(b, rest[bone]?.position ?? b),
      r: radius,
    }))
    const { min, max } = boundsOf(points)
    let [sum, weight] = [0, 0]
    points.forEach((p, i) => {
      const outside = Math.max(0, Math.min(...capsules.map((c) => distanceTo(c, rotate(FACING, p)))))
      sum += outside * (areas[i] ?? 0)
      weight += areas[i] ?? 0
    })
    expect(sum / weight).toBeLessThan(0.02 * (max.y - min.y))
    expect(Math.abs(min.y)).toBeLessThan(name === 'debug_robot.vrm' ? 0.15 : 0.01)
  })

  propertyTest.prop(
    [
      fc.array(
        fc.tuple(
          fc.double({ min: -1, max: 1, noNaN: true }),
          fc.double({ min: -1, max: 1, noNaN: true }),
          fc.double({ min: -1, max: 1, noNaN: true }),
        ),
        { minLength: 18, maxLength: 18 },
      ),
      fc.double({ min: -1, max: 1, noNaN: true }),
    ],
    { numRuns: 50 },
  )("any pose puts the real joints at the simulation's bones", async (turns, aside) => {
    const one = await fitOf(name)
    const bones = turns.map(([x, y, z]): Quat => normalise({ x, y, z, w: 1.2 }))
    const head = { position: vec(aside, 1.4, -aside), rotation: IDENTITY }
    const off = offBy(one, solveSkeleton(one.fit.body, { head, left: head, right: head, bones } as Pose))
    expect(Math.max(...off)).toBeLessThan(0.002)
  })

  test('head and hands are enough', async () => {
    const one = await fitOf(name)
    const y = atRest(one.fit)[BONES.indexOf('head')]?.position.y ?? 1
    const at = (x: number, up: number, z: number): JointTransform => ({ position: vec(x, up, z), rotation: IDENTITY })
    const off = offBy(
      one,
      solveSkeleton(one.fit.body, {
        head: at(0, y - 0.1, 0),
        left: at(-0.2, y - 0.4, -0.2),
        right: at(0.25, y - 0.2, -0.15),
        bones: BONES.map(() => null),
      } as Pose),
    )
    expect(Math.max(...off)).toBeLessThan(0.01)
  })

  test('has at most one capsule a bone, quantised to 0.1 mm, the same in joint space and in the body', async () => {
    const { fit, humanoid } = await fitOf(name)
    expect(fit.capsules.length).toBeGreaterThanOrEqual(15)
    expect(new Set(fit.capsules.map(({ bone }) => bone)).size).toBe(fit.capsules.length)
    for (const number of fit.capsules.flatMap(({ a, b, r }) => [...a, ...b, r]))
      expect(Math.abs(number * 10_000 - Math.round(number * 10_000))).toBeLessThan(1e-6)
    fit.capsules.forEach(({ bone, a }, i) => {
      const node = humanoid.get(bone)
      const inBody = fit.body.capsules[i]
      if (!node || !inBody) throw new Error(`${bone} has no node or no capsule in the body`)
      const rest = fit.rest.get(node)
      expect(rest).toBeDefined()
      // A point in the joint's frame, rotated like the node in the T-pose, is the point of the unrotated bone.
      expect(distance(rotate(rest ?? IDENTITY, vec(...a)), inBody.a)).toBeLessThan(0.0005)
      expect(outOfFrame(frameOf(node), vec(...a)).y).toBeGreaterThan(-1)
    })
  })
})

describe('the fit', () => {
  test('gives the same result on every machine', async () => {
    const { fit } = await fitOf('RiggedFigure.glb')
    const again = (await fitFixture('RiggedFigure.glb')).fit
    expect(again.capsules).toEqual(fit.capsules)
    const digest = createHash('sha256')
      .update(JSON.stringify([fit.capsules, fit.body]))
      .digest('hex')
    expect(digest.slice(0, 16)).toBe('b5261a12355784ee')
  })

  test('gives bodies that a realm accepts, and refuses an avatar that is too large', async () => {
    for (const name of [...HUMANOIDS, 'Fox.glb'])
      expect(checkPhysics({ kind: 'avatar', body: (await fitOf(name)).fit.body })).toBeNull()
    const { document, humanoid } = await readFixture('fixtures/assets/avatars/debug_robot.vrm')
    for (const node of document.getRoot().listScenes()[0]?.listChildren() ?? []) node.setScale([10, 10, 10])
    expect(() => fitAvatar(document, humanoid, () => undefined)).toThrow(
      /AVATAR_EXTENT at head: The avatar is 22\.\d+ m high, with its head 17\.\d+ m above the ground; a head is 0\.05 to 10 m above it\. Scale the model/,
    )
  })

  test('a rig without a humanoid gets a capsule for each joint, on the hips of a body of its height', async () => {
    const { fit, document } = await fitOf('Fox.glb')
    expect(fit.capsules.length).toBeGreaterThan(8)
    expect(fit.capsules.length).toBeLessThanOrEqual(CAPSULES_MAX)
    expect(fit.body.capsules.every(({ bone }) => bone === 0)).toBe(true)
    expect(fit.rest.size).toBe(0)
    const { min, max } = boundsOf(surfaceOf(nodesOf(document)).points)
    expect(fit.body.offsets[0]?.y).toBeCloseTo(((DEFAULT_BODY.offsets[0]?.y ?? 0) * (max.y - min.y)) / 1.7, 3)
    expect(armatureOf(document)?.map(({ joint }) => joint)).toHaveLength(24)
  })

  test('refuses a humanoid with missing, duplicate, reversed or mirrored bones, and names them', async () => {
    const { document, humanoid } = await readFixture('fixtures/assets/avatars/RiggedFigure.glb')
    const refusal = (map: ReadonlyMap<string, Node>): string[] => {
      try {
        fitAvatar(document, map, () => undefined)
      } catch (error) {
        if (error instanceof Rejected) return error.rejections.map(({ rule, where }) => `${rule} ${where}`)
        throw error
      }
      return []
    }
    const node = (bone: string): Node => humanoid.get(bone) as Node
    expect(refusal(new Map([...humanoid].filter(([bone]) => bone !== 'leftHand')))).toEqual([
      'HUMANOID_BONE_MISSING leftHand',
    ])
    expect(refusal(new Map([...humanoid, ['leftHand', node('rightHand')]]))).toContain('HUMANOID_NODE_TWICE rightHand')
    expect(
      refusal(new Map([...humanoid, ['leftUpperArm', node('leftLowerArm')], ['leftLowerArm', node('leftUpperArm')]])),
    ).toEqual(['HUMANOID_ORDER leftLowerArm'])
    expect(refusal(humanoid)).toEqual([])
    node('spine').setScale([-1, 1, 1])
    expect(refusal(humanoid)).toContain('HUMANOID_MIRRORED head')
  })

  test('rotates nothing in a file that is in a T-pose', async () => {
    const { fit, humanoid } = await fitOf('debug_robot.vrm')
    for (const bone of ['hips', 'leftLowerArm', 'rightUpperLeg', 'head']) {
      const node = humanoid.get(bone) as Node
      const q = multiply(FACING, frameOf(node).rotation)
      const rest = fit.rest.get(node) ?? IDENTITY
      expect(Math.abs(q.x * rest.x + q.y * rest.y + q.z * rest.z + q.w * rest.w)).toBeGreaterThan(0.9999)
    }
    expect(length(sub(fit.body.offsets[0] ?? vec(0, 0, 0), vec(0, 0.75, 0)))).toBeLessThan(0.2)
  })
})
