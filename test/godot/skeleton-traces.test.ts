/**
 * Poses of bodies by the simulation and the retargeting. Godot's addon must give the same numbers.
 * `UPDATE_GODOT_TRACES=1 npx vitest run test/godot/skeleton-traces` writes them again.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Document } from '@gltf-transform/core'
import { expect, test } from 'vitest'
import { DEFAULT_BODY } from '../../sim/avatar/body.ts'
import { IDENTITY, normalise, vec } from '../../sim/maths/maths.ts'
import type { JointTransform, Pose } from '../../sim/avatar/pose.ts'
import { nextUint32, seedRandom } from '../../sim/maths/random.ts'
import { restHeadHeight, solveSkeleton } from '../../sim/avatar/skeleton.ts'
import { BONES, type AvatarBody, type Quat, type Vec3 } from '../../sim/types.ts'
import { armatureOf } from '../../ingest/armature.ts'
import { fitAvatar } from '../../ingest/fit/index.ts'
import { readFixture } from '../../ingest/fit/model.fixture.ts'
import type { PackageJoint } from '../../packages/manifest.ts'
import { poseNodes, type RestNode } from '../../packages/retarget.ts'

const FIGURES = ['CesiumMan.glb', 'RiggedFigure.glb', 'debug_robot.vrm']
const SEED = 7
/** Precision of the traces: metres and components of a rotation. */
const DECIMALS = 6

type TraceRow = readonly number[]
const rounded = (x: number): number => Number(x.toFixed(DECIMALS)) + 0
const row3 = ({ x, y, z }: Vec3): TraceRow => [x, y, z].map(rounded)
const row4 = ({ x, y, z, w }: Quat): TraceRow => [x, y, z, w].map(rounded)

interface Figure {
  readonly name: string
  readonly body: AvatarBody
  readonly skeleton: readonly PackageJoint[]
  readonly nodes: readonly RestNode[]
}

function nodesOf(document: Document): readonly RestNode[] {
  const found: RestNode[] = []
  document
    .getRoot()
    .listScenes()[0]
    ?.traverse((node) => {
      const [[tx, ty, tz], [x, y, z, w], [sx, sy, sz]] = [node.getTranslation(), node.getRotation(), node.getScale()]
      found.push({
        name: node.getName(),
        parent: node.getParentNode()?.getName() ?? null,
        translation: vec(tx, ty, tz),
        rotation: { x, y, z, w },
        scale: vec(sx, sy, sz),
      })
    })
  return found
}

async function figureOf(file: string): Promise<Figure> {
  const { document, humanoid } = await readFixture(`fixtures/assets/avatars/${file}`)
  const fit = fitAvatar(document, humanoid, () => undefined)
  return {
    name: file,
    body: fit.body,
    skeleton: armatureOf(document, { humanoid, rest: fit.rest }) ?? [],
    nodes: nodesOf(document),
  }
}

/** Poses that reach, crouch, twist, stretch beyond the limbs, and send only some bones. */
function posesOf(body: AvatarBody): readonly (Pose | null)[] {
  const state = seedRandom(SEED)
  const random = (most: number): number => (nextUint32(state) / 2 ** 31 - 1) * most
  const turn = (most: number): Quat => normalise({ x: random(most), y: random(most), z: random(most), w: 1 })
  const height = restHeadHeight(body)
  const joint = (x: number, y: number, z: number): JointTransform => ({
    position: vec(x * height, y * height, z * height),
    rotation: turn(0.4),
  })
  const threePoints = (low: number, reach: number): Pose => ({
    head: joint(random(0.1), 1 - low, random(0.1)),
    left: joint(-0.3 + random(reach), 0.7 + random(reach), random(reach)),
    right: joint(0.3 + random(reach), 0.7 + random(reach), random(reach)),
    bones: BONES.map(() => null),
  })
  const whole = (most: number, sent: (i: number) => boolean): Pose => ({
    ...threePoints(0.05, 0.2),
    bones: BONES.map((_, i) => (sent(i) ? turn(most) : null)),
  })
  return [
    null,
    threePoints(0, 0.1),
    threePoints(0.4, 0.3),
    threePoints(-0.2, 0.9),
    threePoints(0.1, 3),
    whole(0.3, () => true),
    whole(1, () => true),
    whole(0.6, (i) => i % 3 !== 1),
    whole(0.5, (i) => i === 6),
  ]
}

function poseRow(pose: Pose | null): object | null {
  if (!pose) return null
  const joint = ({ position, rotation }: JointTransform): TraceRow => [...row3(position), ...row4(rotation)]
  return {
    head: joint(pose.head),
    left: joint(pose.left),
    right: joint(pose.right),
    mask: pose.bones.reduce((mask, bone, i) => (bone ? mask | (1 << i) : mask), 0),
    bones: pose.bones.map((bone) => row4(bone ?? IDENTITY)),
  }
}

function stepOf(figure: Figure, pose: Pose | null): object {
  const bones = solveSkeleton(figure.body, pose)
  const { rotations, hips } = poseNodes(figure.skeleton, figure.nodes, bones)
  return {
    pose: poseRow(pose),
    bones: bones.map(({ position, rotation }) => [...row3(position), ...row4(rotation)]),
    nodes: [...rotations].map(([name, rotation]) => [name, ...row4(rotation)]),
    hips: hips && [hips.name, ...row3(hips.translation)],
  }
}

function figureRow(figure: Figure): object {
  return {
    name: figure.name,
    body: {
      name: figure.body.name,
      offsets: figure.body.offsets.map(row3),
      capsules: figure.body.capsules.map(({ bone, a, b, radius }) => ({ bone, a: row3(a), b: row3(b), radius })),
    },
    joints: figure.skeleton.flatMap(({ joint, humanoid, rest }) =>
      rest && humanoid !== undefined ? [[joint, humanoid, ...row4(rest)]] : [],
    ),
    nodes: figure.nodes.map(({ name, parent, translation, rotation, scale }) => [
      name,
      parent,
      ...row3(translation),
      ...row4(rotation),
      ...row3(scale),
    ]),
    steps: posesOf(figure.body).map((pose) => stepOf(figure, pose)),
  }
}

test('the committed skeletons match the simulation and the retargeting', async () => {
  const figures = [
    { name: 'person', body: DEFAULT_BODY, skeleton: [], nodes: [] },
    ...(await Promise.all(FIGURES.map(figureOf))),
  ]
  expect(figures.slice(1).every(({ skeleton }) => skeleton.filter(({ rest }) => rest).length >= 15)).toBe(true)
  // One rig has no upper chest, so that its rotation is folded into the next joint.
  expect(
    figures.some(({ skeleton }) => skeleton.length > 0 && !skeleton.some(({ humanoid }) => humanoid === 'upperChest')),
  ).toBe(true)
  const file = new URL('../../fixtures/godot/skeleton.json', import.meta.url)
  const text = `${JSON.stringify(figures.map(figureRow)).replace(/(?<=[\]}]),(?=\{)/g, ',\n')}\n`
  if (process.env.UPDATE_GODOT_TRACES) writeFileSync(file, text)
  expect(readFileSync(file, 'utf8')).toBe(text)
})
