import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { SILENCE_MS_MAX } from '../../netcode/session/limits.ts'
import { CLOSE_REASON } from '../../netcode/transport.ts'
import { nodeWebRtcConnect } from '../../netcode/webrtc/client-node.ts'
import { serveWebRtc } from '../../netcode/webrtc/webrtc-server.fixture.ts'
import { freePort } from '../environments/ports.ts'
import { until } from '../harness/wait.ts'

const HOSTILE_CONNECTS = Number(process.env['HOSTILE_CONNECTS'] ?? 250)
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_260)
/** Time between two messages of an honest client, ms. */
const HONEST_PERIOD_MS = 20

/** Runs attacks FROM to TO in a process of its own. Resolves with the number of attacks before it ended. */
async function attack(url: string, from: number, to: number): Promise<number> {
  const script = fileURLToPath(new URL('hostile-peers.mjs', import.meta.url))
  const attacker = spawn(process.execPath, [script, url, String(from), String(to), String(SEED)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let done = 0
  attacker.stdout.on('data', (chunk: Buffer) => {
    done += chunk.toString().split('\n').length - 1
  })
  await new Promise((resolve) => {
    attacker.once('close', resolve)
  })
  return done
}

test(`${HOSTILE_CONNECTS} hostile connects crash and leak nothing, and do not disturb an honest client`, async () => {
  const limits = { connectionsPerAddressMax: 400, halfOpenPerAddressMax: 400, halfOpenMax: 400 }
  const server = await serveWebRtc({ limits, halfOpenMsMax: 2_000, udpPort: await freePort('udp') })
  const { transport, url, received } = server
  try {
    const pid = transport.stats.pid
    let answers = 0
    let sent = 0
    // Counted in sent messages, not by the clock: on a busy machine the sender waits as well
    let unanswered = 0
    let unansweredMost = 0
    const endings: string[] = []
    const honest = await nodeWebRtcConnect({ bindAddress: '127.0.0.1' })(url, 'good', {
      closed: (reason) => {
        endings.push(reason)
      },
      received: () => {
        answers += 1
        unanswered = 0
      },
    })
    await until('the honest client is open', () => server.opened.length === 1)
    const [honestId = 0] = server.opened
    const ticking = setInterval(() => {
      sent += 1
      unanswered += 1
      unansweredMost = Math.max(unansweredMost, unanswered)
      honest.send(Uint8Array.of(1, 2, 3))
      for (const { connection } of received.splice(0))
        if (connection === honestId) transport.send(honestId, new Uint8Array(1_000))
      transport.flush()
    }, HONEST_PERIOD_MS)

    let done = 0
    // If the attacker's own stack crashes, another one continues with the rest
    for (let attackers = 0; done < HOSTILE_CONNECTS && attackers < 10; attackers++)
      done += await attack(url, done, HOSTILE_CONNECTS)
    await until('half-open connections are given up', () => transport.stats.halfOpen === 0)
    await until('all hostile connections are gone', () => transport.stats.connections === 1)
    clearInterval(ticking)

    expect(done).toBeGreaterThanOrEqual(HOSTILE_CONNECTS)
    expect(transport.stats.pid).toBe(pid)
    expect(transport.stats.restarts).toBe(0)
    expect(endings).toEqual([])
    expect(server.closed.filter(({ connection }) => connection === honestId)).toEqual([])
    expect(new Set(server.closed.map(({ connection }) => connection)).size).toBe(server.closed.length)
    expect(answers).toBeGreaterThan(sent * 0.9)
    expect(unansweredMost).toBeLessThan(SILENCE_MS_MAX / HONEST_PERIOD_MS)
    // The attacks reached the stage that they were meant for
    expect(server.closed.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([CLOSE_REASON.channel, CLOSE_REASON.text, CLOSE_REASON.oversize, CLOSE_REASON.peer]),
    )
  } finally {
    await server.stop()
  }
})
