/** The live page in a real browser against a real server, watched by a second player. Needs `npm run build`. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import type { RenderClient } from '../../../netcode/index.ts'
import {
  cleanup,
  joined,
  serveProcess,
  sleep,
  temporaryDirectory,
  until,
  verifiedRecordings,
} from '../../harness/server-harness.ts'
import { launchChromium } from './chromium.ts'
import {
  avatarOf,
  distance,
  holdUntil,
  joinByKeyboard,
  onScreen,
  openPage,
  PATIENCE_MS,
  propOf,
  type OpenPage,
} from './viewer-page.ts'

const TICKS_CHECKED_MIN = 300

let browser: Browser
const clean = cleanup()
beforeAll(async () => {
  browser = await launchChromium()
})
afterEach(() => clean.all())
afterAll(() => browser.close())

interface Meeting extends OpenPage {
  readonly url: string
  readonly data: string
  readonly watcher: RenderClient
  stop(): Promise<number | null>
}

/** A server, Mira in the page, and a second player who watches her. */
async function meet(): Promise<Meeting> {
  const data = temporaryDirectory(clean)
  const { url, child, exit } = await serveProcess(clean, ['--port', '0', '--data', data])
  const opened = await openPage(browser, url)
  clean.add(() => opened.page.context().close())
  await joinByKeyboard(opened.page, 'Mira')
  const watcher = await joined(clean, url, 'watcher')
  await until('the watcher sees Mira', () => avatarOf(watcher, 'Mira'), PATIENCE_MS)
  return { ...opened, url, data, watcher, stop: () => (child.kill('SIGTERM'), exit) }
}

/** The element that the page spawned, once it is announced and at rest. */
async function made({ page, watcher }: Meeting, name: string): Promise<number> {
  const user = avatarOf(watcher, 'Mira')?.user
  await page.waitForFunction(
    (words) => document.getElementById('message')?.textContent === words,
    `You made a ${name}.`,
  )
  const { element } = await until(
    `a ${name} appears`,
    () => watcher.sample().props.find((prop) => prop.owner === user && prop.spec.name === name),
    PATIENCE_MS,
  )
  await until(`the ${name} lies still`, () => propOf(watcher, element)?.asleep, PATIENCE_MS)
  return element
}

test('with only the keyboard a person joins, walks, spawns a box, grabs it, scales it, carries it and deletes it', async () => {
  const meeting = await meet()
  const { page, errors, watcher, data, stop } = meeting
  const mira = (): NonNullable<ReturnType<typeof avatarOf>> => avatarOf(watcher, 'Mira') ?? expect.fail('Mira is gone')

  const from = mira().position
  await holdUntil(page, 'w', 'she has walked ahead', () => mira().position.z < from.z - 1)
  const heading = mira().yaw
  await holdUntil(page, 'ArrowLeft', 'she has turned', () => Math.abs(mira().yaw - heading) > 0.2)

  await page.keyboard.press('1')
  const box = await made(meeting, 'box')
  await page.keyboard.press('e')
  await until('she holds the box', () => propOf(watcher, box)?.holder === mira().player, PATIENCE_MS)
  expect(await page.textContent('#message')).toContain('Holding the box')
  for (let i = 0; i < 4; i++) await page.keyboard.press('+')
  await until('the box has grown', () => (propOf(watcher, box)?.scale ?? 0) > 1.3, PATIENCE_MS)
  const before = propOf(watcher, box)?.position ?? expect.fail('the box is gone')
  await holdUntil(
    page,
    'ArrowRight',
    'the box goes where she turns',
    () => distance(propOf(watcher, box)?.position ?? before, before) > 0.5,
  )
  await page.keyboard.press('e')
  await until('she has let go', () => propOf(watcher, box)?.holder === 0, PATIENCE_MS)

  await page.keyboard.press('e')
  await until('she holds the box again', () => propOf(watcher, box)?.holder === mira().player, PATIENCE_MS)
  await page.keyboard.press('x')
  await until('the box is deleted', () => propOf(watcher, box) === null, PATIENCE_MS)

  expect(errors).toEqual([])
  await page.context().close()
  expect(await stop()).toBe(0)
  expect((await verifiedRecordings(data)).length).toBeGreaterThan(0)
})

