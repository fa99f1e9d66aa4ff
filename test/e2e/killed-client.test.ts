import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { CLOSE_REASON } from '../../netcode/transport.ts'
import { serveWebRtc } from '../../netcode/webrtc/webrtc-server.fixture.ts'
import { until } from '../harness/wait.ts'

/** ICE consent expires after 30 s without an answer (RFC 7675, 5.1); the stack checks every few seconds. */
const NOTICED_MS_MAX = 60_000

/** Builds a program that connects to argv[2], reports it and then waits to be killed. */
async function buildClient(): Promise<string> {
  const outfile = fileURLToPath(new URL(`../../.tmp/killed-client-${process.pid}.mjs`, import.meta.url))
  const contents = `import { nodeWebRtcConnect } from './client-node.ts'
    await nodeWebRtcConnect({ bindAddress: '127.0.0.1' })(process.argv[2], 'good', { received: () => {}, closed: () => {} })
    console.log('open')`
  const resolveDir = fileURLToPath(new URL('../../netcode/webrtc', import.meta.url))
  await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  })
  return outfile
}

test('the transport notices a killed WebRTC client, once', async () => {
  const server = await serveWebRtc()
  const program = await buildClient()
  try {
    const client = spawn(process.execPath, [program, server.url], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => {
      client.stdout.once('data', resolve).once('close', resolve)
    })
    await until('open', () => server.opened.length === 1)
    client.kill('SIGKILL')
    await until('noticed', () => server.closed.length === 1, NOTICED_MS_MAX)
    // Whether the stack reports it as lost or closed depends on which of its layers notices first.
    expect(server.closed.map(({ connection }) => connection)).toEqual([server.opened[0]])
    expect([CLOSE_REASON.lost, CLOSE_REASON.peer]).toContain(server.closed[0]?.reason)
    expect(server.transport.stats.connections).toBe(0)
  } finally {
    rmSync(program, { force: true })
    await server.stop()
  }
})
