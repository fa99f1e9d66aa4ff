/**
 * The server of a simulated world: the real links, runner, Champion and recordings, in processes that can be killed at
 * any moment, on a disk that outlives them.
 */
import { Champion } from '../../server/realm/recorder/recorder.ts'
import { INBOUND_BATCH_MS } from '../../server/limits.ts'
import { SERVER_FAMILIES } from '../../server/metrics/families.ts'
import { RealmMeters } from '../../server/metrics/realm-meters.ts'
import { MetricTable } from '../../server/metrics/table.ts'
import { RealmLinks } from '../../server/host/realm-links.ts'
import type { FromRealm, ToRealm } from '../../server/both-threads/realm-messages.ts'
import { RealmRunner } from '../../server/realm/runner.ts'
import type { Claims } from '../../server/accounts/tokens.ts'
import { free, hash, type Engine, type Realm, type RealmDefinition } from '../../sim/index.ts'
import type { Dice } from '../../bots/bot-behaviour.ts'
import type { Access } from './access.ts'
import { settle, type VirtualClock } from './clock.ts'
import { SimulatedDisk } from './disk.ts'
import type { Facts } from './facts.ts'
import { Process } from './machine.ts'
import { sabotagedLog, type Sabotage } from './sabotage.ts'
import { askArchive } from './package-archive.ts'
import type { Trace } from './trace.ts'

export const RECORDINGS = '/recordings'
/**
 * Time from the start of a process to its first tick, ms: it loads the engine and replays up to ten seconds of ticks.
 */
const BOOT_MS: readonly [number, number] = [100, 600]
/** Pause before a service manager restarts a server that failed to start, ms. */
const RETRY_MS = 1_000
const WORKER_RETRY_MS = 100
/** Time from which the sabotage `shut-door` admits nobody, ms. */
const SHUT_MS = 14_000

export interface ServerOptions {
  readonly clock: VirtualClock
  readonly dice: Dice
  readonly trace: Trace
  readonly facts: Facts
  readonly engine: Engine
  readonly definition: RealmDefinition
  readonly accesses: readonly Access[]
  readonly segmentBytesMax: number
  readonly sabotage: Sabotage | null
  violated(invariant: 'ticks-kept' | 'reasons', message: string): void
}

interface RealmProcess {
  readonly process: Process
  readonly champion: Champion
  readonly meters: RealmMeters
}

export class SimulatedServer {
  readonly disk = new SimulatedDisk()
  readonly claims = new Map<string, Claims>()
  /** Kills and starts so far. */
  readonly counts = { starts: 0, kills: 0 }
  readonly #options: ServerOptions
  #links: RealmLinks | null = null
  #life: RealmProcess | null = null
  #inbox: ToRealm[] = []
  #batching = false
  #problem: string | null = 'the realm is starting'
  #powerAtMs: number | null = null
  #isStopping = false
  #restartMs: number | null = null
  /** True after the final stop. */
  isStopped = false
  #deafUntilMs = 0

  constructor(options: ServerOptions) {
    this.#options = options
  }

  /** Null while it is down. */
  get realm(): Realm | null {
    return this.#problem === null ? (this.#life?.champion.realm ?? null) : null
  }

  /** Queue lengths of the realm's thread, by their names in /metrics. */
  get queues(): { readonly inbox: number; readonly messagesQueuedMost: number; readonly inputBacklog: number } {
    const gauge = (name: 'messagesQueuedMost' | 'inputBacklog'): number => this.#life?.meters.realm.read(name)[0] ?? 0
    const inbox = this.#inbox.reduce((sum, message) => sum + (message.type === 'batch' ? message.events.length : 0), 0)
    return { inbox, messagesQueuedMost: gauge('messagesQueuedMost'), inputBacklog: gauge('inputBacklog') }
  }

  // --- life

