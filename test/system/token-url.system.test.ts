/** A proxy's log contains no token, whatever a client does. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { drive, login } from '../../netcode/index.ts'
import { LockstepPeer } from '../../netcode/lockstep.ts'
import { connectWebRtc } from '../../netcode/webrtc/client-node.ts'
import { connectWebSocket } from '../../netcode/websocket/client-node.ts'
import { loadEngine } from '../../sim/index.ts'
import { tapHttp } from '../harness/http-tap.ts'
import { runCli } from '../harness/run-cli.ts'
import { cleanup, joined, serveHere, temporaryDirectory, until } from '../harness/server-harness.ts'

const clean = cleanup()
afterEach(() => clean.all())

const CUP = fileURLToPath(new URL('../../fixtures/assets/objects/teacup.glb', import.meta.url))

test('no URL contains a token: WebSocket, WebRTC, a lockstep peer, an upload', async () => {
  const server = await serveHere(clean, { webrtc: true })
  const tap = await tapHttp(clean, server.url)
  await joined(clean, tap.url, 'Ada', { connects: [connectWebSocket] })
  await joined(clean, tap.url, 'Bob', { connects: [connectWebRtc] })
  const { token } = await login(tap.url, 'Watcher', { role: 'observer' })
  const peer = new LockstepPeer({ url: tap.url, token, connects: [connectWebSocket], engine: await loadEngine() })
  clean.add(drive([peer]))
  peer.start()
  await until('the peer follows', () => peer.report().ticksChecked > 0)
  const upload = await runCli([
    'upload',
    CUP,
    '--url',
    tap.url,
    '--as',
    'Cleo',
    '--spawn',
    '--identity',
    join(temporaryDirectory(clean), 'identities.json'),
  ])
  expect(upload).toMatchObject({ code: 0 })
  expect(tap.tokens.size).toBe(4)
  for (const path of ['/v1/ws', '/.wrtc/v2/connections', '/v1/uploads'])
    expect(tap.requestLines.filter((line) => line.includes(` ${path} `))).not.toEqual([])
  expect(tap.leaks()).toEqual([])
})

test('the tap would see a token in a URL', async () => {
  const tap = await tapHttp(clean, (await serveHere(clean)).url)
  const { token } = await login(tap.url, 'Ada')
  expect((await fetch(`${tap.url}v1/ws?token=${token}`)).status).toBe(400)
  expect(tap.leaks()).toEqual([`GET /v1/ws?token=${token} HTTP/1.1`])
})
