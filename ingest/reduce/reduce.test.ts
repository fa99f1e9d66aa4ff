import type { Document } from '@gltf-transform/core'
import { describe, expect, test } from 'vitest'
import { uv, withAccessors } from '../checks/odd.fixture.ts'
import { colours, fourTextures, glbOf, glbWith, floats, parts, picture, textured } from '../glb.fixture.ts'
import { ingest } from '../ingest.ts'
import { measure } from '../measure.ts'
import { readDocument } from '../normalise/io.ts'
import { openContainer } from '../preflight/container.ts'
import type { IngestOutcome } from '../types.ts'
import { reduceToFit } from './index.ts'

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