  /** The main process begins to listen and starts the realm. */
  start(): void {
    const { clock } = this.#options
    const links = new RealmLinks({
      counted: new MetricTable(SERVER_FAMILIES),
      claimsOf: (session) => this.claims.get(session),
      grantedTo: () => 0,
      linkOpened: () => undefined,
      linkClosed: () => undefined,
      closedTo: () =>
        this.#options.sabotage === 'shut-door' && clock.nowMs > SHUT_MS ? 'the door is shut' : this.#problem,
      onWaiting: () => this.#batchSoon(),
      log: { info: (text) => this.#log(text), warn: (text) => this.#log(text), error: (text) => this.#log(text) },
    })
    this.#links = links
    for (const access of this.#options.accesses) access.open((transport) => links.eventsFor(transport))
    clock.hold(this.#launch())
  }

  #batchSoon(): void {
    const { clock } = this.#options
    const links = this.#links
    if (this.#batching || links === null) return
    this.#batching = true
    clock.at(clock.nowMs + INBOUND_BATCH_MS, () => {
      this.#batching = false
      if (links === this.#links) this.#inbox.push(links.take())
    })
  }

  /** Opens the log and ticks. */
  async #launch(): Promise<void> {
    const { clock, dice, engine, definition, segmentBytesMax } = this.#options
    this.counts.starts++
    this.#problem = 'the realm is starting'
    const process: Process = new Process(clock, this.disk, dice, () =>
      clock.at(clock.nowMs, () => this.kill('process', 200)),
    )
    const meters = new RealmMeters()
    try {
      const champion = await Champion.open({
        engine,
        segmentBytesMax,
        platform: process.platform,
        note: (text) => this.#log(text),
        start: { definition, recordings: RECORDINGS, keepBytes: Infinity, recordedBy: 'simulator' },
      })
      if (!process.alive) return free(champion.realm)
      this.#life = { process, champion, meters }
      this.#recovered(champion)
      process.later(dice.between(...BOOT_MS), () => this.#tick(this.#life))
    } catch (error) {
      this.#log(`the realm could not start: ${String(error)}`)
      process.kill()
      clock.at(clock.nowMs + RETRY_MS, () => {
        if (this.#life === null && this.#links !== null) clock.hold(this.#launch())
      })
    }
  }

  #recovered({ realm }: Champion): void {
    const stateHash = hash(realm)
    this.#log(`continues at tick ${realm.tick} ${stateHash}`)
    for (const missing of this.#options.facts.recovered(realm.tick, stateHash, this.#powerAtMs))
      this.#options.violated('ticks-kept', missing)
    this.#powerAtMs = null
  }

  #tick(life: RealmProcess | null): void {
    if (life === null) return
    const { process, champion, meters } = life
    this.#problem = null
    this.#inbox = []
    const runner = new RealmRunner({
      log: sabotagedLog(champion, this.#options.sabotage),
      timer: process.timer,
      meters,
      receive: () => (this.#options.clock.nowMs < this.#deafUntilMs ? undefined : this.#inbox.shift()),
      post: (message) => {
        if (process.alive) this.#receive(message)
      },
    })
    void this.#follow(runner, process)
  }

  async #follow(runner: RealmRunner, process: Process): Promise<void> {
    try {
      await runner.run()
      if (process.alive) this.#stopped()
    } catch (error) {
      if (process.alive) this.#failed(error)
    }
  }

  /** Answers from the archive. A realm that died meanwhile gets no answer. */
  #answerPackageRequest({ hash: named, player }: Extract<FromRealm, { readonly type: 'package-request' }>): void {
    const { clock, dice } = this.#options
    const life = this.#life
    const said = askArchive(named, dice)
    if (said)
      clock.at(clock.nowMs + said.inMs, () => {
        if (life === this.#life) this.#inbox.push({ type: 'package-answer', hash: named, player, ...said.answer })
      })
  }

  #receive(message: FromRealm): void {
    const { clock, trace, facts, sabotage } = this.#options
    if (message.type === 'note') return this.#log(message.text)
    if (message.type === 'package-request') return this.#answerPackageRequest(message)
    if (message.type !== 'tick') return undefined
    trace.number(message.tick)
    trace.bytes(message.bytes)
    if (message.advanced && message.links.length > 0) facts.sentTick(message.tick, message.stateHash, clock.nowMs)
    const closes = sabotage === 'mute-close' ? message.closes.map(({ link }) => ({ link, reason: '' })) : message.closes
    for (const { reason } of closes)
      if (reason === '') this.#options.violated('reasons', `a link was closed at tick ${message.tick} without a reason`)
    for (let times = sabotage === 'flood' ? 25 : 1; times > 1; times--) this.#links?.send({ ...message, closes: [] })
    return this.#links?.send({ ...message, closes })
  }

  #log(text: string): void {
    this.#options.trace.log(this.#options.clock.nowMs, `server: ${text}`)
  }

  // --- ends

  /** The realm's worker ended through a fault of its own. */
  #failed(error: unknown): void {
    this.#log(`the worker died: ${error instanceof Error ? error.message : String(error)}`)
    this.#endWorker('The realm starts again; reconnect to continue where you were.')
  }

  #endWorker(words: string): void {
    const { clock } = this.#options
    this.#endLife()
    this.#isStopping = false
    this.#problem = 'the realm starts again after a fault'
    this.#links?.closeAll(words)
    const links = this.#links
    clock.at(clock.nowMs + WORKER_RETRY_MS, () => {
      if (links === this.#links && this.#life === null) clock.hold(this.#launch())
    })
  }

  #endLife(): void {
    const life = this.#life
    this.#life = null
    this.#inbox = []
    if (life === null) return
    life.process.kill()
    if (this.#options.sabotage === 'late-log') this.disk.loseLast(500, this.#options.clock.nowMs)
    free(life.champion.realm)
  }

  /** `worker`: only the realm's thread. `process`: `kill -9`. `power`: the machine. It is up again after `downMs`. */
  kill(what: 'worker' | 'process' | 'power', downMs: number): void {
    if (this.#links === null) return
    this.#isStopping = false
    const { clock, dice, sabotage } = this.#options
    this.counts.kills++
    this.#log(`${what} is killed`)
    if (what === 'worker') return this.#endWorker('The realm starts again; reconnect to continue where you were.')
    this.#links = null
    this.#problem = 'the server is down'
    for (const access of this.#options.accesses) access.die()
    this.#endLife()
    if (what === 'power') {
      this.#powerAtMs = clock.nowMs
      this.disk.losePower(dice, sabotage === 'lying-disk')
    }
    clock.at(clock.nowMs + downMs, () => this.start())
    return undefined
  }

  /** Like `kill`, in the middle of the write after `writes` more. */
  killInWrite(writes: number): void {
    this.#life?.process.killInWrite(writes)
  }

  stall(ms: number): void {
    this.#life?.process.stall(ms)
  }

  /** The realm does not read its messages for this time, for tests that must notice it. */
  deafen(ms: number): void {
    this.#deafUntilMs = this.#options.clock.nowMs + ms
  }

  /** Ends and recreates the transports, as after a restart of their process. */
  async restartTransports(): Promise<void> {
    const links = this.#links
    if (links === null) return
    this.#log('the transports restart')
    await Promise.all(this.#options.accesses.map((access) => access.stop()))
    await settle()
    for (const access of this.#options.accesses) access.open((transport) => links.eventsFor(transport))
  }

  /**
   * Stops in order: every client gets a goodbye, and the recording is sealed. It is up again after `downMs`; null:
   * never.
   */
  stop(reason: string, downMs: number | null): void {
    if (this.#links === null || this.#isStopping || this.#problem !== null) return
    this.#isStopping = true
    this.#restartMs = downMs
    this.#inbox.push({ type: 'stop', reason })
  }

  #stopped(): void {
    const { clock } = this.#options
    this.#log('stopped in order')
    this.#endLife()
    this.#isStopping = false
    this.#problem = 'the server is down'
    this.#links?.closeAll('The server stops.')
    this.#links = null
    for (const access of this.#options.accesses) void access.stop()
    if (this.#restartMs === null) this.isStopped = true
    else clock.at(clock.nowMs + this.#restartMs, () => this.start())
  }
}
