/**
 * The contract of all transports, as a vitest suite: call `transportSuite('WebSocket', makeServer)` in a test file.
 */
import { describe, expect, test } from 'vitest'
import {
  CLOSE_REASON,
  ConnectError,
  MESSAGE_BYTES_MAX,
  MessageSizeError,
  ORDERED_MESSAGE_BYTES_MAX,
} from './transport.ts'
import { type KillClient, type MakeSuiteServer, TRIES_MAX, TransportWorld } from './transport-world.fixture.ts'

export function transportSuite(name: string, make: MakeSuiteServer, kill?: KillClient): void {
  const suiteTest = (title: string, run: (world: TransportWorld) => Promise<void>) =>
    test(title, async () => {
      const world = new TransportWorld()
      await world.start(make)
      try {
        await run(world)
      } finally {
        await world.server.stop()
      }
    })
  describe(`${name} keeps the transport contract:`, () => {
    describeConnecting(suiteTest)
    describeMessages(suiteTest)
    describeEnding(suiteTest)
    if (kill) describeKilling(suiteTest, kill)
  })
}

type SuiteTest = (title: string, run: (world: TransportWorld) => Promise<void>) => void

function describeConnecting(suiteTest: SuiteTest): void {
  suiteTest('an admitted client is opened once, with its session, kind and order', async (world) => {
    const { connection } = await world.connect('ada')
    await world.pause(50)
    expect(world.events.opened.map(({ peer }) => peer)).toEqual([
      {
        session: 'ada',
        kind: world.server.transport.kind,
        ordered: connection.ordered,
        address: expect.stringMatching(/./),
      },
    ])
    expect(connection.kind).toBe(world.server.transport.kind)
  })

  suiteTest('a client with a bad token is refused with a message and never opened', async (world) => {
    const refused = world.server.connect(world.server.url, 'bad', { received: () => {}, closed: () => {} })
    const error = await refused.then(
      () => null,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ConnectError)
    expect(error).toMatchObject({ reason: 'refused', message: expect.stringMatching(/token/) })
    await world.pause(50)
    expect(world.events.opened).toEqual([])
  })

  suiteTest('a stopped server is unreachable', async (world) => {
    await world.server.stop()
    const error = await world.server
      .connect(world.server.url, 'good-ada', { received: () => {}, closed: () => {} })
      .then(
        () => null,
        (reason: unknown) => reason,
      )
    expect(error).toBeInstanceOf(ConnectError)
    expect(error).toMatchObject({ reason: 'unreachable' })
  })
}

