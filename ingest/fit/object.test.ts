import { describe, expect, test } from 'vitest'
import { Document } from '@gltf-transform/core'
import {
  DEFAULT_DEFINITION,
  free,
  genesis,
  loadEngine,
  props,
  step,
  type PropSpec,
  type PropView,
  type Quat,
  type RealmDefinition,
  type Vec3,
} from '../../sim/index.ts'
import { checkProp } from '../../sim/shapes.ts'
import { add, IDENTITY, rotate, vec } from '../../sim/maths.ts'
import { Rejected, type IngestWarning, type ObjectFit, type OmiPhysics } from '../types.ts'
import { readFixture } from './model.fixture.ts'
import { DENSITY_DEFAULT, fitObject } from './object.ts'
import { readOmi } from './omi-in.ts'
import { omiMirror } from './omi-out.ts'
import { boundsOf, nodesOf, surfaceOf } from './surface.ts'
import { collisionOnlyNodes } from './suffix.ts'

const engine = await loadEngine()
const NO_OMI: OmiPhysics = { shapes: [], bodies: new Map(), meshes: [] }
const OBJECTS = ['teacup.glb', 'v-sekai_teapot.glb', 'BoxTextured.glb', 'kaykit_mug/mug_empty.gltf', 'primitives.glb']

const specOf = ({ colliders, prop }: ObjectFit): PropSpec => ({ name: 'thing', colliders, ...prop })

/** The props of an otherwise empty realm after some ticks. */
function after(
  ticks: number,
  placed: readonly { prop: PropSpec; position: Vec3; rotation?: Quat }[],
  each: (props: readonly PropView[]) => void = () => undefined,
): readonly PropView[] {
  const definition: RealmDefinition = {
    ...DEFAULT_DEFINITION,
    props: placed.map((p) => ({ rotation: IDENTITY, scale: 1, ...p })),
  }
  const realm = genesis(engine, definition)
  try {
    for (let i = 0; i < ticks; i++) {
      step(realm, { tick: realm.tick + 1, inputs: [] })
      each(props(realm))
    }
    return props(realm)
  } finally {
    free(realm)
  }
}

const fits = new Map<string, Promise<{ fit: ObjectFit; points: readonly Vec3[] }>>()

async function fit(name: string): Promise<{ fit: ObjectFit; points: readonly Vec3[] }> {
  const { document } = await readFixture(`fixtures/assets/objects/${name}`)
  return { fit: await fitObject(document, NO_OMI, () => undefined), points: surfaceOf(nodesOf(document)).points }
}

function fitOf(name: string): ReturnType<typeof fit> {
  const known = fits.get(name) ?? fit(name)
  fits.set(name, known)
  return known
}

