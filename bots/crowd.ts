/** Many bots against one server: connects a few at a time, runs them, brings them to rest, and collects the figures. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DEFAULT_BODY } from '../sim/index.ts'
import { login } from '../netcode/client/login.ts'
import { RenderClient } from '../netcode/client/render-client.ts'
import { ConnectError, type Connect } from '../netcode/transport.ts'
import { EffectWatch } from './effect-watch.ts'
import { createBehaviour } from './behaviours.ts'
import { Bot } from './bot.ts'
import type { Clip } from './clip.ts'
import { figuresOf, type CrowdFigures, type Traffic } from './figures.ts'
import { fitClips, type FittedClips } from './motion-clip-player.ts'
import type { BehaviourName } from './bot-behaviour.ts'
import { plural } from '../http-contract/plural.ts'

/**
 * Bots that connect at the same time: the server's limit of half-open connections of one address
 * (http/connection-limits.ts).
 */
const CONNECTING_MAX = 64
/**
 * Time to connect, until the Welcome, ms, counted from the start or from the server's last message that it is starting.
 * A first connection takes a second at most.
 */
const JOIN_MS_MAX = 20_000
/**
 * Pause before a failed connection is retried, and time of retries after the last bot's start, ms. A player would retry
 * too.
 */
const JOIN_RETRY_MS = 1_000
const JOIN_RETRIES_MS_MAX = 30_000
/** Pause before a rate-limited login is retried, ms, and the number of retries. */
const LOGIN_RETRY_MS = 1_100
const LOGIN_TRIES_MAX = 120
/** Time between two calls of each bot's `update`, ms. */
const UPDATE_MS = 16
/** Kept intervals between updates: four and a half hours of them. */
const UPDATES_MAX = 1_000_000
/** Time to wait at the end for the next outcome of a command, and for all outcomes, ms: a busy machine is slow. */
const ANSWER_MS_MAX = 5_000
const DRAIN_MS_MAX = 20_000
const SAMPLE_MS = 1_000

export interface CrowdOptions {
  readonly url: string
  readonly count: number
  readonly behaviour: BehaviourName
  readonly connects: readonly Connect[]
  readonly seed: number
  readonly clips: readonly Clip[]
  /** Time over which the bots join evenly, s; 0: as fast as they can. */
  readonly joinSeconds?: number
  /** A monotonic clock, ms. */
  readonly clock: () => number
}

/** State of the crowd, for people who watch. */
export interface CrowdProgress {
  readonly connected: number
  /** Why bots did not connect, lost their connection or got no outcome; each reason once, with its count. */
  readonly troubles: readonly string[]
}

export class Crowd {
  readonly #options: CrowdOptions
  readonly #clips: FittedClips
  readonly #bots: Bot[] = []
  readonly #troubles = new Map<string, number>()
  readonly #rttMs: number[] = []
  readonly #joinMs: number[] = []
  #updateMs: number[] = []
  #updatedMs = -Infinity
  #retries = 0
  #effects: EffectWatch | null = null
  #timer: NodeJS.Timeout | null = null
  #sampledMs = -Infinity

  constructor(options: CrowdOptions) {
    this.#options = options
    this.#clips = fitClips(options.clips, DEFAULT_BODY)
  }

