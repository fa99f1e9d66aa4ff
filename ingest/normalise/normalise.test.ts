import { NodeIO } from '@gltf-transform/core'
import { ALL_EXTENSIONS } from '@gltf-transform/extensions'
import { draco, instance, meshopt, quantize } from '@gltf-transform/functions'
import { createRequire } from 'node:module'
import { MeshoptDecoder, MeshoptEncoder } from 'meshoptimizer'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { openContainer, writeGlb } from '../preflight/container.ts'
import { asset, floats, glbWith, picture, tetrahedron, textured, type Json } from '../glb.fixture.ts'
import { ingest } from '../ingest.ts'
import { extensionOf, listOf, objectOf, objectsOf, type JsonObject } from '../json.ts'
import type { IngestOptions, IngestOutcome } from '../types.ts'

type Accepted = Extract<IngestOutcome, { accepted: true }>

async function accepted(bytes: Uint8Array, options: IngestOptions = {}): Promise<Accepted> {
  const outcome = await ingest(bytes, options)
  if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejections))
  return outcome
}

const fileOf = ({ files }: Accepted, sha256: string): Uint8Array => files.get(sha256)?.bytes ?? new Uint8Array(0)

function runtimeOf(outcome: Accepted): { readonly json: JsonObject; readonly bin: Uint8Array | null } {
  const opened = openContainer(fileOf(outcome, outcome.manifest.files.runtime.sha256))
  if (!('json' in opened)) throw new Error(opened.fault.message)
  return opened
}

const base = tetrahedron().json
const accessors = base['accessors'] as Json[]
const uv = { bufferView: 2, componentType: 5126, count: 4, type: 'VEC2' }
const withImage = (image: Uint8Array, mimeType?: string, extra: Json = {}): Uint8Array =>
  glbWith({ ...textured(3, mimeType), accessors: [...accessors, uv], ...extra }, new Uint8Array(32), image)

describe('packed files become plain ones', () => {
  let io: NodeIO
  beforeAll(async () => {
    const { createDecoderModule, createEncoderModule } = createRequire(import.meta.url)('draco3dgltf') as {
      createDecoderModule(): Promise<unknown>
      createEncoderModule(): Promise<unknown>
    }
    await Promise.all([MeshoptDecoder.ready, MeshoptEncoder.ready])
    io = new NodeIO().registerExtensions(ALL_EXTENSIONS).registerDependencies({
      'draco3d.decoder': await createDecoderModule(),
      'draco3d.encoder': await createEncoderModule(),
      'meshopt.decoder': MeshoptDecoder,
      'meshopt.encoder': MeshoptEncoder,
    })
  })

  test.each([
    ['Draco', () => draco()],
    ['meshopt', () => meshopt({ encoder: MeshoptEncoder })],
    ['quantised', () => quantize()],
  ] as const)('%s', async (_, pack) => {
    const plain = await accepted(glbWith({}))
    const document = await io.readBinary(Uint8Array.from(glbWith({})))
    await document.transform(pack())
    const outcome = await accepted(await io.writeBinary(document))
    const { json } = runtimeOf(outcome)
    expect(json['extensionsRequired']).toBeUndefined()
    expect(json['extensionsUsed']).toEqual(['OMI_physics_body', 'OMI_physics_shape'])
    expect(outcome.manifest.counts.triangles).toBe(plain.manifest.counts.triangles)
    for (const axis of ['x', 'y', 'z'] as const)
      expect(outcome.manifest.bounds.max[axis]).toBeCloseTo(plain.manifest.bounds.max[axis], 3)
    for (const accessor of objectsOf(json, 'accessors')) expect([5126, 5123, 5125]).toContain(accessor['componentType'])
  })

  test('instances become nodes', async () => {
    const document = await io.readBinary(Uint8Array.from(glbWith({})))
    const scene = document.getRoot().listScenes()[0]
    const mesh = document.getRoot().listMeshes()[0] ?? null
    for (let i = 0; i < 6; i++)
      scene?.addChild(
        document
          .createNode()
          .setMesh(mesh)
          .setTranslation([2 * i, 0, 0]),
      )
    await document.transform(instance({ min: 2 }))
    const outcome = await accepted(await io.writeBinary(document))
    expect(outcome.manifest.counts.triangles).toBe(7 * 4)
    expect(runtimeOf(outcome).json['extensionsUsed']).not.toContain('EXT_mesh_gpu_instancing')
  })

  test('AVIF becomes PNG', async () => {
    const avif = new Uint8Array(await sharp(picture(40, 24)).avif({ lossless: true }).toBuffer())
    const used = {
      extensionsUsed: ['EXT_texture_avif'],
      extensionsRequired: ['EXT_texture_avif'],
      textures: [{ extensions: { EXT_texture_avif: { source: 0 } } }],
    }
    const outcome = await accepted(withImage(avif, 'image/avif', used))
    expect(outcome.manifest.files.textures).toMatchObject([{ mediaType: 'image/png', width: 40, height: 24 }])
    expect(runtimeOf(outcome).json['extensionsUsed']).not.toContain('EXT_texture_avif')
  })
})

