import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { colours, prism } from '../../ingest/glb.fixture.ts'
import { decodePixels } from '../../ingest/pixels/decode.ts'
import { runIngest, command } from './ingest.ts'
import type { Terminal } from '../output.ts'
import { parseArguments, UsageError } from '../command.ts'

const directory = temporaryDirectory()
const asset = (name: string): string => fileURLToPath(new URL(`../../fixtures/assets/${name}`, import.meta.url))

async function run(...argv: string[]): Promise<{ code: number; out: string; json: () => Record<string, unknown> }> {
  let out = ''
  const to: Terminal = { out: (text) => void (out += text), err: () => {}, outIsTerminal: false, errIsTerminal: false }
  const code = await runIngest(parseArguments(command, argv), to)
  return { code, out, json: () => JSON.parse(out) as Record<string, unknown> }
}

test('an accepted file is reported with fields for programs, and its package written to --out', async () => {
  const out = join(directory, 'out')
  const { code, json } = await run(asset('avatars/RiggedFigure.glb'), '--json', '--out', out)
  expect(code).toBe(0)
  const { hash, package: kept, ...result } = json()
  expect(result).toMatchObject({
    schema: 'otherworld/ingest/1',
    accepted: true,
    kind: 'avatar',
    rank: { pc: 'excellent', mobile: 'excellent' },
    triangles: 256,
    materials: 1,
    textures: 0,
    joints: 19,
    humanoid: null,
    colliders: [],
    rejections: [],
    name: 'RiggedFigure',
  })
  const [capsule] = result['capsules'] as Record<string, unknown>[]
  expect(Object.keys(capsule ?? {}).toSorted()).toEqual(['a', 'b', 'bone', 'joint', 'r'])
  expect(kept).toBe(join(out, String(hash)))
  expect(readdirSync(String(kept)).toSorted()).toEqual(['manifest.json', 'original.glb', 'runtime.glb', 'textures'])
  expect(readFileSync(join(String(kept), 'original.glb'))).toEqual(readFileSync(asset('avatars/RiggedFigure.glb')))
})

test('a .gltf is packed with its files; a missing file or one in another folder is refused', async () => {
  const { code, json } = await run(asset('objects/kaykit_mug/mug_empty.gltf'), '--json')
  expect(code).toBe(0)
  expect(json()).toMatchObject({ accepted: true, kind: 'object', triangles: 366, textures: 1 })
  const folder = join(directory, 'mug')
  cpSync(asset('objects/kaykit_mug'), folder, { recursive: true })
  const gltf = readFileSync(join(folder, 'mug_empty.gltf'), 'utf8')
  for (const uri of ['../mug_empty.bin', 'missing.bin', '/etc/passwd', 'http://127.0.0.1/mug.bin']) {
    writeFileSync(join(folder, 'other.gltf'), gltf.replace('mug_empty.bin', uri))
    const refused = await run(join(folder, 'other.gltf'), '--json')
    expect(refused.code).toBe(1)
    expect(refused.json()).toMatchObject({
      accepted: false,
      rejections: [{ rule: 'EXTERNAL_URI', where: '/buffers/0/uri' }],
    })
  }
})

test('refused files exit with 1, files that are not glTF with 3, with what to do', async () => {
  const refused = await run(asset('hostile/png_bomb_32k.glb'))
  expect(refused.code).toBe(1)
  expect(refused.out).toContain('IMAGE_SIZE at /images/0')
  expect(refused.out).toContain('Scale the texture down.')
  expect((await run(asset('LICENSES.md'))).code).toBe(3)
})

test('the report has thickened colliders and impossible ones', async () => {
  const [paper, flat] = [join(directory, 'paper.glb'), join(directory, 'flat.glb')]
  writeFileSync(paper, prism(4, 0.15, 0.0001))
  const shapes = [{ type: 'box', box: { size: [1, 0, 1] } }]
  const nodes = [{ mesh: 0, extensions: { OMI_physics_body: { collider: { shape: 0 } } } }]
  writeFileSync(
    flat,
    prism(24, 0.1, 0.02, 0, {
      extensionsUsed: ['OMI_physics_shape', 'OMI_physics_body'],
      extensions: { OMI_physics_shape: { shapes } },
      nodes,
    }),
  )
  const thickened = await run(paper)
  expect([thickened.code, thickened.out]).toEqual([
    0,
    expect.stringMatching(/COLLIDER_THICKENED.*1 of 1 collider is thicker.*at least 0\.002 m thick/s),
  ])
  const refused = await run(flat)
  expect([refused.code, refused.out]).toEqual([
    1,
    expect.stringMatching(
      /COLLIDER_SIZE at \/extensions\/OMI_physics_shape\/shapes\/0.*the box is 0 m thick; a collider is at least 0\.002 m thick/s,
    ),
  ])
})

