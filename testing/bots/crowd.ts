/** Many bots against one server: connects them a few at a time, lets them play, lets them come to rest, takes the figures. */
import { DEFAULT_BODY } from '../../sim/index.ts'
import { login } from '../../netcode/client/login.ts'
import { RenderClient } from '../../netcode/client/render-client.ts'
import { ConnectError, type Connect } from '../../netcode/transport.ts'
import { EffectWatch } from './effect-watch.ts'
import { createMind } from './behaviours.ts'
import { Bot } from './bot.ts'
import type { Clip } from './clip.ts'
import { figuresOf, type CrowdFigures, type Traffic } from './figures.ts'
import { fitAll, type Wardrobe } from './mimic.ts'
import type { BehaviourName } from './mind.ts'

/** Bots that connect at the same time: a server takes so many half-open connections of one address (netcode/connection-limits.ts). */
const CONNECTING_MAX = 64
/** From starting to connect to the Welcome, ms; a first connection takes a second at most. */
const JOIN_MS_MAX = 20_000
/** A server lets one address log in so often only; a bot that is refused asks again after this long, so many times. */
const LOGIN_RETRY_MS = 1_100
const LOGIN_TRIES_MAX = 120
/** Time between two calls of each bot's `update`, ms. */
const UPDATE_MS = 16
/** At the end commands may still be answered for this long, ms. */
const DRAIN_MS_MAX = 4_000
const SAMPLE_MS = 1_000

export interface CrowdOptions {
  readonly url: string
  readonly count: number
  readonly behaviour: BehaviourName
  readonly connects: readonly Connect[]
  readonly seed: number
  readonly clips: readonly Clip[]
  /** The bots come evenly over this time; 0: as fast as they can. */
  readonly joinSeconds?: number
  /** Milliseconds that go up evenly. */
  readonly clock: () => number
}

