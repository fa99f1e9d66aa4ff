import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkProp, checkScale } from '../sim/props/shapes.ts'
import { canonicalBytes, canonicalJson } from '../packages/canonical.ts'
import { asset, assetPath, fourTextures, glbWith, picture, tetrahedron, type Json } from './glb.fixture.ts'
import { ingest } from './ingest.ts'
import type { IngestOptions, IngestOutcome } from './types.ts'

/**
 * Hashes of the sample files' packages. UPDATE_HASHES=1 writes them again, after a change that intends to change
 * packages.
 */
const HASHES = assetPath('hashes.json')
const SAMPLES = [
  'avatars/CesiumMan.glb',
  'avatars/Fox.glb',
  'avatars/RiggedFigure.glb',
  'avatars/debug_robot.vrm',
  'objects/BoxTextured.glb',
  'objects/primitives.glb',
  'objects/teacup.glb',
  'objects/v-sekai_teapot.glb',
]

type Accepted = Extract<IngestOutcome, { accepted: true }>
async function accepted(bytes: Uint8Array, options: IngestOptions = {}): Promise<Accepted> {
  const outcome = await ingest(bytes, options)
  if (!outcome.accepted) throw new Error(JSON.stringify(outcome.rejections))
  return outcome
}

function check({ hash, manifest, files }: Accepted, original: Uint8Array): void {
  const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  for (const [name, { bytes }] of files) expect(sha(bytes)).toBe(name)
  expect(sha(canonicalBytes(manifest))).toBe(hash)
  expect(files.get(manifest.files.original.sha256)?.bytes).toEqual(original)
  const named = [
    hash,
    ...[manifest.files.runtime, manifest.files.original, ...manifest.files.levels, ...manifest.files.textures].map(
      ({ sha256 }) => sha256,
    ),
  ]
  expect(new Set(named)).toEqual(new Set(files.keys()))
  if (manifest.physics.kind === 'object')
    expect(checkProp(manifest.physics.prop) ?? checkScale(manifest.physics.prop, 1)).toBeNull()
  for (const level of manifest.files.levels) {
    expect(level.triangles).toBeLessThan(0.81 * manifest.counts.triangles)
    expect(level.bytes).toBeLessThan(manifest.files.runtime.bytes)
  }
}

test('the packages of the sample files are unchanged, complete, and named by their contents', async () => {
  const made: Record<string, string> = {}
  for (const name of SAMPLES) {
    const outcome = await accepted(asset(name))
    check(outcome, asset(name))
    made[name] = outcome.hash
  }
  if (process.env['UPDATE_HASHES']) writeFileSync(HASHES, `${JSON.stringify(made, null, 2)}\n`)
  expect(made).toEqual(JSON.parse(readFileSync(HASHES, 'utf8')))
}, 300_000)

const base = tetrahedron().json
const paints = (count: number): Json => ({
  materials: Array.from({ length: count }, (_, i) => ({ name: `Paint ${i}` })),
  meshes: [
    {
      primitives: Array.from({ length: count }, (_, material) => ({
        attributes: { POSITION: 0 },
        indices: 1,
        material,
      })),
    },
  ],
})

test('every exceeded limit of a kind is reported with value and limit', async () => {
  const indices = { bufferView: 2, componentType: 5121, count: 3 * 20_001, type: 'SCALAR' }
  const bytes = glbWith(
    {
      ...paints(5),
      accessors: [...(base['accessors'] as Json[]), indices],
      nodes: [{ mesh: 0 }, { mesh: 1 }],
      scenes: [{ nodes: [0, 1] }],
      ...(() => {
        const { meshes } = paints(5)
        return { meshes: [...(meshes as Json[]), { primitives: [{ attributes: { POSITION: 0 }, indices: 2 }] }] }
      })(),
    },
    Uint8Array.from({ length: 3 * 20_001 }, (_, i) => i % 3),
  )
  expect(await ingest(bytes)).toMatchObject({
    accepted: false,
    rejections: [
      { rule: 'TRIANGLES', value: 20_021, limit: 20_000 },
      { rule: 'MATERIALS', value: 5, limit: 4 },
    ],
  })
})

test('textures with too much memory together are refused', async () => {
  const uv = { bufferView: 2, componentType: 5126, count: 4, type: 'VEC2' }
  const image = picture(2_048, 2_048)
  const bytes = glbWith(
    { ...fourTextures(3), accessors: [...(base['accessors'] as Json[]), uv] },
    new Uint8Array(32),
    image,
  )
  expect(await ingest(bytes)).toMatchObject({
    accepted: false,
    rejections: [{ rule: 'TEXTURE_MEMORY', value: 64 * 1024 * 1024, limit: 48 * 1024 * 1024 }],
  })
})

test("ranks are VRChat's, the worst of all measures", async () => {
  expect((await accepted(glbWith(paints(1)))).manifest.rank).toEqual({ pc: 'excellent', mobile: 'excellent' })
  expect((await accepted(glbWith(paints(2)))).manifest.rank).toEqual({ pc: 'excellent', mobile: 'medium' })
  expect((await accepted(glbWith(paints(4)))).manifest.rank).toEqual({ pc: 'excellent', mobile: 'poor' })
  expect((await accepted(glbWith({ nodes: [{ mesh: 0, scale: [4.5, 1, 1] }] }))).manifest.rank).toEqual({
    pc: 'medium',
    mobile: 'medium',
  })
})

test("a package gets the requested name, else the file's, without unprintable characters", async () => {
  expect(
    (await accepted(glbWith({ scenes: [{ name: 'Cup\u{202e}\u{0000} of  tea', nodes: [0] }] }))).manifest.name,
  ).toBe('Cup of tea')
  expect((await accepted(glbWith({ scenes: [{ name: 'Scene.001', nodes: [0] }] }))).manifest.name).toBe('unnamed')
  expect((await accepted(glbWith({}), { name: '\u3164\u2800' })).manifest.name).toBe('unnamed')
  const { manifest } = await accepted(glbWith({}), { name: 'Mine' })
  expect(manifest.name).toBe('Mine')
  expect(manifest.physics).toMatchObject({ kind: 'object', prop: { name: 'Mine' } })
})

test('canonical JSON sorts keys by code unit, keeps arrays, and refuses values outside JSON', () => {
  expect(canonicalJson({ b: [2, { d: -0, c: 'ä' }], a: undefined, A: null })).toBe('{"A":null,"b":[2,{"c":"ä","d":0}]}')
  expect(canonicalJson({ z: 1, a: 2 })).toBe(canonicalJson({ a: 2, z: 1 }))
  expect(() => canonicalJson({ a: Number.NaN })).toThrow(TypeError)
  expect(() => canonicalJson({ a: () => 1 })).toThrow(TypeError)
})
