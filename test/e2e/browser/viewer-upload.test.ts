/** Uploads in two real browsers against a real server: from a dropped file to a restart. Needs `npm run build`. */
import { fileURLToPath } from 'node:url'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import type { PropSample, RenderClient } from '../../../netcode/index.ts'
import { MARKER_POSITION } from '../../../sim/index.ts'
import { cleanup, joined, serveProcess, temporaryDirectory, type ServeProcess } from '../../harness/server-harness.ts'
import { launchChromium } from './chromium.ts'
import {
  avatarOf,
  connected,
  distance,
  joinByKeyboard,
  onScreen,
  openPage,
  propOf,
  type OpenPage,
} from './viewer-page.ts'
import {
  uploadByDrop,
  complaintsOf,
  countPixels,
  drawn,
  lastPhase,
  notePhases,
  reportOf,
  settled,
} from './viewer-uploads.ts'

const asset = (path: string): string => fileURLToPath(new URL(`../../../fixtures/assets/${path}`, import.meta.url))
const TEACUP = asset('objects/teacup.glb')

let browser: Browser
const clean = cleanup()
beforeAll(async () => {
  browser = await launchChromium()
})
afterEach(() => clean.all())
afterAll(() => browser.close())

type Visitor = OpenPage & { readonly complaints: readonly string[] }

async function openVisitor(url: string, name: string): Promise<Visitor> {
  const opened = await openPage(browser, url, { query: 'quality=low' })
  clean.add(() => opened.page.context().close())
  const complaints = complaintsOf(opened.page)
  await joinByKeyboard(opened.page, name)
  return { ...opened, complaints }
}

/** An invalid model: its only node is its own child. */
function cyclicModel(folder: string): string {
  const json = Buffer.from(
    JSON.stringify({ asset: { version: '2.0' }, scene: 0, scenes: [{ nodes: [0] }], nodes: [{ children: [0] }] }),
  )
  const chunk = Buffer.alloc(Math.ceil(json.length / 4) * 4, ' ')
  json.copy(chunk)
  const head = Buffer.alloc(20)
  for (const [at, value] of [0x46546c67, 2, 20 + chunk.length, chunk.length, 0x4e4f534a].entries())
    head.writeUInt32LE(value, at * 4)
  const path = join(folder, 'snake.glb')
  writeFileSync(path, Buffer.concat([head, chunk]))
  return path
}

const cupOf = (watcher: RenderClient): PropSample | null =>
  watcher.sample().props.find(({ package: hash }) => hash !== null) ?? null

/** The cup's band: a deep blue that nothing else on the ground has. */
const isBand = (r: number, g: number, b: number): boolean => b > 70 && b > r * 1.7 && b > g * 1.35

/** Ada grabs the cup, enlarges it with the wheel and puts it down somewhere else. */
async function scaleAndDrag({ page }: Visitor, watcher: RenderClient, cup: number): Promise<PropSample> {
  const ada = avatarOf(watcher, 'Ada') ?? expect.fail('Ada is gone')
  const lying = propOf(watcher, cup) ?? expect.fail('the cup is gone')
  const at = onScreen({ ...lying.position, y: lying.position.y + 0.03 }, ada.position, ada.yaw)
  await page.mouse.move(at.x, at.y)
  await page.mouse.down()
  await settled('Ada holds the cup', () => propOf(watcher, cup)?.holder === ada.player)
  for (let i = 0; i < 12; i++) await page.mouse.wheel(0, -300)
  await settled('the cup has grown', () => (propOf(watcher, cup)?.scale ?? 0) > 6)
  await page.mouse.move(at.x + 60, at.y - 30, { steps: 6 })
  await settled(
    'the cup is carried away',
    () => distance(propOf(watcher, cup)?.position ?? lying.position, lying.position) > 0.3,
  )
  await page.mouse.up()
  return settled('the cup lies still', () => {
    const now = propOf(watcher, cup)
    return now?.holder === 0 && now.asleep && now
  })
}

async function restart({ child, exit, url }: ServeProcess, data: string): Promise<ServeProcess> {
  child.kill('SIGTERM')
  await exit
  return serveProcess(clean, ['--port', new URL(url).port, '--data', data])
}