test('Tab moves through the controls, which show focus and react to Enter, while W still walks', async () => {
  const meeting = await meet()
  const { page, watcher, errors } = meeting
  const seen: string[] = []
  for (let i = 0; i < 12 && !seen.includes('Gem4'); i++) {
    await page.keyboard.press('Tab')
    seen.push(await page.evaluate(() => document.activeElement?.textContent?.replace(/\s+/g, '') ?? ''))
  }
  expect(seen).toEqual(expect.arrayContaining(['Box1', 'Ball2', 'Capsule3', 'Gem4']))
  expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).toBe(
    'solid',
  )
  await page.keyboard.press('Enter')
  await made(meeting, 'gem')
  const from = avatarOf(watcher, 'Mira')?.position ?? expect.fail('Mira is gone')
  await holdUntil(page, 's', 'she has walked back', () => (avatarOf(watcher, 'Mira')?.position.z ?? 0) > from.z + 0.5)
  await page.keyboard.press('h')
  expect(await page.isVisible('#keys')).toBe(true)
  expect(errors).toEqual([])
})

test('the pointer grabs a ball, the wheel scales it, dragging moves it, and releasing it in motion throws it', async () => {
  const meeting = await meet()
  const { page, watcher, errors } = meeting
  const { player, position: feet, yaw } = avatarOf(watcher, 'Mira') ?? expect.fail('Mira is gone')
  await page.keyboard.press('2')
  const ball = await made(meeting, 'ball')
  const lying = propOf(watcher, ball)?.position ?? expect.fail('the ball is gone')
  const at = onScreen(lying, feet, yaw)
  await page.mouse.move(at.x, at.y)
  await page.mouse.down()
  await until('she holds the ball', () => propOf(watcher, ball)?.holder === player, PATIENCE_MS)

  await page.mouse.wheel(0, -300)
  await until('the ball has grown', () => (propOf(watcher, ball)?.scale ?? 0) > 1.2, PATIENCE_MS)
  await page.mouse.move(at.x - 120, at.y - 110, { steps: 6 })
  const carried = await until(
    'the ball is carried up and to the left',
    () => {
      const now = propOf(watcher, ball)
      return now && now.position.y > lying.y + 0.4 && distance(now.position, lying) > 0.8 && now
    },
    PATIENCE_MS,
  )

  for (let i = 1; i <= 10; i++) {
    await page.mouse.move(at.x - 120 + i * 24, at.y - 110)
    await sleep(25)
  }
  await page.mouse.up()
  await until('she has let go', () => propOf(watcher, ball)?.holder === 0, PATIENCE_MS)
  await until(
    'the ball flies on',
    () => distance(propOf(watcher, ball)?.position ?? carried.position, carried.position) > 2,
    PATIENCE_MS,
  )
  expect(errors).toEqual([])
})

test('a lockstep peer in the page agrees with the server on every hash', async () => {
  const meeting = await meet()
  const { page, errors } = meeting
  await page.click('#panel summary')
  await page.click('#verify')
  await page.waitForFunction(() => document.getElementById('verify-state')?.dataset.state === 'agree')
  await page.keyboard.press('3')
  await made(meeting, 'capsule')
  await page.waitForFunction(
    (min) =>
      Number(
        /([\d,]+) ticks checked/
          .exec(document.getElementById('verify-state')?.textContent ?? '')?.[1]
          ?.replaceAll(',', '') ?? 0,
      ) > min,
    TICKS_CHECKED_MIN,
  )
  expect(await page.textContent('#verify-state')).toMatch(/^✓ [\d,]+ ticks checked: all hashes agree\.$/)
  const figures = (await page.textContent('#panel dl')) ?? ''
  expect(figures).toMatch(/Tick\s*[\d,]{2,}/)
  expect(figures).toMatch(/Players\s*2/)
  expect(figures).toMatch(/Transport\s*WebRTC/)
  expect(figures).toMatch(/Ping\s*\d+ ms/)
  expect(errors).toEqual([])
})