describe('textures', () => {
  test('a large texture is downscaled with a warning', async () => {
    const outcome = await accepted(withImage(picture(2_100, 300)))
    expect(outcome.manifest.files.textures).toMatchObject([{ width: 2_048, height: 293, mediaType: 'image/png' }])
    expect(outcome.warnings.map(({ rule }) => rule)).toContain('TEXTURE_SCALED')
  })

  test('a photograph keeps its pixels and loses its location', async () => {
    const jpeg = await sharp(picture(64, 64))
      .jpeg()
      .withExif({ IFD0: { Copyright: 'nobody at all' }, IFD3: { GPSLatitude: '52/1 0/1 0/1' } })
      .toBuffer()
    expect(jpeg.includes('nobody at all')).toBe(true)
    const outcome = await accepted(withImage(new Uint8Array(jpeg), 'image/jpeg'))
    const [texture] = outcome.manifest.files.textures
    const bytes = fileOf(outcome, texture?.sha256 ?? '')
    expect(Buffer.from(bytes).includes('nobody at all')).toBe(false)
    expect(await sharp(bytes).raw().toBuffer()).toEqual(await sharp(jpeg).raw().toBuffer())
  })

  test('an image with a wrong media type gets its real one', async () => {
    const outcome = await accepted(withImage(picture(8, 8), 'image/jpeg'))
    expect(outcome.manifest.files.textures[0]?.mediaType).toBe('image/png')
    expect(outcome.warnings.map(({ rule }) => rule)).toContain('IMAGE_MIME_TYPE_INVALID')
  })
})

const BONES = 8

/** A tetrahedron on eight bones in a chain; each set of influences has four of them. */
function skinned(weights: readonly number[], more: Json = {}, sets = 1): Uint8Array {
  const joints = (set: number): Uint8Array => new Uint8Array(16).map((_, i) => 4 * set + (i % 4))
  const attributes = Object.fromEntries(
    Array.from({ length: sets }, (_, i) => [
      [`JOINTS_${i}`, 2 + 2 * i],
      [`WEIGHTS_${i}`, 3 + 2 * i],
    ]).flat() as [string, number][],
  )
  const views = Array.from({ length: sets }, (_, i) => [joints(i), floats(...weights)]).flat()
  const list = Array.from({ length: sets }, (_, i) => [
    { bufferView: 2 + 2 * i, componentType: 5121, count: 4, type: 'VEC4' },
    { bufferView: 3 + 2 * i, componentType: 5126, count: 4, type: 'VEC4' },
  ]).flat()
  return glbWith(
    {
      accessors: [...accessors, ...list],
      meshes: [{ name: 'Body', primitives: [{ attributes: { POSITION: 0, ...attributes }, indices: 1 }] }],
      nodes: [
        { name: 'Body', mesh: 0, skin: 0 },
        ...Array.from({ length: BONES }, (_, i) => ({
          name: `Bone.${i}`,
          ...(i + 1 < BONES ? { children: [i + 2] } : {}),
        })),
      ],
      scenes: [{ nodes: [0, 1] }],
      skins: [{ joints: Array.from({ length: BONES }, (_, i) => i + 1) }],
      ...more,
    },
    ...views,
  )
}

