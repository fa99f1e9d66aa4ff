/** The live page in Firefox. Needs `npm run build`. */
import { afterEach, expect, test } from 'vitest'
import { cleanup, joined, serveProcess, temporaryDirectory, until } from '../../harness/server-harness.ts'
import { launchFirefox } from './firefox.ts'
import { avatarOf, PATIENCE_MS } from './viewer-page.ts'

const clean = cleanup()
afterEach(() => clean.all())

test("on the server's own machine Firefox plays over WebSocket, and the page says why without blaming the network", async () => {
  const [{ url }, browser] = await Promise.all([
    serveProcess(clean, ['--port', '0', '--data', temporaryDirectory(clean)]),
    launchFirefox(clean),
  ])
  const page = await browser.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(url)
  await page.waitForFunction(() => document.activeElement?.id === 'name')
  await page.keyboard.type('Mira')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.getElementById('panel-state')?.textContent === 'Connected')
  expect(await page.$eval('#message', (message) => message.textContent)).toMatch(
    /^Firefox does not use WebRTC on loopback addresses such as 127\.0\.0\.1, so you are connected over WebSocket/,
  )

  const watcher = await joined(clean, url, 'watcher')
  const { position } = await until('the watcher sees Mira', () => avatarOf(watcher, 'Mira'), PATIENCE_MS)
  await page.keyboard.down('w')
  await until('she walks', () => (avatarOf(watcher, 'Mira')?.position.z ?? 0) < position.z - 0.5, PATIENCE_MS)
  await page.keyboard.up('w')
  expect(errors).toEqual([])
}, 120_000)
