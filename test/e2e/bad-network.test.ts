/**
 * Real servers and clients over real sockets, on networks with loss, delay, reordering and duplicates. Needs `npm run
 * build`. Skipped only if the machine permits no network namespaces; REQUIRE_NETWORK=1 makes that a failure.
 */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { whyNoNetwork } from '../environments/network/available.ts'
import { TestNetwork } from '../environments/network/network.ts'
import { cleanup, sleep, until } from '../harness/server-harness.ts'
import { botsIn, startServerNetwork, PORT, serveIn, type ServerNetwork } from './network/server-network.ts'
import { buildPlayer, startPlayer, type PlayerProcess, type PlayerReport } from './network/player-process.ts'

/** Seed of all losses and delays. Which packet meets which still depends on the machine. */
const SEED = Number(process.env['NETWORK_SEED'] ?? 7)
/** Minimum snapshots a second for each client; on a good network it gets 20. */
const SNAPSHOTS_PER_SECOND_MIN = 15

const clean = cleanup()
const impossible = whyNoNetwork()
if (impossible !== null) process.stderr.write(`The tests of bad networks are left out: ${impossible}.\n`)
beforeAll(() => buildPlayer())
beforeEach(({ skip }) => {
  if (impossible !== null && process.env['REQUIRE_NETWORK'] === '1')
    throw new Error(`Bad networks must be tested here, and cannot be: ${impossible}.`)
  skip(impossible !== null, `left out: ${impossible}`)
})
afterEach(() => clean.all())

/** A player in its own host that has joined. */
async function walker(net: ServerNetwork, name: string, transports?: string): Promise<PlayerProcess> {
  const player = startPlayer(clean, await net.network.host(name), net.server.url, name, transports)
  await player.joined()
  return player
}

/** The player leaves. Nothing was lost: every command was carried out, for one avatar of one session. */
async function leavesWhole(player: PlayerProcess): Promise<void> {
  const { commands, joins } = await player.leave()
  expect([player.name, commands.failed, commands.lost]).toEqual([player.name, [], 0])
  expect(commands.done).toBeGreaterThan(0)
  expect(commands.done).toBe(commands.sent)
  expect(new Set(joins.map(({ avatar }) => avatar)).size).toBe(1)
  expect(joins.slice(1).every(({ resumed }) => resumed)).toBe(true)
}

/** Time from now until new commands had outcomes and new snapshots arrived, ms. */
async function backAfterMs(player: PlayerProcess, msMax: number): Promise<number> {
  const fromMs = performance.now()
  const {
    commands: { done },
    snapshots,
    joins,
  } = player.report
  await until(
    `${player.name} is back`,
    () => {
      const { report } = player
      return report.joins.length >= joins.length && report.commands.done > done + 1 && report.snapshots > snapshots + 5
    },
    msMax,
  )
  return performance.now() - fromMs
}

const snapshotsPerSecond = (from: PlayerReport, to: PlayerReport): number =>
  ((to.snapshots - from.snapshots) * 1_000) / (to.atMs - from.atMs)

