/**
 * Waiting in tests for a condition, never for a time: a busy machine is slow, and a test that counts on 300 ms fails on
 * it.
 */
import { setTimeout as sleep } from 'node:timers/promises'

export { sleep }

/** Longest wait, ms: shorter than a test's own limit, so that the failure says what was missing. */
export const WAIT_MS_MAX = 60_000
/** Time between two checks, ms. */
const LOOK_MS = 5
/** Time after which a message that may be lost is sent again, ms. */
const AGAIN_MS = 250

/** Waits until `look` finds something. Rejects with `what` if it does not. */
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
 * Repeats `send` until `look` finds something. For datagrams: a data channel abandons a message if the other side was
 * not scheduled for too long to acknowledge it.
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
