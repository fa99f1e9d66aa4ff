import { afterEach, expect, test } from 'vitest'
import { RenderClient } from '../netcode/client/render-client.ts'
import { avatars, DEFAULT_BODY, DEFAULT_DEFINITION, loadEngine } from '../sim/index.ts'
import { SmallServer } from '../test/harness/small-server.ts'
import { createBehaviour } from './behaviours.ts'
import { Bot } from './bot.ts'
import { loadClips } from './clip-files.ts'
import { EffectWatch } from './effect-watch.ts'
import { percentile } from './figures.ts'
import { fitClips } from './motion-clip-player.ts'
import { BEHAVIOURS, type BehaviourName, type BotBehaviour } from './bot-behaviour.ts'

const engine = await loadEngine()
const clips = fitClips(await loadClips(), DEFAULT_BODY)
const TICKS_A_SECOND = 60
const WARM_UP_SECONDS = 3
const SECONDS = 12

let server: SmallServer | null = null
afterEach(() => {
  server?.free()
  server = null
})

/** Does what its behaviour wants but never jumps on its own. */
const earthbound = (behaviour: BotBehaviour): BotBehaviour => ({
  think: (nowMs, perception, actions) =>
    behaviour.think(nowMs, perception, { ...actions, move: (move) => actions.move({ ...move, jump: false }) }),
  actionEnded: (outcome) => behaviour.actionEnded(outcome),
})

interface Scene {
  readonly behaviour?: BehaviourName
  readonly delayMs?: number
  /** False: the server receives no more jumps. */
  readonly jumpsArrive?: boolean
}

async function play({
  behaviour = 'mocap',
  delayMs = 20,
  jumpsArrive = true,
}: Scene): Promise<{ readonly latencyMs: readonly number[]; readonly jumps: number }> {
  const here = new SmallServer({ engine, definition: DEFAULT_DEFINITION, conditions: { delayMs }, seed: 3 })
  server = here
  const bots = Array.from({ length: 6 }, (_, i) => {
    const client = new RenderClient({
      url: 'http://test',
      token: `bot ${i}`,
      connects: [here.transport.connect],
      clock: () => here.nowMs,
      poses: false,
      predict: false,
    })
    client.start()
    return new Bot(client, earthbound(createBehaviour(behaviour, i, clips)))
  })
  let jumps = 0
  const standing = new Map<number, boolean>()
  const pass = async (seconds: number, each: () => void): Promise<void> => {
    for (let i = 0; i < seconds * TICKS_A_SECOND; i++) {
      here.tick()
      for (const bot of bots) bot.update(here.nowMs)
      each()
      for (const { player, grounded, velocity } of avatars(here.realm)) {
        if (!grounded && velocity.y > 4 && standing.get(player)) jumps++
        standing.set(player, grounded)
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await pass(WARM_UP_SECONDS, () => undefined)
  expect(jumps).toBe(0)
  if (!jumpsArrive) for (const { client } of bots) client.move = () => undefined
  const watch = new EffectWatch(bots, 1)
  await pass(SECONDS, () => watch.update(here.nowMs))
  return { latencyMs: watch.latencyMs, jumps }
}

test.each(BEHAVIOURS)(
  'bots that %s are seen to jump some forty times a minute each, and each effect is a jump',
  async (behaviour) => {
    const { latencyMs, jumps } = await play({ behaviour })
    expect(latencyMs.length).toBeGreaterThan((3 * 35 * SECONDS) / 60)
    expect(Math.abs(jumps - latencyMs.length)).toBeLessThanOrEqual(3)
  },
)

test('the effect time grows with the network delay, both ways', async () => {
  const near = await play({ delayMs: 5 })
  const far = await play({ delayMs: 105 })
  const more = percentile(far.latencyMs, 0.5) - percentile(near.latencyMs, 0.5)
  expect(more).toBeGreaterThan(170)
  expect(more).toBeLessThan(240)
  // Two ways of 5 ms, a tick, the wait for a snapshot and the interpolation delay
  expect(percentile(near.latencyMs, 0.5)).toBeGreaterThan(50)
  expect(percentile(near.latencyMs, 0.99)).toBeLessThan(250)
})

test('an unseen jump counts as three seconds', async () => {
  const { latencyMs, jumps } = await play({ jumpsArrive: false })
  expect(jumps).toBe(0)
  expect(latencyMs.length).toBeGreaterThanOrEqual(6)
  expect(Math.min(...latencyMs)).toBeGreaterThanOrEqual(3_000)
})
