import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { simulationOf } from '../../../replay/index.ts'
import { loadEngine } from '../../../sim/index.ts'
import { recordSession } from '../../harness/recording-example.ts'
import { runCli } from '../../harness/run-cli.ts'
import {
  cleanup,
  enter,
  joined,
  lives,
  serveHere,
  temporaryDirectory,
  until,
  verifiedRecordings,
} from '../../harness/server-harness.ts'

const clean = cleanup()
afterEach(() => clean.all())

/** The realm's worker with an additional first line that runs at most `deaths` times over all starts. */
function brokenWorker(line: string, deaths: number): string {
  const directory = temporaryDirectory(clean)
  const worker = pathToFileURL(join(import.meta.dirname, '../../../dist/node/realm-worker.js')).href
  const count = join(directory, 'deaths')
  writeFileSync(count, '')
  const file = join(directory, 'worker.mjs')
  writeFileSync(
    file,
    `
import { appendFileSync, readFileSync } from 'node:fs'
const count = ${JSON.stringify(count)}
if (readFileSync(count).length < ${deaths}) { appendFileSync(count, '.'); ${line} }
await import(${JSON.stringify(worker)})
`,
  )
  return file
}

test('a worker that dies is restarted from its recording, and clients resume', async () => {
  const trigger = join(temporaryDirectory(clean), 'now')
  const line = `import("node:fs").then(({ existsSync }) => setInterval(() => { if (existsSync(${JSON.stringify(trigger)})) throw new Error("an injected fault") }, 50))`
  const realmWorker = brokenWorker(line, 1)
  const server = await serveHere(clean, { realmWorker })
  const ada = await joined(clean, server.url, 'Ada')
  const first = ada.state
  const { tick } = server.status()
  writeFileSync(trigger, '')
  await until('the client notices', () => lives(ada).type === 'reconnecting')
  await until('the session is resumed', () => lives(ada).type === 'joined')
  expect(ada.state).toMatchObject({
    resumed: true,
    ...(first.type === 'joined' ? { avatar: first.avatar, player: first.player } : {}),
  })
  expect(server.status()).toMatchObject({ restarts: 1, epoch: expect.any(Number) })
  expect(server.status().tick).toBeGreaterThan(tick)
  expect(server.logged.join('\n')).toContain('an injected fault')
  await server.stop()
  const recordings = await verifiedRecordings(server.data)
  expect(recordings.map(({ truncated }) => truncated)).toEqual([true, false])
  expect(recordings[1]?.startTick).toBe(recordings[0]?.lastTick)
})

test('a player joins a realm whose worker has just died; a realm that stays down refuses it at once with the reason', async () => {
  const trigger = join(temporaryDirectory(clean), 'now')
  const line = `const before = readFileSync(count).length; import("node:fs").then(({ existsSync }) => setInterval(() => { if (existsSync(${JSON.stringify(trigger)} + (before === 1 ? "1" : "2"))) throw new Error("an injected fault") }, 20))`
  const server = await serveHere(clean, { realmWorker: brokenWorker(line, 100) })
  writeFileSync(`${trigger}1`, '')
  const [ada] = await Promise.all([
    joined(clean, server.url, 'Ada'),
    until('the worker died', () => server.status().restarts > 0),
  ])
  expect(lives(ada).type).toMatch(/joined|reconnecting/)
  expect((await joined(clean, server.url, 'Bob')).state.type).toBe('joined')
  writeFileSync(`${trigger}2`, '')
  await until('the realm is given up', () => server.health().realms[0]?.problem?.includes('died too often'))
  const late = await enter(clean, server.url, 'Eve')
  const state = await until('Eve is told', () => late.state.type === 'closed' && late.state)
  expect(state.reason).toMatch(/the realm died too often/)
})

test('a worker that dies at every start is not restarted for ever, and the reason is reported', async () => {
  const realmWorker = brokenWorker('throw new Error("an injected fault")', 100)
  await expect(serveHere(clean, { realmWorker })).rejects.toThrow(/the realm died too often[^]*the log says why/)
})

test('recordings that cannot be used stop the server with their names, at once', async () => {
  const dataDirectory = temporaryDirectory(clean)
  const first = await serveHere(clean, { dataDirectory })
  await first.stop()
  const file = join(dataDirectory, 'recordings/yard-e000001-s0001.owr')
  writeFileSync(file, 'this was a recording')
  await expect(serveHere(clean, { dataDirectory })).rejects.toThrow(
    /no recording of the realm can be used[^]*yard-e000001-s0001\.owr[^]*move the recordings away/,
  )
})

test('recordings that cannot be used end `serve` with exit code 3, those of another version with 4', async () => {
  const data = temporaryDirectory(clean)
  const first = await serveHere(clean, { dataDirectory: data })
  await first.stop()
  const file = join(data, 'recordings/yard-e000001-s0001.owr')
  const simulation = simulationOf(await loadEngine())
  for (const [content, code, words] of [
    ['this was a recording', 3, /no recording of the realm can be used/],
    [
      recordSession({ ...simulation, version: simulation.version + 1 }, { ticks: 3, players: 1 }),
      4,
      /made by version \d+ of the simulation/,
    ],
  ] as const) {
    writeFileSync(file, content)
    const { code: ended, errors } = await runCli(['serve', '--port', '0', '--udp-port', '0', '--data', data])
    expect([ended, errors]).toEqual([code, expect.stringMatching(words)])
  }
})