describe.each(OBJECTS)('%s', (name) => {
  test('gets colliders that the simulation takes, at most 16 of at most 64 points, within its bounds', async () => {
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

  test('falls, comes to rest and lies there, with what is seen of it within 1 cm of the ground (0.3 % of what is larger than 3 m)', async () => {
    const { fit: made, points } = await fitOf(name)
    const lowest = ({ position, rotation }: PropView): number =>
      points.reduce((least, p) => Math.min(least, add(position, rotate(rotation, p)).y), Infinity)
    const [before] = after(600, [{ prop: specOf(made), position: vec(3, 0.3, 3) }])
    const [then] = after(1200, [{ prop: specOf(made), position: vec(3, 0.3, 3) }], ([view]) => {
      if (![view?.position.x, view?.position.y, view?.position.z].every(Number.isFinite))
        throw new Error('a number that is none')
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
  test('sees boxes, spheres and capsules, takes a cylinder as a hull and a ring as several', async () => {
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

  test('leaves the teacup hollow: a marble that is dropped into it stays in it, above its floor', async () => {
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

  test('is the same twice', async () => {
    expect((await fit('teacup.glb')).fit).toEqual((await fitOf('teacup.glb')).fit)
  })

  test('is a small ball on the ground for an object without a mesh', async () => {
    const { colliders, prop } = await fitObject(new Document(), NO_OMI, () => undefined)
    expect(colliders).toMatchObject([
      { shape: { type: 'sphere', radius: Math.fround(0.05) }, position: { y: Math.fround(0.05) } },
    ])
    expect(prop.motion).toBe('dynamic')
  })

  test('gives a sheet a thin box', async () => {
    const document = sheet('Leaf')
    const { colliders } = await fitObject(document, NO_OMI, () => undefined)
    expect(colliders).toHaveLength(1)
    expect(colliders[0]?.shape).toEqual({ type: 'box', halfExtents: { x: 0.5, y: Math.fround(0.001), z: 0.5 } })
  })
})

/** A document of one horizontal square of 1 m, and a box of that name beside it. */
function sheet(name: string): Document {
  const document = new Document()
  const buffer = document.createBuffer()
  const positions = document
    .createAccessor()
    .setType('VEC3')
    .setArray(new Float32Array([-0.5, 0, -0.5, -0.5, 0, 0.5, 0.5, 0, 0.5, 0.5, 0, -0.5]))
    .setBuffer(buffer)
  const indices = document
    .createAccessor()
    .setArray(new Uint16Array([0, 1, 2, 0, 2, 3]))
    .setBuffer(buffer)
  const mesh = document
    .createMesh()
    .addPrimitive(document.createPrimitive().setAttribute('POSITION', positions).setIndices(indices))
  document.createScene().addChild(document.createNode(name).setMesh(mesh))
  return document
}

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

/** A file with nodes of these extensions and one mesh (a tetrahedron of 1 m). */
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

describe('colliders that the file brings', () => {
  test.each([
    ['box', { type: 'box', box: { size: [1, 2, 3] } }, { type: 'box', halfExtents: { x: 0.5, y: 1, z: 1.5 } }],
    ['box of default size', { type: 'box' }, { type: 'box', halfExtents: { x: 0.5, y: 0.5, z: 0.5 } }],
    ['sphere', { type: 'sphere', sphere: { radius: 0.25 } }, { type: 'sphere', radius: 0.25 }],
    [
      'capsule, whose height is between the centres',
      { type: 'capsule', capsule: { height: 1, radiusTop: 0.5, radiusBottom: 0.5 } },
      { type: 'capsule', halfHeight: 0.5, radius: 0.5 },
    ],
    ['capsule of no height', { type: 'capsule', capsule: { height: 0 } }, { type: 'sphere', radius: 0.5 }],
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

  test('a trimesh stays one where the object is static, and becomes hulls where it moves', async () => {
    const shapes = [{ type: 'trimesh', trimesh: { mesh: 0 } }]
    const still = withOmi(shapes, [{ body: collider(0) }])
    expect((await fitObject(still.document, still.omi, () => undefined)).colliders[0]?.shape.type).toBe('trimesh')
    const moving = withOmi(shapes, [{ body: { ...collider(0), motion: { type: 'dynamic' } } }])
    const warnings: IngestWarning[] = []
    const made = await fitObject(moving.document, moving.omi, (w) => warnings.push(w))
    expect(made.colliders.every(({ shape }) => shape.type === 'convex')).toBe(true)
    expect(warnings.map(({ rule }) => rule)).toEqual(['OMI_TRIMESH_MOVES'])
  })

  test('mass becomes density by volume, 1 kg where a body says none; materials give friction and restitution; scale counts', async () => {
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

  test('triggers are passed over with a warning; with nothing else the mesh is fitted', async () => {
    const { document, omi } = withOmi([{ type: 'box' }], [{ body: { trigger: { shape: 0 } } }])
    const warnings: IngestWarning[] = []
    const made = await fitObject(document, omi, (w) => warnings.push(w))
    expect(warnings.map(({ rule }) => rule)).toEqual(['OMI_TRIGGER', 'COLLIDER_THICKENED'])
    expect(made.prop).toMatchObject({ motion: 'dynamic', density: DENSITY_DEFAULT })
  })

  test('the archived extension says the same: full heights, hulls, triggers', async () => {
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
    ['a type that is none', [{ type: 'blob' }], collider(0)],
    ['a size that is none', [{ type: 'box', box: { size: [1, -1, 1] } }], collider(0)],
    ['a radius of text', [{ type: 'sphere', sphere: { radius: 'x' } }], collider(0)],
    ['a mesh that is not there', [{ type: 'convex', convex: { mesh: 9 } }], collider(0)],
    ['a motion that is none', [{ type: 'box' }], { ...collider(0), motion: { type: 'fly' } }],
  ])('%s is refused with its place', async (_, shapes, body) => {
    const { document, omi } = withOmi(shapes, [{ body }])
    const refusal = await fitObject(document, omi, () => undefined).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Rejected)
    expect(refusal instanceof Rejected && refusal.rejections[0]).toMatchObject({
      rule: 'OMI_PHYSICS',
      where: expect.stringMatching(/./),
    })
  })

  test('more than 16 are refused', async () => {
    const { document, omi } = withOmi(
      [{ type: 'box' }],
      Array.from({ length: 17 }, (_, i) => ({ body: collider(0), translation: [i, 0, 0] })),
    )
    await expect(fitObject(document, omi, () => undefined)).rejects.toThrow('COLLIDERS_MAX')
  })
})

describe('the mirror as OMI_physics_shape', () => {
  test('has boxes, spheres, hulls and meshes, never capsules, and reads back as the same colliders', async () => {
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
