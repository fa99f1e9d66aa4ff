/** Drives the live page in Chromium as a person would, and computes screen positions. */
import { PerspectiveCamera, Vector3 } from 'three'
import type { Browser, Page } from 'playwright-core'
import type { AvatarSample, PropSample, RenderClient } from '../../../netcode/index.ts'
import type { Vec3 } from '../../../sim/index.ts'
import { DISTANCE_START, eyeBehind } from '../../../viewer/render/camera.ts'
import { until } from '../../harness/server-harness.ts'

export const WINDOW = { width: 800, height: 500 } as const
/** The camera's pitch and field of view when a player joins (viewer/app/player.ts, viewer/render/scene.ts). */
const PITCH = -0.14
const FIELD_DEGREES = 55
/** With software WebGL and other programs beside it, a frame may take a second, and a page ten seconds to start. */
export const PATIENCE_MS = 60_000

export interface OpenPage {
  readonly page: Page
  /** Errors that the page reported. Must stay empty. */
  readonly errors: readonly string[]
}

/** Longer, because twenty players and the software renderer share two cores. */
export const CROWD_PATIENCE_MS = 90_000

/** A tab with its own session; `init` runs before the page's own scripts. */
export async function openPage(
  browser: Browser,
  url: string,
  {
    init,
    query = '',
    size = WINDOW,
  }: {
    readonly init?: () => void
    readonly query?: string
    readonly size?: { readonly width: number; readonly height: number }
  } = {},
): Promise<OpenPage> {
  const page = await (await browser.newContext({ viewport: { ...size } })).newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message))
  if (init) await page.addInitScript(init)
  await page.goto(`${url}?${query}`)
  return { page, errors }
}

/** Types a name and presses Enter. The page has put the caret into the name field. */
export async function joinByKeyboard(page: Page, name: string): Promise<void> {
  await page.waitForFunction(() => document.activeElement?.id === 'name')
  await page.keyboard.type(name)
  await page.keyboard.press('Enter')
  await connected(page)
}

export async function connected(page: Page, msMax = PATIENCE_MS): Promise<void> {
  await page.waitForFunction(
    () =>
      document.getElementById('panel-state')?.textContent === 'Connected' &&
      document.getElementById('banner')?.hidden === true,
    null,
    { timeout: msMax },
  )
}

/** Holds a key down until it has had its effect: the time depends on the load of the machine. */
export async function holdUntil<T>(
  page: Page,
  key: string,
  what: string,
  look: () => T | null | undefined | false,
): Promise<T> {
  await page.keyboard.down(key)
  try {
    return await until(what, look, PATIENCE_MS)
  } finally {
    await page.keyboard.up(key)
  }
}

/** The avatar of that name as another player sees it. */
export const avatarOf = (watcher: RenderClient, name: string): AvatarSample | null =>
  watcher.sample().avatars.find((avatar) => avatar.name === name) ?? null

export const propOf = (watcher: RenderClient, element: number): PropSample | null =>
  watcher.sample().props.find((prop) => prop.element === element) ?? null

export const distance = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)

/** Window position of a point, for a player at `feet` with heading `yaw` who has not looked up or down. */
export function onScreen(point: Vec3, feet: Vec3, yaw: number): { readonly x: number; readonly y: number } {
  const { position, direction } = eyeBehind(feet, { yaw, pitch: PITCH }, DISTANCE_START)
  const camera = new PerspectiveCamera(FIELD_DEGREES, WINDOW.width / WINDOW.height, 0.06, 400)
  camera.position.set(position.x, position.y, position.z)
  camera.lookAt(position.x + direction.x, position.y + direction.y, position.z + direction.z)
  camera.updateMatrixWorld()
  const at = new Vector3(point.x, point.y, point.z).project(camera)
  return { x: ((at.x + 1) / 2) * WINDOW.width, y: ((1 - at.y) / 2) * WINDOW.height }
}
