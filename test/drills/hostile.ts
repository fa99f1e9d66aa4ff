/**
 * Thousands of hostile peers against a real server while honest bots play. Reports what the honest bots notice, and
 * what remains afterwards.
 */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { login } from '../../netcode/index.ts'
import { nodeWebRtcConnect } from '../../netcode/webrtc/client-node.ts'
import { connectWebSocket } from '../../netcode/websocket/client-node.ts'
import { Players } from './players.ts'
import { sleep } from '../harness/wait.ts'
import { startServerProcess, usageOf } from './server-process.ts'

const { values } = parseArgs({
  options: {
    connects: { type: 'string', default: '1000' },
    bots: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const connects = Number(values.connects)
/** Longest time without a snapshot for an honest bot, ms, with everything on one machine. */
const GAP_MS_MAX = 2_000
/** Time until everything is cleaned up, ms: half-open connections end after 10 s, sessions after 30. */
const REST_MS = 45_000
/**
 * Memory that processes may keep after an attack, bytes: compiled code, kept buffers. A leak of 10 KB per connect would
 * exceed it.
 */
const GROWTH_BYTES_MAX = 100_000_000
/** An attacker's own stack may crash; another process continues. */
const ATTACKERS_MAX = 50

/** Number of attacks carried out, by name. */
const made: Record<string, number> = {}
let done = 0

async function attack(url: string, tokens: readonly string[], from: number): Promise<void> {
  const attacker = spawn(
    process.execPath,
    ['test/system/hostile-peers.mjs', url, String(from), values.connects, values.seed, ...tokens],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  attacker.stdout.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      const name = line.split(' ')[1] ?? '?'
      made[name] = (made[name] ?? 0) + 1
      done += 1
    }
  })
  await new Promise((resolve) => {
    attacker.once('close', resolve)
  })
}

async function statusOf(
  url: string,
): Promise<{ readonly players: number; readonly connections: number; readonly restarts: number }> {
  const {
    realms: [realm],
  } = (await (await fetch(`${url}v1/status`)).json()) as {
    readonly realms: readonly { players: number; connections: number; restarts: number }[]
  }
  return realm ?? { players: -1, connections: -1, restarts: -1 }
}

function usage(pids: readonly (number | null)[]): { readonly rssMiB: number; readonly files: number }[] {
  return pids.map((pid) => {
    const used = pid === null ? null : usageOf(pid)
    return { rssMiB: Math.round((used?.rssBytes ?? 0) / 1_048_576), files: used?.files ?? 0 }
  })
}

const server = await startServerProcess('--logins-per-minute', '100000')
const rtc = await Players.join(server.url, [nodeWebRtcConnect()], Math.ceil(Number(values.bots) / 2), 1)
const web = await Players.join(server.url, [connectWebSocket], Math.floor(Number(values.bots) / 2), 50)
const honest = [...rtc.all, ...web.all]
const tokens = await Promise.all(
  Array.from({ length: 24 }, async (_, i) => (await login(server.url, `hostile ${i}`)).token),
)
await sleep(3_000)
const transportPid = server.transportPid()
const before = usage([server.pid, transportPid])
rtc.forgetGaps()
web.forgetGaps()
const startMs = performance.now()
for (let attackers = 0; done < connects && attackers < ATTACKERS_MAX; attackers += 1)
  await attack(server.url, tokens, done)
const seconds = (performance.now() - startMs) / 1_000
const gapMsMax = Math.max(...honest.map((player) => player.gapMsMax))
await sleep(REST_MS)
const status = await statusOf(server.url)
const after = usage([server.pid, server.transportPid()])
const reconnects = rtc.reconnects + web.reconnects
const settled = [await rtc.settle(), await web.settle()]
const isHonestIn =
  honest.every(({ client }) => client.state.type === 'joined') && rtc.changed.length + web.changed.length === 0
await rtc.leave()
await web.leave()
const isSameChild = transportPid !== null && server.transportPid() === transportPid
await server.stop()

const report = {
  schema: 'otherworld/hostile/1',
  connects: done,
  seconds: Number(seconds.toFixed(1)),
  attacks: made,
  honest: {
    count: honest.length,
    stillIn: isHonestIn,
    reconnects,
    gapMsMax: Math.round(gapMsMax),
    commandsLost: settled.reduce((sum, { commandsLost }) => sum + commandsLost, 0),
  },
  after: {
    connections: status.connections,
    players: status.players,
    realmRestarts: status.restarts,
    sameTransportProcess: isSameChild,
  },
  processes: { main: { before: before[0], after: after[0] }, transport: { before: before[1], after: after[1] } },
}
const grew = after.some(({ rssMiB }, i) => (rssMiB - (before[i]?.rssMiB ?? 0)) * 1_048_576 > GROWTH_BYTES_MAX)
const isGood =
  done >= connects &&
  isHonestIn &&
  gapMsMax < GAP_MS_MAX &&
  reconnects === 0 &&
  report.honest.commandsLost === 0 &&
  status.connections === honest.length &&
  status.restarts === 0 &&
  isSameChild &&
  !grew
process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, null, 2)}\n`)
process.exit(isGood ? 0 : 1)