describe('on a network that is bad all the time', () => {
  test('with 5 % loss and 50 ms ± 20 ms each way, 8 bots play, no command is lost, snapshots flow, and a lockstep peer agrees', async () => {
    const net = await startServerNetwork(clean, SEED)
    const host = await net.network.host('bots')
    host.line.set({ delayMs: 30, jitterMs: 40, lossShare: 0.05 })
    const report = await botsIn(host, '--url', net.server.url, '--count', '8', '--seconds', '20', '--lockstep', '1')
    expect(report).toMatchObject({
      requested: 8,
      connected: 8,
      inputsLost: 0,
      reconnects: 0,
      faults: [],
      lockstep: { hashMismatches: 0 },
    })
    expect(report.lockstep.ticksChecked).toBeGreaterThan(20 * 60 * 0.8)
    expect(report.commandsDone).toBeGreaterThan(20)
    expect(report.snapshotsReceived / 8 / report.seconds).toBeGreaterThan(SNAPSHOTS_PER_SECOND_MIN)
    // The network was as bad as configured
    expect(report.lossMedian).toBeGreaterThan(0.02)
    expect(report.rttMsP50).toBeGreaterThan(90)
    expect(report.rttMsP99).toBeLessThan(400)
  })

  test('packets that are reordered by 80 ms and duplicated have the effect of ordered ones', async () => {
    const net = await startServerNetwork(clean, SEED)
    const host = await net.network.host('bots')
    host.line.set({ delayMs: 10, jitterMs: 80, duplicateShare: 0.2 })
    const report = await botsIn(host, '--url', net.server.url, '--count', '4', '--seconds', '12', '--lockstep', '1')
    expect(report).toMatchObject({
      connected: 4,
      inputsLost: 0,
      reconnects: 0,
      faults: [],
      lockstep: { hashMismatches: 0 },
    })
    expect(report.snapshotsReceived / 4 / report.seconds).toBeGreaterThan(SNAPSHOTS_PER_SECOND_MIN)
    expect(host.line.counts.doubled).toBeGreaterThan(0.15 * host.line.counts.sent)
  })

  test('a client whose network begins to lose 30 % in bursts plays on, and the others do not notice', async () => {
    const net = await startServerNetwork(clean, SEED)
    const others = [await walker(net, 'ada'), await walker(net, 'bob')]
    const poor = await walker(net, 'poor')
    poor.host.line.set({ delayMs: 100, jitterMs: 50, lossShare: 0.3, lossBurst: 3 })
    const from = others.map(({ report }) => report)
    const before = poor.report
    await sleep(12_000)
    for (const [i, player] of others.entries()) {
      expect(snapshotsPerSecond(from[i] ?? player.report, player.report)).toBeGreaterThan(18)
      expect(player.report).toMatchObject({ others: 2, troubles: [] })
      expect(player.report.commands.done - (from[i]?.commands.done ?? 0)).toBeGreaterThan(12_000 / 500)
    }
    expect(poor.report.snapshots).toBeGreaterThan(before.snapshots)
    expect(poor.report.commands.done).toBeGreaterThan(before.commands.done)
    for (const player of [...others, poor]) await leavesWhole(player)
  })
})

describe('on a network with too little bandwidth', () => {
  test('8 players share 400 kbit/s, a third of what they could see: the stream adapts, round trips stay short, nothing is lost', async () => {
    const net = await startServerNetwork(clean, SEED)
    const host = await net.network.host('bots')
    const crowd = botsIn(
      await net.network.host('crowd'),
      '--url',
      net.server.url,
      '--count',
      '12',
      '--seconds',
      '36',
      '--behaviour',
      'mocap',
    )
    host.line.set({ delayMs: 20, rateKbps: 400, queueMsMax: 1_000 })
    const report = await botsIn(
      host,
      '--url',
      net.server.url,
      '--count',
      '8',
      '--seconds',
      '20',
      '--behaviour',
      'mocap',
    )
    expect(await crowd).toMatchObject({ connected: 12, inputsLost: 0, faults: [] })
    expect(report).toMatchObject({ connected: 8, inputsLost: 0, reconnects: 0, faults: [] })
    // Without the server's pacing it is 10 s, and grows for as long as they play
    expect(report.rttMsP50).toBeLessThan(2_000)
    expect(report.snapshotsReceived / 8 / report.seconds).toBeGreaterThan(2)
    expect(host.line.counts.lost).toBeGreaterThan(0)
  })
})

