import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { ext, mesh, used, uv, withAccessors } from '../checks/odd.fixture.ts'
import { asset, assetPath, glbWith, picture, prism, shorts, tetrahedron, textured, type Json } from '../glb.fixture.ts'
import { readAsGlb } from '../gltf-to-glb.ts'
import { ingest } from '../ingest.ts'
import { extensionOf, objectOf, objectsOf, type JsonObject } from '../json.ts'
import { encodePng } from '../pixels/png.ts'
import { decodePixels } from '../pixels/decode.ts'
import { openContainer } from '../preflight/container.ts'
import type { IngestOptions, IngestOutcome } from '../types.ts'

type Accepted = Extract<IngestOutcome, { accepted: true }>
async function accepted(bytes: Uint8Array, options: IngestOptions = {}): Promise<Accepted> {
  const outcome = await ingest(bytes, options)
  if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejections))
  return outcome
}
function runtimeOf({ files, manifest }: Accepted): { readonly json: JsonObject; readonly bin: Uint8Array } {
  const opened = openContainer(files.get(manifest.files.runtime.sha256)?.bytes ?? new Uint8Array(0))
  if (!('json' in opened)) throw new Error(opened.fault.message)
  return { json: opened.json, bin: opened.bin ?? new Uint8Array(0) }
}
const rulesOf = ({ warnings }: Accepted): string[] => warnings.map(({ rule }) => rule)
const hidden = (more: Json = {}): Json => ({ ...more, ...ext('KHR_node_visibility', { visible: false }) })

describe('hidden nodes', () => {
  test('the meshes of a hidden node and of those below it are neither drawn nor fitted', async () => {
    const outcome = await accepted(
      glbWith({
        ...used('KHR_node_visibility'),
        extensionsRequired: ['KHR_node_visibility'],
        nodes: [
          { mesh: 0 },
          hidden({ children: [2], translation: [3, 0, 0] }),
          { mesh: 0, translation: [1, 0, 0] },
          { mesh: 0, ...ext('KHR_node_visibility', { visible: true }) },
        ],
        scenes: [{ nodes: [0, 1, 3] }],
      }),
    )
    expect(outcome.manifest.bounds.max.x).toBe(1)
    expect(outcome.manifest.counts.triangles).toBe(8)
    expect(outcome.warnings).toContainEqual({
      rule: 'HIDDEN_DROPPED',
      where: '/nodes/2',
      message: expect.stringContaining('A hidden mesh is left out'),
    })
    expect(runtimeOf(outcome).json['extensionsRequired']).toBeUndefined()
  })

  test('a hidden part of an avatar has no capsule, and its joints stay', async () => {
    const { manifest } = await accepted(asset('exporters/hidden_part.vrm'))
    expect(manifest.capsules).toHaveLength(17)
    expect(manifest.bounds.max.y).toBeLessThan(2)
  })
})

describe('the unit of a known skeleton', () => {
  test.each([
    ['a hat of 12 cm', 'hat.vrm'],
    ['a robot of 3.6 m', 'robot_3m5.vrm'],
  ])('%s in a VRM file stays as large as it is', async (_, name) => {
    const outcome = await accepted(asset(`exporters/${name}`))
    expect(outcome.manifest.scale).toBe(1)
    expect(rulesOf(outcome)).not.toContain('SCALED')
  })

  test('an object without a skeleton is still scaled', async () => {
    expect((await accepted(prism(6, 40, 100))).manifest.scale).toBe(0.01)
  })
})

const shiny = (material: Json, more: Json = {}): Uint8Array =>
  withAccessors(
    [uv],
    {
      ...textured(3),
      ...used('KHR_materials_pbrSpecularGlossiness'),
      materials: [ext('KHR_materials_pbrSpecularGlossiness', material)],
      ...more,
    },
    new Uint8Array(32),
    encodePng({ width: 2, height: 1, data: Uint8Array.of(200, 100, 50, 255, 255, 200, 80, 128) }),
  )

