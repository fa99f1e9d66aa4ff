/**
 * The addon's WebRTC in a real Godot. Where the webrtc-native extension cannot be had, another WebRTC stack stands in for it
 * (webrtc-stand-in.ts), and all else is as it is. `UPDATE_GODOT_TRACES=1` writes the committed steps anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { cleanup, serveHere, type Cleanup } from '../server-harness.ts'
import { expectGodotTests } from './godot.ts'
import { signallingProxy, type Proxy } from './signalling-proxy.ts'
import { transcript, type Step } from './signalling-transcript.ts'
import { standIn } from './webrtc-stand-in.ts'

const clean = cleanup()
afterEach(() => clean.all())

interface Stage {
  /** Of all connections, in order. */
  readonly steps: readonly Step[]
  readonly proxy: Proxy
  readonly env: Readonly<Record<string, string>>
}

/** A server with WebRTC, what stands before it, and the stack that stands in. */
async function stage(undos: Cleanup): Promise<Stage> {
  const steps: Step[] = []
  const { url } = await serveHere(undos, { webrtc: true })
  const proxy = await signallingProxy(url, (http) => steps.push({ http }))
  const peers = await standIn((peer) => steps.push({ peer }))
  undos.add(() => Promise.all([peers.stop(), proxy.stop()]))
  return { steps, proxy, env: { OTHERWORLD_URL: url, OTHERWORLD_PROXY: proxy.url, OTHERWORLD_WEBRTC_LINE: String(peers.port) } }
}

test('a connection takes the committed steps up to the open channel, and the Welcome comes over it', async () => {
  const { steps, env } = await stage(clean)
  await expectGodotTests('system/webrtc_steps_test.gd', { env })
  const text = `${JSON.stringify(transcript(steps), null, 1)}\n`
  const file = new URL('../../fixtures/godot/webrtc-signalling.json', import.meta.url)
  if (process.env.UPDATE_GODOT_TRACES) writeFileSync(file, text)
  expect(readFileSync(file, 'utf8')).toBe(text)
}, 240_000)

test('refusals, busy servers, blocked UDP and a change of mind end in words, or over WebSocket, and leave nothing at the server', async () => {
  const { env } = await stage(clean)
  await expectGodotTests('system/webrtc_trouble_test.gd', { env })
}, 240_000)
