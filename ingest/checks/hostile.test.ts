import { readdirSync, readFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { asset, assetPath, glbOfText, glbWith, picture, tetrahedron, textured, type Json } from '../glb.fixture.ts'
import { writeGlb } from '../preflight/container.ts'
import { ingest } from '../ingest.ts'
import { PREFLIGHT_ADVICE } from '../preflight/advice.ts'
import { Rejected, type Rejection } from '../types.ts'
import { ADVICE } from './advice.ts'
import { checkUpload } from './check.ts'

const ADVICE_OF: Readonly<Record<string, string | undefined>> = { ...ADVICE, ...PREFLIGHT_ADVICE }

/** True if a rejection ends with what to do: its rule's advice, or for COUNT the advice of its list. */
const hasAdvice = ({ rule, message }: Rejection): boolean =>
  rule === 'COUNT' ? /are allowed\. [A-Z].+\.$/.test(message) : message.endsWith(ADVICE_OF[rule] ?? rule)

async function rulesOf(bytes: Uint8Array): Promise<string[]> {
  try {
    await checkUpload(bytes)
    return []
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
    expect(error.rejections.filter((rejection) => !hasAdvice(rejection))).toEqual([])
    return error.rejections.map(({ rule }) => rule)
  }
}

const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item)
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
const sparse = (count: number, of: number): Json => ({
  componentType: 5126,
  type: 'VEC3',
  count: of,
  sparse: { count, indices: { bufferView: 1, componentType: 5123 }, values: { bufferView: 0 } },
})
const base = tetrahedron().json
const withAccessors = (...accessors: Json[]): Uint8Array =>
  glbWith({ accessors: [...(base['accessors'] as Json[]), ...accessors] })
const chain = (length: number): Json[] =>
  Array.from({ length }, (_, i) => (i + 1 < length ? { children: [i + 1] } : { mesh: 0 }))

/** A PNG that claims a size, without image data. */
function pngOf(width: number, height: number): Uint8Array {
  const png = picture(1, 1)
  new DataView(png.buffer, png.byteOffset).setUint32(16, width)
  new DataView(png.buffer, png.byteOffset).setUint32(20, height)
  return png
}

const text = (json: string): Uint8Array => new TextEncoder().encode(json)

