/** The live page with twenty bots. `IMAGES=1` writes its screenshots to docs/images. Needs `npm run build`. */
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { cleanup, joined, serveProcess, temporaryDirectory, until } from '../../harness/server-harness.ts'
import { launchChromium } from './chromium.ts'
import { avatarOf, CROWD_PATIENCE_MS, joinByKeyboard, openPage, type OpenPage } from './viewer-page.ts'

const BOTS = 20
const IMAGES = process.env['IMAGES'] === '1'
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

let browser: Browser
const clean = cleanup()
beforeAll(async () => {
  browser = await launchChromium()
})
afterEach(() => clean.all())
afterAll(() => browser.close())

async function crowd(): Promise<string> {
  const { url } = await serveProcess(clean, ['--port', '0', '--data', temporaryDirectory(clean)])
  const bots = spawn(
    process.execPath,
    [
      `${ROOT}cli/otherworld.js`,
      'bots',
      '--url',
      url,
      '--count',
      String(BOTS),
      '--seconds',
      '600',
      '--behaviour',
      'mocap',
    ],
    { stdio: 'ignore' },
  )
  const ended = new Promise((resolve) => void bots.once('exit', resolve))
  clean.add(() => (bots.kill('SIGKILL'), ended))
  return url
}

async function picture(page: Page, name: string): Promise<Buffer> {
  if (IMAGES) mkdirSync(`${ROOT}docs/images`, { recursive: true })
  return page.screenshot({ timeout: CROWD_PATIENCE_MS, ...(IMAGES && { path: `${ROOT}docs/images/${name}.png` }) })
}

/** Number of colours of an image, in steps of 16, found by drawing it in the browser. */
function coloursOf(page: Page, png: Buffer): Promise<number> {
  return page.evaluate(async (base64) => {
    const image = await createImageBitmap(
      new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type: 'image/png' }),
    )
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')
    context?.drawImage(image, 0, 0)
    const { data } = context?.getImageData(0, 0, image.width, image.height) ?? { data: new Uint8ClampedArray() }
    const seen = new Set<number>()
    for (let i = 0; i < data.length; i += 4)
      seen.add((((data[i] ?? 0) >> 4) << 8) | (((data[i + 1] ?? 0) >> 4) << 4) | ((data[i + 2] ?? 0) >> 4))
    return seen.size
  }, png.toString('base64'))
}

async function openVisitor(
  url: string,
  name: string,
  size: { readonly width: number; readonly height: number },
): Promise<OpenPage> {
  const opened = await openPage(browser, url, { size, query: IMAGES ? 'quality=high' : '' })
  opened.page.setDefaultTimeout(CROWD_PATIENCE_MS)
  clean.add(() => opened.page.context().close())
  if (IMAGES) await picture(opened.page, `${name}-join`)
  await joinByKeyboard(opened.page, 'Mira')
  return opened
}

test('the page shows twenty walking bots with names in a coloured world, and the hashes agree', async () => {
  const url = await crowd()
  const watcher = await joined(clean, url, 'watcher')
  await until('all bots are in', () => watcher.sample().avatars.length === BOTS + 1, CROWD_PATIENCE_MS)
  await watcher.close()
  const { page, errors } = await openVisitor(url, 'live', { width: 1280, height: 800 })
  await page.mouse.move(640, 300)
  for (let i = 0; i < 3; i++) await page.mouse.wheel(0, 100)
  await page.click('#verify')
  await page.waitForFunction(
    (players) => document.getElementById('stat-players')?.textContent === players,
    String(BOTS + 1),
  )
  await page.waitForFunction(() => document.querySelectorAll('.label').length >= 3)
  await page.waitForFunction(() => document.getElementById('verify-state')?.dataset.state === 'agree')
  expect(await coloursOf(page, await picture(page, 'live'))).toBeGreaterThan(150)
  expect(await page.textContent('#verify-state')).toMatch(/all hashes agree/)
  expect(errors).toEqual([])
})

test('on a phone every control is inside the screen, and the stick moves the avatar', async () => {
  const { url } = await serveProcess(clean, ['--port', '0', '--data', temporaryDirectory(clean)])
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  clean.add(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(CROWD_PATIENCE_MS)
  await page.goto(url)
  await joinByKeyboard(page, 'Mira')
  const outside = await page.evaluate(() =>
    [...document.querySelectorAll('button, summary, #stick')]
      .filter((element) => {
        const { left, right, top, bottom, width } = element.getBoundingClientRect()
        return width > 0 && (left < 0 || right > innerWidth || top < 0 || bottom > innerHeight)
      })
      .map(({ id, textContent }) => id || textContent),
  )
  expect(outside).toEqual([])

  const watcher = await joined(clean, url, 'watcher')
  const from = (await until('the watcher sees Mira', () => avatarOf(watcher, 'Mira'), CROWD_PATIENCE_MS)).position
  const stick = (await page.locator('#stick').boundingBox()) ?? expect.fail('there is no stick')
  await page.mouse.move(stick.x + stick.width / 2, stick.y + stick.height / 2)
  await page.mouse.down()
  await page.mouse.move(stick.x + stick.width / 2, stick.y + 4)
  await until(
    'she walks ahead',
    () => (avatarOf(watcher, 'Mira')?.position.z ?? from.z) < from.z - 1,
    CROWD_PATIENCE_MS,
  )
  await page.mouse.up()
  if (IMAGES) await picture(page, 'phone')
})
