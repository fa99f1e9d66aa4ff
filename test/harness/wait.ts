/**
 * Waiting in tests, for something to be so and never for a time to pass: a busy machine takes as long as it takes, and a
 * test that counts on 300 ms fails on it.
 */
import { setTimeout as sleep } from 'node:timers/promises'

export { sleep }

/** Longest wait for what must happen, ms: under a test's own limit, so that the failure says what was missing. */
export const WAIT_MS_MAX = 60_000
/** Between two looks, ms. */
const LOOK_MS = 5
/** What may get lost on the way is sent again after so long, ms. */
const AGAIN_MS = 250

/** Waits until `look` finds something; rejects with what was waited for where it does not come. */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  msMax = WAIT_MS_MAX,
): Promise<T> {
  const endMs = performance.now() + msMax
  for (;;) {
    const found = await look()
    if (found !== null && found !== undefined && found !== false) return found
    if (performance.now() > endMs) throw new Error(`waited ${msMax} ms in vain until ${what}`)
    await sleep(LOOK_MS)
  }
}

/** Waits until `look` is true; resolves with false after `msMax`. */
export async function isTrueWithin(look: () => boolean, msMax: number): Promise<boolean> {
  const endMs = performance.now() + msMax
  while (!look()) {
    if (performance.now() > endMs) return false
    await sleep(LOOK_MS)
  }
  return true
}

/**
 * Does `send` again and again until `look` finds something. For what goes as a datagram: a data channel gives a message up
 * when the other side was not scheduled for long enough to acknowledge it.
 */
export async function sendUntil<T>(
  what: string,
  send: () => void,
  look: () => T | null | undefined | false,
): Promise<T> {
  let sentMs = -Infinity
  return await until(what, () => {
    const found = look()
    if (found !== null && found !== undefined && found !== false) return found
    if (performance.now() - sentMs >= AGAIN_MS) {
      sentMs = performance.now()
      send()
    }
    return false
  })
}
