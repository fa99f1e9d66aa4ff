import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_DEFINITION, loadEngine, type Engine, type PropSpec } from '../../sim/index.ts'
import { SmallServer, type SmallServerOptions } from '../../test/harness/small-server.ts'
import { ConnectError, type Connect } from '../transport.ts'
import { RenderClient } from './render-client.ts'
import type { ClientState, CommandResult, RenderClientOptions, RenderEvents } from './types.ts'

const CRATE: PropSpec = {
  name: 'crate',
  motion: 'dynamic',
  density: 200,
  friction: 0.5,
  restitution: 0,
  color: 0xff8800,
  colliders: [
    {
      shape: { type: 'box', halfExtents: { x: 0.25, y: 0.25, z: 0.25 } },
      position: { x: 0, y: 0, z: 0 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
    },
  ],
}
const DEFINITION = { ...DEFAULT_DEFINITION, props: DEFAULT_DEFINITION.props.slice(0, 3) }

let engine: Engine
let server: SmallServer | null = null
beforeAll(async () => {
  engine = await loadEngine()
})
afterEach(() => {
  server?.free()
  server = null
})

function serve(options: Partial<SmallServerOptions> = {}): SmallServer {
  server = new SmallServer({ engine, definition: DEFINITION, ...options })
  return server
}

function clientOf(
  at: SmallServer,
  token: string,
  connects: readonly Connect[] = [at.transport.connect],
  events: RenderEvents = {},
  more: Partial<RenderClientOptions> = {},
): RenderClient {
  const client = new RenderClient({ url: 'http://test', token, connects, events, clock: () => at.nowMs, ...more })
  client.start()
  return client
}

/** Advances by ticks, and lets promises settle in between, which connecting needs. */
async function pass(at: SmallServer, clients: readonly RenderClient[], ticks: number): Promise<void> {
  for (let i = 0; i < ticks; i += 1) {
    for (const client of clients) client.update(at.nowMs)
    at.tick()
    await Promise.resolve()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a render client', () => {
  test('joins, walks, and sees itself and others move between snapshots', async () => {
    const yard = serve()
    const [ada, bob] = [clientOf(yard, 'ada'), clientOf(yard, 'bob')]
    await pass(yard, [ada, bob], 40)
    expect(ada.state).toMatchObject({ type: 'joined', transport: 'memory', player: 1, resumed: false })
    ada.move({ z: -1, yaw: 0 })
    await pass(yard, [ada, bob], 60)
    const seen: number[] = []
    for (let i = 0; i < 30; i += 1) {
      await pass(yard, [ada, bob], 1)
      const walker = bob.sample(yard.nowMs).avatars.find(({ player }) => player === 1)
      seen.push(walker?.position.z ?? Number.NaN)
    }
    // Each drawn frame is a little farther, also between the snapshots of every third tick.
    for (const [i, z] of seen.entries()) if (i > 0) expect(z).toBeLessThan((seen[i - 1] ?? 0) - 0.005)
    const { avatars, props } = ada.sample(yard.nowMs)
    expect(avatars.map(({ player, name, own }) => ({ player, name, own }))).toEqual([
      { player: 1, name: 'Player 1', own: true },
      { player: 2, name: 'Player 2', own: false },
    ])
    expect(props.length).toBe(3)
  })

  test('gets the outcome of its commands', async () => {
    const yard = serve()
    const ada = clientOf(yard, 'ada')
    await pass(yard, [ada], 40)
    const own = ada.sample(yard.nowMs).avatars[0]
    if (own === undefined) throw new Error('the avatar is not there')
    const { x, z } = own.position
    const outcomes: CommandResult[] = []
    const note = (promise: Promise<CommandResult>) => void promise.then((outcome) => outcomes.push(outcome))
    note(ada.spawn(CRATE, { position: { x: Math.fround(x), y: 1, z: Math.fround(z - 1.5) } }))
    note(ada.despawn(9_999))
    await pass(yard, [ada], 30)
    expect(outcomes).toMatchObject([
      { ok: true, sequence: 1 },
      { ok: false, sequence: 2, reason: 'unknown-element' },
    ])
    const crate = outcomes[0]?.ok === true ? outcomes[0].element : 0
    note(ada.grab(crate, 0))
    note(ada.scale(crate, 2))
    await pass(yard, [ada], 30)
    expect(ada.sample(yard.nowMs).props.find(({ element }) => element === crate)).toMatchObject({
      holder: 1,
      scale: 2,
      owner: 1,
    })
    note(ada.release(0))
    note(ada.despawn(crate))
    await pass(yard, [ada], 30)
    expect(ada.sample(yard.nowMs).props.some(({ element }) => element === crate)).toBe(false)
    expect(ada.stats()).toMatchObject({ commandsPending: 0, inputsLost: 0 })
  })

  test('loses no command on a bad network', async () => {
    const yard = serve({ conditions: { delayMs: 40, jitterMs: 40, lossShare: 0.1, duplicateShare: 0.1 }, seed: 7 })
    const ada = clientOf(yard, 'ada')
    await pass(yard, [ada], 120)
    const outcomes: CommandResult[] = []
    for (let i = 0; i < 20; i += 1) {
      void ada.spawn(CRATE, { position: { x: i - 10, y: 0.5, z: 0 } }).then((outcome) => outcomes.push(outcome))
      await pass(yard, [ada], 5)
    }
    await pass(yard, [ada], 180)
    expect(outcomes.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    const stats = ada.stats()
    expect(stats).toMatchObject({ commandsPending: 0, inputsLost: 0 })
    expect(stats.rttMs).toBeGreaterThan(75)
    expect(stats.rttMs).toBeLessThan(250)
    expect(stats.loss).toBeGreaterThan(0.02)
    expect(stats.snapshotsReceived).toBeGreaterThan(80)
    const silent = ada.stats(yard.nowMs + 5_000)
    expect(silent.serverTick).toBeGreaterThan(stats.serverTick)
    expect(silent.newestTick).toBe(stats.newestTick)
    expect(yard.closes).toEqual([])
  })

  test('SES-5: comes back after a lost connection as the same player, with its commands', async () => {
    const yard = serve()
    const states: ClientState['type'][] = []
    const ada = clientOf(yard, 'ada', [yard.transport.connect], { state: ({ type }) => states.push(type) })
    await pass(yard, [ada], 40)
    const outcomes: CommandResult[] = []
    yard.breakConnections()
    void ada.spawn(CRATE, { position: { x: 0, y: 1, z: 0 } }).then((outcome) => outcomes.push(outcome))
    await pass(yard, [ada], 60)
    expect(states).toEqual(['connecting', 'joined', 'reconnecting', 'joined'])
    expect(ada.state).toMatchObject({ type: 'joined', player: 1, resumed: true })
    expect(outcomes).toMatchObject([{ ok: true, sequence: 1 }])
    expect(ada.stats().reconnects).toBe(1)
    expect(ada.sample(yard.nowMs).avatars).toHaveLength(1)
  })

  test('WSK-4: falls back to the next transport and reports why', async () => {
    const yard = serve()
    const blocked: Connect = () => Promise.reject(new ConnectError('udp-blocked', 'UDP does not reach the server.'))
    const errors: string[] = []
    const ada = clientOf(yard, 'ada', [blocked, yard.transport.connect], {
      fellBack: ({ reason }) => errors.push(reason),
    })
    await pass(yard, [ada], 40)
    expect(errors).toEqual(['udp-blocked'])
    expect(ada.state.type).toBe('joined')
  })

  test('waits if the server is busy, and does not fall back to a worse transport', async () => {
    const yard = serve()
    let asked = 0
    const busy: Connect = (...call) =>
      ++asked < 3 ? Promise.reject(new ConnectError('busy', 'Many are coming in.')) : yard.transport.connect(...call)
    const states: ClientState[] = []
    const never: Connect = () => Promise.reject(new Error('this must not be tried'))
    const ada = clientOf(yard, 'ada', [busy, never], { state: (state) => states.push(state) })
    await pass(yard, [ada], 60 * 3)
    expect(states).toMatchObject([
      { type: 'connecting' },
      { type: 'connecting', waiting: 'Many are coming in.' },
      { type: 'connecting', waiting: 'Many are coming in.' },
      { type: 'joined' },
    ])
  })

  test('SIG-5: waits while the realm is starting, tries less and less often, and joins', async () => {
    const yard = serve()
    const startedMs = yard.nowMs + 100_000
    const askedMs: number[] = []
    const starting: Connect = (...call) => {
      askedMs.push(yard.nowMs)
      return yard.nowMs < startedMs
        ? Promise.reject(new ConnectError('starting', 'The realm is starting.'))
        : yard.transport.connect(...call)
    }
    const ada = clientOf(yard, 'ada', [starting])
    await pass(yard, [ada], 30)
    expect(ada.state).toEqual({ type: 'connecting', waiting: 'The realm is starting.' })
    await pass(yard, [ada], 60 * 103)
    expect(ada.state.type).toBe('joined')
    const waitsMs = askedMs.slice(1).map((ms, i) => Math.round((ms - (askedMs[i] ?? 0)) / 100) / 10)
    expect(waitsMs.slice(0, 4)).toEqual([0.5, 1, 2, 2])
    expect(Math.max(...waitsMs)).toBeLessThan(2.2)
  })

  test('gives up on a server that goes away while it starts', async () => {
    const yard = serve()
    let error = new ConnectError('starting', 'The realm is starting.')
    const ada = clientOf(yard, 'ada', [() => Promise.reject(error)])
    await pass(yard, [ada], 60 * 3)
    error = new ConnectError('unreachable', 'The server does not answer.')
    await pass(yard, [ada], 60 * 50)
    expect(ada.state).toMatchObject({ type: 'connecting', waiting: 'The server does not answer.' })
    await pass(yard, [ada], 60 * 15)
    expect(ada.state).toEqual({ type: 'closed', reason: 'The server does not answer.' })
  })

  test('joins if the server closed the first connection before the Welcome, as a failing realm does', async () => {
    const yard = serve()
    let asked = 0
    const failing: Connect = (url, token, events) => {
      asked += 1
      if (asked > 1) return yard.transport.connect(url, token, events)
      setImmediate(() => events.closed('The realm starts again; reconnect to continue where you were.'))
      return Promise.resolve({ kind: 'memory', ordered: false, send: () => undefined, close: () => undefined })
    }
    const ada = clientOf(yard, 'ada', [failing])
    await pass(yard, [ada], 10)
    expect(ada.state).toMatchObject({
      type: 'connecting',
      waiting: expect.stringContaining('The realm starts again') as string,
    })
    await pass(yard, [ada], 90)
    expect(ada.state.type).toBe('joined')
  })

  test('gives up on a server that stays busy', async () => {
    const yard = serve()
    const ada = clientOf(yard, 'ada', [() => Promise.reject(new ConnectError('busy', 'Many are coming in.'))])
    await pass(yard, [ada], 60 * 63)
    expect(ada.state).toEqual({ type: 'closed', reason: 'Many are coming in.' })
  })

  test('falls back if a transport connects but nothing comes through', async () => {
    const yard = serve()
    const deaf: Connect = () =>
      Promise.resolve({ kind: 'webrtc', ordered: false, send: () => undefined, close: () => undefined })
    const errors: string[] = []
    const ada = clientOf(yard, 'ada', [deaf, yard.transport.connect], {
      fellBack: ({ message }) => errors.push(message),
    })
    await pass(yard, [ada], 60 * 5 + 40)
    expect(errors).toEqual(['The server has not answered for 5 seconds.'])
    expect(ada.state).toMatchObject({ type: 'joined', transport: 'memory' })
  })

  test('INP-5: sends a change of direction at once, and at most 15 turns a second', async () => {
    const yard = serve()
    const ada = clientOf(yard, 'ada')
    await pass(yard, [ada], 60)
    const before = ada.stats().inputsSent
    for (let i = 0; i < 60; i += 1) {
      ada.move({ z: -1, yaw: i / 100 })
      await pass(yard, [ada], 1)
    }
    expect(ada.stats().inputsSent - before).toBeLessThanOrEqual(17)
    const tick = yard.realm.tick
    ada.move({ yaw: 0.6 })
    await pass(yard, [ada], 2)
    const stopped = yard.frames
      .slice(tick)
      .some(({ inputs }) => inputs.some(({ command }) => command.type === 'move' && command.z === 0))
    expect(stopped).toBe(true)
  })

  test('gives up with a message if no transport connects, and without rejoin after 30 seconds', async () => {
    const yard = serve()
    const never: Connect = () => Promise.reject(new ConnectError('unreachable', 'The server does not answer.'))
    const alone = clientOf(yard, 'ada', [never])
    await pass(yard, [alone], 2)
    expect(alone.state).toEqual({ type: 'closed', reason: 'The server does not answer.' })

    let up = true
    const sometimes: Connect = (...all) => (up ? yard.transport.connect(...all) : never(...all))
    const ada = clientOf(yard, 'ada', [sometimes], {}, { rejoin: false })
    await pass(yard, [ada], 40)
    const waiting: CommandResult[] = []
    up = false
    yard.breakConnections()
    void ada.despawn(5).then((outcome) => waiting.push(outcome))
    await pass(yard, [ada], 60 * 29)
    expect(ada.state.type).toBe('reconnecting')
    await pass(yard, [ada], 60 * 2)
    expect(ada.state.type).toBe('closed')
    expect(waiting).toMatchObject([{ ok: false, reason: 'lost' }])
    expect(ada.stats().inputsLost).toBe(1)
  })

  test('SES-9: joins in a new session if the old one cannot be resumed, with a new token if the old one is refused', async () => {
    const yard = serve()
    let up = true
    const connect: Connect = (url, token, events) => {
      if (!up) return Promise.reject(new ConnectError('unreachable', 'The server does not answer.'))
      return token === 'old'
        ? Promise.reject(new ConnectError('refused', 'Log in again.'))
        : yard.transport.connect(url, token, events)
    }
    let first = true
    const once: Connect = (url, token, events) =>
      first ? yard.transport.connect(url, token, events) : connect(url, token, events)
    const told: (string | boolean)[] = []
    const logins: number[] = []
    const ada = clientOf(
      yard,
      'old',
      [once],
      {
        state: (state) => told.push(state.type === 'joined' ? `joined ${state.player}` : state.type),
        rejoined: ({ resumed }) => told.push(resumed),
      },
      { renew: () => (logins.push(yard.nowMs), Promise.resolve('new')) },
    )
    await pass(yard, [ada], 40)
    first = false
    up = false
    yard.breakConnections()
    const lost: CommandResult[] = []
    void ada.despawn(5).then((outcome) => lost.push(outcome))
    await pass(yard, [ada], 60 * 45)
    expect(ada.state).toMatchObject({ type: 'reconnecting', reason: 'The server does not answer.' })
    expect(lost).toMatchObject([{ ok: false, reason: 'lost' }])
    expect(logins).toEqual([])
    up = true
    await pass(yard, [ada], 60 * 6)
    expect([told[0], told[1], told.at(-2), told.at(-1)]).toEqual(['connecting', 'joined 1', 'joined 2', false])
    expect(logins).toHaveLength(1)
  })

  test('ends if the new token is refused too', async () => {
    const yard = serve()
    let first = true
    const once: Connect = (...call) =>
      first ? yard.transport.connect(...call) : Promise.reject(new ConnectError('refused', 'Log in again.'))
    const ada = clientOf(yard, 'ada', [once], {}, { renew: () => Promise.resolve('bad') })
    await pass(yard, [ada], 40)
    first = false
    yard.breakConnections()
    await pass(yard, [ada], 60)
    expect(ada.state).toEqual({ type: 'closed', reason: 'Log in again.' })
  })

  test('SES-7: leaves with a goodbye that the server receives', async () => {
    const yard = serve({ conditions: { delayMs: 30 } })
    const ada = clientOf(yard, 'ada')
    await pass(yard, [ada], 60)
    const left = ada.close('going home')
    await pass(yard, [ada], 30)
    await left
    expect(ada.state).toEqual({ type: 'closed', reason: 'going home' })
    expect(await ada.despawn(3)).toMatchObject({ ok: false, reason: 'not-joined' })
  })

  test('refuses a number that is not finite before it is sent, and the session continues', async () => {
    const yard = serve()
    const ada = clientOf(yard, 'ada')
    await pass(yard, [ada], 10)
    const nowhere = { x: Number.NaN, y: 1, z: 0 }
    expect(await ada.spawn(CRATE, { position: nowhere })).toMatchObject({ ok: false, reason: 'invalid-value' })
    expect(await ada.scale(1, Infinity)).toMatchObject({ ok: false, reason: 'invalid-value' })
    expect(() => ada.move({ x: Number.NaN, yaw: 0 })).toThrow(/the move is not sent: .*x: is NaN/)
    expect(() => ada.drag(0, nowhere, { x: 0, y: 0, z: 0, w: 1 })).toThrow(RangeError)
    expect(() => ada.drag(0, { x: 0, y: 0, z: 0 }, { x: 0, y: 0, z: 0, w: 0 })).toThrow(RangeError)
    await pass(yard, [ada], 30)
    expect(ada.state).toMatchObject({ type: 'joined' })
  })

  test('SES-6: notices a silent server', async () => {
    const yard = serve()
    const ada = clientOf(yard, 'ada')
    await pass(yard, [ada], 40)
    // The server does not tick, so it neither sends nor closes the connection.
    for (let i = 0; i < 60 * 5 + 20; i += 1) {
      ada.update(yard.nowMs)
      yard.transport.advance(yard.nowMs + 1_000 / 60)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(ada.state).toMatchObject({ type: 'reconnecting', reason: 'The server has not answered for 5 seconds.' })
  })
})
