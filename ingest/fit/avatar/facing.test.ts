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
const sameName = (name: string): string => name

/** The file with a change to its JSON. */
function changed(glb: Uint8Array, change: (json: JsonObject) => JsonObject): Uint8Array {
  const opened = openContainer(glb)
  if (!('json' in opened)) throw new Error(opened.fault.message)
  return writeGlb({ ...opened.json, ...change(opened.json) }, opened.bin)
}

/** The whole scene under a node with this rotation. */
const rotated = (glb: Uint8Array, rotation: readonly number[]): Uint8Array =>
  changed(glb, (json) => {
    const nodes = objectsOf(json, 'nodes')
    return {
      nodes: [...nodes, { name: 'Turn', rotation, children: objectsOf(json, 'scenes')[0]?.['nodes'] }],
      scenes: [{ nodes: [nodes.length] }],
    }
  })
const turned = (glb: Uint8Array): Uint8Array => rotated(glb, [0, 1, 0, 0])

const facingRules = ({ warnings }: Accepted): string[] =>
  warnings.flatMap(({ rule }) => (['AVATAR_TURNED', 'HUMANOID_BACKWARDS'].includes(rule) ? [rule] : []))
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

  test.each([
    ['faces +Z with left and right swapped', MIXAMO, mirroredName, false, 'left and right are swapped'],
    ['faces -Z with left and right swapped', MIXAMO, mirroredName, true, 'left and right are swapped'],
    ['faces -Z without toes', withoutToes(MIXAMO), sameName, true, 'no toes show the front'],
  ] as const)('stays as it is with a warning if it %s', async (_, sample, spell, isTurned, said) => {
    const glb = await rigGlb(sample, spell)
    const outcome = await accepted(isTurned ? turned(glb) : glb)
    expect(outcome.manifest.marker.rotation).toEqual(NO_TURN)
    expect(facingRules(outcome)).toEqual(['HUMANOID_BACKWARDS'])
    expect(textOf(outcome, 'HUMANOID_BACKWARDS')).toContain(said)
  })

  test('stays as it is if it faces sideways', async () => {
    const outcome = await accepted(rotated(await rigGlb(MIXAMO), [0, Math.SQRT1_2, 0, Math.SQRT1_2]))
    expect(outcome.manifest.marker.rotation).toEqual(NO_TURN)
    expect(facingRules(outcome)).not.toContain('AVATAR_TURNED')
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
