import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import type { RenderClient } from '../../../netcode/index.ts'
import { SHUTDOWN_MS_MAX } from '../../../server/limits.ts'
import type { ServerStatus } from '../../../server/main.ts'
import { CURSED, plantedEngine, plantedWorker, type EngineFault } from '../../harness/engine-fault.ts'
import {
  cleanup,
  joined,
  lives,
  serveHere,
  serveProcess,
  sleep,
  temporaryDirectory,
  until,
  verifiedRecordings,
} from '../../harness/server-harness.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const clean = cleanup()
afterEach(() => clean.all())

const GOOD = {
  ...CURSED,
  name: 'good box',
  motion: 'static',
  colliders: [
    {
      shape: { type: 'box', halfExtents: { x: 0.2, y: 0.2, z: 0.2 } },
      position: { x: 0, y: 0, z: 0 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
    },
  ],
} as const

const named = (client: RenderClient, name: string): readonly { readonly x: number; readonly z: number }[] =>
  client
    .sample()
    .props.filter(({ spec }) => spec.name === name)
    .map(({ position: { x, z } }) => ({ x, z }))

/** Waits until the tick has not changed for half a second. */
async function untilHung(url: string): Promise<void> {
  for (let last = -1; ;) {
    const { realms } = (await (await fetch(`${url}v1/status`)).json()) as ServerStatus
    if (realms[0]?.tick === last) return
    last = realms[0]?.tick ?? 0
    await sleep(500)
  }
}

for (const fault of ['trap', 'loop'] as const satisfies readonly EngineFault[])
  test(`after a ${fault} in the engine the realm is back without its cause, and everything else is unchanged`, async () => {
    const server = await serveHere(clean, { realmWorker: plantedWorker(ROOT, temporaryDirectory(clean), fault) })
    const notices: string[] = []
    const [ada, mallory] = [
      await joined(clean, server.url, 'Ada'),
      await joined(clean, server.url, 'Mallory', {
        events: { message: (message) => void (message.type === 'notice' && notices.push(message.text)) },
      }),
    ]
    for (let i = 0; i < 5; i++) expect((await ada.spawn(GOOD, { position: { x: i, y: 0.3, z: -3 } })).ok).toBe(true)
    await until('the boxes are seen', () => named(ada, GOOD.name).length === 5)
    expect((await mallory.spawn(CURSED, { position: { x: -4, y: 2.5, z: -4 } })).ok).toBe(true)
    await until('it is seen', () => named(ada, CURSED.name).length === 1)
    const before = named(ada, GOOD.name)
    await until('the realm has died of it', () => server.status().restarts === 1)
    await until(
      'the realm is back',
      () => server.health().ok && lives(ada).type === 'joined' && lives(mallory).type === 'joined',
      60_000,
    )
    await until('the boxes are seen again', () => named(ada, GOOD.name).length === 5)
    expect(named(ada, CURSED.name)).toEqual([])
    for (const [i, { x, z }] of named(ada, GOOD.name).entries())
      expect(Math.hypot(x - (before[i]?.x ?? 0), z - (before[i]?.z ?? 0))).toBe(0)
    expect(server.status()).toMatchObject({ restarts: 1, quarantined: 1 })
    expect(server.logged.join('\n')).toMatch(/prop \d+ \("cursed ball"\) of user \d+ is removed/)
    expect(ada.state).toMatchObject({ resumed: true })
    await until('its owner is told', () => notices.length > 0)
    expect(notices).toEqual([expect.stringContaining('Your "cursed ball" was taken out of the realm')])
    await server.stop()
    const recordings = await verifiedRecordings(server.data)
    expect(recordings.at(-1)?.quarantined.map(({ reason }) => reason)).toEqual([expect.stringContaining('cursed ball')])
  })

test('SIGTERM during a hanging tick ends the server with a sealed recording, and the next start leaves out the cause', async () => {
  const [data, planted] = [temporaryDirectory(clean), plantedEngine(ROOT, temporaryDirectory(clean), 'loop')]
  const start = (options: string) => (command: string, args: readonly string[]) =>
    spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: options } })
  const server = await serveProcess(
    clean,
    ['--port', '0', '--udp-port', '0', '--data', data],
    start(`--import=${planted}`),
  )
  const mallory = await joined(clean, server.url, 'Mallory')
  expect((await mallory.spawn(CURSED, { position: { x: -4, y: 2, z: -4 } })).ok).toBe(true)
  await untilHung(server.url)
  server.child.kill('SIGTERM')
  // The tick never ends, so a server that waited for it would never exit. The test needs no clock to see that.
  expect(await server.exit).toBe(0)
  expect(SHUTDOWN_MS_MAX).toBeLessThan(5_000)
  expect(server.errors()).toContain('was left open by its worker and is sealed now')
  const [recording] = await verifiedRecordings(data)
  expect(recording?.truncated).toBe(false)

  const again = await serveProcess(clean, ['--port', '0', '--udp-port', '0', '--data', data], start(''))
  again.child.kill('SIGTERM')
  expect(await again.exit).toBe(0)
})
