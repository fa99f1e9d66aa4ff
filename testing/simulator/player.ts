/**
 * A player of a simulated world: a real render client with a bot's behaviour, its access network, and observations of
 * both.
 */
import { RenderClient } from '../../netcode/client/render-client.ts'
import type { CommandResult, RenderClientOptions, WorldSample } from '../../netcode/client/types.ts'
import type { LinkConditions } from '../../netcode/memory.ts'
import { createBehaviour } from '../../bots/behaviours.ts'
import { Bot } from '../../bots/bot.ts'
import { Dice, type BehaviourName } from '../../bots/bot-behaviour.ts'
import type { FittedClips } from '../../bots/motion-clip-player.ts'
import { Access } from './access.ts'
import type { VirtualClock } from './clock.ts'
import type { PlayerFacts } from './facts.ts'
import { CommandSpammer } from './command-spammer.ts'
import { FaultyConnection, type Sabotage } from './sabotage.ts'
import type { Trace } from './trace.ts'

/** A render client that notes the outcomes of its commands. */
class WatchedClient extends RenderClient {
  /** Commands without an outcome, including those that the client reported as lost. */
  waiting = 0
  lost = 0

  override grab(...args: Parameters<RenderClient['grab']>): Promise<CommandResult> {
    return this.#watch(super.grab(...args))
  }

  override release(...args: Parameters<RenderClient['release']>): Promise<CommandResult> {
    return this.#watch(super.release(...args))
  }

  override scale(...args: Parameters<RenderClient['scale']>): Promise<CommandResult> {
    return this.#watch(super.scale(...args))
  }

  override spawn(...args: Parameters<RenderClient['spawn']>): Promise<CommandResult> {
    return this.#watch(super.spawn(...args))
  }

  override despawn(...args: Parameters<RenderClient['despawn']>): Promise<CommandResult> {
    return this.#watch(super.despawn(...args))
  }

  override wear(...args: Parameters<RenderClient['wear']>): Promise<CommandResult> {
    return this.#watch(super.wear(...args))
  }

  override setAccess(...args: Parameters<RenderClient['setAccess']>): Promise<CommandResult> {
    return this.#watch(super.setAccess(...args))
  }

  async #watch(outcome: Promise<CommandResult>): Promise<CommandResult> {
    this.waiting++
    const told = await outcome
    this.waiting--
    if (!told.ok && told.reason === 'lost') this.lost++
    return told
  }
}

export interface PlayerOptions {
  readonly clock: VirtualClock
  readonly trace: Trace
  readonly facts: PlayerFacts
  readonly player: number
  readonly seed: number
  readonly behaviour: BehaviourName
  readonly clips: FittedClips
  /** Networks that it may use; it begins on the first. */
  readonly networks: readonly { readonly ordered: boolean; readonly conditions: Partial<LinkConditions> }[]
  readonly sabotage: Sabotage | null
  violated(invariant: 'reasons' | 'draw-forward', message: string): void
}

/** Time between two frames of a client, ms. */
const FRAME_MS = 1_000 / 60
/** Time between two samples of what it draws, ms. */
const LOOK_MS = 100
/** Pause before a client that could not connect, or got a goodbye, starts again, ms. */
const REJOIN_MS = 1_000
/** Reasons with which the server may end a session in these worlds. */
const EXPECTED_END = /^The server restarts|disk is almost full/

export class SimulatedPlayer {
  readonly accesses: readonly Access[]
  readonly player: number
  /** True while the plan wants it in the realm. */
  isExpected = false
  readonly #options: PlayerOptions
  readonly #facts: PlayerFacts
  #client: WatchedClient | null = null
  #bot: Bot | null = null
  #spammer: CommandSpammer | null = null
  #lives = 0
  #network = 0
  #welcomes = 0
  #drawn = { welcome: 0, tick: 0 }
  #isResting = false
  #nextFrameMs = 0
  #lookedMs = -Infinity

  constructor(options: PlayerOptions) {
    this.#options = options
    this.player = options.player
    this.#facts = options.facts
    const line = new FaultyConnection(options.sabotage)
    const tap = {
      sent: (bytes: Uint8Array) => options.facts.sent(bytes),
      received: (bytes: Uint8Array) => this.#receive(bytes, line),
    }
    this.accesses = options.networks.map(
      ({ ordered, conditions }, i) =>
        new Access({ clock: options.clock, seed: options.seed + 101 * i, ordered, conditions, tap }),
    )
  }

  get token(): string {
    return `player-${this.player}`
  }

