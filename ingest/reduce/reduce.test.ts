import { Document } from '@gltf-transform/core'
import { describe, expect, test } from 'vitest'
import { uv, withAccessors } from '../checks/odd.fixture.ts'
import { colours, fourTextures, glbOf, glbWith, floats, ktx2, parts, picture, textured } from '../glb.fixture.ts'
import { ingest } from '../ingest.ts'
import { checkLimits, measure } from '../measure.ts'
import { readDocument } from '../normalise/io.ts'
import { openContainer, writeGlb } from '../preflight/container.ts'
import { Rejected, type IngestOutcome } from '../types.ts'
import { reducibleRules, reduceToFit } from './index.ts'

type Accepted = Extract<IngestOutcome, { accepted: true }>
async function reduced(bytes: Uint8Array): Promise<Accepted> {
  const outcome = await ingest(bytes, { fit: true })
  if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejections))
  expect(outcome.warnings.map(({ rule }) => rule)).toContain('REDUCED')
  expect(outcome.files.get(outcome.manifest.files.original.sha256)?.bytes).toEqual(bytes)
  return outcome
}

async function documentOf(bytes: Uint8Array): Promise<Document> {
  const opened = openContainer(bytes)
  if (!('json' in opened)) throw new Error(opened.fault.message)
  return (await readDocument(opened.json, opened.bin)).document
}

const pictured = (corner: number): Uint8Array =>
  withAccessors(
    [uv],
    {
      ...textured(3),
      ...parts({ TEXCOORD_0: 2 }),
      images: Array.from({ length: 6 }, () => ({ bufferView: 3, mimeType: 'image/png' })),
      textures: Array.from({ length: 6 }, (_, source) => ({ source })),
      materials: Array.from({ length: 6 }, (_, index) => ({ pbrMetallicRoughness: { baseColorTexture: { index } } })),
    },
    floats(0, 0, corner, 0, 0, corner, corner, corner),
    picture(16, 16),
  )

describe('a model above the limits of its kind', () => {
  test('is refused with what would fit', async () => {
    expect(await ingest(colours())).toMatchObject({
      accepted: false,
      rejections: [
        {
          rule: 'MATERIALS',
          message: expect.stringContaining('Join 3 of them into one by an atlas.'),
          reducible: true,
        },
      ],
    })
  })

  test('gets a palette for materials of plain colours, the same every time', async () => {
    const outcome = await reduced(colours())
    expect(outcome.manifest.counts).toMatchObject({ materials: 1, textures: 1 })
    expect((await reduced(colours())).hash).toBe(outcome.hash)
  })

  test('gets an atlas for textures that do not repeat', async () => {
    expect((await reduced(pictured(1))).manifest.counts).toMatchObject({ materials: 1, textures: 1 })
  })

  test('keeps textures that repeat, and is refused without the advice to reduce it', async () => {
    const outcome = await ingest(pictured(2), { fit: true })
    expect(outcome).toMatchObject({ rejections: [{ rule: 'MATERIALS', value: 6 }] })
    expect(outcome).not.toHaveProperty('rejections.0.reducible')
  })

  test('is decimated to the triangles that are allowed', async () => {
    const side = 110
    const points = Array.from({ length: side * side }, (_, i): [number, number, number] => {
      const [x, z] = [i % side, Math.floor(i / side)]
      return [x / side, 0.1 * Math.sin(x / 9) * Math.cos(z / 7), z / side]
    })
    const corners = Array.from({ length: (side - 1) * (side - 1) }, (_, i) => {
      const at = Math.floor(i / (side - 1)) * side + (i % (side - 1))
      return [at, at + side, at + 1, at + 1, at + side, at + side + 1]
    })
    const document = await documentOf(glbOf(points, corners.flat()))
    expect(await reduceToFit(document, 'object', [], () => {})).toBe(true)
    const { triangles } = measure(document, 0)
    expect(triangles).toBeLessThanOrEqual(20_000)
    expect(triangles).toBeGreaterThan(5_000)
  })

  test('gets smaller textures', async () => {
    const bytes = withAccessors([uv], fourTextures(3), new Uint8Array(32), picture(2_048, 2_048))
    const document = await documentOf(bytes)
    expect(await reduceToFit(document, 'object', [], () => {})).toBe(false)
    expect(measure(document, 0)).toMatchObject({ textures: 4, textureBytes: 16 << 20 })
  })
})

test('a model within the limits has the same package with and without the option', async () => {
  const [plain, asked] = [await ingest(glbWith({})), await ingest(glbWith({}), { fit: true })]
  expect(plain.accepted && asked.accepted && plain.hash === asked.hash).toBe(true)
})

