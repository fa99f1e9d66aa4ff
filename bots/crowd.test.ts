import { createServer } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { sleep } from '../test/harness/wait.ts'
import { startListening } from '../test/harness/listen.ts'
import { ConnectError, type Connect, type ConnectReason } from '../netcode/transport.ts'
import { DEFAULT_DEFINITION, loadEngine } from '../sim/index.ts'
import { SmallServer } from '../test/harness/small-server.ts'
import { uidOf } from '../testing/simulator/uid.ts'
import { loadClips } from './clip-files.ts'
import { Crowd } from './crowd.ts'

const engine = await loadEngine()
const clips = await loadClips()

const undo: (() => void)[] = []
afterEach(() => {
  for (const run of undo.splice(0).toReversed()) run()
})

/** Gives each name a token of its own, as the gateway does. */
async function loginServer(): Promise<string> {
  let sessions = 0
  const server = createServer((_request, response) => {
    const session = `session ${++sessions}`
    response.end(
      JSON.stringify({ token: session, session, realm: 'here', identity: session, user: { uid: uidOf(1), number: 1 } }),
    )
  })
  const url = await startListening(server)
  undo.push(() => void server.close())
  return url
}

interface Place {
  readonly crowd: Crowd
  readonly server: SmallServer
  /** Number of connection attempts, by token. */
  readonly tries: Map<string, number>
}

/** `fails`: why a session's n-th connection attempt fails, or null. */
async function placeOf(count: number, fails: (session: string, tried: number) => ConnectReason | null): Promise<Place> {
  const server = new SmallServer({ engine, definition: DEFAULT_DEFINITION })
  undo.push(() => server.free())
  const timer = setInterval(() => server.tick(), 1_000 / 60)
  undo.push(() => clearInterval(timer))
  const tries = new Map<string, number>()
  const connect: Connect = async (url, token, events) => {
    const tried = (tries.get(token) ?? 0) + 1
    tries.set(token, tried)
    const reason = fails(token, tried)
    if (reason !== null) throw new ConnectError(reason, `It is ${reason} for now.`)
    return await server.transport.connect(url, token, events)
  }
  const crowd = new Crowd({
    url: await loginServer(),
    count,
    behaviour: 'mixed',
    connects: [connect],
    seed: 1,
    clips,
    clock: () => server.nowMs,
  })
  return { crowd, server, tries }
}

test('bots retry failed connections with the same session until they join', async () => {
  const { crowd, tries } = await placeOf(5, (_session, tried) => (tried <= 2 ? 'timed-out' : null))
  expect(await crowd.connect()).toBe(5)
  expect([...tries.values()]).toEqual([3, 3, 3, 3, 3])
  expect(crowd.joinRetries).toBe(10)
  expect(crowd.progress.troubles).toEqual(['It is timed-out for now. (10 times)'])
  expect(crowd.joinMs).toHaveLength(5)
  await crowd.leave()
})

test('bots that come while the realm starts wait and report why', async () => {
  const { crowd, tries } = await placeOf(3, (_session, tried) => (tried <= 2 ? 'starting' : null))
  expect(await crowd.connect()).toBe(3)
  expect([...tries.values()]).toEqual([3, 3, 3])
  expect(crowd.joinRetries).toBe(0)
  expect(crowd.progress.troubles).toEqual(['It is starting for now. (6 times)'])
  await crowd.leave()
})

test.each(['unreachable', 'udp-blocked', 'refused'] as const)(
  'if the first bot finds the server %s, the others do not connect',
  async (reason) => {
    const { crowd, tries } = await placeOf(3, () => reason)
    await expect(crowd.connect()).rejects.toMatchObject({ reason })
    expect([...tries.values()]).toEqual([1])
    await crowd.leave()
  },
)

test('a refused bot does not retry, and the reason is kept', async () => {
  const { crowd, tries } = await placeOf(4, (session) => (session === 'session 3' ? 'refused' : null))
  expect(await crowd.connect()).toBe(3)
  expect(tries.get('session 3')).toBe(1)
  expect(crowd.progress).toEqual({ connected: 3, troubles: ['It is refused for now.'] })
  await crowd.leave()
})

test('at the end no command begins, and pending ones are awaited', async () => {
  const { crowd, server } = await placeOf(6, () => null)
  await crowd.connect()
  const figures = await crowd.play(4)
  const frames = server.frames.length
  const begun = (type: string): boolean =>
    server.frames.slice(frames).some(({ inputs }) => inputs.some(({ command }) => command.type === type))
  await sleep(500)
  expect(['spawn', 'despawn', 'grab', 'scale'].filter(begun)).toEqual([])
  const rejected = Object.values(figures.commandsRejected).reduce((sum, times) => sum + times, 0)
  const asked = server.frames
    .flatMap(({ inputs }) => inputs)
    .filter(({ player, command }) => player > 0 && !['move', 'pose', 'drag'].includes(command.type)).length
  expect(asked).toBeGreaterThan(0)
  expect(figures.inputsLost).toBe(0)
  expect(figures.commandsDone + rejected).toBe(asked)
  await crowd.leave()
})
