/**
 * The addon's WebRTC in a real Godot. Without the webrtc-native extension another WebRTC stack replaces it
 * (webrtc-stand-in.ts); everything else is real. `UPDATE_GODOT_TRACES=1` writes the committed steps again.
 */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { startListening } from '../../harness/listen.ts'
import { projectWithAddon } from '../../environments/godot.ts'
import { childrenOf } from '../../soak/programs.ts'
import { cleanup, serveHere, serveProcess, temporaryDirectory, type Cleanup } from '../../harness/server-harness.ts'
import { expectGodotTests } from './godot.ts'
import { signallingProxy, type Proxy } from './signalling-proxy.ts'
import { transcript, type Step } from './signalling-transcript.ts'
import { standIn } from './webrtc-stand-in.ts'

const clean = cleanup()
afterEach(() => clean.all())

interface Stage {
  /** Steps of all connections, in order. */
  readonly steps: readonly Step[]
  readonly proxy: Proxy
  readonly env: Readonly<Record<string, string>>
}

/** A server with WebRTC, a proxy before it, and the replacement stack. */
async function stage(undos: Cleanup): Promise<Stage> {
  const steps: Step[] = []
  const { url } = await serveHere(undos, { webrtc: true })
  const proxy = await signallingProxy(url, (http) => steps.push({ http }))
  const peers = await standIn((peer) => steps.push({ peer }))
  undos.add(() => Promise.all([peers.stop(), proxy.stop()]))
  return {
    steps,
    proxy,
    env: { OTHERWORLD_URL: url, OTHERWORLD_PROXY: proxy.url, OTHERWORLD_WEBRTC_LINE: String(peers.port) },
  }
}

test('a connection takes the committed steps up to the open channel, and the Welcome arrives over it', async () => {
  const { steps, env } = await stage(clean)
  await expectGodotTests('system/webrtc_steps_test.gd', { env })
  const text = `${JSON.stringify(transcript(steps), null, 1)}\n`
  const file = new URL('../../../fixtures/godot/webrtc-signalling.json', import.meta.url)
  if (process.env.UPDATE_GODOT_TRACES) writeFileSync(file, text)
  expect(readFileSync(file, 'utf8')).toBe(text)
}, 240_000)

test('refusals, busy servers, blocked UDP and cancelled attempts end with a message or over WebSocket, and leave nothing at the server', async () => {
  const { env } = await stage(clean)
  await expectGodotTests('system/webrtc_trouble_test.gd', { env })
}, 240_000)

/** A server as a process of its own, bots that walk in it over WebRTC, and a URL that ends its transport process. */
async function realm(undos: Cleanup): Promise<Readonly<Record<string, string>>> {
  const { url, child } = await serveProcess(undos, [
    '--port',
    '0',
    '--udp-port',
    '0',
    '--data',
    temporaryDirectory(undos),
  ])
  const bots = spawn(
    process.execPath,
    ['cli/otherworld.js', 'bots', '--url', url, '--count', '3', '--behaviour', 'walk', '--seconds', '600'],
    { stdio: 'ignore' },
  )
  undos.add(() => bots.kill('SIGKILL'))
  const killer = createServer((_request, response) => {
    const [transport, ...others] = childrenOf(child.pid ?? 0)
    if (transport === undefined || others.length > 0) return void response.writeHead(500).end()
    process.kill(transport, 'SIGKILL')
    response.writeHead(204).end()
  })
  const killerUrl = await startListening(killer)
  undos.add(() => killer.close())
  return { OTHERWORLD_URL: url, OTHERWORLD_KILL: `${killerUrl}/` }
}

test('a Godot client plays among bots over the replacement stack, is cut off, and survives a restart of the transport process', async () => {
  const env = await realm(clean)
  const peers = await standIn(() => {})
  clean.add(() => peers.stop())
  await expectGodotTests('system/webrtc_play_test.gd', { env: { ...env, OTHERWORLD_WEBRTC_LINE: String(peers.port) } })
}, 240_000)

const extension = process.env.WEBRTC_NATIVE
if (extension === undefined)
  process.stderr.write(
    'The webrtc-native extension itself is not tried here: set WEBRTC_NATIVE to a folder with its addons/webrtc_native.\n',
  )
else {
  test('a Godot client with webrtc-native does the same', async () => {
    const env = await realm(clean)
    const project = projectWithAddon(temporaryDirectory(clean), extension)
    const output = await expectGodotTests('system/webrtc_play_test.gd', { env, project })
    // It leaks nothing, and only the addon warns, about the lost connections
    expect(output).not.toMatch(/leaked|still in use|^ERROR|^WARNING: (?!Otherworld: )/m)
  }, 240_000)
}
