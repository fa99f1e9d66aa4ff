/**
 * A lockstep peer: is sent the sealed frames, runs the same simulation, and compares the state hash of every tick with
 * the server's; the standing proof of determinism. Loads the physics engine, so it is a module of its own. Needs a
 * transport that is ordered (WebSocket) and the role of an observer.
 */
import type { Engine, Realm } from '../sim/index.ts'
import { decodeLockstep, describe, encodeClientPacket, PROTOCOL_VERSION, type Goodbye, type Hello, type LockstepMessage } from '../protocol/index.ts'
import { Attempt, inWords, RETRY_MS } from './client/connector.ts'
import { Rate } from './client/rates.ts'
import { LockstepReplica, type Mismatch } from './lockstep-replica.ts'
import { HEARTBEAT_MS, RESUME_MS_MAX, SILENCE_MS_MAX } from './session/limits.ts'
import type { ClientConnection, Connect, ConnectError } from './transport.ts'

export type { Mismatch }

/** Where the peer stands. `reason`s are words for a person. */
export type LockstepState =
  | { readonly type: 'idle' }
  | { readonly type: 'connecting' }
  | { readonly type: 'running'; readonly epoch: number }
  | { readonly type: 'reconnecting'; readonly reason: string; readonly attempt: number; readonly giveUpAtMs: number }
  | { readonly type: 'closed'; readonly reason: string }

export interface LockstepOptions {
  /** http(s) URL of the server. */
  readonly url: string
  /** From `login`, with the role of an observer. */
  readonly token: string
  /** Ordered transports, tried in order. */
  readonly connects: readonly Connect[]
  /** From the simulation's `loadEngine`. */
  readonly engine: Engine
  /** Milliseconds of simulation in one `update`, so that a page stays fluid while it catches up. */
  readonly budgetMs?: number
  readonly events?: { state?(state: LockstepState): void; mismatch?(mismatch: Mismatch): void }
  /** Milliseconds that go up evenly, the same clock as `update`'s. Default: performance.now. */
  readonly clock?: () => number
}

export interface LockstepReport {
  /** Of the realm here; 0 before the start. */
  readonly tick: number
  readonly ticksChecked: number
  readonly mismatches: number
  readonly firstMismatch: Mismatch | null
  /** Frames that arrived and are not simulated yet. */
  readonly framesBehind: number
  readonly bytesDown: number
  readonly bytesDownPerSecond: number
}

const BUDGET_MS = 8

export class LockstepPeer {
  readonly #options: LockstepOptions
  readonly #clock: () => number
  readonly #replica: LockstepReplica
  readonly #down = new Rate()
  #state: LockstepState = { type: 'idle' }
  #attempt: Attempt | null = null
  #connection: ClientConnection | null = null
  #retryAtMs: number | null = null
  #packet = 0
  #sentAtMs = 0
  #heardAtMs = 0

  constructor(options: LockstepOptions) {
    this.#options = options
    this.#clock = options.clock ?? (() => performance.now())
    this.#replica = new LockstepReplica(options.engine)
  }

  get state(): LockstepState {
    return this.#state
  }

  /** The realm as simulated here; null before the start and after the end. To be read only. */
  get realm(): Realm | null {
    return this.#replica.realm
  }

  report(nowMs: number = this.#clock()): LockstepReport {
    const { realm, ticksChecked, mismatches, firstMismatch, framesBehind } = this.#replica
    return {
      tick: realm?.tick ?? 0, ticksChecked, mismatches, firstMismatch, framesBehind,
      bytesDown: this.#down.total, bytesDownPerSecond: this.#down.perSecond(nowMs),
    }
  }

