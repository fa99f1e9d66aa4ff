/** One simulated world: connects the parts, advances its time, applies the plan's faults, and checks the invariants. */
import {
  COMMANDS_UNACKED_MAX,
  MESSAGE_QUEUE_BYTES_MAX,
  SENT_BYTES_BURST_MAX,
  SENT_BYTES_PER_SECOND_MAX,
} from '../../netcode/session/index.ts'
import { INBOUND_QUEUE_MAX, INPUT_BACKLOG_MAX } from '../../server/limits.ts'
import type { Engine, RealmDefinition } from '../../sim/index.ts'
import { Dice } from '../../bots/bot-behaviour.ts'
import type { FittedClips } from '../../bots/motion-clip-player.ts'
import { settle, VirtualClock } from './clock.ts'
import { Facts } from './facts.ts'
import { differenceOf, type Invariant } from './invariants.ts'
import { SimulatedPeer } from './peer.ts'
import { SimulatedPlayer } from './player.ts'
import { START_MS, type PlannedFault, type Plan } from './plan.ts'
import type { Sabotage } from './sabotage.ts'
import { SimulatedServer } from './server.ts'
import { uidOf } from './uid.ts'
import { Trace } from './trace.ts'

/** Time for bodies to come to rest, ms. */
const REST_MS = 2_000
const LOOK_MS = 500
/**
 * The server's budget for a client over the whole time, bytes a second (256 kbit/s), besides the description of the
 * world at each Welcome.
 */
const DOWN_BYTES_PER_SECOND_MAX = 32_000
const WELCOME_BYTES_MAX = 60_000
/** Number of clients for which INBOUND_QUEUE_MAX is made. */
const CLIENTS_OF_QUEUE = 300
const MILD = { delayMs: 20, jitterMs: 5 } as const

export interface WorldOptions {
  readonly seed: number
  readonly plan: Plan
  readonly engine: Engine
  readonly wardrobe: FittedClips
  readonly definition: RealmDefinition
  readonly sabotage: Sabotage | null
  /** Time within which everything must have come to rest after the last fault, ms. */
  readonly calmMsMax: number
  violated(invariant: Invariant, message: string): void
}

export class SimulatedWorld {
  readonly server: SimulatedServer
  readonly facts = new Facts()
  readonly #options: WorldOptions
  readonly #clock = new VirtualClock(START_MS)
  readonly #trace = new Trace()
  readonly #players: SimulatedPlayer[] = []
  readonly #peer: SimulatedPeer
  readonly #accesses
  readonly #startedMs = START_MS
  #bytesAt = new Map<SimulatedPlayer, { readonly atMs: number; readonly down: number; readonly up: number }>()

