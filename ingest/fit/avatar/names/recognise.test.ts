import { Logger, NodeIO, type Document } from '@gltf-transform/core'
import { describe, expect, test } from 'vitest'
import type { PackageManifest } from '../../../../packages/manifest.ts'
import { placeNodes, poseNodes } from '../../../../packages/retarget.ts'
import { packPose, unpackPose, type JointTransform, type Pose } from '../../../../sim/avatar/pose.ts'
import { solveSkeleton } from '../../../../sim/avatar/skeleton.ts'
import { add, distance, rotate, scaled, sub, unit, vec } from '../../../../sim/maths/maths.ts'
import { BONES, type AvatarBody, type Vec3 } from '../../../../sim/types.ts'
import { glbWith } from '../../../glb.fixture.ts'
import { ingest } from '../../../ingest.ts'
import type { IngestOptions, IngestOutcome } from '../../../types.ts'
import { restNodes } from '../../model.fixture.ts'
import { frameOf } from '../../node-frame.ts'
import { nodesOf, surfaceOf } from '../../surface.ts'
import { FACING } from '../body.ts'
import { parentOfBone } from '../bones.ts'
import { CONVENTIONS } from './conventions.ts'
import { rigGlb, type RigSample } from './rig.fixture.ts'
import { SAMPLES } from './samples.fixture.ts'

type Accepted = Extract<IngestOutcome, { accepted: true }>

async function accepted(bytes: Uint8Array, options: IngestOptions = {}): Promise<Accepted> {
  const outcome = await ingest(bytes, options)
  if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejections))
  return outcome
}

const ingestedSamples = new Map<RigSample, Promise<Accepted>>()

/** The package of a sample. It is made once, because the ingest takes most of the time of these tests. */
function ingested(sample: RigSample): Promise<Accepted> {
  const outcome = ingestedSamples.get(sample) ?? rigGlb(sample).then((bytes) => accepted(bytes))
  ingestedSamples.set(sample, outcome)
  return outcome
}

const messageOf = ({ warnings }: Accepted, rule: string): string =>
  warnings.find((warning) => warning.rule === rule)?.message ?? ''
const rulesOf = ({ warnings }: Accepted): string[] => warnings.map(({ rule }) => rule)

const namesOf = ({ skeleton }: PackageManifest): Record<string, string> =>
  Object.fromEntries(
    (skeleton ?? []).flatMap(({ humanoid, name }) => (humanoid === undefined ? [] : [[humanoid, name]])),
  )

async function runtimeOf({ manifest, files }: Accepted): Promise<Document> {
  const bytes = files.get(manifest.files.runtime.sha256)?.bytes ?? expect.fail('no runtime')
  return new NodeIO().setLogger(new Logger(Logger.Verbosity.SILENT)).readBinary(bytes)
}

const bodyOf = ({ manifest: { physics } }: Accepted): AvatarBody =>
  physics.kind === 'avatar' ? physics.body : expect.fail('no avatar')

/** Head turned and hands raised, as a headset sends them. */
const RAISED: Pose = {
  head: {
    position: vec(0.03, 1.5, -0.05),
    rotation: { x: 0.1, y: 0.35, z: 0, w: Math.sqrt(1 - 0.1 ** 2 - 0.35 ** 2) },
  },
  left: { position: vec(-0.4, 1.7, -0.25), rotation: { x: 0, y: 0, z: -0.6, w: 0.8 } },
  right: { position: vec(0.35, 1.6, -0.3), rotation: { x: 0, y: 0.6, z: 0, w: 0.8 } },
  bones: BONES.map(() => null),
}
/** The same head, with rotations of every bone, as motion capture sends them. */
const CAPTURED: Pose = {
  ...RAISED,
  bones: BONES.map((_, i) => {
    const [x, y, z] = [0.1 * Math.sin(i), 0.1 * Math.cos(2 * i), 0.25 * Math.sin(3 * i)]
    return { x, y, z, w: Math.sqrt(1 - x * x - y * y - z * z) }
  }),
}