function describeMessages(suiteTest: SuiteTest): void {
  suiteTest('messages of 1, 1,100 and the largest number of bytes arrive unchanged both ways', async (world) => {
    const { connection, received, id } = await world.connect('ada')
    const up = (): Uint8Array[] => world.events.received.map(({ bytes }) => bytes)
    for (const size of [1, 1_100, MESSAGE_BYTES_MAX]) {
      await world.delivered(
        `${size} bytes up`,
        () => connection.send(pattern(size)),
        () => up().some(({ length }) => length === size),
      )
      await world.delivered(
        `${size} bytes down`,
        () => world.sendDown(id, pattern(size)),
        () => received.some(({ length }) => length === size),
      )
    }
    for (const bytes of [...up(), ...received]) expect(plain(bytes)).toEqual(pattern(bytes.length))
    if (world.ordered) expect([up().length, received.length]).toEqual([3, 3])
  })

  suiteTest('oversize and empty messages are refused with an error, and the connection continues', async (world) => {
    const { connection, received, id } = await world.connect('ada')
    const downMax = connection.ordered ? ORDERED_MESSAGE_BYTES_MAX : MESSAGE_BYTES_MAX
    expect(() => connection.send(new Uint8Array(MESSAGE_BYTES_MAX + 1))).toThrow(MessageSizeError)
    expect(() => connection.send(new Uint8Array(0))).toThrow(MessageSizeError)
    expect(() => world.server.transport.send(id, new Uint8Array(downMax + 1))).toThrow(MessageSizeError)
    expect(() => world.server.transport.send(id, new Uint8Array(0))).toThrow(MessageSizeError)
    await world.delivered(
      'a message down',
      () => world.sendDown(id, pattern(9)),
      () => received.length > 0,
    )
  })

  suiteTest('an ordered transport delivers a checkpoint of 2 MB, an unordered one refuses it', async (world) => {
    const { connection, received, id } = await world.connect('ada')
    const checkpoint = pattern(2_000_000)
    if (!connection.ordered) return expect(() => world.server.transport.send(id, checkpoint)).toThrow(MessageSizeError)
    world.sendDown(id, checkpoint)
    await world.until('the checkpoint', () => received.length === 1)
    expect(Buffer.compare(received[0] ?? new Uint8Array(0), checkpoint)).toBe(0)
  })

  suiteTest('a buffer may be reused after send (client) and flush (server)', async (world) => {
    const { connection, received, id } = await world.connect('ada')
    const overwritten = (send: (buffer: Uint8Array) => void) => (): void => {
      const buffer = pattern(500)
      send(buffer)
      buffer.fill(0)
    }
    await world.delivered(
      'up',
      overwritten((buffer) => connection.send(buffer)),
      () => world.events.received.length > 0,
    )
    await world.delivered(
      'down',
      overwritten((buffer) => world.sendDown(id, buffer)),
      () => received.length > 0,
    )
    expect(plain(received[0])).toEqual(pattern(500))
    expect(plain(world.events.received[0]?.bytes)).toEqual(pattern(500))
  })

  suiteTest('a hundred messages each way arrive, in order if the transport is ordered', async (world) => {
    const { connection, received, id } = await world.connect('ada')
    const lists = (): Uint8Array[][] => [world.events.received.map(({ bytes }) => bytes), received]
    const missing = (list: Uint8Array[] = []): number[] =>
      Array.from({ length: 100 }, (_, i) => i).filter((i) => !list.some((bytes) => bytes[0] === i))
    let round = 0
    await world.delivered(
      'a hundred both ways',
      () => {
        const [up, down] = lists()
        for (const i of missing(up)) connection.send(Uint8Array.of(i, round))
        for (const i of missing(down)) world.sendDown(id, Uint8Array.of(i, round))
        round += 1
      },
      () => lists().every((list) => missing(list).length === 0),
    )
    for (const list of lists()) {
      const heard = list.map((bytes) => bytes.join())
      expect(new Set(heard).size).toBe(heard.length)
      if (world.ordered) expect(heard).toEqual(Array.from({ length: 100 }, (_, i) => `${i},0`))
    }
  })

  suiteTest("connections do not receive each other's messages", async (world) => {
    const clients = await Promise.all(['ada', 'bob', 'cy', 'dee', 'eve'].map((session) => world.connect(session)))
    await world.delivered(
      'all',
      () => {
        for (const [i, { connection, id }] of clients.entries()) {
          connection.send(Uint8Array.of(i))
          world.sendDown(id, Uint8Array.of(i))
        }
      },
      () =>
        clients.every(
          ({ id, received }) =>
            received.length > 0 && world.events.received.some(({ connection }) => connection === id),
        ),
    )
    for (const [i, { received, id }] of clients.entries()) {
      const up = world.events.received.filter(({ connection }) => connection === id).map(({ bytes }) => bytes)
      expect(new Set([...received, ...up].map((bytes) => bytes.join()))).toEqual(new Set([`${i}`]))
      if (world.ordered) expect([received.length, up.length]).toEqual([1, 1])
    }
  })

  suiteTest('a listener that throws ends only its own connection', async (world) => {
    const [ada, bob] = await Promise.all([world.connect('ada'), world.connect('bob')])
    world.onReceived = (connection) => {
      if (connection === ada.id) throw new Error('a fault in the listener')
    }
    await world.delivered(
      'ada closed',
      () => ada.connection.send(Uint8Array.of(1)),
      () => ada.closed.length === 1,
    )
    await world.until('ada closed on the server', () => world.events.closed.length === 1)
    expect(world.events.closed).toEqual([{ connection: ada.id, reason: CLOSE_REASON.internal }])
    await world.delivered(
      'bob heard',
      () => bob.connection.send(Uint8Array.of(2)),
      () => world.events.received.length > 0,
    )
    expect(bob.closed).toEqual([])
  })
}

