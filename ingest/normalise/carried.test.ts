import { expect, test } from 'vitest'
import { openContainer } from '../preflight/container.ts'
import { asset, glbWith, picture, tetrahedron, textured, type Json } from '../glb.fixture.ts'
import { REQUIRED_BONES } from '../fit/avatar/bones.ts'
import { ingest } from '../ingest.ts'
import { extensionOf, listOf, objectOf, objectsOf, type JsonObject } from '../json.ts'

async function runtimeJson(bytes: Uint8Array): Promise<{
  readonly json: JsonObject
  readonly outcome: Extract<Awaited<ReturnType<typeof ingest>>, { accepted: true }>
}> {
  const outcome = await ingest(bytes)
  if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejections))
  const opened = openContainer(outcome.files.get(outcome.manifest.files.runtime.sha256)?.bytes ?? new Uint8Array(0))
  if (!('json' in opened)) throw new Error(opened.fault.message)
  return { json: opened.json, outcome }
}

const jsonOf = (bytes: Uint8Array): JsonObject => {
  const opened = openContainer(bytes)
  return 'json' in opened ? opened.json : {}
}

const nameAt = (json: JsonObject, index: unknown): unknown => objectsOf(json, 'nodes')[Number(index)]?.['name']

test('the humanoid bones of a VRM 1.0 refer to the same nodes as before', async () => {
  const before = jsonOf(asset('avatars/debug_robot.vrm'))
  const { json, outcome } = await runtimeJson(asset('avatars/debug_robot.vrm'))
  const bones = (from: JsonObject): [string, unknown][] =>
    Object.entries(objectOf(objectOf(extensionOf(from, 'VRMC_vrm')?.['humanoid'])['humanBones'])).map(
      ([bone, value]) => [bone, nameAt(from, objectOf(value)['node'])],
    )
  const safe = (name: unknown): unknown => String(name).replaceAll('.', '_')
  expect(bones(json).length).toBeGreaterThan(50)
  expect(bones(json)).toEqual(bones(before).map(([bone, name]) => [bone, safe(name)]))
  expect(
    Object.fromEntries(
      outcome.manifest.skeleton?.flatMap(({ humanoid, joint }) =>
        humanoid === undefined ? [] : [[humanoid, joint]],
      ) ?? [],
    ),
  ).toEqual(Object.fromEntries(bones(json)))
  expect(outcome.manifest.marker.rotation).toEqual({ x: 0, y: 0, z: 0, w: 1 })
})

test('the package keeps what a VRM says about its maker, its licence and what it permits', async () => {
  const robot = asset('avatars/debug_robot.vrm')
  const meta = extensionOf(jsonOf(robot), 'VRMC_vrm')?.['meta']
  expect(meta).toMatchObject({ authors: ['@saturday06'], licenseUrl: 'https://vrm.dev/licenses/1.0/' })
  expect(extensionOf((await runtimeJson(robot)).json, 'VRMC_vrm')?.['meta']).toEqual(meta)
  const older = await runtimeJson(figure(vrm0, [{ name: 'Cloth' }, { name: 'Skin.001' }]))
  expect(extensionOf(older.json, 'VRM')?.['meta']).toEqual(vrm0.VRM.meta)
})

const BONES: readonly string[] = REQUIRED_BONES
const PARENTS: Readonly<Record<string, string>> = {
  spine: 'hips',
  head: 'spine',
  leftUpperArm: 'spine',
  rightUpperArm: 'spine',
  leftUpperLeg: 'hips',
  rightUpperLeg: 'hips',
}
const parentOf = (bone: string): string | undefined =>
  PARENTS[bone] ?? (bone === 'hips' ? undefined : BONES[BONES.indexOf(bone) - 1])
const PLACES: Readonly<Record<string, readonly number[]>> = {
  hips: [0, 1, 0],
  spine: [0, 0.2, 0],
  head: [0, 0.4, 0],
  leftUpperArm: [0.2, 0.3, 0],
  rightUpperArm: [-0.2, 0.3, 0],
  leftUpperLeg: [0.1, -0.1, 0],
  rightUpperLeg: [-0.1, -0.1, 0],
}
const placeOf = (bone: string): readonly number[] =>
  PLACES[bone] ??
  (bone.includes('Leg') || bone.includes('Foot') ? [0, -0.4, 0] : [bone.startsWith('left') ? 0.25 : -0.25, 0, 0])

/** A rigid figure of tetrahedra with unused nodes before the bones, so that all indices change. */
function figure(extensions: Json, materials: Json[] = []): Uint8Array {
  const node = (bone: string): Json => {
    const children = BONES.flatMap((child, i) => (parentOf(child) === bone ? [2 + i] : []))
    return { name: `${bone}.x`, mesh: 1, translation: placeOf(bone), ...(children.length > 0 ? { children } : {}) }
  }
  const small = { attributes: { POSITION: 0 }, indices: 1, ...(materials.length > 0 ? { material: 1 } : {}) }
  return glbWith({
    extensionsUsed: Object.keys(extensions),
    extensions,
    nodes: [{ name: 'unused' }, { name: 'also unused' }, ...BONES.map(node)],
    scenes: [{ nodes: [2] }],
    meshes: [
      { name: 'unused', primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] },
      { name: 'Limb', primitives: [small] },
    ],
    ...(materials.length > 0 ? { materials } : {}),
  })
}

