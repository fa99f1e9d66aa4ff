import { describe, expect, test } from 'vitest'
import { openContainer, writeGlb } from '../../preflight/container.ts'
import { ingest } from '../../ingest.ts'
import { objectsOf, type JsonObject } from '../../json.ts'
import { ABOUT_FACE, NO_TURN } from '../../normalise/math.ts'
import type { IngestOutcome } from '../../types.ts'
import { rigGlb, type RigSample } from './names/rig.fixture.ts'
import { SAMPLES } from './names/samples.fixture.ts'

type Accepted = Extract<IngestOutcome, { accepted: true }>

async function accepted(bytes: Uint8Array): Promise<Accepted> {
  const outcome = await ingest(bytes)
  if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejections))
  return outcome
}

/** A person who faces +Z, with toes. */
const MIXAMO = SAMPLES.find(({ convention }) => convention.startsWith('Ready Player Me')) as RigSample
const withoutToes = (sample: RigSample): RigSample => ({
  ...sample,
  names: new Map([...sample.names].filter(([bone]) => !bone.endsWith('Toes'))),
})
const mirroredName = (name: string): string =>
  name.replace(/Left|Right/, (side) => (side === 'Left' ? 'Right' : 'Left'))
const mirroredLegs = (name: string): string => (/Leg|Foot|Toe/.test(name) ? mirroredName(name) : name)
const mirroredArms = (name: string): string => (/Shoulder|Arm|Hand/.test(name) ? mirroredName(name) : name)
const sameName = (name: string): string => name

/** The file with a change to its JSON. */
function changed(glb: Uint8Array, change: (json: JsonObject) => JsonObject): Uint8Array {
  const opened = openContainer(glb)
  if (!('json' in opened)) throw new Error(opened.fault.message)
  return writeGlb({ ...opened.json, ...change(opened.json) }, opened.bin)
}

/** The whole scene, turned about its vertical axis: from +Z (0°) towards +X (90°). */
const yawed = (glb: Uint8Array, degrees: number): Uint8Array =>
  rotated(glb, [0, Math.sin((degrees * Math.PI) / 360), 0, Math.cos((degrees * Math.PI) / 360)])
const turned = (glb: Uint8Array): Uint8Array => rotated(glb, [0, 1, 0, 0])

/** The whole scene under a node with this rotation. */
function rotated(glb: Uint8Array, rotation: readonly number[]): Uint8Array {
  return changed(glb, (json) => {
    const nodes = objectsOf(json, 'nodes')
    return {
      nodes: [...nodes, { name: 'Turn', rotation, children: objectsOf(json, 'scenes')[0]?.['nodes'] }],
      scenes: [{ nodes: [nodes.length] }],
    }
  })
}

const FACING_RULES = ['AVATAR_TURNED', 'HUMANOID_BACKWARDS', 'HUMANOID_SIDEWAYS', 'HUMANOID_LYING']
const facingRules = ({ warnings }: Accepted): string[] =>
  warnings.flatMap(({ rule }) => (FACING_RULES.includes(rule) ? [rule] : []))
const textOf = ({ warnings }: Accepted, rule: string): string =>
  warnings.find((warning) => warning.rule === rule)?.message ?? ''

