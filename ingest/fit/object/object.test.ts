import { describe, expect, test } from 'vitest'
import { Document } from '@gltf-transform/core'
import { type PropSpec, type PropView } from '../../../sim/index.ts'
import { checkProp } from '../../../sim/props/shapes.ts'
import { add, IDENTITY, rotate, vec } from '../../../sim/maths/maths.ts'
import { readFixture } from '../model.fixture.ts'
import { fitObject } from './object.ts'
import { boundsOf, nodesOf } from '../surface.ts'
import { collisionOnlyNodes } from './godot-suffixes.ts'
import { NO_OMI, specOf, after, fit, fitOf, sheet } from './object.fixture.ts'

const OBJECTS = ['teacup.glb', 'v-sekai_teapot.glb', 'BoxTextured.glb', 'kaykit_mug/mug_empty.gltf', 'primitives.glb']

describe.each(OBJECTS)('%s', (name) => {
  test('gets colliders that the simulation accepts, at most 16 of at most 64 points, within its bounds', async () => {
    const {
      fit: { colliders, prop },
      points,
    } = await fitOf(name)
    expect(checkProp({ name, colliders, ...prop })).toBeNull()
    const { min, max } = boundsOf(points)
    for (const { shape } of colliders) {
      if (shape.type !== 'convex') continue
      for (let i = 0; i < shape.points.length; i += 3) {
        const [x = 0, y = 0, z = 0] = shape.points.slice(i, i + 3)
        for (const [v, lo, hi] of [
          [x, min.x, max.x],
          [y, min.y, max.y],
          [z, min.z, max.z],
        ] as const) {
          expect(v).toBeGreaterThan(lo - 0.0002)
          expect(v).toBeLessThan(hi + 0.0002)
        }
      }
    }
  })

  test('falls and comes to rest with its mesh within 1 cm of the ground (0.3 % of one larger than 3 m)', async () => {
    const { fit: made, points } = await fitOf(name)
    const lowest = ({ position, rotation }: PropView): number =>
      points.reduce((least, p) => Math.min(least, add(position, rotate(rotation, p)).y), Infinity)
    const [before] = after(600, [{ prop: specOf(made), position: vec(3, 0.3, 3) }])
    const [then] = after(1200, [{ prop: specOf(made), position: vec(3, 0.3, 3) }], ([view]) => {
      if (![view?.position.x, view?.position.y, view?.position.z].every(Number.isFinite)) throw new Error('NaN')
    })
    if (!before || !then) throw new Error('the prop is gone')
    const { min, max } = boundsOf(points)
    expect(Math.abs(lowest(then))).toBeLessThan(
      Math.max(0.01, 0.003 * Math.max(max.x - min.x, max.y - min.y, max.z - min.z)),
    )
    expect(
      Math.hypot(
        then.position.x - before.position.x,
        then.position.y - before.position.y,
        then.position.z - before.position.z,
      ),
    ).toBeLessThan(0.02)
  })
})

