/** OtherworldClient in a real Godot, with real servers. */
import { createServer } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { startListening } from '../../harness/listen.ts'
import { DEFAULT_DEFINITION } from '../../../sim/index.ts'
import { tapHttp } from '../../harness/http-tap.ts'
import { cleanup, joined, serveHere } from '../../harness/server-harness.ts'
import { expectGodotTests } from './godot.ts'

const clean = cleanup()
afterEach(() => clean.all())

/** A web server that is not an Otherworld server; its URL. */
async function stranger(): Promise<string> {
  const server = createServer(
    (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>'),
  )
  const url = await startListening(server)
  clean.add(() => server.close())
  return url
}

test('a Godot client joins, walks, spawns, grabs, drags, scales and releases, others see it, and no URL contains its token', async () => {
  const tap = await tapHttp(clean, (await serveHere(clean)).url)
  await expectGodotTests('system/client_test.gd', { env: { OTHERWORLD_URL: tap.url } })
  expect(tap.requestLines.filter((line) => line.startsWith('GET /v1/ws '))).not.toEqual([])
  expect(tap.tokens.size).toBeGreaterThan(0)
  expect(tap.leaks()).toEqual([])
}, 240_000)

test('a Godot client that is cut off resumes as the same player, and impossible requests are refused with a message', async () => {
  const { url } = await serveHere(clean)
  const full = await serveHere(clean, { definition: { ...DEFAULT_DEFINITION, playersMax: 1 } })
  await joined(clean, full.url, 'First')
  await expectGodotTests('system/connection_test.gd', {
    env: { OTHERWORLD_URL: url, OTHERWORLD_FULL_URL: full.url, OTHERWORLD_STRANGER_URL: await stranger() },
  })
}, 240_000)