/** Uploads that no decoder may see: each is refused by its JSON and headers only. */
const HOSTILE: readonly (readonly [what: string, rule: string, bytes: () => Uint8Array])[] = [
  [
    'JSON nested a hundred thousand deep in extras',
    'JSON_DEPTH',
    () => glbOfText(`{"asset":{"version":"2.0"},"extras":${nested(100_000)}}`),
  ],
  [
    'JSON nested deep in a text file',
    'JSON_DEPTH',
    () => text(`{"asset":{"version":"2.0"},"extras":${nested(5_000)}}`),
  ],
  [
    'a million values in extras',
    'JSON_SIZE',
    () => text(`{"asset":{"version":"2.0"},"extras":[${'0,'.repeat(1_000_001)}0]}`),
  ],
  [
    'a key that stands twice',
    'JSON_DUPLICATE_KEY',
    () => glbOfText('{"asset":{"version":"2.0"},"asset":{"version":"2.0"}}'),
  ],
  [
    'a key that stands twice, once in escapes',
    'JSON_DUPLICATE_KEY',
    () => glbOfText('{"asset":{"version":"2.0"},"nodes":[],"\\u006eodes":[]}'),
  ],
  [
    '__proto__ in escapes, deep in extras',
    'JSON_KEY',
    () => glbOfText('{"asset":{"version":"2.0","extras":{"a":[{"__pr\\u006fto__":1}]}}}'),
  ],
  ['a key of a megabyte', 'JSON_KEY', () => glbOfText(`{"asset":{"version":"2.0"},"${'k'.repeat(1 << 20)}":1}`)],
  [
    'a number that is infinite',
    'JSON_NUMBER',
    () => glbOfText('{"asset":{"version":"2.0"},"nodes":[{"translation":[1e999,0,0]}]}'),
  ],
  [
    'an accessor of 2^53 elements',
    'ACCESSOR_SIZE',
    () => withAccessors({ componentType: 5126, type: 'SCALAR', count: 2 ** 53 }),
  ],
  [
    'an accessor of 1e300 elements',
    'ACCESSOR_SIZE',
    () => withAccessors({ componentType: 5126, type: 'SCALAR', count: 1e300 }),
  ],
  [
    'accessors that are large together',
    'ACCESSOR_SIZE',
    () => withAccessors(...many(20, { bufferView: 0, componentType: 5126, type: 'MAT4', count: 200_000 })),
  ],
  [
    'megabytes of zeros for nothing',
    'ACCESSOR_ZEROS',
    () => withAccessors({ componentType: 5126, type: 'VEC4', count: 1_000_000 }),
  ],
  [
    'a sparse accessor with more values than elements',
    'ACCESSOR_SPARSE_COUNT_OUT_OF_RANGE',
    () => withAccessors(sparse(2_000_000_000, 4)),
  ],
  ['a huge sparse accessor', 'ACCESSOR_SIZE', () => withAccessors(sparse(4, 2_000_000_000))],
  [
    'one accessor drawn two thousand times',
    'GEOMETRY_SIZE',
    () =>
      glbWith({
        accessors: [{ ...(base['accessors'] as Json[])[0], count: 200_000 }, (base['accessors'] as Json[])[1]],
        meshes: [{ primitives: many(2_000, { attributes: { POSITION: 0 }, indices: 1 }) }],
      }),
  ],
  [
    'a thousand morph targets of one accessor',
    'COUNT',
    () =>
      glbWith({
        meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, targets: many(1_000, { POSITION: 0 }) }] }],
      }),
  ],
  ['five thousand nodes', 'COUNT', () => glbWith({ nodes: many(5_000, {}) })],
  ['thousands of images', 'COUNT', () => glbWith({ images: many(5_000, { bufferView: 0, mimeType: 'image/png' }) })],
  [
    'a thousand required extensions',
    'COUNT',
    () => glbWith({ extensionsRequired: Array.from({ length: 1_000 }, (_, i) => `EXT_${i}`) }),
  ],
  [
    'an unknown required extension',
    'EXTENSION_REQUIRED',
    () => glbWith({ extensionsUsed: ['EXT_evil'], extensionsRequired: ['EXT_evil'] }),
  ],
  [
    'an animation of a million channels',
    'COUNT',
    () => text(`{"asset":{"version":"2.0"},"animations":[{"samplers":[],"channels":[${'0,'.repeat(60_000)}0]}]}`),
  ],
  ['a skin of thousands of joints', 'COUNT', () => glbWith({ skins: [{ joints: many(5_000, 0) }] })],
  ['nodes in a ring', 'NODE_LOOP', () => glbWith({ nodes: [{ children: [1] }, { children: [2] }, { children: [0] }] })],
  ['a node that is its own child', 'NODE_LOOP', () => glbWith({ nodes: [{ children: [0], mesh: 0 }] })],
  [
    'a node with two parents',
    'NODE_PARENT_OVERRIDE',
    () => glbWith({ nodes: [{ children: [2] }, { children: [2] }, {}] }),
  ],
  ['nodes nested two hundred deep', 'NODE_DEPTH', () => glbWith({ nodes: chain(200) })],
  [
    'a file of the server as a buffer',
    'EXTERNAL_URI',
    () => glbWith({ buffers: [{ byteLength: 4, uri: 'file:///etc/passwd' }] }),
  ],
  ['a path up and away as an image', 'EXTERNAL_URI', () => glbWith({ images: [{ uri: '../../secret.png' }] })],
  ['a PNG that claims 60,000 × 60,000', 'IMAGE_SIZE', () => glbWith(textured(2), pngOf(60_000, 60_000))],
  ['a PNG that claims 8,000 × 8,000', 'IMAGE_SIZE', () => glbWith(textured(2), pngOf(8_000, 8_000))],
  [
    'many large images',
    'IMAGES_SIZE',
    () => glbWith({ ...textured(2), images: many(7, { bufferView: 2, mimeType: 'image/png' }) }, pngOf(4_096, 4_096)),
  ],
  [
    'a PNG bomb in a data URI',
    'IMAGE_SIZE',
    () =>
      text(
        JSON.stringify({
          ...base,
          buffers: [],
          images: [{ uri: `data:image/png;base64,${Buffer.from(pngOf(30_000, 30_000)).toString('base64')}` }],
        }),
      ),
  ],
  [
    'meshopt data that claims gigabytes',
    'MESHOPT_SIZE',
    () =>
      glbWith({
        bufferViews: [
          {
            buffer: 0,
            byteLength: 48,
            extensions: {
              EXT_meshopt_compression: {
                buffer: 0,
                byteLength: 48,
                count: 2_000_000_000,
                byteStride: 4,
                mode: 'ATTRIBUTES',
              },
            },
          },
        ],
      }),
  ],
  [
    'Draco data that claims billions of faces',
    'DRACO_SIZE',
    () =>
      dracoFile([
        0x44, 0x52, 0x41, 0x43, 0x4f, 2, 2, 1, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0xff, 0x0f,
      ]),
  ],
  ['invalid Draco data', 'DRACO_DATA', () => dracoFile([1, 2, 3, 4])],
  [
    'millions of instances',
    'INSTANCES',
    () =>
      glbWith({
        accessors: [
          ...(base['accessors'] as Json[]),
          { bufferView: 0, componentType: 5126, type: 'VEC3', count: 5_000 },
        ],
        nodes: [{ mesh: 0, extensions: { EXT_mesh_gpu_instancing: { attributes: { TRANSLATION: 2 } } } }],
      }),
  ],
  ['a header that promises more than there is', 'GLB_UNEXPECTED_END_OF_CHUNK_DATA', () => glbWith({}).subarray(0, 200)],
  ['an empty file', 'NOT_GLTF', () => new Uint8Array(0)],
  ['an executable', 'NOT_GLTF', () => Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0)],
  ['a file beyond the largest', 'FILE_SIZE', () => new Uint8Array(26 << 20)],
]

