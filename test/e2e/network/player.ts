/**
 * A player as its own process, to run in a host of a network. It walks in circles and spawns and removes a ball all the
 * time, so that a command is always under way. It reports its state as JSON lines on standard output. Any line on
 * standard input makes it come to rest, leave and end. Arguments: URL, name, transports with commas.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createInterface } from 'node:readline'
import { drive, login, RenderClient, type Connect, type CommandResult } from '../../../netcode/index.ts'
import { connectWebRtc } from '../../../netcode/webrtc/client-node.ts'
import { connectWebSocket } from '../../../netcode/websocket/client-node.ts'
import type { PlayerReport } from './player-process.ts'
import { BALL } from '../../harness/ball.ts'

const TELL_MS = 100
const COMMAND_MS = 250
const LOGIN_RETRY_MS = 500
/** Time to wait for outcomes after coming to rest, ms. */
const DRAIN_MS_MAX = 10_000

const [url = '', name = '', transports = 'webrtc,websocket'] = process.argv.slice(2)
const kinds: Readonly<Record<string, Connect>> = { webrtc: connectWebRtc, websocket: connectWebSocket }
const connects = transports.split(',').flatMap((kind) => kinds[kind] ?? [])

const joins: PlayerReport['joins'][number][] = []
const troubles: string[] = []
const commands = { sent: 0, done: 0, failed: [] as string[] }

const client = new RenderClient({
  url,
  token: await enter(),
  connects,
  events: {
    state: (state) => {
      if (state.type === 'joined')
        joins.push({
          transport: state.transport,
          avatar: state.avatar,
          resumed: state.resumed,
          atMs: performance.now(),
        })
      if (state.type === 'reconnecting' || state.type === 'closed') troubles.push(state.reason)
    },
    fellBack: (error) => void troubles.push(error.message),
  },
})
const stop = drive([client])
client.start()
const walking = setInterval(() => client.move({ z: -1, yaw: performance.now() / 1_000 }), TELL_MS)
const telling = setInterval(() => tell(), TELL_MS)
const rest = new AbortController()
const making = make()
createInterface({ input: process.stdin }).once('line', () => void leave())

/** A login may fail on a bad network, so it is retried until it works. */
async function enter(): Promise<string> {
  for (;;) {
    try {
      return (await login(url, name)).token
    } catch (error) {
      troubles.push(String(error))
      await sleep(LOGIN_RETRY_MS)
    }
  }
}

/** Sends one command after the other, also while the connection is lost: they are kept for the next one. */
async function make(): Promise<void> {
  while (!rest.signal.aborted) {
    if (joins.length > 0) {
      const spawned = await said(client.spawn(BALL, { position: { x: 0, y: 2, z: 0 } }))
      if (spawned.ok) await said(client.despawn(spawned.element))
    }
    await sleep(COMMAND_MS)
  }
}

async function said(command: Promise<CommandResult>): Promise<CommandResult> {
  commands.sent += 1
  const outcome = await command
  if (outcome.ok) commands.done += 1
  else commands.failed.push(outcome.reason)
  return outcome
}

function tell(): void {
  const stats = client.stats()
  const own = client.sample().avatars.find((avatar) => avatar.own)
  const report: PlayerReport = {
    atMs: performance.now(),
    state: client.state.type,
    joins,
    troubles,
    commands: { ...commands, lost: stats.inputsLost },
    others: client.sample().avatars.length - (own ? 1 : 0),
    position: own?.position ?? null,
    rttMs: stats.rttMs,
    delayMs: stats.delayMs,
    snapshots: stats.snapshotsReceived,
    bytesDown: stats.bytesDown,
    loss: stats.loss,
  }
  process.stdout.write(`${JSON.stringify(report)}\n`)
}

async function leave(): Promise<void> {
  rest.abort()
  await Promise.race([making, sleep(DRAIN_MS_MAX)])
  tell()
  clearInterval(walking)
  clearInterval(telling)
  await client.close()
  stop()
  process.exit(0)
}
