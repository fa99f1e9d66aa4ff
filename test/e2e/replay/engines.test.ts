/**
 * Every recorded session gives the same hashes in each compiler mode of Node, in a worker, in Chromium, in Firefox, and on an
 * arm64 processor. RECORDINGS=a.owr,b.owr adds your own files.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build, type BuildOptions } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordingPaths, SCRIPTED } from '../../corpus/files.ts'
import { cleanup, temporaryDirectory } from '../../harness/cleanup.ts'
import { startListening } from '../../harness/listen.ts'
import { launchChromium } from '../browser/chromium.ts'
import { launchFirefox } from '../browser/firefox.ts'
import type { ReplayDigest } from './digest.ts'

const run = promisify(execFile)
const files = [...recordingPaths(), ...(process.env['RECORDINGS'] ?? '').split(',').filter(Boolean)]
/** A processor that is emulated is 30 times as slow. */
const TICKS_EMULATED_MIN = 2_000
const FILES_EMULATED = files.filter((path) => path.includes(SCRIPTED)).filter((_, i) => i % 4 === 0)

/** Array methods of ECMAScript 2023, which Debian's Node for arm64 (18) does not have. */
const ES2023 = `
for (const [name, value] of Object.entries({
  toSorted(compare) { return [...this].sort(compare) },
  toReversed() { return [...this].reverse() },
})) Array.prototype[name] ??= value
`

const clean = cleanup()
let server: Server
let base: string
let bundle: string
/** What Node gives by default. */
let expected: ReplayDigest

async function bundled(entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
    ...options,
  })
  return outputFiles?.[0]?.text ?? ''
}

interface NodeRun {
  readonly program?: string
  /** Options of Node, and of the program. */
  readonly flags?: readonly string[]
  readonly options?: readonly string[]
}

async function inNode(
  paths: readonly string[],
  { program = process.execPath, flags = [], options = [] }: NodeRun = {},
): Promise<ReplayDigest> {
  const { stdout } = await run(program, [...flags, bundle, ...options, ...paths])
  return JSON.parse(stdout) as ReplayDigest
}

beforeAll(async () => {
  const script = await bundled('page.ts', { platform: 'browser' })
  server = createServer((request, response) => {
    const path = files[Number(request.url?.slice('/recording/'.length))]
    if (request.url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script)
    else if (request.url?.startsWith('/recording/') && path) response.end(readFileSync(path))
    else
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><script type="module" src="/page.js"></script>')
  })
  base = await startListening(server)
  bundle = join(temporaryDirectory(clean), 'digest.mjs')
  writeFileSync(bundle, await bundled('node.ts', { platform: 'node', target: 'node18', banner: { js: ES2023 } }))
  expected = await inNode(files)
})

afterAll(async () => {
  await clean.all()
  server?.close()
})

const urls = () => files.map((_, i) => `${base}/recording/${i}`)

test('there are at least forty recordings', () => {
  expect(files.length).toBeGreaterThanOrEqual(40)
  expect(expected.files).toBe(files.length)
  expect(expected.samples).toBeGreaterThan(0)
  expect(expected.checkpoints).toBeGreaterThan(0)
})

describe('Node', () => {
  test.each<[string, NodeRun]>([
    ['with the optimising compiler of WebAssembly alone', { flags: ['--no-liftoff'] }],
    [
      'with the baseline compiler of WebAssembly and the interpreter of JavaScript',
      { flags: ['--liftoff-only', '--no-opt', '--no-sparkplug'] },
    ],
    ['in a worker thread', { options: ['--worker'] }],
  ])('%s gives the hashes of the default mode', async (_, mode) => {
    expect(await inNode(files, mode)).toEqual(expected)
  })

  test('for arm64 gives the hashes of this processor', async () => {
    const emulated = process.env['ARM64_NODE']
    if (!emulated) throw new Error('this test needs Node for arm64: ARM64_NODE=$(scripts/get-arm64-node.sh)')
    const here = await inNode(FILES_EMULATED)
    expect(here.ticks).toBeGreaterThanOrEqual(TICKS_EMULATED_MIN)
    expect(await inNode(FILES_EMULATED, { program: emulated })).toEqual(here)
  })
})

describe('browsers', () => {
  test('Chromium gives the hashes of Node', async () => {
    const browser = await launchChromium()
    clean.add(() => browser.close())
    const page = await browser.newPage()
    await page.goto(base)
    await page.waitForFunction(() => window.digestUrls !== undefined)
    expect(await page.evaluate((all) => window.digestUrls?.(all), urls())).toEqual(expected)
  })

  test('Firefox gives the hashes of Node', async () => {
    const browser = await launchFirefox(clean)
    const page = await browser.newPage()
    await page.goto(base)
    await page.waitForFunction(() => window.digestUrls !== undefined)
    expect(await page.evaluate((all) => window.digestUrls?.(all), urls())).toEqual(expected)
  })
})
