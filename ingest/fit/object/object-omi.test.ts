import { describe, expect, test } from 'vitest'
import { Document } from '@gltf-transform/core'
import { IDENTITY } from '../../../sim/maths/maths.ts'
import { Rejected, type IngestWarning, type ObjectFit, type OmiPhysics } from '../../types.ts'
import { DENSITY_DEFAULT, fitObject } from './object.ts'
import { readOmi } from './omi-read.ts'
import { omiMirror } from './omi-export.ts'
import { fitOf, sheet } from './object.fixture.ts'

/** A file with these OMI extensions on its nodes, and one mesh (a tetrahedron of 1 m). */
function withOmi(
  shapes: readonly unknown[],
  nodes: readonly { body: unknown; translation?: [number, number, number]; scale?: [number, number, number] }[],
  extra: object = {},
): { document: Document; omi: OmiPhysics } {
  const document = sheet('seen')
  const buffer = document.getRoot().listBuffers()[0]!
  const positions = document
    .createAccessor()
    .setType('VEC3')
    .setArray(new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]))
    .setBuffer(buffer)
  const indices = document
    .createAccessor()
    .setArray(new Uint16Array([0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]))
    .setBuffer(buffer)
  const mesh = document
    .createMesh()
    .addPrimitive(document.createPrimitive().setAttribute('POSITION', positions).setIndices(indices))
  const scene = document.getRoot().listScenes()[0]!
  const made = nodes.map(({ translation, scale }, i) => {
    const node = document
      .createNode(`node${i}`)
      .setTranslation(translation ?? [0, 0, 0])
      .setScale(scale ?? [1, 1, 1])
    scene.addChild(node)
    return node
  })
  const json = {
    extensions: { OMI_physics_shape: { shapes }, ...extra },
    nodes: nodes.map(({ body }) => ({ extensions: { OMI_physics_body: body } })),
  }
  return { document, omi: readOmi(json, made, [mesh]) }
}

const collider = (shape: number): object => ({ collider: { shape } })