/** Joints farther than 1 mm from the simulation's bones in a pose, or turned otherwise. */
async function strayJoints(outcome: Accepted, sent: Pose): Promise<string[]> {
  const pose = unpackPose(packPose(sent))
  const bones = solveSkeleton(bodyOf(outcome), pose)
  const nodes = restNodes(await runtimeOf(outcome))
  const skeleton = outcome.manifest.skeleton ?? []
  const placed = placeNodes(nodes, poseNodes(skeleton, nodes, bones))
  return skeleton.flatMap(({ joint, humanoid, rest }) => {
    const bone = bones[(BONES as readonly string[]).indexOf(humanoid ?? '')]
    const at = placed.get(joint)
    if (!bone || !at || !rest) return []
    return distance(bone.position, at.position) < 0.001
      ? []
      : [`${humanoid} is ${distance(bone.position, at.position)} m off`]
  })
}

/** For each bone the direction from its joint to the middle of its part of the mesh, skinned in a pose, root space. */
async function meshWays(outcome: Accepted, bones: readonly JointTransform[]): Promise<Map<string, Vec3>> {
  const document = await runtimeOf(outcome)
  const skeleton = outcome.manifest.skeleton ?? []
  const { rotations, hips } = poseNodes(skeleton, restNodes(document), bones)
  for (const node of nodesOf(document)) {
    const turned = rotations.get(node.getName())
    if (turned) node.setRotation([turned.x, turned.y, turned.z, turned.w])
    if (hips?.name === node.getName()) node.setTranslation([hips.translation.x, hips.translation.y, hips.translation.z])
  }
  const { points, carriers } = surfaceOf(nodesOf(document))
  return new Map(
    skeleton.flatMap(({ joint, humanoid }) => {
      const own = points.filter((_, i) => carriers[i]?.getName() === joint)
      const node = carriers.find((carrier) => carrier.getName() === joint)
      if (humanoid === undefined || !node) return []
      const middle = scaled(own.reduce(add, vec(0, 0, 0)), 1 / own.length)
      return [[humanoid, rotate(FACING, unit(sub(middle, frameOf(node).position), vec(0, 0, 0)))]]
    }),
  )
}

describe.each(SAMPLES.map((sample) => [sample.convention, sample] as const))('%s', (convention, sample) => {
  test('is recognised with all its bones, and every bone gets a capsule', async () => {
    const outcome = await ingested(sample)
    expect(messageOf(outcome, 'HUMANOID_BY_NAMES')).toMatch(
      `humanoid: ${convention}, ${sample.names.size} bones: hips, `,
    )
    expect(rulesOf(outcome)).not.toContain('NO_HUMANOID')
    expect(namesOf(outcome.manifest)).toEqual(Object.fromEntries(sample.names))
    const capsules = new Set(outcome.manifest.capsules.map(({ bone }) => bone))
    expect([...capsules].toSorted()).toEqual(BONES.filter((bone) => sample.names.has(bone)).toSorted())
  })

  test('its joints follow head, hands and bones of its wearer', async () => {
    const outcome = await ingested(sample)
    expect(await strayJoints(outcome, RAISED)).toEqual([])
    expect(await strayJoints(outcome, CAPTURED)).toEqual([])
  })

  test('its mesh points and looks where its wearer points and looks', async () => {
    const outcome = await ingested(sample)
    const bones = solveSkeleton(bodyOf(outcome), RAISED)
    const ways = await meshWays(outcome, bones)
    for (const [bone, out] of [
      ['leftHand', vec(-1, 0, 0)],
      ['rightHand', vec(1, 0, 0)],
      // Up, and towards the nose.
      ['head', unit(vec(0, 0.0925, -0.06), vec(0, 0, 0))],
    ] as const) {
      const wanted = rotate(bones[BONES.indexOf(bone)]?.rotation ?? expect.fail(bone), out)
      expect(distance(ways.get(bone) ?? vec(0, 0, 0), wanted), bone).toBeLessThan(0.25)
    }
  })
})

