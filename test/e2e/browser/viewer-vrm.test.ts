/** A VRM in two real browsers: toon materials, and springs that swing when its player walks. Needs `npm run build`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { robotWithTail } from '../../../viewer/models/vrm/robot.fixture.ts'
import { cleanup, joined, serveProcess, temporaryDirectory } from '../../harness/server-harness.ts'
import { launchChromium } from './chromium.ts'
import { avatarOf, joinByKeyboard, openPage, PATIENCE_MS } from './viewer-page.ts'
import { complaintsOf, drawn, reportOf, settled, uploadByDrop, type Reported } from './viewer-uploads.ts'

let browser: Browser
const clean = cleanup()
beforeAll(async () => {
  browser = await launchChromium()
})
afterEach(() => clean.all())
afterAll(() => browser.close())

/** Waits until a page reports of an avatar's VRM what is wished. */
async function reported(
  page: Page,
  element: number,
  is: (vrm: NonNullable<Reported['vrm']>) => boolean,
): Promise<void> {
  const end = Date.now() + PATIENCE_MS * 2
  for (;;) {
    const vrm = (await reportOf(page)).find((one) => one.element === element)?.vrm
    if (vrm && is(vrm)) return
    if (Date.now() > end) expect.fail(`the page reports ${JSON.stringify(vrm)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('another player sees the toon materials of a VRM, and its springs swing while its player walks', async () => {
  const server = await serveProcess(clean, ['--port', '0', '--data', temporaryDirectory(clean)])
  const file = join(temporaryDirectory(clean), 'robot.vrm')
  writeFileSync(file, robotWithTail())
  const [mira, ada] = await Promise.all(
    ['Mira', 'Ada'].map(async (name) => {
      const opened = await openPage(browser, server.url, { query: 'quality=low' })
      clean.add(() => opened.page.context().close())
      const scripts: string[] = []
      opened.page.on('request', (request) => scripts.push(request.url()))
      const complaints = complaintsOf(opened.page)
      await joinByKeyboard(opened.page, name)
      return { ...opened, scripts, complaints }
    }),
  )
  if (!mira || !ada) throw new Error('a page did not open')
  const watcher = await joined(clean, server.url, 'watcher')
  const vrmScripts = (urls: readonly string[]): readonly string[] => urls.filter((url) => /\/load-vrm-/.test(url))
  expect(vrmScripts(ada.scripts)).toEqual([])

  await uploadByDrop(mira.page, file, 'done')
  await mira.page.click('#uploads button.primary')
  const worn = await settled('Mira wears it', () => {
    const now = avatarOf(watcher, 'Mira')
    return now?.package !== null && now
  })
  for (const { page } of [mira, ada]) await drawn(page, worn.element)
  expect(vrmScripts(ada.scripts)).toHaveLength(1)
  await reported(ada.page, worn.element, (vrm) => vrm.toonMaterials === 6 && vrm.springJoints === 2)

  // The page itself looks in each frame: the swing is largest in the first steps, for a moment only.
  const swings = (than: 'less' | 'more', radians: number): Promise<unknown> =>
    ada.page.waitForFunction(
      ([element, is, limit]) => {
        const { otherworld } = globalThis as unknown as { otherworld: { report(): readonly Reported[] } }
        const swing = otherworld.report().find((one) => one.element === element)?.vrm?.swing ?? Number.NaN
        return is === 'less' ? swing < limit : swing > limit
      },
      [worn.element, than, radians] as const,
      { polling: 'raf', timeout: PATIENCE_MS * 2 },
    )
  await swings('less', 0.16)
  await mira.page.keyboard.down('w')
  await swings('more', 0.25)
  await mira.page.keyboard.up('w')
  expect([...mira.errors, ...ada.errors, ...mira.complaints, ...ada.complaints]).toEqual([])
})
