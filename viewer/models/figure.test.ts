import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Quaternion, Vector3, type Object3D } from 'three'
import { expect, test } from 'vitest'
import { length, multiply, sub, yawRotation } from '../../sim/maths/maths.ts'
import { solveSkeleton } from '../../sim/avatar/skeleton.ts'
import type { Pose } from '../../sim/avatar/pose.ts'
import { BONES, type AvatarBody, type Quat, type Vec3 } from '../../sim/types.ts'
import { armatureOf } from '../../ingest/armature.ts'
import { rigGlb } from '../../ingest/fit/avatar/names/rig.fixture.ts'
import { SAMPLES } from '../../ingest/fit/avatar/names/samples.fixture.ts'
import { fitAvatar } from '../../ingest/fit/index.ts'
import { readFixture } from '../../ingest/fit/model.fixture.ts'
import { ingest } from '../../ingest/ingest.ts'
import type { PackageJoint } from '../../packages/manifest.ts'
import { placeNodes, poseNodes, type RestNode } from '../../packages/retarget.ts'
import { advanceGait, poseOf, STANDING } from '../render/gait.ts'
import { Figure } from './figure.ts'
import { parseModel, type Model } from './model.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Rigged {
  readonly model: Model
  readonly body: AvatarBody
  readonly skeleton: readonly PackageJoint[]
}

/** A GLB without its materials: Node decodes no images. */
function bare(path: string): ArrayBuffer {
  const bytes = readFileSync(`${root}${path}`)
  const end = 20 + bytes.readUInt32LE(12)
  const json = JSON.parse(bytes.subarray(20, end).toString()) as {
    meshes: { primitives: { material?: number }[] }[]
    materials?: unknown
    textures?: unknown
    images?: unknown
  }
  for (const { primitives } of json.meshes) for (const primitive of primitives) delete primitive.material
  for (const key of ['materials', 'textures', 'images'] as const) delete json[key]
  const text = Buffer.from(JSON.stringify(json))
  const chunk = Buffer.alloc(Math.ceil(text.length / 4) * 4, ' ')
  text.copy(chunk)
  const head = Buffer.from(bytes.subarray(0, 20))
  head.writeUInt32LE(chunk.length, 12)
  head.writeUInt32LE(20 + chunk.length + bytes.length - end, 8)
  return new Uint8Array(Buffer.concat([head, chunk, bytes.subarray(end)])).buffer
}

async function rigged(path: string): Promise<Rigged> {
  const { document, humanoid } = await readFixture(path)
  const fit = fitAvatar(document, humanoid, () => undefined)
  return {
    model: await parseModel(bare(path)),
    body: fit.body,
    skeleton: armatureOf(document, { humanoid, rest: fit.rest }) ?? [],
  }
}

/** All nodes of a scene with their names in the file. */
function nodesOf(scene: Object3D): readonly RestNode[] {
  const nodes: RestNode[] = []
  const walk = (node: Object3D, parent: string | null): void => {
    const name = String(node.userData.name ?? node.name)
    const { x, y, z } = node.position
    const { x: qx, y: qy, z: qz, w } = node.quaternion
    nodes.push({
      name,
      parent,
      translation: { x, y, z },
      rotation: { x: qx, y: qy, z: qz, w },
      scale: { x: node.scale.x, y: node.scale.y, z: node.scale.z },
    })
    for (const child of node.children) walk(child, name)
  }
  for (const child of scene.children) walk(child, null)
  return nodes
}

const worldOf = (node: Object3D): { readonly position: Vec3; readonly rotation: Quat } => ({
  position: node.getWorldPosition(new Vector3()),
  rotation: node.getWorldQuaternion(new Quaternion()),
})

test.each(['fixtures/assets/avatars/RiggedFigure.glb', 'fixtures/assets/avatars/debug_robot.vrm'])(
  'every humanoid joint of %s stands and turns where the retargeting puts it',
  async (path) => {
    const { model, body, skeleton } = await rigged(path)
    const nodes = nodesOf(model.scene)
    const figure = new Figure(model, skeleton)
    expect(figure.isHumanoid).toBe(true)
    let gait = STANDING
    for (let i = 0; i < 5; i++) {
      gait = advanceGait(gait, 0.4, -3, 0.13)
      const bones = solveSkeleton(
        body,
        poseOf(body, gait, {
          pitch: 0.3,
          turn: 0.2,
          reachFor: { x: 0.3, y: 1.2, z: -0.5 },
          airborne: i === 3,
          time: i,
        }),
      )
      figure.pose(bones)
      figure.group.updateMatrixWorld(true)
      const placed = placeNodes(nodes, poseNodes(skeleton, nodes, bones))
      for (const { joint } of skeleton.filter(({ rest }) => rest)) {
        const node = findNode(figure.group, joint)
        const [is, should] = [worldOf(node), placed.get(joint) ?? expect.fail(joint)]
        expect(length(sub(is.position, should.position)), joint).toBeLessThan(1e-5)
        const same = Math.abs(
          is.rotation.x * should.rotation.x +
            is.rotation.y * should.rotation.y +
            is.rotation.z * should.rotation.z +
            is.rotation.w * should.rotation.w,
        )
        expect(same, joint).toBeGreaterThan(1 - 1e-6)
      }
    }
  },
)

