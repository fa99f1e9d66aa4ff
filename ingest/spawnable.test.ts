/**
 * Accepted models can be spawned by a guest at scale 1, however thin they are. Impossible physics in a file is refused
 * by rule.
 */
import { describe, expect, test } from 'vitest'
import { NodeIO } from '@gltf-transform/core'
import { props, type PropSpec, type PropView } from '../sim/index.ts'
import { guestSpecReason } from '../sim/limits/prop-limits.ts'
import { boundsOf } from '../sim/props/extent.ts'
import { add, multiply, rotate } from '../sim/maths/maths.ts'
import { at, stage, UPRIGHT } from '../sim/stage.fixture.ts'
import { checkProp, checkScale } from '../sim/props/shapes.ts'
import { massOf, solidOf } from '../sim/props/solid.ts'
import { glbOf, prism, type Json } from './glb.fixture.ts'
import { fitObject } from './fit/index.ts'
import { ingest } from './ingest.ts'
import type { IngestOutcome } from './types.ts'

const sheet = (x: number, z: number): Uint8Array =>
  glbOf(
    [
      [-x / 2, 0, -z / 2],
      [-x / 2, 0, z / 2],
      [x / 2, 0, z / 2],
      [x / 2, 0, -z / 2],
    ],
    [0, 1, 2, 0, 2, 3],
  )
const SQUARE = Math.SQRT1_2

function specOf(outcome: IngestOutcome): PropSpec {
  if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejections))
  const { physics } = outcome.manifest
  if (physics.kind !== 'object') throw new Error('an avatar')
  return physics.prop
}

const rulesOf = (outcome: IngestOutcome): string[] =>
  (outcome.accepted ? outcome.warnings : outcome.rejections).map(({ rule }) => rule)

/** Spawns the package as a guest 0.5 m above the ground, and passes the prop after two seconds. */
function dropped(prop: PropSpec, use: (after: PropView | undefined) => void): void {
  stage((s) => {
    s.join(1)
    const hash = '5'.repeat(64)
    s.tick([0, { type: 'package', hash, physics: { kind: 'object', prop } }])
    const events = s.tick([
      1,
      { type: 'spawn', prop: hash, position: at(1, 0.5, 4), rotation: UPRIGHT, scale: 1, access: 0, owner: 0 },
    ])
    expect(events).toMatchObject([{ type: 'spawned' }])
    expect(s.wait(120).filter(({ type }) => type === 'returned' || type === 'frozen')).toEqual([])
    use(props(s.realm)[0])
  })
}

const lowestOf = ({ colliders }: PropSpec, { position: p, rotation: q }: PropView): number =>
  boundsOf(
    colliders.map(({ shape, position, rotation }) => ({
      shape,
      position: add(p, rotate(q, position)),
      rotation: multiply(q, rotation),
    })),
  ).low.y

