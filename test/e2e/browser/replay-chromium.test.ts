/** Every recorded session gives the same hashes in Chromium as in Node. RECORDINGS=a.owr,b.owr adds your own files. */
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startListening } from '../../harness/listen.ts'
import { launchChromium } from './chromium.ts'
import { replay } from './replay-page.ts'

const folder = fileURLToPath(new URL('../../../fixtures/replays/', import.meta.url))
const own = (process.env.RECORDINGS ?? '').split(',').filter(Boolean)
const files = [
  ...readdirSync(folder)
    .filter((name) => name.endsWith('.owr'))
    .map((name) => join(folder, name)),
  ...own,
]

let browser: Browser
let page: Page
let server: Server
let base: string

beforeAll(async () => {
  const bundled = await build({
    entryPoints: [fileURLToPath(new URL('replay-page.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  })
  const script = bundled.outputFiles[0]?.contents ?? new Uint8Array()
  server = createServer((request, response) => {
    const file = files[Number(request.url?.slice('/recording/'.length))]
    if (request.url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script)
    else if (request.url?.startsWith('/recording/') && file) response.end(readFileSync(file))
    else
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><script type="module" src="/page.js"></script>')
  })
  base = await startListening(server)
  browser = await launchChromium()
  page = await browser.newPage()
  await page.goto(base)
  await page.waitForFunction(() => window.replayUrl !== undefined)
})

afterAll(async () => {
  await browser?.close()
  server?.close()
})

describe('recorded sessions', () => {
  test('there are at least six', () => {
    expect(files.length).toBeGreaterThanOrEqual(6)
  })

  test.each(files.map((file, i) => [basename(file), file, i] as const))(
    '%s gives the same hashes in Node and in Chromium',
    async (name, file, i) => {
      const inNode = await replay(readFileSync(file))
      const inChromium = await page.evaluate((url) => window.replayUrl?.(url), `${base}/recording/${i}`)
      expect(inNode.ok).toBe(true)
      expect(inChromium?.engine).toBe(inNode.engine)
      expect(inChromium?.hashes).toEqual(inNode.hashes)
      expect(inNode.hashes.length).toBeGreaterThan(0)
      process.stdout.write(
        `${name}: ${inNode.ticks} ticks, ${inNode.realTimeFactor.toFixed(0)} × real time in Node, ${(inChromium?.realTimeFactor ?? 0).toFixed(0)} × in Chromium\n`,
      )
    },
  )
})