  constructor(options: WorldOptions) {
    const { seed, plan, engine, wardrobe, definition, sabotage } = options
    const clock = this.#clock
    const trace = this.#trace
    const { facts } = this
    const violated = (invariant: Invariant, message: string): void => this.#violated(invariant, message)
    this.#options = options
    plan.players.forEach(({ behaviour, networks }, i) => {
      const player = i + 1
      this.#players.push(
        new SimulatedPlayer({
          clock,
          trace,
          facts: facts.of(player),
          player,
          seed: seed * 1_000 + player,
          behaviour,
          networks,
          clips: wardrobe,
          sabotage,
          violated,
        }),
      )
    })
    this.#peer = new SimulatedPeer({
      clock,
      trace,
      engine,
      player: plan.players.length + 1,
      seed: seed * 1_000,
      delayMs: plan.peerDelayMs,
      sabotage,
      violated,
    })
    this.#accesses = [...this.#players.flatMap(({ accesses }) => accesses), this.#peer.access]
    this.server = new SimulatedServer({
      clock,
      trace,
      facts,
      engine,
      definition,
      sabotage,
      violated,
      accesses: this.#accesses,
      dice: new Dice(seed + 77),
      segmentBytesMax: plan.segmentBytesMax,
    })
    for (const { token, player } of this.#players)
      this.server.claims.set(token, {
        session: token,
        player,
        name: `Player ${player}`,
        role: 'player',
        uid: uidOf(player),
        user: player,
      })
    this.server.claims.set(this.#peer.token, {
      session: this.#peer.token,
      player: this.#peer.player,
      name: 'Peer',
      role: 'observer',
      uid: uidOf(this.#peer.player),
      user: this.#peer.player,
    })
  }

  get nowMs(): number {
    return this.#clock.nowMs
  }

  get tick(): number {
    return this.server.realm?.tick ?? this.facts.lastSentTick
  }

  get figures() {
    const commandsIssued = [...this.facts.players.values()].reduce((sum, { issued }) => sum + issued.size, 0)
    return {
      trace: this.#trace.hash,
      lines: this.#trace.lines,
      ticks: this.facts.lastSentTick,
      seconds: (this.nowMs - this.#startedMs) / 1_000,
      ...this.server.counts,
      ticksCheckedByPeers: this.#peer.ticksChecked,
      commandsIssued,
    }
  }

  #violated(invariant: Invariant, message: string): void {
    this.#trace.log(this.nowMs, `! ${invariant}: ${message}`)
    this.#options.violated(invariant, message)
  }

  // --- time

  async run(): Promise<void> {
    const { plan, sabotage } = this.#options
    this.server.start()
    plan.players.forEach(({ joinAtMs }, i) => this.#clock.at(joinAtMs, () => this.#players[i]?.join()))
    this.#clock.at(START_MS + 1_200, () => this.#peer.join())
    for (const { atMs, fault } of plan.faults) this.#clock.at(atMs, () => this.#strike(fault))
    if (sabotage === 'true-random') for (const access of this.#accesses) access.set({ delayMs: Math.random() * 50 })
    if (sabotage === 'deaf') this.#clock.at(START_MS + 3_500, () => this.server.deafen(7_500))
    this.#lookOn()
    await this.#passUntil(plan.calmAtMs)
    this.#calm()
    await this.#comeToRest()
    this.#checkEnd()
    await this.#end()
  }

  /** Advances time from one scheduled callback to the next. */
  async #passUntil(untilMs: number): Promise<void> {
    const clock = this.#clock
    const accesses = this.#accesses
    await clock.held()
    for (;;) {
      let nextMs = clock.nextDueMs
      for (const access of accesses) nextMs = Math.min(nextMs, access.nextDueMs)
      if (nextMs > untilMs) break
      clock.nowMs = Math.max(clock.nowMs, nextMs)
      for (const access of accesses) access.advance(clock.nowMs)
      while (clock.runNext());
      await settle()
      await clock.held()
    }
    clock.nowMs = untilMs
  }

  async #comeToRest(): Promise<void> {
    const untilMs = this.nowMs + this.#options.calmMsMax
    await this.#passUntil(this.nowMs + REST_MS)
    while (this.nowMs < untilMs && this.#unrest() !== null) await this.#passUntil(this.nowMs + LOOK_MS)
  }

  async #end(): Promise<void> {
    for (const player of this.#players) if (player.isExpected) player.leave()
    this.#peer.close()
    await this.#passUntil(this.nowMs + 500)
    this.server.stop('The server stops.', null)
    for (let waits = 0; waits < 20 && !this.server.isStopped; waits++) await this.#passUntil(this.nowMs + 200)
    if (!this.server.isStopped) this.#violated('reasons', 'the server did not stop in order')
  }

  // --- faults

  #strike(fault: PlannedFault): void {
    this.#trace.log(this.nowMs, `fault ${JSON.stringify(fault)}`)
    const clock = this.#clock
    const { server } = this
    const player = 'player' in fault ? this.#players[fault.player] : undefined
    switch (fault.type) {
      case 'conditions':
        return player?.access.set(fault.conditions)
      case 'blackout':
        return player?.access.blackout(fault.ms)
      case 'address':
        return player?.moveTo(fault.network, fault.noticed)
      case 'crash':
        return player?.crash(fault.ms)
      case 'leave':
        return player?.leave()
      case 'slow-reader': {
        player?.access.set({ ...MILD, rateKbps: fault.rateKbps, queueMsMax: 2_000 })
        return void clock.at(this.nowMs + fault.ms, () => player?.access.set(MILD))
      }
      case 'kill':
        return server.kill(fault.what, fault.downMs)
      case 'kill-in-write':
        return server.killInWrite(fault.writes)
      case 'full-disk': {
        server.disk.freeBytes = fault.bytesLeft
        return void clock.at(this.nowMs + fault.ms, () => {
          server.disk.freeBytes = Infinity
        })
      }
      case 'bad-sync':
        return void (server.disk.failsSync = true)
      case 'stall':
        return server.stall(fault.ms)
      case 'transports':
        return clock.hold(server.restartTransports())
      case 'restart':
        return server.stop('The server restarts.', fault.downMs)
    }
  }

  #calm(): void {
    this.#trace.log(this.nowMs, 'the faults are over')
    this.server.disk.freeBytes = Infinity
    this.server.disk.failsSync = false
    this.server.killInWrite(Infinity)
    for (const access of this.#accesses) access.set(MILD)
    for (const player of this.#players) player.rest()
  }

  // --- invariants

  #lookOn(): void {
    this.#checkQueues()
    this.#checkBytes()
    this.#clock.at(this.nowMs + LOOK_MS, () => this.#lookOn())
  }

  #checkQueues(): void {
    const { inbox, messagesQueuedMost, inputBacklog } = this.server.queues
    const clients = this.#players.length + 1
    const limits: readonly (readonly [string, number, number])[] = [
      ['events that wait for the realm', inbox, (INBOUND_QUEUE_MAX / CLIENTS_OF_QUEUE) * clients],
      ['bytes of messages that wait for one client', messagesQueuedMost, MESSAGE_QUEUE_BYTES_MAX],
      ['inputs that wait for a frame', inputBacklog, INPUT_BACKLOG_MAX * clients],
      ...this.#players.map(
        ({ player, waiting }) =>
          [`commands of player ${player} that wait for their outcome`, waiting, COMMANDS_UNACKED_MAX] as const,
      ),
    ]
    for (const [what, count, most] of limits)
      if (count > most) this.#violated('queues', `${count} ${what}; ${Math.floor(most)} at most`)
  }

  #checkBytes(): void {
    for (const player of this.#players) {
      const { up, down } = player.bytes
      const before = this.#bytesAt.get(player)
      // The counters of a restarted client start again.
      if (before === undefined || down < before.down || up < before.up)
        this.#bytesAt.set(player, { atMs: this.nowMs, down, up })
      else {
        const seconds = (this.nowMs - before.atMs) / 1_000
        const downMax = WELCOME_BYTES_MAX * (1 + this.server.counts.starts) + seconds * DOWN_BYTES_PER_SECOND_MAX
        const upMax = SENT_BYTES_BURST_MAX + seconds * SENT_BYTES_PER_SECOND_MAX
        if (down - before.down > downMax)
          this.#violated(
            'bytes',
            `player ${player.player} was sent ${down - before.down} bytes in ${seconds.toFixed(1)} s; ${Math.floor(downMax)} at most`,
          )
        if (up - before.up > upMax)
          this.#violated(
            'bytes',
            `player ${player.player} sent ${up - before.up} bytes in ${seconds.toFixed(1)} s; ${Math.floor(upMax)} at most`,
          )
      }
    }
  }

  /** Describes what has not come to rest yet, with its invariant; null if everything has. */
  #unrest(): readonly [Invariant, string] | null {
    const { realm } = this.server
    if (realm === null) return ['rejoined', 'the server is down']
    if (!this.#peer.running) return ['rejoined', 'the lockstep peer does not run']
    for (const player of this.#players) {
      if (!player.isExpected) continue
      const sample = player.sample()
      if (sample === null) return ['rejoined', player.words]
      if (player.waiting > 0)
        return ['outcome-once', `${player.waiting} commands of player ${player.player} still have no outcome`]
      const difference = differenceOf(sample, realm)
      if (difference !== null) return ['converged', `player ${player.player}: ${difference}`]
    }
    return null
  }

  #checkEnd(): void {
    const unrest = this.#unrest()
    if (unrest !== null) this.#violated(...unrest)
    for (const player of this.#players) {
      const lost = player.lostNow
      if (player.isExpected && lost > 0 && this.facts.powerLosses.length === 0)
        this.#violated('outcome-once', `${lost} commands of player ${player.player} were called lost`)
    }
    const report = this.#peer.report
    if (report !== null && report.mismatches > 0)
      this.#violated('lockstep', `the peer counted ${report.mismatches} other hashes`)
    if (this.#peer.running && this.tick - (report?.tick ?? 0) > 30)
      this.#violated('lockstep', `the peer is at tick ${report?.tick ?? 0}, the realm at ${this.tick}`)
  }
}