async function weightsOf(outcome: Accepted): Promise<number[][]> {
  const document = await new NodeIO().readBinary(
    Uint8Array.from(fileOf(outcome, outcome.manifest.files.runtime.sha256)),
  )
  const primitive = document.getRoot().listMeshes()[0]?.listPrimitives()[0]
  expect(primitive?.listSemantics().filter((name) => /^(JOINTS|WEIGHTS)/.test(name)).length).toBe(2)
  const weights = primitive?.getAttribute('WEIGHTS_0')
  return Array.from({ length: 4 }, (_, i) => weights?.getElement(i, []) ?? [])
}

describe('skins', () => {
  const four = (...one: number[]): number[] => [one, one, one, one].flat()

  test('weights that do not sum to 1 are scaled with a warning', async () => {
    const outcome = await accepted(skinned(four(0.5, 0.5, 0.5, 0.5)))
    for (const weights of await weightsOf(outcome)) expect(weights).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(outcome.warnings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['ACCESSOR_WEIGHTS_NON_NORMALIZED', 'WEIGHTS_SCALED']),
    )
  })

  test('duplicate influences of one bone are added up', async () => {
    const outcome = await accepted(
      skinned(four(0.25, 0.25, 0.25, 0.25), { skins: [{ joints: [1, 2, 3, 4] }] }, 1).slice(),
      {},
    )
    expect((await weightsOf(outcome))[0]).toEqual([0.25, 0.25, 0.25, 0.25])
    const doubled = skinned(four(0.25, 0.25, 0.25, 0.25))
    const at = Buffer.from(doubled).indexOf(Buffer.from([0, 1, 2, 3, 0, 1, 2, 3]))
    doubled.set([0, 1, 0, 1], at)
    const merged = await accepted(doubled)
    expect((await weightsOf(merged))[0]).toEqual([0.5, 0.5, 0, 0])
    expect(merged.warnings.map(({ rule }) => rule)).toContain('ACCESSOR_JOINTS_INDEX_DUPLICATE')
  })

  test('only the four strongest of eight influences are kept', async () => {
    const outcome = await accepted(skinned(four(0.3, 0.1, 0.06, 0.04), {}, 2))
    for (const weights of await weightsOf(outcome)) expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 6)
    for (const weights of await weightsOf(outcome))
      expect(weights.map((w) => Math.round(1e3 * w))).toEqual([375, 375, 125, 125])
    expect(outcome.warnings.map(({ rule }) => rule)).toContain('INFLUENCES_FOLDED')
  })

  test('a skinned model requested as an object is baked at rest', async () => {
    const outcome = await accepted(skinned(four(1, 0, 0, 0)), { kind: 'object' })
    expect(outcome.manifest).toMatchObject({
      kind: 'object',
      skeleton: null,
      capsules: [],
      counts: { joints: 0, triangles: 4 },
      bounds: { min: { x: 0, y: 0, z: 0 }, max: { x: 1, y: 1, z: 1 } },
    })
    expect(runtimeOf(outcome).json['skins']).toBeUndefined()
    expect(JSON.stringify(runtimeOf(outcome).json)).not.toContain('WEIGHTS_0')
  })
})