  get access(): Access {
    const access = this.accesses[this.#network]
    if (access === undefined) throw new RangeError(`player ${this.player} has no network ${this.#network}`)
    return access
  }

  get joined(): boolean {
    return this.#client?.state.type === 'joined'
  }

  get waiting(): number {
    return this.#client?.waiting ?? 0
  }

  get lostNow(): number {
    return this.#client?.lost ?? 0
  }

  get bytes(): { readonly up: number; readonly down: number } {
    const stats = this.#client?.stats(this.#options.clock.nowMs)
    return { up: stats?.bytesUp ?? 0, down: stats?.bytesDown ?? 0 }
  }

  /** Describes its state. */
  get words(): string {
    const { state } = this.#client ?? { state: { type: 'away' } as const }
    return `player ${this.player} is ${state.type}${'reason' in state ? ` (${state.reason})` : ''}`
  }

  #receive(bytes: Uint8Array, line: FaultyConnection): Uint8Array | null {
    const { clock, trace } = this.#options
    if (!line.passes(bytes, clock.nowMs)) return null
    trace.number(this.player)
    trace.bytes(bytes)
    this.#facts.received(bytes, clock.nowMs)
    return bytes
  }

  // --- faults of the plan

  join(): void {
    const { clock, seed, behaviour, clips: wardrobe } = this.#options
    this.isExpected = true
    this.#lives++
    const life = this.#lives
    let begun = false
    const options: RenderClientOptions = {
      url: 'simulated',
      token: this.token,
      clock: () => clock.nowMs,
      connects: [(_url, token, events) => this.access.connect(token, events)],
      events: {
        state: (state) => {
          if (life !== this.#lives) return
          this.#log(`${state.type}${'reason' in state ? `: ${state.reason}` : ''}`)
          if (state.type === 'joined') begun = true
          if (state.type === 'closed') this.#ended(state.reason, begun)
        },
        welcome: () => {
          this.#welcomes++
        },
      },
    }
    this.#client = new WatchedClient(options)
    this.#bot = new Bot(this.#client, createBehaviour(behaviour, seed + life, wardrobe))
    this.#spammer = new CommandSpammer(this.#client, new Dice(seed + 31 * life))
    if (this.#isResting) this.#bot.rest()
    this.#client.start()
    this.#nextFrameMs = clock.nowMs
    this.#frame(life)
  }

  #log(text: string): void {
    this.#options.trace.log(this.#options.clock.nowMs, `player ${this.player} ${text}`)
  }

  #ended(reason: string, begun: boolean): void {
    const { clock } = this.#options
    if (reason === '') this.#options.violated('reasons', `player ${this.player}'s session ended without a reason`)
    if (!this.isExpected) return
    if (begun && !EXPECTED_END.test(reason))
      this.#options.violated('reasons', `player ${this.player}'s session ended, which no plan asked for: ${reason}`)
    this.#forget()
    clock.at(clock.nowMs + REJOIN_MS, () => {
      if (this.isExpected && this.#client === null) this.join()
    })
  }

  #forget(): void {
    this.#facts.forget()
    this.#client = null
    this.#bot = null
    this.#lives++
  }

  /** Its process is killed. It returns after `ms` as a new page with the same token. */
  crash(ms: number): void {
    if (this.#client === null) return
    const { clock } = this.#options
    this.#log('crashes')
    this.access.vanish(false)
    this.#forget()
    clock.at(clock.nowMs + ms, () => {
      if (this.isExpected && this.#client === null) this.join()
    })
  }

  /** Leaves permanently. */
  leave(): void {
    this.#log('leaves')
    this.isExpected = false
    void this.#client?.close('goes home')
  }

  /** Switches to another network, so that the old address reaches nobody. `noticed`: its system reports it at once. */
  moveTo(network: number, noticed: boolean): void {
    const before = this.access
    this.#network = network
    this.#log(`has another address${noticed ? '' : ', unnoticed'}`)
    before.vanish(noticed)
  }

  rest(): void {
    this.#isResting = true
    this.#bot?.rest()
  }

  sample(): WorldSample | null {
    return this.joined ? (this.#client?.sample(this.#options.clock.nowMs) ?? null) : null
  }

  // --- frames

  #frame(life: number): void {
    const { clock } = this.#options
    if (life !== this.#lives || this.#bot === null || this.#client === null) return
    this.#bot.update(clock.nowMs)
    const client = this.#client
    if (!this.#isResting && this.isExpected) this.#spammer?.update(clock.nowMs, () => client.sample(clock.nowMs))
    if (clock.nowMs - this.#lookedMs >= LOOK_MS) this.#checkDrawnTick()
    if (!this.isExpected && this.#client.state.type === 'closed') return
    this.#nextFrameMs += FRAME_MS
    clock.at(this.#nextFrameMs, () => this.#frame(life))
  }

  #checkDrawnTick(): void {
    const { clock, sabotage } = this.#options
    this.#lookedMs = clock.nowMs
    const sample = this.sample()
    if (sample === null || sample.tick === 0) return
    const tick =
      sabotage === 'turn-back' && clock.nowMs > 13_000 && clock.nowMs < 13_500 ? sample.tick - 90 : sample.tick
    const drawn = this.#drawn
    if (drawn.welcome === this.#welcomes && tick < drawn.tick)
      this.#options.violated(
        'draw-forward',
        `player ${this.player} drew tick ${drawn.tick.toFixed(2)} and then tick ${tick.toFixed(2)}`,
      )
    this.#drawn = { welcome: this.#welcomes, tick }
  }
}