describe('a humanoid rig that is not VRM', () => {
  test('stays as it is if it faces +Z', async () => {
    const outcome = await accepted(await rigGlb(MIXAMO))
    expect(outcome.manifest.marker.rotation).toEqual(NO_TURN)
    expect(facingRules(outcome)).toEqual([])
  })

  test('is turned with a note if sides and feet agree that it faces -Z, and gets the same body', async () => {
    const front = await accepted(await rigGlb(MIXAMO))
    const back = await accepted(turned(await rigGlb(MIXAMO)))
    expect(back.manifest.marker.rotation).toEqual(ABOUT_FACE)
    expect(facingRules(back)).toEqual(['AVATAR_TURNED'])
    expect(textOf(back, 'AVATAR_TURNED')).toContain('faced -Z')
    expect(back.manifest.bounds).toEqual(front.manifest.bounds)
    const offsets = ({ manifest: { physics } }: Accepted): number[] =>
      physics.kind === 'avatar' ? physics.body.offsets.flatMap(({ x, y, z }) => [x, y, z]) : []
    const wanted = offsets(front)
    expect(wanted.length).toBeGreaterThan(50)
    for (const [i, value] of offsets(back).entries()) expect(value).toBeCloseTo(wanted[i] ?? NaN, 3)
  })

  const SWAPPED = 'are on the right side, by the direction of the toes: left and right are swapped. Swap the names'
  const LEGS =
    'The left leg is on the right side, by the direction of the toes: left and right are swapped, for the legs only'
  const ARMS =
    'The left arm is on the right side, by the direction of the toes: left and right are swapped, for the arms only'
  const BARE = withoutToes(MIXAMO)
  test.each([
    ['faces +Z with left and right swapped', MIXAMO, mirroredName, 0, SWAPPED],
    ['faces -Z with left and right swapped', MIXAMO, mirroredName, 180, SWAPPED],
    ['faces +Z with swapped legs', MIXAMO, mirroredLegs, 0, LEGS],
    ['faces -Z with swapped legs', MIXAMO, mirroredLegs, 180, LEGS],
    ['faces +Z with swapped arms', MIXAMO, mirroredArms, 0, ARMS],
    ['faces -Z with swapped arms', MIXAMO, mirroredArms, 180, ARMS],
    ['faces -Z without toes', BARE, sameName, 180, 'no toes show the front: the model faces -Z, or left and right'],
    [
      'has no toes, and swapped arms',
      BARE,
      mirroredArms,
      0,
      'left and right are swapped, for the legs or for the arms',
    ],
    [
      'has no toes, and swapped legs',
      BARE,
      mirroredLegs,
      90,
      'left and right are swapped, for the legs or for the arms',
    ],
  ] as const)('stays as it is with one warning if it %s', async (_, sample, spell, degrees, said) => {
    const outcome = await accepted(yawed(await rigGlb(sample, spell), degrees))
    expect(outcome.manifest.marker.rotation).toEqual(NO_TURN)
    expect(facingRules(outcome)).toEqual(['HUMANOID_BACKWARDS'])
    const message = textOf(outcome, 'HUMANOID_BACKWARDS')
    expect(message).toContain(said)
    expect(message.includes('faces -Z')).toBe(degrees === 180)
  })

  test.each([
    ...[30, 60, 90, 120, 150, -30, -90, -120].map((degrees) => [degrees, 'with toes', MIXAMO] as const),
    ...[90, -90].map((degrees) => [degrees, 'without toes', BARE] as const),
  ])('stays as it is with its angle if it faces %i° away from +Z, %s', async (degrees, _, sample) => {
    const outcome = await accepted(yawed(await rigGlb(sample), degrees))
    expect(outcome.manifest.marker.rotation).toEqual(NO_TURN)
    expect(facingRules(outcome)).toEqual(['HUMANOID_SIDEWAYS'])
    const away = `faces ${Math.abs(degrees)}° away from +Z, towards ${degrees > 0 ? '+X' : '-X'}`
    expect(textOf(outcome, 'HUMANOID_SIDEWAYS')).toContain(away)
  })

  test.each([
    [20, NO_TURN, []],
    [-20, NO_TURN, []],
    [160, ABOUT_FACE, ['AVATAR_TURNED']],
    [-160, ABOUT_FACE, ['AVATAR_TURNED']],
  ] as const)('counts as facing along Z at %i°', async (degrees, rotation, rules) => {
    const outcome = await accepted(yawed(await rigGlb(MIXAMO), degrees))
    expect(outcome.manifest.marker.rotation).toEqual(rotation)
    expect(facingRules(outcome)).toEqual(rules)
  })

  test('gets both warnings if it faces sideways with swapped arms', async () => {
    const outcome = await accepted(yawed(await rigGlb(MIXAMO, mirroredArms), 90))
    expect(facingRules(outcome)).toEqual(['HUMANOID_BACKWARDS', 'HUMANOID_SIDEWAYS'])
    expect(textOf(outcome, 'HUMANOID_BACKWARDS')).toContain(ARMS)
    expect(textOf(outcome, 'HUMANOID_SIDEWAYS')).toContain('faces 90° away from +Z, towards +X')
  })

  test('gets a warning with its angle if it lies on its back', async () => {
    const outcome = await accepted(rotated(await rigGlb(MIXAMO), [-Math.SQRT1_2, 0, 0, Math.SQRT1_2]))
    expect(facingRules(outcome)).toEqual(['HUMANOID_LYING'])
    expect(textOf(outcome, 'HUMANOID_LYING')).toContain('leans 90° from upright')
  })
})

describe('a VRM file', () => {
  const humanBones = (json: JsonObject): [string, number][] => {
    const nodes = objectsOf(json, 'nodes').map(({ name }) => name)
    return [...MIXAMO.names].map(([bone, name]) => [bone, nodes.indexOf(name)])
  }

  test('of version 1.0 faces +Z by definition, and is never turned', async () => {
    const glb = changed(turned(await rigGlb(MIXAMO)), (json) => ({
      extensionsUsed: ['VRMC_vrm'],
      extensions: {
        VRMC_vrm: {
          specVersion: '1.0',
          humanoid: { humanBones: Object.fromEntries(humanBones(json).map(([bone, node]) => [bone, { node }])) },
        },
      },
    }))
    const outcome = await accepted(glb)
    expect(outcome.manifest.marker.rotation).toEqual(NO_TURN)
    expect(facingRules(outcome)).toEqual(['HUMANOID_BACKWARDS'])
    expect(textOf(outcome, 'HUMANOID_BACKWARDS')).toContain('the model faces -Z')
  })

  test('of version 0.x faces -Z by definition, and is turned without a note', async () => {
    const glb = changed(turned(await rigGlb(MIXAMO)), (json) => ({
      extensionsUsed: ['VRM'],
      extensions: { VRM: { humanoid: { humanBones: humanBones(json).map(([bone, node]) => ({ bone, node })) } } },
    }))
    const outcome = await accepted(glb)
    expect(outcome.manifest.marker.rotation).toEqual(ABOUT_FACE)
    expect(facingRules(outcome)).toEqual([])
  })
})
