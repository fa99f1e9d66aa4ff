/** Checks that a restart continues where the killed server was, by public means: `/v1/status` and `replay info`. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { runCli } from '../harness/run-cli.ts'
import { cleanup, joined, serveProcess, temporaryDirectory, type ServeProcess } from '../harness/server-harness.ts'

const clean = cleanup()
afterEach(() => clean.all())

interface Status {
  readonly tick: number
  readonly stateHash: string
}
interface Info {
  readonly epoch: number
  readonly startTick: number
  readonly startHash: string
  readonly lastTick: number
  readonly lastHash: string
  readonly unhashedFrame: boolean
  readonly tick: number
  readonly hash: string
}

async function statusOf(url: string): Promise<Status> {
  const {
    realms: [realm],
  } = (await (await fetch(`${url}v1/status`)).json()) as { realms: Status[] }
  return realm ?? expect.fail('there is no realm')
}

async function info(data: string, ...more: readonly string[]): Promise<Info> {
  const ran = await runCli(['replay', 'info', data, '--json', ...more])
  expect(ran).toMatchObject({ code: 0, errors: '' })
  return ran.json() as unknown as Info
}

/** Plays for a moment, reads the status, and kills the server. */
async function playedAndKilled(server: ServeProcess): Promise<Status> {
  const ada = await joined(clean, server.url, 'Ada')
  ada.move({ z: -1, yaw: 0.3 })
  await sleep(500)
  const status = await statusOf(server.url)
  server.child.kill('SIGKILL')
  await server.exit
  return status
}

test("a killed server's recording ends at or after its last status, and the next one starts from exactly that state", async () => {
  const data = temporaryDirectory(clean)
  const start = (): Promise<ServeProcess> => serveProcess(clean, ['--port', '0', '--udp-port', '0', '--data', data])
  const first = await playedAndKilled(await start())
  const killed = await info(data, '--tick', String(first.tick))
  expect(killed).toMatchObject({ epoch: 1, hash: first.stateHash })
  expect(killed.lastTick).toBeGreaterThanOrEqual(first.tick)
  const second = await playedAndKilled(await start())
  const restarted = await info(data, '--tick', String(second.tick))
  expect(restarted).toMatchObject({ epoch: 2, hash: second.stateHash })
  // A frame without a hash is stepped at the restart.
  expect(restarted.startTick).toBe(killed.lastTick + (killed.unhashedFrame ? 1 : 0))
  if (!killed.unhashedFrame) expect(restarted.startHash).toBe(killed.lastHash)
})
