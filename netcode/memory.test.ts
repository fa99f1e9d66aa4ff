import { expect, test } from 'vitest'
import { MemoryClient, MemoryTransport, type LinkConditions, type MemoryOptions } from './memory.ts'
import { transportSuite } from './transport.suite.ts'
import type { KillClient, MakeSuiteServer } from './transport-world.fixture.ts'

/** Advances its own clock by a second at each step; the contract suite waits for nothing else. */
function memoryServer(options: Partial<MemoryOptions>): MakeSuiteServer {
  return (events, admission) => {
    const transport = new MemoryTransport({ events, admission, ...options })
    const server = {
      transport,
      connect: transport.connect,
      url: 'memory',
      step: () => transport.advance(transport.nowMs + 1_000),
      stop: () => transport.stop(),
    }
    return Promise.resolve(server)
  }
}

const vanish: KillClient = async ({ connect, url }, token) => {
  const client = await connect(url, token, { received: () => {}, closed: () => {} })
  if (client instanceof MemoryClient) client.vanish()
}

transportSuite('unordered memory', memoryServer({}), vanish)
transportSuite('ordered memory', memoryServer({ ordered: true }), vanish)
transportSuite(
  'ordered memory on a bad network',
  memoryServer({ ordered: true, conditions: { delayMs: 80, jitterMs: 40, lossShare: 0.3, duplicateShare: 0.2 } }),
)

/** Sends `count` numbered messages to the server, one a millisecond, and returns what arrived and when. */
async function run(
  conditions: Partial<LinkConditions>,
  seed: number,
  count: number,
): Promise<{ number: number; atMs: number }[]> {
  const arrived: { number: number; atMs: number }[] = []
  const transport = new MemoryTransport({
    seed,
    conditions,
    admission: () => Promise.resolve({ session: 'ada' }),
    events: {
      opened: () => {},
      closed: () => {},
      received: (_, bytes) => {
        arrived.push({ number: new DataView(bytes.buffer).getUint16(0), atMs: transport.nowMs })
      },
    },
  })
  const client = await transport.connect('memory', '', { received: () => {}, closed: () => {} })
  for (let i = 0; i < count; i++) {
    client.send(Uint8Array.of(i >> 8, i & 255))
    transport.advance(i + 1)
  }
  transport.advance(count + 10_000)
  return arrived
}

test('the same seed and calls give the same deliveries, another seed others', async () => {
  const conditions = { delayMs: 20, jitterMs: 30, lossShare: 0.1, duplicateShare: 0.1 }
  const first = await run(conditions, 7, 500)
  expect(await run(conditions, 7, 500)).toEqual(first)
  expect(await run(conditions, 8, 500)).not.toEqual(first)
})

test('loss, duplicates, delay and reordering match the conditions', async () => {
  const lossy = await run({ lossShare: 0.2 }, 3, 2_000)
  expect(lossy.length).toBeGreaterThan(1_500)
  expect(lossy.length).toBeLessThan(1_700)
  const doubled = await run({ duplicateShare: 0.2 }, 3, 2_000)
  expect(doubled.length).toBeGreaterThan(2_300)
  expect(doubled.length).toBeLessThan(2_500)
  const jittery = await run({ delayMs: 50, jitterMs: 20 }, 3, 2_000)
  expect(jittery.length).toBe(2_000)
  expect(jittery.every(({ number, atMs }) => atMs >= number + 50 && atMs <= number + 70)).toBe(true)
  expect(jittery.some(({ number }, i) => number < (jittery[i - 1]?.number ?? 0))).toBe(true)
})

test('nothing is delivered while the clock stands', async () => {
  const received: Uint8Array[] = []
  const transport = new MemoryTransport({
    admission: () => Promise.resolve({ session: 'ada' }),
    events: {
      opened: () => {},
      closed: () => {},
      received: (_, bytes) => {
        received.push(bytes)
      },
    },
  })
  const client = await transport.connect('memory', '', { received: () => {}, closed: () => {} })
  client.send(Uint8Array.of(1))
  expect(received).toEqual([])
  transport.advance(1)
  expect(received).toEqual([Uint8Array.of(1)])
})