test('a dropped teacup appears at the marker with its mesh, another player scales and drags it, and it survives a restart', async () => {
  const data = temporaryDirectory(clean)
  const server = await serveProcess(clean, ['--port', '0', '--data', data])
  const mira = await openVisitor(server.url, 'Mira')
  const ada = await openVisitor(server.url, 'Ada')
  const watcher = await joined(clean, server.url, 'watcher')
  const phases = await notePhases(mira.page)
  await uploadByDrop(mira.page, TEACUP, 'done')
  expect(await phases()).toEqual(expect.arrayContaining(['sending', 'validating', 'done']))

  const cup = await settled('the cup stands', () => cupOf(watcher))
  expect(distance(cup.position, MARKER_POSITION)).toBeLessThan(0.2)
  expect(watcher.sample().props.filter(({ package: hash }) => hash !== null)).toHaveLength(1)
  for (const { page } of [mira, ada]) await drawn(page, cup.element)

  const left = await scaleAndDrag(ada, watcher, cup.element)
  const miraNow = avatarOf(watcher, 'Mira') ?? expect.fail('Mira is gone')
  const at = onScreen({ ...left.position, y: left.position.y + 0.2 }, miraNow.position, miraNow.yaw)
  expect((await countPixels(mira.page, at, 45, isBand)).found).toBeGreaterThan(60)
  expect([...mira.errors, ...ada.errors, ...mira.complaints, ...ada.complaints]).toEqual([])

  const again = await restart(server, data)
  const later = await joined(clean, again.url, 'later')
  const found = await settled('the cup is there again', () => cupOf(later))
  expect(found.package).toBe(left.package)
  expect(distance(found.position, left.position)).toBeLessThan(0.01)
  expect(found.scale).toBeCloseTo(left.scale, 4)
  await connected(mira.page, 60_000)
  await drawn(mira.page, found.element)
  expect(mira.errors).toEqual([])
})

test('a dropped avatar is worn at the press of its button, and another player sees it move', async () => {
  const server = await serveProcess(clean, ['--port', '0', '--data', temporaryDirectory(clean)])
  const mira = await openVisitor(server.url, 'Mira')
  const ada = await openVisitor(server.url, 'Ada')
  const watcher = await joined(clean, server.url, 'watcher')
  await uploadByDrop(mira.page, asset('avatars/debug_robot.vrm'), 'done')
  await mira.page.click('#uploads button.primary')
  const worn = await settled('Mira wears it', () => {
    const now = avatarOf(watcher, 'Mira')
    return now?.package !== null && now
  })
  for (const { page } of [mira, ada]) await drawn(page, worn.element)
  expect((await reportOf(ada.page)).find(({ element }) => element === worn.element)).toMatchObject({
    package: worn.package,
    problem: null,
  })

  await mira.page.keyboard.press('t')
  await mira.page.waitForSelector('#packages li button')
  expect(await mira.page.textContent('#packages li')).toContain('debug robot')
  await mira.page.focus('#avatar-scale')
  await mira.page.keyboard.press('End')
  await settled('Mira is a giant', () => avatarOf(watcher, 'Mira')?.scale === 4)
  await drawn(ada.page, worn.element)
  await mira.page.click('#take-off')
  await settled('Mira is a character again', () => avatarOf(watcher, 'Mira')?.package === null)
  expect([...mira.errors, ...ada.errors, ...mira.complaints, ...ada.complaints]).toEqual([])
})

test('a file that breaks a rule is refused with a text to copy, and the next file is uploaded', async () => {
  const folder = temporaryDirectory(clean)
  const server = await serveProcess(clean, ['--port', '0', '--data', temporaryDirectory(clean)])
  const { page, errors, complaints } = await openVisitor(server.url, 'Mira')
  await uploadByDrop(page, cyclicModel(folder), 'rejected')
  const words = (await page.textContent('#uploads')) ?? ''
  expect(words).toContain('Not accepted')
  expect(words).toMatch(/Rule NODE_LOOP/)
  expect(words).toContain('/nodes/0')
  expect(
    await page.evaluate(() => [...document.querySelectorAll('#uploads button')].map(({ textContent }) => textContent)),
  ).toEqual(['Copy', 'Close'])
  await uploadByDrop(page, TEACUP, 'done')
  expect(await lastPhase(page)).toBe('done')
  expect([...errors, ...complaints]).toEqual([])
})