function dracoFile(data: readonly number[]): Uint8Array {
  return glbWith(
    {
      extensionsUsed: ['KHR_draco_mesh_compression'],
      extensionsRequired: ['KHR_draco_mesh_compression'],
      meshes: [
        {
          primitives: [
            {
              attributes: { POSITION: 0 },
              indices: 1,
              extensions: { KHR_draco_mesh_compression: { bufferView: 2, attributes: { POSITION: 0 } } },
            },
          ],
        },
      ],
    },
    Uint8Array.from(data),
  )
}

test.each(HOSTILE)('%s is refused by %s before decoding', async (_, rule, bytes) => {
  expect(await rulesOf(bytes())).toContain(rule)
})

test('each rule of the preflight has its advice and a file here', () => {
  expect(Object.keys(PREFLIGHT_ADVICE).filter((rule) => !HOSTILE.some(([, one]) => one === rule))).toEqual([])
})

test('each rule of the preflight in docs/ingest.md has a file here', () => {
  const page = readFileSync(new URL('../../docs/ingest.md', import.meta.url), 'utf8')
  const rows = page.slice(page.indexOf('## Checking (preflight)'), page.indexOf('## Validating')).match(/^\| `[^|]+/gm)
  const rules = rows?.flatMap((row) => row.match(/[A-Z][A-Z_]+/g) ?? []) ?? []
  expect(rules.toSorted()).toEqual([...Object.keys(PREFLIGHT_ADVICE), 'COUNT'].toSorted())
  expect(rules.filter((rule) => !HOSTILE.some(([, one]) => one === rule))).toEqual([])
})

describe('files that the validator refuses', () => {
  test.each([
    [
      'a skin whose joints are not in the scene',
      'NODE_SKIN_NO_SCENE',
      () => glbWith({ nodes: [{ mesh: 0, skin: 0 }, {}], skins: [{ joints: [1] }], scenes: [{ nodes: [0] }] }),
    ],
    [
      'inverse bind matrices for fewer joints than there are',
      'INVALID_IBM_ACCESSOR_COUNT',
      () =>
        glbWith({
          nodes: [{ mesh: 0, skin: 0 }, {}, {}],
          scenes: [{ nodes: [0, 1, 2] }],
          skins: [{ joints: [1, 2], inverseBindMatrices: 2 }],
          accessors: [...(base['accessors'] as Json[]), { componentType: 5126, type: 'MAT4', count: 1 }],
        }),
    ],
    [
      'indices beyond the vertices',
      'ACCESSOR_INDEX_OOB',
      () => {
        const { json, bin } = tetrahedron()
        bin[48] = 200
        return writeGlb(json, bin)
      },
    ],
    [
      'coordinates that are no numbers',
      'ACCESSOR_INVALID_FLOAT',
      () => {
        const { json, bin } = tetrahedron()
        new DataView(bin.buffer).setFloat32(0, Number.NaN, true)
        return writeGlb(json, bin)
      },
    ],
    [
      'a view beyond its buffer',
      'BUFFER_VIEW_TOO_LONG',
      () =>
        glbWith({
          bufferViews: [
            { buffer: 0, byteLength: 1e9 },
            { buffer: 0, byteOffset: 48, byteLength: 24 },
          ],
        }),
    ],
    [
      'a buffer that is longer than its data',
      'BUFFER_BYTE_LENGTH_MISMATCH',
      () => glbWith({ buffers: [{ byteLength: 1e12 }] }),
    ],
  ] as const)('%s: %s', async (_, rule, bytes) => {
    expect(await rulesOf(bytes())).toContain(rule)
  })
})

describe('faults that only a decoder finds', () => {
  const uv = new Uint8Array(32)
  const withImage = (image: Uint8Array): Uint8Array =>
    glbWith(
      {
        ...textured(3),
        accessors: [...(base['accessors'] as Json[]), { bufferView: 2, componentType: 5126, count: 4, type: 'VEC2' }],
      },
      uv,
      image,
    )

  test('a PNG with too little data is refused', async () => {
    const png = picture(64, 64)
    const end = png.length - 12
    const cut = new Uint8Array([
      ...png.subarray(0, 33),
      ...chunk('IDAT', deflateSync(new Uint8Array(100))),
      ...png.subarray(end),
    ])
    const outcome = await ingest(withImage(cut))
    expect(outcome).toMatchObject({ accepted: false, rejections: [{ rule: 'IMAGE_DAMAGED', where: '/images/0' }] })
  })

  test('a compressed comment that unpacks to a gigabyte never reaches a client', async () => {
    const png = picture(8, 8)
    const bomb = chunk('zTXt', new Uint8Array([0x61, 0, 0, ...deflateSync(new Uint8Array(1 << 24))]))
    const outcome = await ingest(withImage(new Uint8Array([...png.subarray(0, 33), ...bomb, ...png.subarray(33)])))
    if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejections))
    expect(outcome.manifest.files.textures.map(({ bytes }) => bytes)).toEqual([png.length])
  })

  test('an SVG in place of a texture is dropped', async () => {
    const outcome = await ingest(
      withImage(text('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>')),
    )
    expect(outcome).toMatchObject({ accepted: true, manifest: { files: { textures: [] } } })
    expect(outcome.warnings.map(({ rule }) => rule)).toContain('IMAGE_FORMAT')
    const runtime = outcome.accepted ? outcome.files.get(outcome.manifest.files.runtime.sha256) : undefined
    expect(Buffer.from(runtime?.bytes ?? []).includes('<svg')).toBe(false)
  })
})

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length)
  new DataView(out.buffer).setUint32(0, data.length)
  out.set(text(type), 4)
  out.set(data, 8)
  return out
}

test('every hostile sample is refused by its rule', async () => {
  const rules = Object.fromEntries(
    await Promise.all(
      readdirSync(assetPath('hostile')).map(
        async (name) => [name, (await rulesOf(asset(`hostile/${name}`)))[0]] as const,
      ),
    ),
  )
  expect(rules).toEqual({
    'node_cycle.glb': 'NODE_LOOP',
    'png_bomb_32k.glb': 'IMAGE_SIZE',
    'proto.gltf': 'JSON_KEY',
    'sparse_2e9.glb': 'ACCESSOR_SIZE',
    'uri_http.gltf': 'EXTERNAL_URI',
    'zeros_accessor_2e9.glb': 'ACCESSOR_SIZE',
  })
})
