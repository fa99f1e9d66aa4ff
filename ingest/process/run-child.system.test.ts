import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { PICTURE_FILE } from './picture-file.ts'
import { ingestInChild } from './run-child.ts'
import { assetPath, glbWith } from '../glb.fixture.ts'
import { ingest } from '../ingest.ts'
import type { IngestStage } from '../types.ts'

const directory = temporaryDirectory()

let files = 0
function fileOf(bytes: Uint8Array): string {
  const path = join(directory, `upload-${files++}`)
  writeFileSync(path, bytes)
  return path
}

test('the child makes the same package, reports its stages, and leaves nothing behind', async () => {
  const path = fileOf(glbWith({}))
  const stages: IngestStage[] = []
  const [there, here] = [
    await ingestInChild(path, { name: 'Thing', onStage: (stage) => stages.push(stage) }),
    await ingest(glbWith({}), { name: 'Thing' }),
  ]
  if (!there.accepted || !here.accepted) throw new Error('it is refused')
  expect(there.hash).toBe(here.hash)
  expect(there.manifest).toEqual(here.manifest)
  expect([...there.files.keys()].toSorted()).toEqual([...here.files.keys()].toSorted())
  expect(stages).toEqual(['checking', 'validating', 'normalising', 'fitting', 'packaging'])
  expect(readdirSync(directory).filter((name) => name.endsWith('.package'))).toEqual([])
})

test('the child draws a picture if it is asked to, and the package stays the same', async () => {
  const path = fileOf(glbWith({}))
  const [plain, pictured] = [await ingestInChild(path, {}), await ingestInChild(path, {}, { isPictured: true })]
  if (!plain.accepted || !pictured.accepted) throw new Error('it is refused')
  expect(pictured.hash).toBe(plain.hash)
  expect(plain.picture).toBe(undefined)
  expect(pictured.picture).toEqual({ webp: expect.any(Uint8Array) })
})

test('a child that fails while it draws leaves its outcome, and a reason instead of the picture', async () => {
  const folder = join(directory, 'undrawn')
  mkdirSync(join(folder, `${PICTURE_FILE}.new`), { recursive: true })
  expect(await ingestInChild(fileOf(glbWith({})), {}, { directory: folder, isPictured: true })).toMatchObject({
    accepted: true,
    picture: { reason: 'it took too long or too much memory to draw' },
  })
})

test('a rejection has its reasons', async () => {
  expect(
    await ingestInChild(assetPath('hostile/node_cycle.glb'), {}, { directory: join(directory, 'cycle') }),
  ).toMatchObject({ accepted: false, rejections: [{ rule: 'NODE_LOOP', where: '/nodes/0' }] })
})

test('a child that uses up its processor time ends in a rejection', async () => {
  const outcome = await ingestInChild(
    assetPath('avatars/CesiumMan.glb'),
    {},
    { directory: join(directory, 'slow'), limits: { cpuSeconds: 0.1 } },
  )
  expect(outcome).toMatchObject({ accepted: false, rejections: [{ rule: 'RESOURCES', limit: 0.1 }] })
})

test('a child that a busy machine keeps waiting is an error, not a rejection', async () => {
  const late = ingestInChild(
    assetPath('avatars/CesiumMan.glb'),
    {},
    { directory: join(directory, 'late'), limits: { wallMs: 150 } },
  )
  await expect(late).rejects.toThrow('did not end within 0.15 s, because the machine is busy')
})

test('a child that exceeds its memory ends in a rejection', async () => {
  const said: string[] = []
  const outcome = await ingestInChild(
    assetPath('avatars/CesiumMan.glb'),
    {},
    { directory: join(directory, 'large'), limits: { heapMiB: 12 }, report: (message) => said.push(message) },
  )
  expect(outcome).toMatchObject({ accepted: false, rejections: [{ rule: 'RESOURCES' }] })
  expect(said.join()).toContain('heap')
})

test('a child is killed when its signal aborts', async () => {
  const stop = new AbortController()
  const outcome = ingestInChild(
    assetPath('avatars/CesiumMan.glb'),
    { onStage: () => stop.abort() },
    { directory: join(directory, 'stopped'), signal: stop.signal },
  )
  expect(await outcome).toMatchObject({ accepted: false, rejections: [{ rule: 'RESOURCES' }] })
})

test('a missing file is an error, not a rejection', async () => {
  await expect(ingestInChild(join(directory, 'nothing'), {})).rejects.toThrow('ENOENT')
})

test('the same bytes give the same package in every environment of the process', () => {
  const child = fileURLToPath(new URL('../../dist/node/ingest-child.js', import.meta.url))
  const hashes = [
    { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', VIPS_CONCURRENCY: '7', UV_THREADPOOL_SIZE: '1' },
    { TZ: 'UTC', LC_ALL: 'C', NODE_OPTIONS: '--no-deprecation' },
  ].map((env, i) => {
    const out = temporaryDirectory()
    const { status, stderr } = spawnSync(
      process.execPath,
      [child, JSON.stringify({ file: assetPath('avatars/RiggedFigure.glb'), directory: out, options: {} })],
      { env, cwd: i === 0 ? out : '/', encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    expect(status).toBe(0)
    return (JSON.parse(readFileSync(join(out, 'outcome.json'), 'utf8')) as { hash: string }).hash
  })
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
  expect(hashes[1]).toBe(hashes[0])
})