describe('place and size', () => {
  test('an export in centimetres is scaled to metres by a node above all others', async () => {
    const outcome = await accepted(asset('avatars/Fox.glb'))
    const { marker, scale, bounds, skeleton } = outcome.manifest
    expect(scale).toBe(0.01)
    expect(marker.position.y).toBeGreaterThan(0)
    expect(bounds.min.y).toBe(0)
    expect(bounds.max.y).toBeCloseTo(0.79, 2)
    const { json } = runtimeOf(outcome)
    const [root] = objectsOf(json, 'scenes').flatMap((scene) => scene['nodes'] as number[])
    expect(objectsOf(json, 'nodes')[root ?? -1]).toMatchObject({ name: 'Marker', scale: [0.01, 0.01, 0.01] })
    expect(skeleton?.length).toBe(24)
  })

  test('an object is lifted onto the ground, moved under its centre if its origin is beside it, or left as authored', async () => {
    const beside = glbWith({ nodes: [{ mesh: 0, translation: [5, -2, 0] }] })
    const lifted = await accepted(beside)
    expect(lifted.manifest).toMatchObject({
      bounds: { min: { x: -0.5, y: 0, z: -0.5 }, max: { x: 0.5, y: 1, z: 0.5 } },
      marker: { position: { x: -5.5, y: 2, z: -0.5 } },
    })
    expect(lifted.warnings.map(({ rule }) => rule)).toContain('ORIGIN_MOVED')
    expect((await accepted(beside, { origin: 'author' })).manifest.bounds.min).toEqual({ x: 5, y: -2, z: 0 })
  })

  test.each([
    ['no mesh in its scene', [{}]],
    ['no extent', [{ mesh: 0, scale: [0, 0, 0] }]],
  ])('an object with %s becomes a small ball with a warning, and an avatar is refused', async (_, nodes) => {
    const { manifest, warnings } = await accepted(glbWith({ nodes }))
    expect(warnings.map(({ rule }) => rule)).toContain('NOTHING_DRAWN')
    expect(manifest).toMatchObject({
      kind: 'object',
      bounds: { min: { x: -0.05, y: 0, z: -0.05 }, max: { x: 0.05, y: 0.1, z: 0.05 } },
      marker: { position: { x: 0, y: 0, z: 0 } },
    })
    expect(manifest.attachments.colliders).toMatchObject([
      { shape: { type: 'sphere', radius: Math.fround(0.05) }, position: { x: 0, y: Math.fround(0.05), z: 0 } },
    ])
    expect(await ingest(glbWith({ nodes }), { kind: 'avatar' })).toMatchObject({
      accepted: false,
      rejections: [{ rule: 'NOTHING_DRAWN' }],
    })
  })

  test("an invisible wall is its own collider, and its bounds are the collider's", async () => {
    const { manifest, warnings } = await accepted(
      glbWith({
        extensionsUsed: ['OMI_physics_shape', 'OMI_physics_body'],
        extensions: { OMI_physics_shape: { shapes: [{ type: 'box', box: { size: [4, 3, 0.5] } }] } },
        nodes: [{ translation: [0, 1, 0], extensions: { OMI_physics_body: { collider: { shape: 0 } } } }],
      }),
    )
    expect(warnings.map(({ rule }) => rule)).toContain('NOTHING_DRAWN')
    expect(manifest).toMatchObject({
      bounds: { min: { x: -2, y: 0, z: -0.25 }, max: { x: 2, y: 3, z: 0.25 } },
      physics: {
        prop: {
          motion: 'static',
          colliders: [
            { shape: { type: 'box', halfExtents: { x: 2, y: 1.5, z: 0.25 } }, position: { x: 0, y: 1.5, z: 0 } },
          ],
        },
      },
    })
  })

  test('points and lines get a box around them', async () => {
    const { manifest, warnings } = await accepted(
      glbWith({ meshes: [{ primitives: [{ attributes: { POSITION: 0 }, mode: 0 }] }] }),
    )
    expect(warnings.map(({ rule }) => rule)).toContain('NOTHING_DRAWN')
    expect(manifest.attachments.colliders).toMatchObject([
      { shape: { type: 'box', halfExtents: { x: 0.5, y: 0.5, z: 0.5 } }, position: { x: 0.5, y: 0.5, z: 0.5 } },
    ])
  })
})