describe('specular-glossiness materials', () => {
  test('factors are converted to metalness and roughness, with a warning', async () => {
    const outcome = await accepted(
      shiny({ diffuseFactor: [0.5, 0.25, 0.125, 1], specularFactor: [0.04, 0.04, 0.04], glossinessFactor: 0.75 }),
    )
    const [material] = objectsOf(runtimeOf(outcome).json, 'materials')
    const pbr = objectOf(material?.['pbrMetallicRoughness'])
    expect(pbr['baseColorFactor']).toEqual([0.5, 0.25, 0.125, 1].map((part) => expect.closeTo(part, 5)))
    expect([pbr['metallicFactor'], pbr['roughnessFactor']]).toEqual([expect.closeTo(0, 5), 0.25])
    expect(rulesOf(outcome)).toContain('MATERIAL_CONVERTED')
    expect(JSON.stringify(runtimeOf(outcome).json)).not.toContain('SpecularGlossiness')
  })

  test('bright specular colours over black become metal of that colour', async () => {
    const outcome = await accepted(
      shiny({ diffuseFactor: [0, 0, 0, 1], specularFactor: [1, 0.75, 0.3], glossinessFactor: 1 }),
    )
    const pbr = objectOf(objectsOf(runtimeOf(outcome).json, 'materials')[0]?.['pbrMetallicRoughness'])
    expect(pbr['metallicFactor']).toBeCloseTo(1, 5)
    expect(pbr['baseColorFactor']).toEqual([1, 0.75, 0.3, 1].map((part) => expect.closeTo(part, 5)))
  })

  test('textures are converted pixel by pixel', async () => {
    const outcome = await accepted(shiny({ specularGlossinessTexture: { index: 0 }, diffuseFactor: [0, 0, 0, 1] }))
    const { json } = runtimeOf(outcome)
    const pbr = objectOf(objectsOf(json, 'materials')[0]?.['pbrMetallicRoughness'])
    expect(Object.keys(pbr)).toEqual(expect.arrayContaining(['baseColorTexture', 'metallicRoughnessTexture']))
    const surface = outcome.manifest.files.textures.find(({ id }) => id.includes('surface'))
    const pixels = await decodePixels(outcome.files.get(surface?.sha256 ?? '')?.bytes ?? new Uint8Array(0))
    expect([...pixels.data]).toEqual([0, 0, 255, 255, 0, 127, 255, 255])
  })

  test('two materials with the same textures share the converted ones', async () => {
    const material = ext('KHR_materials_pbrSpecularGlossiness', {
      diffuseTexture: { index: 0 },
      specularFactor: [0, 0, 0],
    })
    const part = (index: number): Json => ({ attributes: { POSITION: 0, TEXCOORD_0: 2 }, indices: 1, material: index })
    const outcome = await accepted(
      shiny(
        {},
        { materials: [material, { ...material, doubleSided: true }], meshes: [{ primitives: [part(0), part(1)] }] },
      ),
    )
    expect(outcome.manifest.counts).toMatchObject({ materials: 2, textures: 1 })
  })
})

test('a material extension that no client draws is reported with the materials that lose it', async () => {
  const outcome = await accepted(
    glbWith({ ...used('XYZ_glitter'), ...mesh({ material: 0 }), materials: [ext('XYZ_glitter', {})] }),
  )
  expect(outcome.warnings.find(({ rule }) => rule === 'EXTENSION_DROPPED')?.message).toContain(
    'so a material may look different',
  )
})

describe('textures without coordinates', () => {
  test('only the mesh without a UV map loses the texture', async () => {
    const part = (attributes: Json): Json => ({ attributes: { POSITION: 0, ...attributes }, indices: 1, material: 0 })
    const outcome = await accepted(
      withAccessors(
        [uv],
        { ...textured(3), meshes: [{ primitives: [part({ TEXCOORD_0: 2 }), part({})] }] },
        new Uint8Array(32),
        picture(4, 4),
      ),
    )
    const [body] = objectsOf(runtimeOf(outcome).json, 'meshes')
    const materials = objectsOf(runtimeOf(outcome).json, 'materials')
    const has = objectsOf(body ?? {}, 'primitives').map(
      ({ material }) =>
        objectOf(materials[Number(material)]?.['pbrMetallicRoughness'])['baseColorTexture'] !== undefined,
    )
    expect(has).toEqual([true, false])
  })
})