test('--check reports the checks and writes nothing', async () => {
  const valid = await run(asset('objects/kaykit_mug/mug_empty.gltf'), '--check', '--json')
  expect(valid.code).toBe(0)
  expect(valid.json()).toMatchObject({ schema: 'otherworld/ingest/1', checkOnly: true, accepted: true, rejections: [] })
  const refused = await run(asset('hostile/sparse_2e9.glb'), '--check')
  expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('ACCESSOR_SIZE')])
})

test('several files are reported in one object', async () => {
  const { code, json } = await run(asset('hostile/node_cycle.glb'), asset('objects/BoxTextured.glb'), '--json')
  expect(code).toBe(1)
  expect(json()).toMatchObject({ accepted: false, files: [{ accepted: false }, { accepted: true }] })
})

test('a humanoid map makes a skinned model a humanoid', async () => {
  const { code, json } = await run(
    asset('avatars/RiggedFigure.glb'),
    '--humanoid',
    asset('humanoid/RiggedFigure.json'),
    '--json',
  )
  expect(code).toBe(0)
  expect((json()['capsules'] as { bone: string }[]).map(({ bone }) => bone)).toContain('leftUpperArm')
  expect(json()['humanoid']).toEqual(JSON.parse(readFileSync(asset('humanoid/RiggedFigure.json'), 'utf8')))
})

test('a folder is ingested with everything below it, and --report writes a page about each file', async () => {
  const [library, page] = [join(directory, 'library'), join(directory, 'report.html')]
  cpSync(asset('objects/kaykit_mug'), join(library, 'mugs'), { recursive: true })
  cpSync(asset('hostile/node_cycle.glb'), join(library, 'a <b>.glb'))
  const { code, json } = await run(library, '--report', page, '--json')
  expect(code).toBe(1)
  expect((json()['files'] as { file: string }[]).map(({ file }) => file)).toEqual([
    join(library, 'a <b>.glb'),
    join(library, 'mugs', 'mug_empty.gltf'),
  ])
  const html = readFileSync(page, 'utf8')
  expect(html).toContain('1 of 2 models accepted')
  expect(html).toContain('<code>NODE_LOOP</code>: 1 file')
  expect(html).toContain('a &lt;b&gt;.glb')
  expect(html).not.toContain('<b>')
  expect(html).toMatch(/mug_empty\.gltf.*>object<.*>366</)
})

test('the report has a picture of each accepted model, and of a refused one that passes the checks', async () => {
  const [page, blocks] = [join(directory, 'pictures.html'), join(directory, 'blocks.glb')]
  writeFileSync(blocks, colours())
  await run(asset('objects/BoxTextured.glb'), asset('hostile/node_cycle.glb'), blocks, '--report', page)
  const html = readFileSync(page, 'utf8')
  const pictures = [...html.matchAll(/<img src="data:image\/webp;base64,([^"]+)" alt="The model in ([^"]+)"/g)]
  expect(pictures.map(([, , file]) => file)).toEqual([blocks, asset('objects/BoxTextured.glb')])
  const pixels = await Promise.all(pictures.map(([, data = '']) => decodePixels(Buffer.from(data, 'base64'))))
  for (const { width, height, data } of pixels) {
    expect([width, height]).toEqual([192, 192])
    expect(new Set(data).size).toBeGreaterThan(64)
  }
  expect(html).toContain('No picture, because the file did not pass the checks')
  expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/)
})

test.each([
  ['a folder without models', [asset('humanoid')], 'has no .glb, .vrm or .gltf file'],
  ['--report with --check', [asset('objects/teacup.glb'), '--check', '--report', 'x.html'], 'leave one of them out'],
  ['--report in a file', [asset('objects/teacup.glb'), '--report', '/proc/none/x.html'], 'cannot be written'],
])('%s is refused before any work', async (_, argv, message) => {
  await expect(run(...argv)).rejects.toThrow(message)
})

test('wrong usage is reported', async () => {
  for (const argv of [
    [],
    ['no-such-file.glb'],
    [asset('objects/BoxTextured.glb'), '--kind', 'car'],
    [asset('objects/BoxTextured.glb'), '--humanoid', asset('LICENSES.md')],
    [asset('objects/BoxTextured.glb'), '--origin', 'moon'],
  ])
    await expect(run(...argv)).rejects.toThrow(UsageError)
  expect(existsSync(join(directory, 'nothing'))).toBe(false)
})

test.each([
  ['a file system that cannot be written to', '/proc/otherworld'],
  ['a folder in a file', join(asset('objects/teacup.glb'), 'out')],
])('--out in %s is refused before any work, and says what to do', async (_, out) => {
  await expect(run(asset('objects/teacup.glb'), '--out', out)).rejects.toThrow(UsageError)
  await expect(run(asset('objects/teacup.glb'), '--out', out)).rejects.toThrow(
    `--out: the folder "${out}" cannot be written: `,
  )
})