const byName = (convention: string): RigSample =>
  SAMPLES.find((sample) => sample.convention.replace(/ \(.*/, '') === convention) ?? expect.fail(convention)

describe('a convention', () => {
  test('is recognised as Godot and three.js rewrite its names', async () => {
    for (const sample of ['Mixamo', 'Rigify', '3ds Max Biped', 'KayKit'].map(byName)) {
      const godot = await accepted(await rigGlb(sample, (name) => name.replaceAll(/[.:@/"%]/g, '_')))
      const three = await accepted(
        await rigGlb(sample, (name) => name.replaceAll(/\s/g, '_').replaceAll(/[[\].:/]/g, '')),
      )
      for (const outcome of [godot, three])
        expect(messageOf(outcome, 'HUMANOID_BY_NAMES')).toContain(`${sample.names.size} bones`)
    }
  })

  test('is recognised with any number in the prefix of Mixamo', async () => {
    const outcome = await accepted(await rigGlb(byName('Mixamo'), (name) => name.replace('mixamorig:', 'mixamorig12:')))
    expect(messageOf(outcome, 'HUMANOID_BY_NAMES')).toContain('Mixamo ("mixamorig12:"), 52 bones')
  })

  test('is not recognised by likeness, and the nearest one is reported with its missing bones', async () => {
    const outcome = await accepted(await rigGlb(byName('Mixamo'), (name) => name.replace('LeftHand', 'HandLeft')))
    expect(namesOf(outcome.manifest)).toEqual({})
    const message = messageOf(outcome, 'NO_HUMANOID')
    expect(message).toContain('nearest to Mixamo ("mixamorig:")')
    expect(message).toContain('leftHand ("mixamorig:LeftHand"). Rename the bones, upload a map')
    expect(message).toMatch(/export it as VRM\.$/)
  })

  test('is reported with its first bones and all conventions if none is near', async () => {
    const other = await accepted(await rigGlb(byName('Mixamo'), (name) => name.toLowerCase()))
    const message = messageOf(other, 'NO_HUMANOID')
    expect(message).toContain(
      '("mixamorig:hips", "mixamorig:spine", "mixamorig:spine1" …) belong to no known convention',
    )
    expect(message).toContain('export it as VRM. Known conventions: Mixamo; Ready Player Me')
  })

  test('is not looked for in an avatar without bones, with a warning that says how to get some', async () => {
    const outcome = await ingest(glbWith({}), { kind: 'avatar' })
    expect(outcome.accepted).toBe(true)
    const message = outcome.warnings.find(({ rule }) => rule === 'NO_HUMANOID')?.message
    expect(message).toContain('it has no bones. Rig it in the modelling program')
  })

  test('is not used if the bones hang from each other the wrong way round', async () => {
    const sample = byName('Godot SkeletonProfileHumanoid')
    const below = new Map<string, string | null>([
      ['Spine', 'Root'],
      ['Hips', 'Spine'],
    ])
    const outcome = await accepted(await rigGlb({ ...sample, below }))
    expect(namesOf(outcome.manifest)).toEqual({})
    expect(messageOf(outcome, 'NO_HUMANOID')).toContain('"Spine" (spine) is above "Hips" (hips) in the node tree')
  })

  test('is not used if a file has two skeletons with its names', async () => {
    const sample = byName('Mixamo')
    const other = [...sample.names].map(([at, name]) => ({
      name: name.replace('mixamorig:', 'mixamorig1:'),
      below: null,
      at,
    }))
    const outcome = await accepted(await rigGlb({ ...sample, extra: other }))
    expect(messageOf(outcome, 'NO_HUMANOID')).toContain(
      'fit Mixamo ("mixamorig1:") and Mixamo ("mixamorig:"), so it has two skeletons',
    )
  })

  test('has names of its own: no two are alike in all required bones', () => {
    const required = CONVENTIONS.map(({ prefix, names }) => `${prefix} ${JSON.stringify([...names].toSorted())}`)
    expect(new Set(required).size).toBe(CONVENTIONS.length)
    expect(SAMPLES).toHaveLength(CONVENTIONS.length)
  })

  test('is left to a map that is uploaded with the model', async () => {
    const sample = byName('KayKit')
    const outcome = await accepted(await rigGlb(sample), { humanoid: Object.fromEntries(sample.names) })
    expect(rulesOf(outcome)).not.toContain('HUMANOID_BY_NAMES')
    expect(namesOf(outcome.manifest)).toEqual(Object.fromEntries(sample.names))
  })
})

/** Rigify's rig as exported with all its bones: each deforming bone hangs from a bone of the hidden chain ORG-. */
function wholeRigify(): RigSample {
  const sample = byName('Quaternius, Universal Animation Library')
  const hidden = (name: string): string => name.replace('DEF-', 'ORG-')
  const chain = [...sample.names].map(([bone, name]) => {
    let above = parentOfBone(bone)
    while (above !== null && !sample.names.has(above)) above = parentOfBone(above)
    return { name: hidden(name), below: above === null ? 'torso' : hidden(sample.names.get(above) ?? ''), at: bone }
  })
  const controls = [
    { name: 'root', below: null },
    { name: 'torso', below: 'root', at: 'spine' },
    { name: 'hand_ik.L', below: 'root', at: 'leftHand' },
    { name: 'foot_ik.L', below: 'root', at: 'leftFoot' },
  ]
  return {
    ...sample,
    extra: [...controls, ...chain],
    below: new Map([...sample.names.values()].map((name) => [name, hidden(name)])),
  }
}

describe('control bones', () => {
  test('are resolved to the bones that move the mesh, and the report names what was moved', async () => {
    const outcome = await accepted(await rigGlb(byName('Quaternius')))
    const parents = new Map(outcome.manifest.skeleton?.map(({ name, parent }) => [name, parent]))
    expect(parents.get('Abdomen')).toBe('Hips')
    expect(parents.get('Foot.L')).toBe('LowerLeg_L')
    expect(messageOf(outcome, 'HUMANOID_ATTACHED')).toContain('"Foot.L" below "LowerLeg.L"')
  })

  test('of a whole Rigify rig are passed over: each deforming bone hangs from the next deforming bone', async () => {
    const outcome = await accepted(await rigGlb(wholeRigify()))
    const parents = new Map(outcome.manifest.skeleton?.map(({ name, parent }) => [name, parent]))
    expect(parents.get('DEF-forearm.L')).toBe('DEF-upper_arm_L')
    expect(parents.get('DEF-spine.001')).toBe('DEF-hips')
    expect(await strayJoints(outcome, RAISED)).toEqual([])
    expect(await strayJoints(outcome, CAPTURED)).toEqual([])
  })

  test('stay the parents of nothing that moves vertices', async () => {
    const outcome = await accepted(await rigGlb(byName('Rigify')))
    const parents = new Map(outcome.manifest.skeleton?.map(({ name, parent }) => [name, parent]))
    expect(parents.get('DEF-upper_arm.L')).toBe('DEF-shoulder_L')
    expect(parents.get('DEF-breast.L')).not.toBeNull()
  })

  test('that a map names in place of a bone are refused with a message for modellers', async () => {
    const sample = byName('KayKit')
    const humanoid = { ...Object.fromEntries(sample.names), leftHand: 'handIK.l' }
    const outcome = await ingest(await rigGlb(sample), { humanoid })
    expect(outcome.accepted ? [] : outcome.rejections.map(({ rule }) => rule)).toEqual(['HUMANOID_ORDER'])
    expect(outcome.accepted ? '' : outcome.rejections[0]?.message).toContain(
      '"handIK_l" moves no vertices, so it seems to be a control bone',
    )
  })
})