test('light above 1 becomes a factor and a strength', async () => {
  const outcome = await accepted(glbWith({ ...mesh({ material: 0 }), materials: [{ emissiveFactor: [4, 2, 0] }] }))
  const [material] = objectsOf(runtimeOf(outcome).json, 'materials')
  expect(material?.['emissiveFactor']).toEqual([1, 0.5, 0])
  expect(extensionOf(material ?? {}, 'KHR_materials_emissive_strength')).toEqual({ emissiveStrength: 4 })
})

describe('images', () => {
  const HEADS: Readonly<Record<string, Uint8Array>> = {
    GIF: new TextEncoder().encode('GIF89a..........................'),
    BMP: new TextEncoder().encode('BM..............................'),
    TIFF: Uint8Array.of(0x49, 0x49, 0x2a, 0, ...new Uint8Array(28)),
    SVG: new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    TGA: Uint8Array.of(0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 24, 0, ...new Uint8Array(14)),
  }

  test.each(
    Object.entries(HEADS).flatMap(([name, bytes]) =>
      [`image/${name.toLowerCase()}`, 'image/png'].map((type) => [name, type, bytes] as const),
    ),
  )('a texture that is %s and says %s is left out by its name', async (name, type, bytes) => {
    const outcome = await accepted(withAccessors([uv], textured(3, type), new Uint8Array(32), bytes))
    expect(outcome.manifest.counts.textures).toBe(0)
    expect(outcome.warnings.find(({ rule }) => rule === 'IMAGE_FORMAT')?.message).toContain(`The texture is ${name},`)
  })
})

describe('a .gltf with its files', () => {
  test.each(['draco.gltf', 'meshopt.gltf', 'webp.gltf'])('%s is accepted', async (name) => {
    const outcome = await accepted(await readAsGlb(assetPath(`exporters/${name}`)))
    expect(outcome.manifest.counts.triangles).toBeGreaterThan(0)
    expect(outcome.manifest.counts.textures).toBe(1)
  })

  test.each([
    ['a raw percent sign', '10%.png', '10%.png'],
    ['an escaped percent sign', '10%.png', '10%25.png'],
    ['accents written in two ways', 'cafe\u0301.png', 'caf\u00e9.png'],
    ['backslashes', 'maps/wood.png', 'maps\\wood.png'],
    ['other capitals', 'Wood.PNG', 'wood.png'],
  ])('a texture is found in spite of %s', async (_, file, uri) => {
    const folder = temporaryDirectory()
    const { json, bin } = tetrahedron(new Uint8Array(32))
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), picture(4, 4))
    writeFileSync(join(folder, 'data.bin'), bin)
    const gltf = {
      ...json,
      ...textured(3),
      accessors: [...(json['accessors'] as Json[]), uv],
      images: [{ uri }],
      buffers: [{ uri: 'data.bin', byteLength: bin.length }],
    }
    writeFileSync(join(folder, 'thing.gltf'), JSON.stringify(gltf))
    const outcome = await accepted(await readAsGlb(join(folder, 'thing.gltf')))
    expect(outcome.manifest.counts.textures).toBe(1)
  })
})

test('points and lines beside triangles are left out with a warning', async () => {
  const outcome = await accepted(
    withAccessors(
      [{ bufferView: 2, componentType: 5123, count: 2, type: 'SCALAR' }],
      {
        meshes: [
          {
            primitives: [
              { attributes: { POSITION: 0 }, indices: 1 },
              { attributes: { POSITION: 0 }, mode: 0 },
            ],
          },
          { primitives: [{ attributes: { POSITION: 0 }, indices: 2, mode: 1 }] },
        ],
        nodes: [{ mesh: 0 }, { mesh: 1 }],
        scenes: [{ nodes: [0, 1] }],
      },
      shorts(0, 1),
    ),
  )
  expect(outcome.manifest.attachments.avatar.meshes).toHaveLength(1)
  expect(outcome.warnings).toContainEqual({
    rule: 'POINTS_DROPPED',
    where: '/meshes/0/primitives/1',
    message: expect.stringContaining('2 parts of points or lines'),
  })
})