describe('thin and small objects are accepted, can be spawned by a guest at scale 1, and fall', () => {
  test.each<readonly [string, () => Uint8Array]>([
    ['a sheet of paper without thickness', () => sheet(0.21, 0.297)],
    ['a sheet of paper 0.1 mm thick', () => prism(4, 0.15, 0.0001)],
    ['a sheet of paper 0.1 mm thick that leans', () => prism(4, 0.15, 0.0001, 0.7)],
    ['a round sheet that leans', () => prism(24, 0.1, 0.0004, 0.5)],
    ['a carpet of 20 m without thickness', () => sheet(20, 20)],
    ['a needle of 4 cm', () => prism(8, 0.0004, 0.04)],
    ['a needle of 4 cm that leans', () => prism(8, 0.0004, 0.04, 0.6)],
    ['a spear of 30 m', () => prism(6, 0.004, 30)],
    ['a coin', () => prism(24, 0.0116, 0.0023)],
    ['a thin coin', () => prism(24, 0.01, 0.0008)],
    ['a cube of 3 mm, scaled up as all that is smaller than 1 cm', () => prism(4, 0.003 * SQUARE, 0.003)],
  ])('%s', async (_, make) => {
    const prop = specOf(await ingest(make()))
    expect(checkProp(prop) ?? checkScale(prop, 1) ?? guestSpecReason(prop)).toBeNull()
    dropped(prop, (after) => {
      expect(after?.position.y).toBeLessThan(0.45)
      // It lies on the ground, wherever its origin is.
      expect(after && lowestOf(prop, after)).toBeGreaterThan(-0.01)
    })
  })

  test('a cube of 50 m is light enough, and moves', async () => {
    const outcome = await ingest(prism(4, 50 * SQUARE, 50))
    expect(rulesOf(outcome)).toContain('DENSITY_CHOSEN')
    dropped(specOf(outcome), (after) => expect(Math.abs((after?.position.y ?? 0.5) - 0.5)).toBeGreaterThan(0.1))
  })

  test('a cube of 3 mm keeps its size, and is heavy enough', async () => {
    const document = await new NodeIO().readBinary(prism(4, 0.003 * SQUARE, 0.003))
    const warnings: string[] = []
    const { colliders, prop } = await fitObject(document, { shapes: [], bodies: new Map(), meshes: [] }, ({ rule }) =>
      warnings.push(rule),
    )
    expect(warnings).toEqual(['DENSITY_CHOSEN'])
    const spec = { name: 'cube', colliders, ...prop }
    expect(solidOf(colliders[0]!.shape)).toMatchObject({ least: Math.fround(0.0015), most: Math.fround(0.0015) })
    expect(massOf(spec, 1)).toBeCloseTo(1e-4, 8)
    dropped(spec, (after) => expect(after?.position.y).toBeLessThan(0.01))
  })

  test('thickened colliders cause a warning, and are no thicker than necessary', async () => {
    const outcome = await ingest(prism(24, 0.1, 0.0004, 0.5))
    expect(rulesOf(outcome)).toContain('COLLIDER_THICKENED')
    const { colliders } = specOf(outcome)
    expect(colliders.map(({ shape }) => shape.type)).toEqual(['convex'])
    const solid = solidOf(colliders[0]!.shape)!
    expect(solid.least).toBeLessThan(0.004)
    expect(rulesOf(await ingest(prism(24, 0.0116, 0.0023)))).not.toContain('COLLIDER_THICKENED')
  })
})

/** The coin with these OMI shapes, a body for each. */
function withShapes(shapes: readonly Json[], motion?: Json): Uint8Array {
  const bodies = shapes.map((_, i) => ({
    name: `body${i}`,
    extensions: { OMI_physics_body: { collider: { shape: i }, ...(motion && i === 0 ? { motion } : {}) } },
  }))
  return prism(24, 0.1, 0.02, 0, {
    extensionsUsed: ['OMI_physics_shape', 'OMI_physics_body'],
    extensions: { OMI_physics_shape: { shapes } },
    nodes: [{ name: 'Coin', mesh: 0 }, ...bodies],
    scenes: [{ nodes: [0, ...bodies.map((_, i) => i + 1)] }],
  })
}

const box = (...size: readonly number[]): Json => ({ type: 'box', box: { size } })
const AT = '/extensions/OMI_physics_shape/shapes/0'

