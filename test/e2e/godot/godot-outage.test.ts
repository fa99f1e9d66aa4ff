/** A Godot client whose server starts, falls silent, and starts again with other data. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../../environments/ports.ts'
import { cleanup, emptyRealmFile, serveProcess, temporaryDirectory, until } from '../../harness/server-harness.ts'
import { expectGodotTests } from './godot.ts'

const clean = cleanup()
afterEach(() => clean.all())

test('a Godot client waits for a starting realm, stops 1.5 s after the last packet, and joins again at a server without its session', async () => {
  const steps = temporaryDirectory(clean)
  const at = (step: string): Promise<true> => until(`Godot is ${step}`, () => existsSync(join(steps, step)), 120_000)
  const port = String(await freePort())
  const godot = expectGodotTests('system/outage_test.gd', {
    env: { OTHERWORLD_URL: `http://127.0.0.1:${port}`, OTHERWORLD_STEPS: steps },
  })
  const play = async (): Promise<void> => {
    await at('ready')
    const first = await serveProcess(clean, [
      '--port',
      port,
      '--data',
      temporaryDirectory(clean),
      '--realm',
      emptyRealmFile(clean),
    ])
    await at('walking')
    first.child.kill('SIGSTOP')
    writeFileSync(join(steps, 'silent'), '')
    await at('stood')
    first.child.kill('SIGKILL')
    await first.exit
    await serveProcess(clean, ['--port', port, '--data', temporaryDirectory(clean)])
  }
  const [output] = await Promise.all([godot, play()])
  expect(output).toMatch(/walked \d\.\d+ m in 5 s/)
}, 240_000)
