/** Looks at how the page moves a VRM, in each of its frames. */
import type { Page } from 'playwright-core'
import { PATIENCE_MS } from './viewer-page.ts'
import type { Reported } from './viewer-uploads.ts'

export type Motion = NonNullable<NonNullable<Reported['vrm']>['motion']>
/** Samples that a loop in the page records. */
interface Notes {
  watched: Motion[]
}

export interface Watched {
  /** The motion in the next frames. */
  frames(count: number): Promise<readonly Motion[]>
  /** Forgets what was seen and waits for a frame that is as wished; such a frame may last for a moment only. */
  until(is: (motion: Motion) => boolean): Promise<void>
}

/** Notes an avatar's motion in each frame that the page draws from now on. */
export async function watchMotion(page: Page, element: number): Promise<Watched> {
  await page.evaluate((wished) => {
    const notes: Notes = { watched: [] }
    Object.assign(globalThis, notes)
    const { otherworld } = globalThis as unknown as { otherworld: { report(): readonly Reported[] } }
    const note = (): void => {
      requestAnimationFrame(note)
      const motion = otherworld.report().find((one) => one.element === wished)?.vrm?.motion
      if (motion) (globalThis as unknown as Notes).watched.push(motion)
    }
    note()
  }, element)
  const forget = (): Promise<void> => page.evaluate(() => void ((globalThis as unknown as Notes).watched = []))
  const seen = (): Promise<readonly Motion[]> => page.evaluate(() => (globalThis as unknown as Notes).watched)
  const look = async (is: (motions: readonly Motion[]) => boolean): Promise<readonly Motion[]> => {
    const end = Date.now() + PATIENCE_MS * 2
    await forget()
    for (;;) {
      const motions = await seen()
      if (is(motions)) return motions
      if (Date.now() > end) throw new Error(`the page drew ${JSON.stringify(motions.slice(-50))}`)
      await page.waitForTimeout(100)
    }
  }
  return {
    frames: async (count) => (await look((motions) => motions.length >= count)).slice(0, count),
    until: async (is) => void (await look((motions) => motions.some(is))),
  }
}