describe('fitting', () => {
  test('recognises boxes, spheres and capsules, makes a hull of a cylinder and several hulls of a ring', async () => {
    const {
      fit: { colliders },
    } = await fitOf('primitives.glb')
    expect(colliders.slice(0, 4).map(({ shape }) => shape.type)).toEqual(['box', 'sphere', 'capsule', 'convex'])
    const [box, sphere, capsule] = colliders
    expect(box?.shape).toEqual({ type: 'box', halfExtents: { x: 0.5, y: 0.5, z: 0.5 } })
    expect(sphere?.shape.type === 'sphere' && sphere.shape.radius).toBeCloseTo(0.5, 2)
    expect(sphere?.position.x).toBeCloseTo(1.5, 3)
    expect(capsule?.position.x).toBeCloseTo(3, 3)
    expect(colliders.length).toBeGreaterThan(8)
  })

  test('leaves the teacup hollow: a marble dropped into it stays above its floor', async () => {
    const { fit: cup } = await fitOf('teacup.glb')
    const marble: PropSpec = {
      ...specOf(cup),
      colliders: [{ shape: { type: 'sphere', radius: 0.008 }, position: vec(0, 0, 0), rotation: IDENTITY }],
    }
    const [held, ball] = after(600, [
      { prop: specOf(cup), position: vec(3, 0.005, 3) },
      { prop: marble, position: vec(3, 0.12, 3) },
    ])
    if (!held || !ball) throw new Error('a prop is gone')
    expect(Math.hypot(ball.position.x - held.position.x, ball.position.z - held.position.z)).toBeLessThan(0.035)
    expect(ball.position.y).toBeGreaterThan(held.position.y + 0.008)
    expect(ball.position.y).toBeLessThan(held.position.y + 0.04)
  })

  test('leaves the ring open: a marble falls through its hole', async () => {
    const { document } = await readFixture('fixtures/assets/objects/primitives.glb')
    for (const node of nodesOf(document)) if (node.getName() !== 'Torus') node.setMesh(null)
    for (const node of nodesOf(document)) node.setTranslation([0, 0, 0]).setRotation([Math.SQRT1_2, 0, 0, Math.SQRT1_2])
    const ring = await fitObject(document, NO_OMI, () => undefined)
    const marble: PropSpec = {
      ...specOf(ring),
      colliders: [{ shape: { type: 'sphere', radius: 0.2 }, position: vec(0, 0, 0), rotation: IDENTITY }],
    }
    const [, ball] = after(300, [
      { prop: { ...specOf(ring), motion: 'static' }, position: vec(3, 0.2, 3) },
      { prop: marble, position: vec(3, 1.5, 3) },
    ])
    expect(ball?.position.y).toBeLessThan(0.21)
  })

  test('gives the same result twice', async () => {
    expect((await fit('teacup.glb')).fit).toEqual((await fitOf('teacup.glb')).fit)
  })

  test('an object without a mesh gets a small ball on the ground', async () => {
    const { colliders, prop } = await fitObject(new Document(), NO_OMI, () => undefined)
    expect(colliders).toMatchObject([
      { shape: { type: 'sphere', radius: Math.fround(0.05) }, position: { y: Math.fround(0.05) } },
    ])
    expect(prop.motion).toBe('dynamic')
  })

  test('a sheet gets a thin box', async () => {
    const document = sheet('Leaf')
    const { colliders } = await fitObject(document, NO_OMI, () => undefined)
    expect(colliders).toHaveLength(1)
    expect(colliders[0]?.shape).toEqual({ type: 'box', halfExtents: { x: 0.5, y: Math.fround(0.001), z: 0.5 } })
  })
})

const cube = async (name: string): Promise<Document> => {
  const { document } = await readFixture('fixtures/assets/objects/primitives.glb')
  for (const node of nodesOf(document)) {
    if (node.getName() === 'Box') node.setName(name)
    else node.dispose()
  }
  return document
}

describe("Godot's name suffixes", () => {
  test.each([
    ['Thing-convcol', 'convex', 'dynamic', 0],
    ['Thing-convcolonly', 'convex', 'dynamic', 1],
    ['Thing-convcol_3', 'convex', 'dynamic', 0],
    ['Thing-col', 'trimesh', 'static', 0],
    ['Thing-colonly', 'trimesh', 'static', 1],
    ['Protocol', 'box', 'dynamic', 0],
  ] as const)('%s is a %s collider, %s', async (name, type, motion, unseen) => {
    const document = await cube(name)
    expect(collisionOnlyNodes(document)).toHaveLength(unseen)
    const made = await fitObject(document, NO_OMI, () => undefined)
    expect(made.colliders.map(({ shape }) => shape.type)).toEqual([type])
    expect(made.prop.motion).toBe(motion)
    expect(checkProp(specOf(made))).toBeNull()
  })
})