describe('a refusal says that the option can correct it only if that is so', () => {
  /** The exceeded limits of an object, each with whether the refusal calls it reducible. */
  async function refusalOf(document: Document): Promise<(readonly [rule: string, isReducible: boolean])[]> {
    const measures = measure(document, 0)
    const reducible = await reducibleRules(document, 'object', measures)
    try {
      checkLimits('object', measures, { bytes: 0, reducible }, () => {})
    } catch (error) {
      if (!(error instanceof Rejected)) throw error
      return error.rejections.map((rejection) => [rejection.rule, rejection.reducible === true] as const)
    }
    return []
  }

  test('six plain colours can be joined', async () => {
    expect(await refusalOf(await documentOf(colours()))).toEqual([['MATERIALS', true]])
  })

  test.each([
    ['VRM 0.x', { extensions: { VRM: { materialProperties: [] } }, extensionsUsed: ['VRM'] }],
    ['VRM 1.0', { extensions: { VRMC_vrm: { specVersion: '1.0' } }, extensionsUsed: ['VRMC_vrm'] }],
  ])('six plain colours of %s stay', async (_, change) => {
    const opened = openContainer(colours())
    if (!('json' in opened)) throw new Error(opened.fault.message)
    const document = await documentOf(writeGlb({ ...opened.json, ...change }, opened.bin))
    expect(await refusalOf(document)).toEqual([['MATERIALS', false]])
  })

  test.each([
    ['can be joined if they do not repeat', 1, true],
    ['stay if they repeat', 2, false],
  ])('six textures %s', async (_, corner, isReducible) => {
    expect(await refusalOf(await documentOf(pictured(corner)))).toEqual([['MATERIALS', isReducible]])
  })

  test.each([
    ['can be scaled down beside 44 MiB of KTX2', 11, true],
    ['cannot make room for 52 MiB of KTX2', 13, false],
  ])('a PNG of 16 MiB %s', async (_, count, isReducible) => {
    const document = new Document()
    const image = ktx2(2_048, 2_048)
    for (let i = 0; i < count; i++) document.createTexture().setImage(image).setMimeType('image/ktx2')
    document
      .createTexture()
      .setImage(Uint8Array.from(picture(2_048, 2_048)))
      .setMimeType('image/png')
    expect(await refusalOf(document)).toEqual([['TEXTURE_MEMORY', isReducible]])
  })

  /** A wavy field of 2 × 105 × 105 triangles. With edges, each triangle has vertices and a normal of its own. */
  function field(hasEdges: boolean): Document {
    const side = 105
    const at = (i: number, k: number): number[] => [i / side, 0.1 * Math.sin(i / 9) * Math.cos(k / 7), k / side]
    const triangles = Array.from({ length: side * side }, (_, n) => {
      const [i, k] = [n % side, Math.floor(n / side)]
      return [
        [at(i, k), at(i, k + 1), at(i + 1, k)],
        [at(i + 1, k), at(i, k + 1), at(i + 1, k + 1)],
      ]
    }).flat()
    const normals = triangles.map((_, n) => (hasEdges ? [Math.sin(n), Math.cos(n), 0] : [0, 1, 0]))
    const document = new Document()
    const buffer = document.createBuffer()
    const accessor = (values: number[]) =>
      document.createAccessor().setType('VEC3').setArray(Float32Array.from(values)).setBuffer(buffer)
    const primitive = document
      .createPrimitive()
      .setAttribute('POSITION', accessor(triangles.flat(2)))
      .setAttribute('NORMAL', accessor(normals.flatMap((normal) => [...normal, ...normal, ...normal])))
    const node = document.createNode().setMesh(document.createMesh().addPrimitive(primitive))
    document.createScene().addChild(node)
    return document
  }

  test('more than 2 million triangles are not decimated to find it out', async () => {
    const document = field(false)
    const [scene] = document.getRoot().listScenes()
    const [mesh] = document.getRoot().listMeshes()
    for (let i = 0; i < 90; i++) scene?.addChild(document.createNode().setMesh(mesh ?? null))
    const { triangles } = measure(document, 0)
    expect(triangles).toBeGreaterThan(2_000_000)
    expect(await refusalOf(document)).toEqual([['TRIANGLES', false]])
    expect(measure(document, 0).triangles).toBe(triangles)
  })

  test('the triangles of a smooth mesh can be decimated', async () => {
    expect(await refusalOf(field(false))).toEqual([['TRIANGLES', true]])
  })

  test('the triangles of a mesh with only sharp edges stay', async () => {
    expect(await refusalOf(field(true))).toEqual([['TRIANGLES', false]])
  })
})
