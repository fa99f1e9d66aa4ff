/**
 * The clients of the network benchmark: URL COUNT SECONDS. Each client watches the one before it and measures the time
 * from an input until its effect is seen. Both are in this process, so they share one clock. Reports the figures to its
 * parent once.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { drive, login, RenderClient } from '../netcode/index.ts'
import { connectWebRtc } from '../netcode/webrtc/client-node.ts'
import { BALL } from '../test/harness/ball.ts'

/** The report of this process. Times in ms. */
export interface NetworkFigures {
  /** From a step after standing still, and from a spawn, until another client's `sample` shows it. */
  readonly moveMs: readonly number[]
  readonly spawnMs: readonly number[]
  readonly rttMs: readonly number[]
  /** One value for each client. */
  readonly snapshotsPerSecond: readonly number[]
  readonly kbpsDown: readonly number[]
  readonly kbpsUp: readonly number[]
  readonly delayMs: readonly number[]
  /** Inputs whose effect was not seen within EFFECT_MS_MAX. */
  readonly unseen: number
}

/** Time between two samples of a client, ms: shorter than a display's frame. */
const LOOK_MS = 4
const EFFECT_MS_MAX = 5_000
/** A step is seen once the avatar has moved this far, m: a tick of walking is half of that, and rounding far less. */
const SEEN_METRES = 0.05
/** Pause before an input, ms: the avatar comes to rest, and inputs do not synchronise with ticks and snapshots. */
const REST_MS = 700
const REST_MS_MORE = 300

/** Samples until `seen`; returns ms since `fromMs`, or null if it is not seen. */
async function timeUntil(fromMs: number, seen: () => boolean): Promise<number | null> {
  while (performance.now() - fromMs < EFFECT_MS_MAX) {
    if (seen()) return performance.now() - fromMs
    await sleep(LOOK_MS)
  }
  return null
}

async function join(url: string, name: string): Promise<RenderClient> {
  const client = new RenderClient({ url, token: (await login(url, name)).token, connects: [connectWebRtc] })
  client.start()
  drive([client])
  while (client.state.type !== 'joined') {
    if (client.state.type === 'closed') throw new Error(client.state.reason)
    await sleep(LOOK_MS)
  }
  return client
}

const positionIn = (watcher: RenderClient, avatar: number) =>
  watcher.sample().avatars.find(({ element }) => element === avatar)?.position

/** One step forward or back, from rest. */
async function tryMove(
  actor: RenderClient,
  watcher: RenderClient,
  avatar: number,
  forth: boolean,
): Promise<number | null> {
  const from = positionIn(watcher, avatar)
  if (!from) return null
  const fromMs = performance.now()
  actor.move({ z: -1, yaw: forth ? 0 : Math.PI })
  const ms = await timeUntil(fromMs, () => {
    const to = positionIn(watcher, avatar)
    return to !== undefined && Math.hypot(to.x - from.x, to.z - from.z) > SEEN_METRES
  })
  actor.move({ yaw: forth ? 0 : Math.PI })
  return ms
}

async function trySpawn(actor: RenderClient, watcher: RenderClient): Promise<number | null> {
  const known = new Set(watcher.sample().props.map(({ element }) => element))
  const player = actor.state.type === 'joined' ? actor.state.player : 0
  const fromMs = performance.now()
  const made = actor.spawn(BALL, { position: { x: 0, y: 1, z: 0 } })
  const ms = await timeUntil(fromMs, () =>
    watcher.sample().props.some(({ element, owner }) => owner === player && !known.has(element)),
  )
  const outcome = await made
  if (outcome.ok) await actor.despawn(outcome.element)
  return ms
}

const [url = '', count = '8', seconds = '30'] = process.argv.slice(2)
const clients: RenderClient[] = []
for (let i = 0; i < Number(count); i++) clients.push(await join(url, `client ${i + 1}`))
await sleep(2_000)
const before = clients.map((client) => client.stats())
const startMs = performance.now()
const endMs = startMs + Number(seconds) * 1_000
const moveMs: number[] = []
const spawnMs: number[] = []
const rttMs: number[] = []
let unseen = 0

await Promise.all(
  clients.map(async (watcher, i) => {
    const actor = clients[(i + 1) % clients.length] ?? watcher
    const avatar = actor.state.type === 'joined' ? actor.state.avatar : 0
    for (let turn = 0; performance.now() < endMs; turn++) {
      await sleep(REST_MS + Math.random() * REST_MS_MORE)
      const isSpawn = turn % 3 === 2
      const ms = await (isSpawn ? trySpawn(actor, watcher) : tryMove(actor, watcher, avatar, turn % 3 === 0))
      if (ms === null) unseen += 1
      else (isSpawn ? spawnMs : moveMs).push(ms)
      rttMs.push(watcher.stats().rttMs ?? 0)
    }
  }),
)

const playedSeconds = (performance.now() - startMs) / 1_000
const after = clients.map((client) => client.stats())
const rates = (of: (stats: (typeof after)[number]) => number): number[] =>
  after.map((stats, i) => (of(stats) - of(before[i] ?? stats)) / playedSeconds)
const figures: NetworkFigures = {
  moveMs,
  spawnMs,
  rttMs,
  unseen,
  snapshotsPerSecond: rates(({ snapshotsReceived }) => snapshotsReceived),
  kbpsDown: rates(({ bytesDown }) => (bytesDown * 8) / 1_000),
  kbpsUp: rates(({ bytesUp }) => (bytesUp * 8) / 1_000),
  delayMs: after.map(({ delayMs }) => delayMs),
}
process.stdout.write(`${JSON.stringify(figures)}\n`)
await Promise.all(clients.map((client) => client.close()))
process.exit(0)