describe('impossible physics in a file is refused with rule, place, value and limit', () => {
  test.each<readonly [string, Json, Json | undefined, Json]>([
    [
      'a box without thickness',
      box(1, 0, 1),
      undefined,
      { rule: 'COLLIDER_SIZE', where: AT, value: 0, limit: '0.001 to 100 m' },
    ],
    ['a box 1 mm thick', box(0.1, 0.001, 0.1), undefined, { rule: 'COLLIDER_SIZE', where: AT, value: 0.0005 }],
    [
      'a box of 300 m',
      box(300, 300, 300),
      undefined,
      { rule: 'COLLIDER_SIZE', where: AT, value: 150, limit: '0.0001 to 100 m' },
    ],
    [
      'a sheet of 20 m that is 4 mm thick',
      box(20, 0.004, 20),
      undefined,
      { rule: 'COLLIDER_SLENDER', where: AT, value: 5_000, limit: 1_000 },
    ],
    [
      'a sphere without radius',
      { type: 'sphere', sphere: { radius: 0 } },
      undefined,
      { rule: 'COLLIDER_SIZE', where: AT, value: 0 },
    ],
    [
      'a sphere of 1 mm',
      { type: 'sphere', sphere: { radius: 0.001 } },
      undefined,
      { rule: 'COLLIDER_REACH', where: '', value: 0.001, limit: '0.002 to 100 m' },
    ],
    [
      'a cylinder without height',
      { type: 'cylinder', cylinder: { height: 0 } },
      undefined,
      { rule: 'COLLIDER_SIZE', where: AT },
    ],
    [
      'a thread',
      { type: 'capsule', capsule: { height: 10, radiusTop: 0.002, radiusBottom: 0.002 } },
      undefined,
      { rule: 'COLLIDER_SLENDER', where: AT, limit: 1_000 },
    ],
    [
      'a size below zero',
      box(1, -1, 1),
      undefined,
      { rule: 'OMI_PHYSICS', where: `${AT}/box/size`, value: -1, limit: '0 to 10000 m' },
    ],
    [
      'a mass below zero',
      box(1, 1, 1),
      { type: 'dynamic', mass: -2 },
      { rule: 'OMI_PHYSICS', where: 'body0/motion/mass', value: -2, limit: '0.0001 to 10000000 kg' },
    ],
    [
      'a density below 1',
      box(1, 1, 1),
      { type: 'dynamic', mass: 0.5 },
      { rule: 'COLLIDER_DENSITY', where: 'body0/motion/mass', value: 0.5, limit: '1 to 25000 kg/m³' },
    ],
    [
      'a density above 25,000',
      box(0.1, 0.1, 0.1),
      { type: 'dynamic', mass: 30 },
      { rule: 'COLLIDER_DENSITY', where: 'body0/motion/mass', value: 30_000 },
    ],
  ])('%s', async (_, shape, motion, rejection) => {
    expect(await ingest(withShapes([shape], motion))).toMatchObject({ accepted: false, rejections: [rejection] })
  })

  test('each fault is reported', async () => {
    expect(rulesOf(await ingest(withShapes([box(1, 0, 1), box(1, 1, 1), box(20, 0.004, 20)])))).toEqual([
      'COLLIDER_SIZE',
      'COLLIDER_SLENDER',
    ])
  })

  test('a missing mass is chosen', async () => {
    const outcome = await ingest(withShapes([box(2, 2, 2)], { type: 'dynamic' }))
    expect(specOf(outcome).density).toBe(1)
    expect(rulesOf(outcome)).toContain('DENSITY_CHOSEN')
  })
})

describe('objects that only builders may place are accepted with a warning', () => {
  const mesh = (sides: number, name: string): Promise<IngestOutcome> =>
    ingest(prism(sides, 1, 1, 0, { nodes: [{ name, mesh: 0 }] }))

  test('a static mesh of more than 64 triangles', async () => {
    const [small, large] = [await mesh(17, 'Wall-col'), await mesh(18, 'Wall-col')]
    expect([rulesOf(small), rulesOf(large)]).toEqual([
      expect.not.arrayContaining(['BUILDERS_ONLY']),
      expect.arrayContaining(['BUILDERS_ONLY']),
    ])
    expect(large.warnings.find(({ rule }) => rule === 'BUILDERS_ONLY')?.message).toMatch(/68 triangles.*64/)
    expect([guestSpecReason(specOf(small)), guestSpecReason(specOf(large))]).toEqual([null, 'mesh-too-large'])
  })

  test('a kinematic object', async () => {
    expect(rulesOf(await ingest(withShapes([box(1, 1, 1)], { type: 'kinematic' })))).toContain('BUILDERS_ONLY')
  })

  test("triangles without an area are removed from a static mesh's collider", async () => {
    const outcome = await ingest(
      glbOf(
        [
          [0, 0, 0],
          [1, 0, 0],
          [0, 1, 0],
          [0.5, 0, 0],
        ],
        [0, 1, 2, 0, 3, 1],
        { nodes: [{ name: 'Wall-col', mesh: 0 }] },
      ),
    )
    const [collider] = specOf(outcome).colliders
    expect(collider?.shape).toMatchObject({ type: 'trimesh', indices: [0, 1, 2] })
  })
})