/** Where the crowd stands, for people who watch. */
export interface CrowdProgress {
  readonly connected: number
  /** The newest reasons why bots did not connect or lost their connection, each once. */
  readonly troubles: readonly string[]
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export class Crowd {
  readonly #options: CrowdOptions
  readonly #wardrobe: Wardrobe
  readonly #bots: Bot[] = []
  readonly #troubles = new Set<string>()
  readonly #rttMs: number[] = []
  readonly #joinMs: number[] = []
  #effects: EffectWatch | null = null
  #timer: NodeJS.Timeout | null = null
  #sampledMs = -Infinity

  constructor(options: CrowdOptions) {
    this.#options = options
    this.#wardrobe = fitAll(options.clips, DEFAULT_BODY)
  }

  get progress(): CrowdProgress {
    return { connected: this.#bots.filter(({ client }) => client.state.type === 'joined').length, troubles: [...this.#troubles] }
  }

  /** The server's newest tick as far as the bots know; 0 before the first snapshot. */
  get serverTick(): number {
    return Math.max(0, ...this.#bots.map(({ client }) => client.stats().serverTick))
  }

  /** Connects all; resolves with how many came in. Rejects with a ConnectError where the server cannot be reached at all. */
  async connect(): Promise<number> {
    this.#timer ??= setInterval(() => this.#update(), UPDATE_MS)
    const waiting = Array.from({ length: this.#options.count }, (_, i) => i)
    const first = waiting.shift()
    if (first !== undefined) await this.#join(first, this.#now())
    const startMs = this.#now()
    const stepMs = (1000 * (this.#options.joinSeconds ?? 0)) / Math.max(1, waiting.length)
    await Promise.all(Array.from({ length: CONNECTING_MAX }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const dueMs = startMs + next * stepMs
        if (dueMs > this.#now()) await sleep(dueMs - this.#now())
        await this.#join(next, stepMs > 0 ? dueMs : this.#now()).catch((error: unknown) => void this.#troubles.add(wordsOf(error)))
      }
    }))
    return this.progress.connected
  }

  /** Of all bots that came in: from wanting to log in to the Welcome, ms. */
  get joinMs(): readonly number[] {
    return this.#joinMs
  }

  /** Lets the bots play until `seconds` have passed or `signal` is raised, then come to rest; gives the figures of that time. */
  async play(seconds: number, signal?: AbortSignal): Promise<CrowdFigures & { readonly seconds: number }> {
    const startMs = this.#now()
    const from = this.#traffic()
    this.#rttMs.length = 0
    this.#effects = new EffectWatch(this.#bots)
    const leftMs = (): number => (signal?.aborted ? 0 : startMs + seconds * 1000 - this.#now())
    while (leftMs() > 0) await sleep(Math.min(100, leftMs()))
    const to = this.#traffic()
    const playedSeconds = (this.#now() - startMs) / 1000
    await this.#drain()
    const traffic = from.flatMap((before, i) => {
      const after = to[i]
      return after ? [{ from: before, to: after }] : []
    })
    return { seconds: Number(playedSeconds.toFixed(3)), ...figuresOf(this.#bots, this.#now(), traffic, playedSeconds, this.#rttMs, this.#effects.latencyMs) }
  }

  /** Says goodbye; nothing runs on afterwards. */
  async leave(): Promise<void> {
    await Promise.all(this.#bots.map(({ client }) => client.close('the bots go home')))
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  #now(): number {
    return this.#options.clock()
  }

  #update(): void {
    const nowMs = this.#now()
    for (const bot of this.#bots) bot.update(nowMs)
    this.#effects?.update(nowMs)
    if (nowMs - this.#sampledMs < SAMPLE_MS) return
    this.#sampledMs = nowMs
    for (const { client } of this.#bots) {
      const { rttMs } = client.stats(nowMs)
      if (rttMs !== null && client.state.type === 'joined') this.#rttMs.push(rttMs)
    }
  }

  #traffic(): Traffic[] {
    const nowMs = this.#now()
    return this.#bots.map(({ client }) => {
      const { bytesUp, bytesDown } = client.stats(nowMs)
      return { up: bytesUp, down: bytesDown }
    })
  }

  async #drain(): Promise<void> {
    for (const bot of this.#bots) bot.rest()
    const untilMs = this.#now() + DRAIN_MS_MAX
    while (this.#now() < untilMs && this.#bots.some(({ client }) => client.stats().commandsPending > 0)) await sleep(50)
  }

  /** One bot, from login to Welcome; `dueMs`: when it was to begin. Rejects with a ConnectError. */
  async #join(index: number, dueMs: number): Promise<void> {
    const { url, connects, behaviour, seed, clock } = this.#options
    const token = await this.#login(url, `bot ${index + 1}`)
    let settle: (error: ConnectError | null) => void = () => undefined
    const joined = new Promise<ConnectError | null>((resolve) => {
      settle = resolve
    })
    const client = new RenderClient({
      url, token, connects, clock, poses: false,
      events: {
        state: (state) => {
          if (state.type === 'joined') settle(null)
          if (state.type === 'reconnecting') this.#troubles.add(state.reason)
          if (state.type === 'closed') settle(new ConnectError('refused', state.reason))
        },
      },
    })
    this.#bots.push(new Bot(client, createMind(behaviour, seed + index, this.#wardrobe)))
    client.start()
    const timer = setTimeout(() => settle(new ConnectError('timed-out', `The server did not welcome a bot within ${JOIN_MS_MAX / 1000} s.`)), JOIN_MS_MAX)
    const error = await joined
    clearTimeout(timer)
    if (error) throw error
    this.#joinMs.push(this.#now() - dueMs)
  }

  async #login(url: string, name: string): Promise<string> {
    for (let tries = 1; ; tries++) {
      try {
        return (await login(url, name)).token
      } catch (error) {
        if (!(error instanceof ConnectError) || error.reason !== 'busy' || tries >= LOGIN_TRIES_MAX || this.#bots.length === 0) throw error
        await sleep(LOGIN_RETRY_MS)
      }
    }
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
