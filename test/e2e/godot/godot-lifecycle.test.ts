/** Godot programs that end, or change their scene, at any moment of a login: no error, and no leak at their end. */
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { cleanup, serveHere } from '../../harness/server-harness.ts'
import { GODOT_TESTS, runGodot } from './godot.ts'

const QUITS = 100
const AT_ONCE = 4
/** Godot's messages about errors, crashes, and objects that nobody freed. */
const FAULTS = /^.*(?:ERROR|leaked|still in use|handle_crash|signal \d+).*$/gm

const clean = cleanup()
afterEach(() => clean.all())

test(`a program that quits while its client logs in ends without a leak, at ${QUITS} moments`, async () => {
  const { url } = await serveHere(clean)
  const script = join(GODOT_TESTS, 'lifecycle/quit.gd')
  const faults: string[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let frames = next++; frames < QUITS; frames = next++) {
      const env = { OTHERWORLD_URL: url, OTHERWORLD_FRAMES: `${frames}` }
      const { status, output } = await runGodot(['-s', script], { env })
      if (status !== 0) faults.push(`after ${frames} frames: exit code ${status}`)
      faults.push(...(output.match(FAULTS) ?? []).map((line) => `after ${frames} frames: ${line}`))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  expect(faults).toEqual([])
}, 1_200_000)

test('a hundred changes of scene while a client logs in leave no client and no leak', async () => {
  const { url } = await serveHere(clean)
  const { status, output } = await runGodot(['-s', join(GODOT_TESTS, 'lifecycle/scenes.gd')], {
    env: { OTHERWORLD_URL: url },
  })
  expect(status, output).toBe(0)
  expect(output).toContain('changed 100 scenes')
  expect(output.match(FAULTS) ?? []).toEqual([])
}, 300_000)