function describeEnding(suiteTest: SuiteTest): void {
  suiteTest(
    'a client that closes is reported once, as closed by the peer, and gets its own reason once',
    async (world) => {
      const { connection, closed, id } = await world.connect('ada')
      connection.close('had enough')
      connection.close('again')
      await world.until('closed', () => world.events.closed.length > 0)
      await world.pause(200)
      expect(world.events.closed).toEqual([{ connection: id, reason: CLOSE_REASON.peer }])
      expect(closed).toEqual(['had enough'])
    },
  )

  suiteTest('a server that closes lets the last message leave, and each side is notified once', async (world) => {
    const left: Uint8Array[] = []
    for (let i = 0; left.length === 0 && i < TRIES_MAX; i++) {
      const { received, closed, id } = await world.connect(`ada-${i}`)
      world.server.transport.send(id, pattern(40))
      world.server.transport.close(id, 'a reason')
      world.server.transport.close(id, 'another')
      await world.until('closed', () => world.events.closed.length > i && closed.length > 0)
      await world.pause(200)
      expect(world.events.closed.slice(i)).toEqual([{ connection: id, reason: 'a reason' }])
      expect(closed).toHaveLength(1)
      left.push(...received)
      if (world.ordered) break
    }
    expect(left.map(plain)).toEqual([pattern(40)])
  })

  suiteTest('both sides that close at once are notified once each', async (world) => {
    const { connection, closed, id } = await world.connect('ada')
    world.server.transport.close(id, 'from the server')
    connection.close('from the client')
    await world.until('closed', () => world.events.closed.length > 0 && closed.length > 0)
    await world.pause(300)
    expect(world.events.closed).toHaveLength(1)
    expect(closed).toEqual(['from the client'])
  })

  suiteTest('sending to a closed or unknown connection does nothing, on both sides', async (world) => {
    const { connection, received, id } = await world.connect('ada')
    connection.close('had enough')
    await world.until('closed', () => world.events.closed.length > 0)
    connection.send(pattern(3))
    world.sendDown(id, pattern(3))
    world.sendDown(987_654, pattern(3))
    world.server.transport.close(id, 'late')
    await world.pause(100)
    expect(received).toEqual([])
    expect(world.events.received).toEqual([])
    expect(world.events.closed).toHaveLength(1)
  })

  suiteTest('stop ends every connection with its reason', async (world) => {
    const clients = await Promise.all(['ada', 'bob', 'cy'].map((session) => world.connect(session)))
    await world.server.transport.stop()
    expect(world.events.closed.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 3 }, () => CLOSE_REASON.stopped),
    )
    await world.until('the clients heard', () => clients.every(({ closed }) => closed.length === 1))
  })
}

function describeKilling(suiteTest: SuiteTest, kill: KillClient): void {
  suiteTest('a killed client is noticed', async (world) => {
    await kill(world.server, 'good-ada')
    await world.until('closed', () => world.events.closed.length > 0)
    expect(world.events.opened).toHaveLength(1)
    expect(world.events.closed).toHaveLength(1)
  })
}

/** Bytes that reveal shifts, cuts and mix-ups. */
function pattern(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >>> 8) * 7 + size) & 255)
}

/** As a plain Uint8Array, so that equality compares only bytes. */
function plain(bytes: Uint8Array | undefined): Uint8Array {
  return new Uint8Array(bytes ?? [])
}