test('custom data, cameras, lights and unknown extensions are removed, and names of morph targets kept', async () => {
  const outcome = await accepted(
    glbWith({
      extensionsUsed: ['KHR_lights_punctual', 'ACME_thing'],
      extras: { secret: 1 },
      cameras: [{ type: 'perspective', perspective: { yfov: 1, znear: 0.1 } }],
      extensions: { KHR_lights_punctual: { lights: [{ type: 'point' }] }, ACME_thing: { a: 1 } },
      nodes: [{ mesh: 0, camera: 0, extras: { secret: 2 }, extensions: { KHR_lights_punctual: { light: 0 } } }],
      meshes: [
        {
          primitives: [{ attributes: { POSITION: 0 }, indices: 1, targets: [{ POSITION: 0 }], extras: { secret: 3 } }],
          extras: { targetNames: ['smile'], secret: 4 },
        },
      ],
    }),
  )
  const text = JSON.stringify(runtimeOf(outcome).json)
  for (const gone of ['secret', 'camera', 'light', 'ACME']) expect(text).not.toContain(gone)
  expect(objectOf(objectsOf(runtimeOf(outcome).json, 'meshes')[0]?.['extras'])['targetNames']).toEqual(['smile'])
  expect(outcome.warnings.map(({ rule }) => rule)).toEqual(
    expect.arrayContaining(['EXTENSION_DROPPED', 'CAMERAS_DROPPED']),
  )
})

test('a .gltf with data URIs is packed', async () => {
  const { json, bin } = tetrahedron()
  const uri = `data:application/octet-stream;base64,${Buffer.from(bin).toString('base64')}`
  const text = JSON.stringify({ ...json, buffers: [{ byteLength: bin.length, uri }] })
  const [one, other] = [await accepted(new TextEncoder().encode(text)), await accepted(writeGlb(json, bin))]
  expect(one.manifest.files.runtime).toEqual(other.manifest.files.runtime)
  expect(one.manifest.files.original.mediaType).toBe('model/gltf+json')
})

test('normalising a runtime form again changes nothing', async () => {
  const first = await accepted(asset('avatars/debug_robot.vrm'))
  const again = await accepted(fileOf(first, first.manifest.files.runtime.sha256))
  expect(again.manifest.files.runtime.sha256).toBe(first.manifest.files.runtime.sha256)
})

test("an object's runtime form has its colliders in nodes, and collision-only meshes are not drawn", async () => {
  const outcome = await accepted(
    glbWith({
      nodes: [
        { name: 'Cup', mesh: 0 },
        { name: 'Cup-convcolonly', mesh: 1 },
      ],
      scenes: [{ nodes: [0, 1] }],
      meshes: [
        { name: 'Cup', primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] },
        { name: 'Hull', primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] },
      ],
    }),
  )
  const { json } = runtimeOf(outcome)
  const shapes = listOf(extensionOf(json, 'OMI_physics_shape')?.['shapes']).map(objectOf)
  expect(shapes).toMatchObject([{ type: 'convex' }])
  expect(objectsOf(json, 'meshes').length).toBe(2)
  expect(
    objectsOf(json, 'nodes').map((node) => [
      node['name'],
      node['mesh'] === undefined,
      extensionOf(node, 'OMI_physics_body'),
    ]),
  ).toEqual([
    ['Cup', false, null],
    ['Cup-convcolonly', true, null],
    ['Collider', true, { collider: { shape: 0 } }],
  ])
  expect(outcome.manifest.counts.triangles).toBe(4)
  expect(outcome.manifest.attachments.avatar.meshes.map(({ id }) => id)).toEqual(['Cup'])
})