  get progress(): CrowdProgress {
    return {
      connected: this.#bots.filter(({ client }) => client.state.type === 'joined').length,
      troubles: Array.from(this.#troubles, ([words, times]) => (times > 1 ? `${words} (${times} times)` : words)),
    }
  }

  /** The newest tick of the server that a bot has received; 0 before the first snapshot. An estimate would rise beyond it. */
  get newestTick(): number {
    return Math.max(0, ...this.#bots.map(({ client }) => client.stats().newestTick))
  }

  /**
   * Connects all bots and resolves with the number that joined. Rejects with a ConnectError if the server cannot be
   * reached at all.
   */
  async connect(): Promise<number> {
    this.#timer ??= setInterval(() => this.#update(), UPDATE_MS)
    const waiting = Array.from({ length: this.#options.count }, (_, i) => i)
    const first = waiting.shift()
    // The first bot goes alone: it shows whether the server can be reached at all
    if (first !== undefined) await this.#join(first, this.#now(), this.#now() + JOIN_RETRIES_MS_MAX)
    const startMs = this.#now()
    const rampMs = 1000 * (this.#options.joinSeconds ?? 0)
    const stepMs = rampMs / Math.max(1, waiting.length)
    await Promise.all(
      Array.from({ length: CONNECTING_MAX }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const dueMs = startMs + next * stepMs
          if (dueMs > this.#now()) await sleep(dueMs - this.#now())
          const fromMs = stepMs > 0 ? dueMs : this.#now()
          await this.#join(next, fromMs, Math.max(startMs + rampMs, fromMs) + JOIN_RETRIES_MS_MAX).catch(
            (error: unknown) => this.#note(wordsOf(error)),
          )
        }
      }),
    )
    // A bot that lost its connection meanwhile did join, and will return
    return this.#joinMs.length
  }

  /** Join times of all bots: from the start of the login to the Welcome, ms. */
  get joinMs(): readonly number[] {
    return this.#joinMs
  }

  /** Retried connections of all bots. */
  get joinRetries(): number {
    return this.#retries
  }

  /**
   * Lets the bots play until `seconds` have passed or `signal` is aborted, then brings them to rest. Returns the
   * figures of that time.
   */
  async play(seconds: number, signal?: AbortSignal): Promise<CrowdFigures & { readonly seconds: number }> {
    const startMs = this.#now()
    const from = this.#traffic()
    this.#rttMs.length = 0
    this.#updateMs = []
    this.#effects = new EffectWatch(this.#bots, this.#options.seed)
    const leftMs = (): number => (signal?.aborted ? 0 : startMs + seconds * 1000 - this.#now())
    while (leftMs() > 0) await sleep(Math.min(100, leftMs()))
    const to = this.#traffic()
    const playedSeconds = (this.#now() - startMs) / 1000
    const samples = { rttMs: [...this.#rttMs], effectMs: this.#effects.latencyMs, updateMs: this.#updateMs }
    this.#effects = null
    await this.#drain()
    const traffic = from.flatMap((before, i) => {
      const after = to[i]
      return after ? [{ from: before, to: after }] : []
    })
    return {
      seconds: Number(playedSeconds.toFixed(3)),
      ...figuresOf(this.#bots, this.#now(), traffic, playedSeconds, samples),
    }
  }

  /** Says goodbye. Nothing runs after it. */
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
    if (this.#effects && this.#updateMs.length < UPDATES_MAX) this.#updateMs.push(nowMs - this.#updatedMs)
    this.#updatedMs = nowMs
    for (const bot of this.#bots) bot.update(nowMs)
    this.#effects?.update(this.#now())
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

  /** Begins no more commands and waits for pending ones. */
  async #drain(): Promise<void> {
    for (const bot of this.#bots) bot.rest()
    const endMs = this.#now() + DRAIN_MS_MAX
    const unanswered = (): number[] =>
      this.#bots.map(({ client }) => client.stats().commandsPending).filter((pending) => pending > 0)
    let left = Infinity
    for (let untilMs = endMs; this.#now() < Math.min(untilMs, endMs); await sleep(50)) {
      const pending = unanswered().reduce((sum, each) => sum + each, 0)
      if (pending === 0) return
      if (pending < left) untilMs = this.#now() + ANSWER_MS_MAX
      left = pending
    }
    for (const pending of unanswered()) this.#note(`a bot got no answer to ${plural(pending, 'command')}`)
  }

  #note(words: string): void {
    this.#troubles.set(words, (this.#troubles.get(words) ?? 0) + 1)
  }

  /**
   * Logs one bot in and connects it, with retries until its Welcome. `dueMs`: when it should have begun. Rejects with a
   * ConnectError.
   */
  async #join(index: number, dueMs: number, untilMs: number): Promise<void> {
    const token = await this.#login(this.#options.url, `bot ${index + 1}`)
    for (let error = await this.#try(index, token); error !== null; error = await this.#try(index, token)) {
      // Before any bot has joined, only a timeout is retried: other errors come from this server or network
      const mayPass = this.#joinMs.length > 0 ? error.reason !== 'refused' : error.reason === 'timed-out'
      if (!mayPass || this.#now() > untilMs) throw error
      this.#note(error.message)
      this.#retries++
      await sleep(JOIN_RETRY_MS)
    }
    this.#joinMs.push(this.#now() - dueMs)
  }

  /** One attempt. Resolves with the reason of its failure, or null at the Welcome. */
  async #try(index: number, token: string): Promise<ConnectError | null> {
    const { url, connects, behaviour, seed, clock } = this.#options
    let settle: (error: ConnectError | null) => void = () => undefined
    const joined = new Promise<ConnectError | null>((resolve) => {
      settle = resolve
    })
    let failure: ConnectError | null = null
    const timer = setTimeout(
      () => settle(new ConnectError('timed-out', `The server did not welcome a bot within ${JOIN_MS_MAX / 1000} s.`)),
      JOIN_MS_MAX,
    )
    const client = new RenderClient({
      url,
      token,
      connects,
      clock,
      poses: false,
      predict: false,
      renew: () => this.#login(url, `bot ${index + 1}`),
      events: {
        rejoined: () => this.#note("a bot's session could not be resumed, so it joined again"),
        fellBack: (error) => {
          failure = error
        },
        state: (state) => {
          if (state.type === 'joined') settle(null)
          // A server that reports that it is starting exists, so wait for it
          if (state.type === 'connecting' && state.waiting !== undefined) {
            this.#note(state.waiting)
            timer.refresh()
          }
          if (state.type === 'reconnecting') this.#note(state.reason)
          if (state.type === 'closed') settle(failure ?? new ConnectError('refused', state.reason))
        },
      },
    })
    const bot = new Bot(client, createBehaviour(behaviour, seed + index, this.#clips))
    this.#bots.push(bot)
    client.start()
    const error = await joined
    clearTimeout(timer)
    if (error) {
      await client.close('its server did not let it in')
      this.#bots.splice(this.#bots.indexOf(bot), 1)
    }
    return error
  }

  async #login(url: string, name: string): Promise<string> {
    for (let tries = 1; ; tries++) {
      try {
        return (await login(url, name, { waiting: (reason) => this.#note(reason) })).token
      } catch (error) {
        if (
          !(error instanceof ConnectError) ||
          error.reason !== 'busy' ||
          tries >= LOGIN_TRIES_MAX ||
          this.#bots.length === 0
        )
          throw error
        await sleep(LOGIN_RETRY_MS)
      }
    }
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
