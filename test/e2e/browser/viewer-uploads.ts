/** Uploads on the live page, as a person and the page itself see them. */
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import type { VrmReport } from '../../../viewer/models/model-view.ts'
import { until } from '../../harness/server-harness.ts'
import { PATIENCE_MS } from './viewer-page.ts'

export interface Reported {
  readonly element: number
  readonly package: string
  /** Null for a placeholder. */
  readonly level: number | null
  readonly problem: string | null
  /** Null if it is not drawn as a VRM. */
  readonly vrm: VrmReport | null
}

/** The packages that the page reports to draw. */
export const reportOf = (page: Page): Promise<readonly Reported[]> =>
  page.evaluate(() => (globalThis as unknown as { otherworld: { report(): readonly Reported[] } }).otherworld.report())

/** Drops files of this machine on the page, through the browser's own input. */
export async function dropFiles(page: Page, files: readonly string[], at = { x: 420, y: 200 }): Promise<void> {
  const session = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', {
      type,
      ...at,
      data: { items: [], files: [...files], dragOperationsMask: 1 },
    })
  await session.detach()
}

/** Records every phase that an upload's card shows from now on. */
export async function notePhases(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(() => {
    const seen: string[] = []
    Object.assign(globalThis, { seenPhases: seen })
    const note = (): void => {
      for (const { dataset } of document.querySelectorAll<HTMLElement>('#uploads li'))
        if (dataset.phase !== undefined && !seen.includes(dataset.phase)) seen.push(dataset.phase)
    }
    const list = document.getElementById('uploads')
    if (list) new MutationObserver(note).observe(list, { subtree: true, childList: true, attributes: true })
  })
  return () => page.evaluate(() => (globalThis as unknown as { seenPhases: readonly string[] }).seenPhases)
}

/** The phase of the last upload in the list. */
export const lastPhase = (page: Page): Promise<string | null> =>
  page.evaluate(() => [...document.querySelectorAll<HTMLElement>('#uploads li')].at(-1)?.dataset.phase ?? null)

/** Drops a file, confirms the card with Enter and waits until the upload is over. */
export async function uploadByDrop(page: Page, file: string, phase: 'done' | 'rejected'): Promise<void> {
  await dropFiles(page, [file])
  await page.waitForSelector('#upload-form:not([hidden])')
  await page.keyboard.press('Enter')
  await page.waitForFunction(
    (wished) => [...document.querySelectorAll<HTMLElement>('#uploads li')].at(-1)?.dataset.phase === wished,
    phase,
    { timeout: PATIENCE_MS * 2 },
  )
}

/** Waits until the page draws an element by its own model. */
export async function drawn(page: Page, element: number): Promise<void> {
  await page.waitForFunction(
    (wished) =>
      (globalThis as unknown as { otherworld: { report(): readonly Reported[] } }).otherworld
        .report()
        .some((one) => one.element === wished && one.level !== null),
    element,
    { timeout: PATIENCE_MS * 2 },
  )
}

export interface Counted {
  /** Total number of pixels. */
  readonly pixels: number
  /** Number of matching pixels. */
  readonly found: number
}

/** Counts the pixels near a place of the page that match a colour. */
export async function countPixels(
  page: Page,
  at: { readonly x: number; readonly y: number },
  half: number,
  is: (r: number, g: number, b: number) => boolean,
): Promise<Counted> {
  const { data, info } = await sharp(await page.screenshot())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  let [pixels, found] = [0, 0]
  for (let y = Math.max(0, Math.round(at.y - half)); y < Math.min(info.height, at.y + half); y++) {
    for (let x = Math.max(0, Math.round(at.x - half)); x < Math.min(info.width, at.x + half); x++) {
      const i = (y * info.width + x) * 3
      pixels++
      if (is(data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0)) found++
    }
  }
  return { pixels, found }
}

/** Errors that the browser reports about the page: of scripts and of its content policy. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return complaints
}

type Answer<T> = T | null | undefined | false

export const settled = <T>(what: string, look: () => Answer<T> | Promise<Answer<T>>): Promise<T> =>
  until(what, look, PATIENCE_MS * 2)