describe('colliders of the file', () => {
  test.each([
    ['box', { type: 'box', box: { size: [1, 2, 3] } }, { type: 'box', halfExtents: { x: 0.5, y: 1, z: 1.5 } }],
    ['box of default size', { type: 'box' }, { type: 'box', halfExtents: { x: 0.5, y: 0.5, z: 0.5 } }],
    ['sphere', { type: 'sphere', sphere: { radius: 0.25 } }, { type: 'sphere', radius: 0.25 }],
    [
      'capsule, whose height is between the centres',
      { type: 'capsule', capsule: { height: 1, radiusTop: 0.5, radiusBottom: 0.5 } },
      { type: 'capsule', halfHeight: 0.5, radius: 0.5 },
    ],
    ['capsule without height', { type: 'capsule', capsule: { height: 0 } }, { type: 'sphere', radius: 0.5 }],
  ])('%s', async (_, shape, wanted) => {
    const { document, omi } = withOmi([shape], [{ body: collider(0), translation: [1, 2, 3] }])
    const made = await fitObject(document, omi, () => undefined)
    expect(made.colliders).toEqual([{ shape: wanted, position: { x: 1, y: 2, z: 3 }, rotation: IDENTITY }])
    expect(made.prop.motion).toBe('static')
  })

  test.each([
    ['a cylinder', { type: 'cylinder', cylinder: { height: 2, radiusTop: 0.5, radiusBottom: 0.5 } }, 64],
    ['a cone', { type: 'cylinder', cylinder: { height: 2, radiusTop: 0, radiusBottom: 0.5 } }, 33],
    ['a capsule with two radii', { type: 'capsule', capsule: { height: 1, radiusTop: 0.3, radiusBottom: 0.5 } }, 64],
    ['a hull', { type: 'convex', convex: { mesh: 0 } }, 4],
  ])('%s is a hull', async (_, shape, pointsMax) => {
    const { document, omi } = withOmi([shape], [{ body: collider(0) }])
    const [made] = (await fitObject(document, omi, () => undefined)).colliders
    expect(made?.shape.type).toBe('convex')
    expect(made?.shape.type === 'convex' && made.shape.points.length / 3).toBeLessThanOrEqual(pointsMax)
    expect(made?.shape.type === 'convex' && made.shape.points.length / 3).toBeGreaterThanOrEqual(
      Math.min(pointsMax, 30),
    )
  })

  test('a trimesh stays a mesh in a static object, and becomes hulls in a moving one', async () => {
    const shapes = [{ type: 'trimesh', trimesh: { mesh: 0 } }]
    const still = withOmi(shapes, [{ body: collider(0) }])
    expect((await fitObject(still.document, still.omi, () => undefined)).colliders[0]?.shape.type).toBe('trimesh')
    const moving = withOmi(shapes, [{ body: { ...collider(0), motion: { type: 'dynamic' } } }])
    const warnings: IngestWarning[] = []
    const made = await fitObject(moving.document, moving.omi, (w) => warnings.push(w))
    expect(made.colliders.every(({ shape }) => shape.type === 'convex')).toBe(true)
    expect(warnings.map(({ rule }) => rule)).toEqual(['OMI_TRIMESH_MOVES'])
  })

  test('density comes from mass and volume, materials give friction and restitution, and scale is applied', async () => {
    const box = { type: 'box', box: { size: [1, 1, 1] } }
    const said = withOmi(
      [box],
      [
        {
          body: { motion: { type: 'dynamic', mass: 16 }, collider: { shape: 0, physicsMaterial: 0 } },
          scale: [2, 2, 2],
        },
      ],
      { OMI_physics_body: { physicsMaterials: [{ dynamicFriction: 0.25, restitution: 0.5 }] } },
    )
    const { prop, colliders } = await fitObject(said.document, said.omi, () => undefined)
    expect(prop).toMatchObject({ motion: 'dynamic', density: 2, friction: 0.25, restitution: 0.5 })
    expect(colliders[0]?.shape).toEqual({ type: 'box', halfExtents: { x: 1, y: 1, z: 1 } })
    const unsaid = withOmi([box], [{ body: { motion: { type: 'dynamic' }, ...collider(0) } }])
    expect((await fitObject(unsaid.document, unsaid.omi, () => undefined)).prop.density).toBe(1)
  })

  test('triggers are skipped with a warning, and without other colliders the mesh is fitted', async () => {
    const { document, omi } = withOmi([{ type: 'box' }], [{ body: { trigger: { shape: 0 } } }])
    const warnings: IngestWarning[] = []
    const made = await fitObject(document, omi, (w) => warnings.push(w))
    expect(warnings.map(({ rule }) => rule)).toEqual(['OMI_TRIGGER', 'COLLIDER_THICKENED'])
    expect(made.prop).toMatchObject({ motion: 'dynamic', density: DENSITY_DEFAULT })
  })

  test('the archived extension gives the same colliders', async () => {
    const document = sheet('seen')
    const node = document.createNode('old')
    document.getRoot().listScenes()[0]!.addChild(node)
    const read = async (one: object): Promise<ObjectFit> => {
      const json = {
        extensions: { OMI_collider: { colliders: [one] } },
        nodes: [{ extensions: { OMI_collider: { collider: 0 } } }],
      }
      return fitObject(document, readOmi(json, [node], document.getRoot().listMeshes()), () => undefined)
    }
    expect((await read({ type: 'capsule', height: 2, radius: 0.5 })).colliders[0]?.shape).toEqual({
      type: 'capsule',
      halfHeight: 0.5,
      radius: 0.5,
    })
    expect((await read({ type: 'box', size: [1, 2, 1] })).colliders[0]?.shape).toEqual({
      type: 'box',
      halfExtents: { x: 0.5, y: 1, z: 0.5 },
    })
    expect((await read({ type: 'box', size: [1, 2, 1], isTrigger: true })).prop.motion).toBe('dynamic')
  })

  test.each([
    ['a shape that is not there', [{ type: 'box' }], collider(7)],
    ['an unknown type', [{ type: 'blob' }], collider(0)],
    ['an invalid size', [{ type: 'box', box: { size: [1, -1, 1] } }], collider(0)],
    ['a radius of text', [{ type: 'sphere', sphere: { radius: 'x' } }], collider(0)],
    ['a mesh that is not there', [{ type: 'convex', convex: { mesh: 9 } }], collider(0)],
    ['an unknown motion', [{ type: 'box' }], { ...collider(0), motion: { type: 'fly' } }],
  ])('%s is refused with its place', async (_, shapes, body) => {
    const { document, omi } = withOmi(shapes, [{ body }])
    const refusal = await fitObject(document, omi, () => undefined).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Rejected)
    expect(refusal instanceof Rejected && refusal.rejections[0]).toMatchObject({
      rule: 'OMI_PHYSICS',
      where: expect.stringMatching(/./),
    })
  })

  test('more than 16 colliders are refused', async () => {
    const { document, omi } = withOmi(
      [{ type: 'box' }],
      Array.from({ length: 17 }, (_, i) => ({ body: collider(0), translation: [i, 0, 0] })),
    )
    await expect(fitObject(document, omi, () => undefined)).rejects.toThrow('COLLIDERS_MAX')
  })
})

describe('the colliders as OMI_physics_shape', () => {
  test('are boxes, spheres, hulls and meshes, never capsules, and read back as the same colliders', async () => {
    const {
      fit: { colliders },
    } = await fitOf('primitives.glb')
    const mirror = await omiMirror(colliders, 'dynamic', 5)
    const types = mirror.shapes.map(({ type }) => type)
    expect(types).toHaveLength(colliders.length)
    expect(types).not.toContain('capsule')
    expect(types.slice(0, 3)).toEqual(['box', 'sphere', 'convex'])
    const used = mirror.shapes.flatMap(({ convex }) =>
      convex === undefined ? [] : [(convex as { mesh: number }).mesh],
    )
    expect(used).toEqual(mirror.meshes.map((_, i) => 5 + i))
    for (const { positions, indices } of mirror.meshes) {
      expect(indices.length).toBeGreaterThanOrEqual(12)
      expect(Math.max(...indices)).toBeLessThan(positions.length / 3)
    }
    expect(mirror.nodes.map(({ body }) => body)).toEqual(colliders.map((_, shape) => ({ collider: { shape } })))
    const { document, omi } = withOmi(mirror.shapes.slice(0, 2), [
      { body: { ...collider(0), motion: { type: 'dynamic' } } },
      { body: collider(1) },
    ])
    expect((await fitObject(document, omi, () => undefined)).colliders.map(({ shape }) => shape)).toEqual(
      colliders.slice(0, 2).map(({ shape }) => shape),
    )
  })
})
