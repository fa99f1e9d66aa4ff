/** A VRM in a real browser: drawn with toon materials and outlines, with springs and eyes that move. Needs `npm run build`. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import type { AvatarSample, RenderClient } from '../../../netcode/index.ts'
import { rotate, yawRotation } from '../../../sim/maths/maths.ts'
import { robotWithTail } from '../../../viewer/models/vrm/robot.fixture.ts'
import { cleanup, serveProcess, temporaryDirectory } from '../../harness/server-harness.ts'
import { UploadUser } from '../../harness/upload-user.ts'
import { launchChromium } from './chromium.ts'
import { avatarOf, distance, joinByKeyboard, onScreen, openPage } from './viewer-page.ts'
import { complaintsOf, countPixels, drawn, reportOf, settled } from './viewer-uploads.ts'
import { watchMotion, type Motion, type Watched } from './vrm-motion.ts'

/** Mira's place, in front of Ada and beside her, so that Ada's own avatar does not cover her. Metres. */
const BESIDE = { x: 1, y: 0, z: -1.5 }
/** Frames in which a figure is watched at rest. */
const REST_FRAMES = 20
/** Springs are at rest if the angle of the widest changes less than this in these frames, radians. */
const REST_SPREAD = 0.02
/** A tail that is pulled lifts from where gravity holds it; one that is whirled about swings over. Radians. */
const SWINGS = 0.06

let browser: Browser
const clean = cleanup()
beforeAll(async () => {
  browser = await launchChromium()
})
afterEach(() => clean.all())
afterAll(() => browser.close())

/** The robot with outlines in magenta and shade in cyan, which nothing else in the world has. */
const paintedRobot = (): Uint8Array =>
  robotWithTail({
    change: ({ materials }) => {
      for (const { extensions } of materials) {
        const { VRMC_materials_mtoon: toon = {} } = extensions as Record<string, object>
        Object.assign(toon, {
          shadeColorFactor: [0, 1, 1],
          outlineColorFactor: [1, 0, 1],
          outlineLightingMixFactor: 0,
          outlineWidthFactor: 0.02,
        })
      }
    },
  })
const isOutline = (r: number, g: number, b: number): boolean => r > 120 && b > 120 && g < 0.6 * Math.min(r, b)
const isShade = (r: number, g: number, b: number): boolean => g > 80 && b > 80 && r < 0.5 * Math.min(g, b)

const own = (client: RenderClient): AvatarSample =>
  client.sample().avatars.find((avatar) => avatar.own) ?? expect.fail('the player has no avatar')

/** Walks to the place in front of Ada and looks at her. */
async function standBefore(mira: RenderClient, ada: AvatarSample): Promise<void> {
  const offset = rotate(yawRotation(ada.yaw), BESIDE)
  const place = { x: ada.position.x + offset.x, y: ada.position.y, z: ada.position.z + offset.z }
  await settled('Mira is in front of Ada', () => {
    const { position } = own(mira)
    const metres = distance({ ...position, y: place.y }, place)
    // A player's forward is -Z. Near the place she walks slowly, so that she does not walk past it.
    if (metres > 0.2)
      mira.move({ z: -Math.min(1, metres), yaw: Math.atan2(position.x - place.x, position.z - place.z) })
    return metres <= 0.2
  })
  mira.move({ yaw: ada.yaw + Math.PI })
}

/** Walks in a circle of two metres until `seen` resolves. */
async function whileWalking<T>(mira: RenderClient, seen: () => Promise<T>): Promise<T> {
  const { yaw } = own(mira)
  let step = 0
  const timer = setInterval(() => mira.move({ z: -1, yaw: yaw + 0.1 * step++ }), 100)
  try {
    return await seen()
  } finally {
    clearInterval(timer)
    mira.move({ yaw })
  }
}

/** Wears a file and waits until the page draws it; the avatar's element. */
async function wear(mira: RenderClient, hash: string, page: Page): Promise<number> {
  expect(await mira.wear(hash)).toMatchObject({ ok: true })
  const { element } = await settled('she wears it', () => {
    const now = own(mira)
    return now.package === hash && now
  })
  await settled('the page draws it', async () =>
    (await reportOf(page)).some((one) => one.element === element && one.package === hash && one.level !== null),
  )
  await drawn(page, element)
  return element
}

/** Scripts of the VRM library that a page has loaded, or begun to load, since its start. */
const vrmScripts = async (page: Page): Promise<readonly string[]> => {
  const urls = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
  return urls.filter((url) => url.includes('/load-vrm-'))
}

/** Waits until springs hang still for some frames; what the page drew in them. */
async function atRest(watched: Watched): Promise<readonly Motion[]> {
  return settled('the springs come to rest', async () => {
    const frames = await watched.frames(REST_FRAMES)
    const swings = frames.map(({ swing }) => swing)
    return Math.max(...swings) - Math.min(...swings) < REST_SPREAD && frames
  })
}

test(
  'a player sees another one in a VRM: toon materials, outlines, springs that swing, eyes that look and blink',
  { timeout: 600_000 },
  async () => {
    const server = await serveProcess(clean, ['--port', '0', '--data', temporaryDirectory(clean)])
    const { page, errors } = await openPage(browser, server.url, { query: 'quality=low' })
    clean.add(() => page.context().close())
    const complaints = complaintsOf(page)
    await joinByKeyboard(page, 'Ada')
    const user = await UploadUser.at(server.url, 'Mira')
    const mira = await user.join(clean)
    const ada = await settled('Mira sees Ada', () => avatarOf(mira, 'Ada'))
    await standBefore(mira, ada)

    await wear(mira, await user.hashOf('avatars/RiggedFigure.glb'), page)
    expect(await vrmScripts(page)).toEqual([])
    const painted = async (is: typeof isShade): Promise<number> => {
      const { position } = own(mira)
      return (await countPixels(page, onScreen({ ...position, y: position.y + 0.8 }, ada.position, ada.yaw), 80, is))
        .found
    }
    expect([await painted(isOutline), await painted(isShade)]).toEqual([0, 0])

    const element = await wear(mira, await user.hashOf(paintedRobot(), { fileName: 'robot.vrm' }), page)
    expect(await vrmScripts(page)).toHaveLength(1)
    expect((await reportOf(page)).find((one) => one.element === element)).toMatchObject({
      problem: null,
      vrm: { toonMaterials: 6, credit: { authors: ['@saturday06'] }, motion: { springJoints: 2 } },
    })
    const watched = await watchMotion(page, element)
    const rest = await atRest(watched)
    const farFromRest = (of: 'swing' | 'eyesLeft', now: Motion, by: number): boolean =>
      rest.every((then) => Math.abs(now[of] - then[of]) > by)
    expect(await painted(isOutline)).toBeGreaterThan(100)
    expect(await painted(isShade)).toBeGreaterThan(100)

    await watched.until(({ eyesClosed }) => eyesClosed > 0.5)
    await watched.until(({ eyesClosed }) => eyesClosed === 0)
    await whileWalking(mira, async () => {
      await watched.until((now) => farFromRest('swing', now, SWINGS))
      await watched.until((now) => farFromRest('eyesLeft', now, 1))
    })
    await watched.until(({ eyesLeft }) => Math.abs(eyesLeft) < 1)
    expect([...errors, ...complaints]).toEqual([])
  },
)