describe('during an outage', () => {
  test('after 2 s without a packet everyone has the same connection', async () => {
    const net = await startServerNetwork(clean, SEED)
    const [ada, bob] = [await walker(net, 'ada'), await walker(net, 'bob')]
    await backAfterMs(ada, 5_000)
    ada.host.line.set({ lossShare: 1 })
    await sleep(2_000)
    ada.host.line.set({})
    expect(await backAfterMs(ada, 10_000)).toBeLessThan(4_000)
    expect(ada.report.joins).toHaveLength(1)
    expect(ada.host.line.counts.lost).toBeGreaterThan(10)
    await leavesWhole(ada)
    await leavesWhole(bob)
  })

  test('after 6 s without a packet the session is resumed with the same avatar, and nothing is lost', async () => {
    const net = await startServerNetwork(clean, SEED)
    const ada = await walker(net, 'ada')
    await backAfterMs(ada, 5_000)
    ada.host.line.set({ lossShare: 1 })
    await sleep(6_000)
    ada.host.line.set({})
    await backAfterMs(ada, 20_000)
    expect(ada.report.joins).toHaveLength(2)
    await leavesWhole(ada)
  })

  for (const transport of ['webrtc', 'websocket']) {
    test(`a session resumes within seconds after its address changed over ${transport}, with the same avatar and without losses`, async () => {
      const net = await startServerNetwork(clean, SEED)
      const ada = await walker(net, 'ada', transport)
      await backAfterMs(ada, 5_000)
      net.network.move(ada.host)
      // The 5 s of silence after which a connection counts as dead, and the time to connect
      expect(await backAfterMs(ada, 20_000)).toBeLessThan(10_000)
      expect(ada.report.joins.map((join) => join.transport)).toEqual([transport, transport])
      await leavesWhole(ada)
    })
  }
})

describe('when UDP is blocked', () => {
  test('from the start, players join over WebSocket', async () => {
    const net = await startServerNetwork(clean, SEED)
    const host = await net.network.host('office')
    host.line.blocked = new Set(['udp'])
    const ada = startPlayer(clean, host, net.server.url, 'ada')
    await ada.joined()
    await backAfterMs(ada, 5_000)
    expect(ada.report.joins.map(({ transport }) => transport)).toEqual(['websocket'])
    expect(ada.report.troubles.join(' ')).toMatch(/no UDP packets get through/)
    await leavesWhole(ada)
  })

  test('in mid-session, players continue over WebSocket with the same avatar, and nothing is lost', async () => {
    const net = await startServerNetwork(clean, SEED)
    const ada = await walker(net, 'ada')
    await backAfterMs(ada, 5_000)
    ada.host.line.blocked = new Set(['udp'])
    await backAfterMs(ada, 25_000)
    expect(ada.report.joins.map(({ transport }) => transport)).toEqual(['webrtc', 'websocket'])
    await leavesWhole(ada)
  })
})

describe('behind routers that translate addresses', () => {
  test('a client plays over WebRTC, and resumes its session when its router gets another address', async () => {
    const net = await startServerNetwork(clean, SEED)
    const router = await net.network.host('router')
    const ada = startPlayer(clean, net.network.hostBehind(router, 'ada'), net.server.url, 'ada', 'webrtc')
    await ada.joined()
    await backAfterMs(ada, 5_000)
    net.network.move(router)
    expect(await backAfterMs(ada, 20_000)).toBeLessThan(10_000)
    await leavesWhole(ada)
  })

  test('a server with a forwarded port and --public-address is reached over WebRTC from behind another router', async () => {
    const network = await TestNetwork.start(SEED)
    clean.add(() => network.stop())
    const gate = await network.host('gate')
    const home = network.hostBehind(gate, 'home')
    network.forward(gate, PORT, home)
    await serveIn(clean, home, '0.0.0.0', '--public-address', gate.address)
    const ada = startPlayer(
      clean,
      network.hostBehind(await network.host('router'), 'ada'),
      `http://${gate.address}:${PORT}`,
      'ada',
      'webrtc',
    )
    await ada.joined()
    await backAfterMs(ada, 5_000)
    expect(ada.report.troubles).toEqual([])
    await leavesWhole(ada)
  })
})
