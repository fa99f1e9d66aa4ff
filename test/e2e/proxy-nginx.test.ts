/**
 * A server below a path of a real nginx with the configuration from docs/operating.md: the page, uploads, Godot. Needs
 * `npm run build`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { runCli } from '../harness/run-cli.ts'
import { cleanup, joined, serveProcess, temporaryDirectory } from '../harness/server-harness.ts'
import { launchChromium } from './browser/chromium.ts'
import { expectGodotTests } from './godot/godot.ts'
import { startNginx } from './nginx.ts'
import { joinByKeyboard, openPage } from './browser/viewer-page.ts'
import { uploadByDrop, complaintsOf, drawn, settled } from './browser/viewer-uploads.ts'

const TEACUP = fileURLToPath(new URL('../../fixtures/assets/objects/teacup.glb', import.meta.url))

const clean = cleanup()
const cleanAfterAll = cleanup()
let browser: Browser
let server: string
/** The server's address at the proxy. */
let url: string
beforeAll(async () => {
  browser = await launchChromium()
  cleanAfterAll.add(() => browser.close())
  server = (
    await serveProcess(cleanAfterAll, ['--port', '0', '--udp-port', '0', '--data', temporaryDirectory(cleanAfterAll)])
  ).url
  url = await startNginx(cleanAfterAll, server)
})
afterEach(() => clean.all())
afterAll(() => cleanAfterAll.all())

/** The teacup with that many unreferenced bytes added. */
function largeCup(folder: string, more: number): string {
  const cup = readFileSync(TEACUP)
  const chunk = Buffer.alloc(8 + more)
  chunk.writeUInt32LE(more, 0)
  chunk.write('MORE', 4)
  const file = Buffer.concat([cup, chunk])
  file.writeUInt32LE(file.length, 8)
  const path = join(folder, 'large.glb')
  writeFileSync(path, file)
  return path
}

test('the page below a path joins over WebRTC, uploads and shows the mesh, and requests nothing at the root', async () => {
  const { page, errors } = await openPage(browser, url, { query: 'quality=low' })
  clean.add(() => page.context().close())
  const complaints = complaintsOf(page)
  const outside: string[] = []
  page.on('request', (request) => {
    if (request.url().startsWith('http') && !request.url().startsWith(url)) outside.push(request.url())
  })
  await page.reload()
  await joinByKeyboard(page, 'Mira')
  const watcher = await joined(clean, url, 'watcher')
  await uploadByDrop(page, TEACUP, 'done')
  const cup = await settled('the cup stands', () => watcher.sample().props.find(({ package: hash }) => hash !== null))
  await drawn(page, cup.element)
  expect(await page.textContent('#panel')).toMatch(/WebRTC/)
  expect([...outside, ...errors, ...complaints]).toEqual([])
  expect(
    await page.evaluate(() =>
      [...Object.keys(sessionStorage), ...Object.keys(localStorage)].filter((key) => !key.endsWith(' /world/')),
    ),
  ).toEqual([])
})

test('the path without its slash redirects to the page', async () => {
  const response = await fetch(url.slice(0, -1))
  expect([response.status, response.url]).toEqual([200, url])
})

test('the command line uploads 2 MB through the proxy and spawns the package over WebSocket', async () => {
  const folder = temporaryDirectory(clean)
  const end = await runCli([
    'upload',
    largeCup(folder, 2_000_000),
    '--url',
    url.slice(0, -1),
    '--spawn',
    '--json',
    '--as',
    'Ada',
    '--identity',
    join(folder, 'identities.json'),
  ])
  expect(end.code, end.errors + end.out).toBe(0)
  expect(end.json()).toMatchObject({ element: expect.any(Number) })
  expect(Object.keys(JSON.parse(readFileSync(join(folder, 'identities.json'), 'utf8')) as object)).toEqual([
    url.slice(0, -1),
  ])
})

test('a file that nginx refuses as too large is reported with the nginx setting that permits it', async () => {
  const strict = await startNginx(clean, server, (configuration) => configuration.replace(/client_max_body_size.*/, ''))
  const folder = temporaryDirectory(clean)
  const end = await runCli([
    'upload',
    largeCup(folder, 2_100_000),
    '--url',
    strict,
    '--as',
    'Ada',
    '--identity',
    join(folder, 'identities.json'),
  ])
  expect(end.code).toBe(1)
  expect(end.errors).toMatch(/a proxy refuses a body of this size.*client_max_body_size/)
})

test('Godot uploads below the path', async () => {
  await expectGodotTests('system/upload_test.gd', { env: { OTHERWORLD_URL: url } })
})