const vrm0 = {
  VRM: {
    meta: { title: 'Stick  Figure', author: 'Ada', licenseName: 'CC_BY', commercialUssageName: 'Disallow' },
    humanoid: { humanBones: BONES.map((bone, i) => ({ bone, node: 2 + i, useDefaultValues: true })) },
    firstPerson: { firstPersonBone: 4, meshAnnotations: [{ mesh: 1, firstPersonFlag: 'Auto' }] },
    blendShapeMaster: {
      blendShapeGroups: [
        {
          name: 'Joy',
          presetName: 'joy',
          binds: [{ mesh: 1, index: 0, weight: 100 }],
          materialValues: [{ materialName: 'Skin.001', propertyName: '_Color', targetValue: [1, 1, 1, 1] }],
        },
      ],
    },
    secondaryAnimation: {
      boneGroups: [{ bones: [4, 7], center: -1, colliderGroups: [0] }],
      colliderGroups: [{ node: 3, colliders: [] }],
    },
    materialProperties: [
      { name: 'Cloth', shader: 'VRM/MToon', textureProperties: {} },
      { name: 'Skin.001', shader: 'VRM/MToon', textureProperties: {} },
    ],
  },
}

test('a VRM 0.x is turned to face +Z, and all its indices are updated', async () => {
  const { json, outcome } = await runtimeJson(figure(vrm0, [{ name: 'Cloth' }, { name: 'Skin.001' }]))
  const vrm = extensionOf(json, 'VRM') ?? {}
  const nodes = objectOf(vrm['humanoid'])['humanBones']
  expect(listOf(nodes).map((entry) => [objectOf(entry)['bone'], nameAt(json, objectOf(entry)['node'])])).toEqual(
    BONES.map((bone) => [bone, `${bone}_x`]),
  )
  expect(nameAt(json, objectOf(vrm['firstPerson'])['firstPersonBone'])).toBe('head_x')
  const [group] = listOf(objectOf(vrm['secondaryAnimation'])['boneGroups']).map(objectOf)
  expect(listOf(group?.['bones']).map((index) => nameAt(json, index))).toEqual(['head_x', 'leftHand_x'])
  expect(group?.['center']).toBe(-1)
  const mesh = objectOf(listOf(objectOf(vrm['firstPerson'])['meshAnnotations'])[0])['mesh']
  expect(objectsOf(json, 'meshes')[Number(mesh)]?.['name']).toBe('Limb')
  expect(listOf(vrm['materialProperties']).map((entry) => objectOf(entry)['name'])).toEqual(
    objectsOf(json, 'materials').map(({ name }) => name),
  )
  expect(JSON.stringify(vrm)).toContain('"materialName":"Skin_001"')
  expect(outcome.manifest).toMatchObject({
    kind: 'avatar',
    name: 'Stick Figure',
    marker: { rotation: { x: 0, y: 1, z: 0, w: 0 } },
  })
  expect(objectsOf(json, 'nodes').find(({ name }) => name === 'Marker')).toMatchObject({ rotation: [0, 1, 0, 0] })
})

test('springs, constraints, toon materials and their textures keep their targets', async () => {
  const uv = { bufferView: 2, componentType: 5126, count: 4, type: 'VEC2' }
  const { json } = await runtimeJson(
    glbWith(
      {
        ...textured(3),
        accessors: [...(tetrahedron().json['accessors'] as Json[]), uv],
        extensionsUsed: ['VRMC_springBone', 'VRMC_node_constraint', 'VRMC_materials_mtoon'],
        images: [
          { bufferView: 3, mimeType: 'image/png', name: 'unused' },
          { bufferView: 3, mimeType: 'image/png', name: 'shade' },
          { bufferView: 3, mimeType: 'image/png', name: 'base' },
        ],
        textures: [{ source: 0 }, { source: 1, sampler: 0 }, { source: 2 }],
        samplers: [{ wrapS: 33071 }],
        materials: [
          {
            name: 'Paint',
            pbrMetallicRoughness: { baseColorTexture: { index: 2 } },
            extensions: {
              VRMC_materials_mtoon: { specVersion: '1.0', shadeMultiplyTexture: { index: 1, texCoord: 0 } },
            },
          },
        ],
        nodes: [
          { name: 'gone' },
          { name: 'Body', mesh: 0, children: [2, 3] },
          { name: 'Tail' },
          {
            name: 'Eye',
            extensions: {
              VRMC_node_constraint: { specVersion: '1.0', constraint: { aim: { source: 2, aimAxis: 'PositiveZ' } } },
            },
          },
        ],
        scenes: [{ nodes: [1] }],
        extensions: {
          VRMC_springBone: {
            specVersion: '1.0',
            colliders: [{ node: 3, shape: { sphere: { radius: 0.1 } } }],
            springs: [{ joints: [{ node: 2 }], center: 1 }],
          },
        },
      },
      new Uint8Array(32),
      picture(4, 4),
    ),
  )
  const spring = objectOf(listOf(extensionOf(json, 'VRMC_springBone')?.['springs'])[0])
  expect([nameAt(json, objectOf(listOf(spring['joints'])[0])['node']), nameAt(json, spring['center'])]).toEqual([
    'Tail',
    'Body',
  ])
  const eye = objectsOf(json, 'nodes').find(({ name }) => name === 'Eye') ?? {}
  expect(
    nameAt(json, objectOf(objectOf(extensionOf(eye, 'VRMC_node_constraint')?.['constraint'])['aim'])['source']),
  ).toBe('Tail')
  const shade = objectOf(
    extensionOf(objectsOf(json, 'materials')[0] ?? {}, 'VRMC_materials_mtoon')?.['shadeMultiplyTexture'],
  )
  const texture = objectsOf(json, 'textures')[Number(shade['index'])] ?? {}
  expect(objectsOf(json, 'images')[Number(texture['source'])]?.['name']).toBe('shade')
  expect(objectsOf(json, 'samplers')[Number(texture['sampler'])]).toMatchObject({ wrapS: 33071 })
  expect(objectsOf(json, 'images').map(({ name }) => name)).not.toContain('unused')
})
