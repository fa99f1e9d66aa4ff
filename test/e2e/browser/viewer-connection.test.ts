/** The live page when its connection has problems. Needs `npm run build`. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { tapHttp } from '../../harness/http-tap.ts'
import { cleanup, joined, serveHere, serveProcess, temporaryDirectory, until } from '../../harness/server-harness.ts'
import { launchChromium } from './chromium.ts'
import { avatarOf, connected, distance, holdUntil, joinByKeyboard, openPage, PATIENCE_MS } from './viewer-page.ts'

let browser: Browser
const clean = cleanup()
beforeAll(async () => {
  browser = await launchChromium()
})
afterEach(() => clean.all())
afterAll(() => browser.close())

test('when the server is killed the page shows it, and reconnects when the server is back', async () => {
  const data = temporaryDirectory(clean)
  const first = await serveProcess(clean, ['--port', '0', '--data', data])
  const { page, errors } = await openPage(browser, first.url)
  clean.add(() => page.context().close())
  await joinByKeyboard(page, 'Mira')

  first.child.kill('SIGKILL')
  await first.exit
  // Until the connection is given up, after at most five seconds, the page shows that it waits.
  await page.waitForSelector('#banner:not([hidden])')
  expect(await page.textContent('#banner-title')).toMatch(
    /^(Waiting for the server|Connection lost|The session has ended)$/,
  )
  await page.waitForFunction(() =>
    /^(Connection lost|The session has ended)$/.test(document.getElementById('banner-title')?.textContent ?? ''),
  )
  expect(await page.textContent('#banner-text')).toMatch(/Reconnecting, attempt \d|reconnects automatically/)
  expect(await page.textContent('#panel-state')).toMatch(/Reconnecting|Away/)

  const port = new URL(first.url).port
  const second = await serveProcess(clean, ['--port', port, '--data', data])
  await connected(page, 60_000)
  const watcher = await joined(clean, second.url, 'watcher')
  const { position } = await until('the watcher sees Mira', () => avatarOf(watcher, 'Mira'), PATIENCE_MS)
  await holdUntil(page, 'w', 'she walks again', () => (avatarOf(watcher, 'Mira')?.position.z ?? 0) < position.z - 0.5)
  expect(errors).toEqual([])
})

test('when UDP is blocked the page plays over WebSocket, and no URL contains its token', async () => {
  const tap = await tapHttp(clean, (await serveHere(clean)).url)
  const { page, errors } = await openPage(browser, tap.url)
  clean.add(() => page.context().close())
  await joinByKeyboard(page, 'Mira')
  expect(tap.requestLines).toContain('GET /v1/ws HTTP/1.1')
  expect(tap.tokens.size).toBeGreaterThan(0)
  expect(tap.leaks()).toEqual([])
  expect(errors).toEqual([])
})

test('a reload resumes the same avatar at its place', async () => {
  const { url } = await serveProcess(clean, ['--port', '0', '--data', temporaryDirectory(clean)])
  const { page, errors } = await openPage(browser, url)
  clean.add(() => page.context().close())
  await joinByKeyboard(page, 'Mira')
  const watcher = await joined(clean, url, 'watcher')
  const start = await until('the watcher sees Mira', () => avatarOf(watcher, 'Mira'), PATIENCE_MS)
  await holdUntil(
    page,
    'w',
    'she has walked',
    () => (avatarOf(watcher, 'Mira')?.position.z ?? 0) < start.position.z - 1,
  )
  await until(
    'she stands',
    () => distance(avatarOf(watcher, 'Mira')?.velocity ?? { x: 1, y: 0, z: 0 }, { x: 0, y: 0, z: 0 }) < 0.01,
    PATIENCE_MS,
  )
  const before = avatarOf(watcher, 'Mira') ?? expect.fail('Mira is gone')
  await page.reload()
  await connected(page)
  expect(await page.textContent('#message')).toContain('Welcome back')
  const after = avatarOf(watcher, 'Mira')
  expect(after?.element).toBe(before.element)
  expect(after?.position.z).toBeCloseTo(before.position.z, 1)
  expect(watcher.sample().avatars.filter(({ name }) => name === 'Mira')).toHaveLength(1)
  expect(errors).toEqual([])
})

test('when no UDP packet passes, the page connects over WebSocket and says why and what that means', async () => {
  const { url } = await serveProcess(clean, ['--port', '0', '--data', temporaryDirectory(clean)])
  // Only relayed candidates and no relay, as behind a firewall that drops UDP.
  const blockUdp = (): void => {
    const Real = RTCPeerConnection
    window.RTCPeerConnection = class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: 'relay' })
      }
    }
  }
  const { page, errors } = await openPage(browser, url, { init: blockUdp })
  clean.add(() => page.context().close())
  await joinByKeyboard(page, 'Mira')
  expect(await page.textContent('#message')).toMatch(
    /UDP seems to be blocked on this network, so you are connected over WebSocket/,
  )
  await page.click('#panel summary')
  await page.waitForFunction(() =>
    /WebSocket, no WebRTC/.test(document.getElementById('stat-transport')?.textContent ?? ''),
  )
  expect(errors).toEqual([])
})

test('the page reports a server that is down, and joins once it is up', async () => {
  const data = temporaryDirectory(clean)
  const first = await serveProcess(clean, ['--port', '0', '--data', data])
  const { page, errors } = await openPage(browser, first.url)
  clean.add(() => page.context().close())
  await page.waitForFunction(() => document.activeElement?.id === 'name')
  first.child.kill('SIGKILL')
  await first.exit
  await page.keyboard.type('Mira')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#banner:not([hidden])')
  expect(await page.textContent('#banner')).toMatch(/Not connected.*does not answer.*reconnects automatically/s)
  await serveProcess(clean, ['--port', new URL(first.url).port, '--data', data])
  await connected(page, 60_000)
  expect(errors).toEqual([])
})