  /** Starts to connect. */
  start(): void {
    if (this.#state.type !== 'idle') return
    this.#set({ type: 'connecting' })
    this.#connect()
  }

  /** Lets time pass: simulates what has arrived for at most `budgetMs`, notices silence, connects again. */
  update(nowMs: number = this.#clock()): void {
    if (this.#connection !== null && nowMs - this.#heardAtMs >= SILENCE_MS_MAX) this.#lost('The server has not sent a frame for 5 seconds.')
    if (this.#retryAtMs !== null && nowMs >= this.#retryAtMs) {
      this.#retryAtMs = null
      this.#connect()
    }
    if (this.#connection !== null && nowMs - this.#sentAtMs >= HEARTBEAT_MS) this.#send(null)
    this.#catchUp()
  }

  #catchUp(): void {
    const until = this.#clock() + (this.#options.budgetMs ?? BUDGET_MS)
    while (this.#replica.framesBehind > 0) {
      const before = this.#replica.firstMismatch
      const failed = this.#replica.step()
      if (failed !== null) return this.#end(failed)
      const { firstMismatch } = this.#replica
      if (before === null && firstMismatch !== null) this.#options.events?.mismatch?.(firstMismatch)
      if (this.#clock() >= until) return
    }
  }

  #connect(): void {
    const { url, token, connects } = this.#options
    this.#attempt = new Attempt(url, token, connects, {
      connected: (connection) => this.#connected(connection),
      fellBack: () => undefined,
      failed: (errors) => this.#failed(errors),
      received: (bytes) => this.#received(bytes),
      closed: (reason) => this.#lost(`The connection ended: ${reason}.`),
    })
  }

  #connected(connection: ClientConnection): void {
    if (!connection.ordered) return this.#end(`A lockstep peer needs an ordered transport; ${connection.kind} is not.`, connection)
    this.#connection = connection
    this.#packet = 0
    this.#heardAtMs = this.#clock()
    this.#send({ type: 'hello', protocol: PROTOCOL_VERSION, mode: 'lockstep', body: 0 })
  }

  #send(control: Hello | Goodbye | null): void {
    this.#packet += 1
    this.#sentAtMs = this.#clock()
    const head = { packet: this.#packet, ackPacket: 0, ackBits: 0, ackMessage: 0, clientTimeMs: Math.floor(this.#sentAtMs) >>> 0, control }
    this.#connection?.send(encodeClientPacket(head, [], []))
  }

  #received(bytes: Uint8Array): void {
    this.#heardAtMs = this.#clock()
    this.#down.add(bytes.length, this.#heardAtMs)
    const decoded = decodeLockstep(bytes)
    const failed = decoded.ok ? this.#take(decoded.value) : `The server's message is not valid: ${describe(decoded.error)}`
    if (failed !== null) this.#end(failed)
  }

  #take(message: LockstepMessage): string | null {
    switch (message.type) {
      case 'start': {
        const refused = this.#replica.start(message)
        if (refused === null) this.#set({ type: 'running', epoch: message.epoch })
        return refused
      }
      case 'frame': return this.#replica.push(message)
      case 'goodbye': return message.reason
    }
  }

  #failed(errors: readonly ConnectError[]): void {
    this.#attempt = null
    if (this.#state.type !== 'reconnecting' || errors.every(({ reason }) => reason === 'refused')) this.#end(inWords(errors))
    else this.#retry(inWords(errors), this.#state.attempt + 1, this.#state.giveUpAtMs)
  }

  #lost(reason: string): void {
    this.#attempt?.giveUp(reason)
    this.#attempt = null
    this.#connection = null
    if (this.#state.type === 'running') this.#retry(reason, 1, this.#clock() + RESUME_MS_MAX)
    else if (this.#state.type === 'reconnecting') this.#retry(reason, this.#state.attempt + 1, this.#state.giveUpAtMs)
    else if (this.#state.type !== 'closed') this.#end(reason)
  }

  #retry(reason: string, attempt: number, giveUpAtMs: number): void {
    const nowMs = this.#clock()
    if (nowMs >= giveUpAtMs) return this.#end(reason)
    this.#retryAtMs = Math.min(giveUpAtMs, nowMs + (RETRY_MS[Math.min(attempt - 1, RETRY_MS.length - 1)] ?? 0))
    this.#set({ type: 'reconnecting', reason, attempt, giveUpAtMs })
  }

  /** Leaves and frees the realm; the report stays. */
  close(reason = 'left'): void {
    if (this.#connection !== null) this.#send({ type: 'goodbye', reason })
    this.#end(reason)
  }

  #end(reason: string, connection: ClientConnection | null = this.#connection): void {
    this.#attempt?.giveUp(reason)
    connection?.close(reason)
    this.#attempt = null
    this.#connection = null
    this.#retryAtMs = null
    this.#replica.end()
    if (this.#state.type !== 'closed') this.#set({ type: 'closed', reason })
  }

  #set(state: LockstepState): void {
    this.#state = state
    this.#options.events?.state?.(state)
  }
}