/** Head turned and hands raised, root space; only these are sent. */
const RAISED: Pose = {
  head: { position: { x: 0.02, y: 1.52, z: -0.04 }, rotation: yawRotation(0.6) },
  left: { position: { x: -0.35, y: 1.65, z: -0.2 }, rotation: { x: 0, y: 0, z: -0.6, w: 0.8 } },
  right: { position: { x: 0.35, y: 1.6, z: -0.25 }, rotation: { x: 0, y: 0.6, z: 0, w: 0.8 } },
  bones: BONES.map(() => null),
}

test.each(SAMPLES.map((sample) => [sample.convention, sample] as const))(
  'head and hands of a rig with the names of %s are where its wearer has them',
  async (_, sample) => {
    const outcome = await ingest(await rigGlb(sample), {})
    if (!outcome.accepted || outcome.manifest.physics.kind !== 'avatar') return expect.fail('no avatar')
    const { manifest, files } = outcome
    const skeleton = manifest.skeleton ?? []
    const bytes = files.get(manifest.files.runtime.sha256)?.bytes ?? expect.fail('no runtime')
    const figure = new Figure(await parseModel(new Uint8Array(bytes).buffer), skeleton)
    const bones = solveSkeleton(outcome.manifest.physics.body, RAISED)
    figure.pose(bones)
    figure.group.updateMatrixWorld(true)
    for (const bone of ['head', 'leftHand', 'rightHand'] as const) {
      const { joint, rest = yawRotation(0) } = skeleton.find(({ humanoid }) => humanoid === bone) ?? expect.fail(bone)
      const [is, should] = [worldOf(findNode(figure.group, joint)), bones[BONES.indexOf(bone)] ?? expect.fail(bone)]
      expect(length(sub(is.position, should.position)), bone).toBeLessThan(1e-3)
      const turned = multiply(should.rotation, rest)
      const { x, y, z, w } = is.rotation
      expect(Math.abs(x * turned.x + y * turned.y + z * turned.z + w * turned.w), bone).toBeGreaterThan(1 - 1e-5)
    }
  },
)

function findNode(group: Object3D, name: string): Object3D {
  let found: Object3D | null = null
  group.traverse((node) => {
    if (node.userData.name === name || (node.userData.name === undefined && node.name === name)) found ??= node
  })
  return found ?? expect.fail(`no node ${name}`)
}

test('two avatars with one model move independently and share its meshes', async () => {
  const { model, body, skeleton } = await rigged('fixtures/assets/avatars/RiggedFigure.glb')
  const [one, other] = [new Figure(model, skeleton), new Figure(model, skeleton)]
  one.pose(solveSkeleton(body, null))
  const bones = solveSkeleton(body, null).map((bone) => ({ position: bone.position, rotation: yawRotation(1) }))
  other.pose(bones)
  const head = skeleton.find(({ humanoid }) => humanoid === 'head')?.joint ?? expect.fail('no head')
  expect(worldOf(findNode(one.group, head)).rotation).not.toEqual(worldOf(findNode(other.group, head)).rotation)
  const geometries = [one, other].map(({ group }) => {
    const all: unknown[] = []
    group.traverse((node) => 'geometry' in node && all.push(node.geometry))
    return all
  })
  expect(geometries[0]?.length).toBeGreaterThan(0)
  expect(geometries[0]?.every((geometry, i) => geometry === geometries[1]?.[i])).toBe(true)
})

test('a model without humanoid joints plays its own animation when it moves', async () => {
  const figure = new Figure(await parseModel(bare('fixtures/assets/avatars/RiggedFigure.glb')), [])
  expect(figure.isHumanoid).toBe(false)
  const poses = (): string => {
    const turns: string[] = []
    figure.group.traverse(({ quaternion }) =>
      turns.push(
        quaternion
          .toArray()
          .map((x) => x.toFixed(4))
          .join(),
      ),
    )
    return turns.join(' ')
  }
  const still = poses()
  figure.animate(0, 0.4)
  expect(poses()).toBe(still)
  figure.animate(1.5, 0.1)
  figure.animate(1.5, 0.4)
  expect(poses()).not.toBe(still)
})

test('invalid model bytes are refused with a message', async () => {
  await expect(parseModel(new TextEncoder().encode('glTF, but not really').buffer)).rejects.toThrow(
    'the model cannot be read',
  )
})
