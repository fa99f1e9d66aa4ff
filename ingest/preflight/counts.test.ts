import { expect, test } from 'vitest'
import { CHECK_LIMITS } from '../limits.ts'
import { Rejected, type Rejection } from '../types.ts'
import { checkCounts } from './counts.ts'

const many = (count: number): number[] => Array.from({ length: count }, () => 0)
const keys = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`KEY_${i}`, 0]))

function rejectionOf(json: Record<string, unknown>): Rejection | null {
  try {
    checkCounts(json)
    return null
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
    return error.rejections[0] ?? null
  }
}

const primitive = (members: unknown): Record<string, unknown> => ({ meshes: [{ primitives: [members] }] })
const LIST_ADVICE = {
  nodes: 'Join objects and remove empties.',
  accessors: 'Merge meshes or remove animations.',
  bufferViews: 'Merge meshes or remove animations.',
  buffers: 'Export as .glb.',
  meshes: 'Join meshes.',
  materials: 'Merge materials.',
  textures: 'Merge textures into an atlas.',
  images: 'Merge textures into an atlas.',
  samplers: 'Export the model again.',
  skins: 'Join the skinned meshes onto one armature.',
  animations: 'Keep only the animations that are used.',
  cameras: 'Remove the cameras.',
  scenes: 'Export one scene.',
} as const

test.each([
  ...Object.entries(LIST_ADVICE).map(([key, advice]) => {
    const max = CHECK_LIMITS[key as keyof typeof LIST_ADVICE]
    return [key, `/${key}`, max, (count: number) => ({ [key]: many(count) }), advice] as const
  }),
  ...(['extensionsUsed', 'extensionsRequired'] as const).map(
    (key) =>
      [
        key,
        `/${key}`,
        CHECK_LIMITS.extensions,
        (count: number) => ({ [key]: many(count) }),
        'Export the model again without them.',
      ] as const,
  ),
  [
    'extensions',
    '/extensions',
    CHECK_LIMITS.extensions,
    (count: number) => ({ extensions: keys(count) }),
    'Export the model again without them.',
  ],
  [
    'primitives',
    '/meshes',
    CHECK_LIMITS.primitives,
    (count: number) => ({ meshes: [{ primitives: many(count - 1) }, { primitives: [0] }] }),
    'Join meshes that share a material.',
  ],
  [
    'attributes',
    '/meshes/0/primitives/0/attributes',
    CHECK_LIMITS.attributes,
    (count: number) => primitive({ attributes: keys(count) }),
    'Export the model again without custom attributes.',
  ],
  [
    'morph targets',
    '/meshes/0/primitives/0/targets',
    CHECK_LIMITS.morphTargets,
    (count: number) => primitive({ targets: many(count) }),
    'Remove shape keys that are not used.',
  ],
  [
    'attributes of one morph target',
    '/meshes/0/primitives/0/targets',
    CHECK_LIMITS.attributes,
    (count: number) => primitive({ targets: [{}, keys(count)] }),
    'Export the model again.',
  ],
  [
    'joints',
    '/skins/1/joints',
    CHECK_LIMITS.joints,
    (count: number) => ({ skins: [{}, { joints: many(count) }] }),
    'Remove bones that move nothing.',
  ],
  ...(['channels', 'samplers'] as const).map(
    (key) =>
      [
        `animation ${key}`,
        '/animations',
        CHECK_LIMITS.channels,
        (count: number) => ({ animations: [{ [key]: many(count - 1) }, { [key]: [0] }] }),
        'Keep only the animations that are used.',
      ] as const,
  ),
] as const)('%s: as many as allowed pass, one more is refused with what to do', (what, where, max, json, advice) => {
  expect(rejectionOf(json(max))).toBeNull()
  const [count, most] = [(max + 1).toLocaleString('en-US'), max.toLocaleString('en-US')]
  expect(rejectionOf(json(max + 1))).toEqual({
    rule: 'COUNT',
    where,
    value: max + 1,
    limit: max,
    message: `There are ${count} ${what}; at most ${most} are allowed. ${advice}`,
  })
})
