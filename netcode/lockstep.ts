/**
 * A lockstep peer: receives the sealed frames, runs the same simulation, and compares the state hash of every tick with
 * the server's. It proves determinism continuously. It needs the physics engine, so it is a separate module. It also
 * needs an ordered transport (WebSocket) and the role of an observer.
 */
import type { Engine, Realm } from '../sim/index.ts'
import {
  decodeLockstep,
  describe,
  encodeClientPacket,
  PROTOCOL_VERSION,
  type Goodbye,
  type Hello,
  type LockstepMessage,
} from '../protocol/index.ts'
import { Reconnector } from './client/reconnector.ts'
import { Rate } from './client/rates.ts'
import { LockstepReplica, type Mismatch } from './lockstep-replica.ts'
import { HEARTBEAT_MS, SILENCE_MS_MAX } from './session/limits.ts'
import type { ClientConnection, Connect } from './transport.ts'

export type { Mismatch }

/** The peer's state. `reason`s are messages for people. */
export type LockstepState =
  | { readonly type: 'idle' }
  /** `waiting`: the server's request to wait. The peer tries again. */
  | { readonly type: 'connecting'; readonly waiting?: string }
  | { readonly type: 'running'; readonly epoch: number }
  | { readonly type: 'reconnecting'; readonly reason: string; readonly attempt: number; readonly giveUpAtMs: number }
  | { readonly type: 'closed'; readonly reason: string }

export interface LockstepOptions {
  /** http(s) URL of the server. */
  readonly url: string
  /** The token of a login with the role of an observer. */
  readonly token: string
  /** Ordered transports, tried in order. */
  readonly connects: readonly Connect[]
  /** From the simulation's `loadEngine`. */
  readonly engine: Engine
  /** Milliseconds of simulation in one `update`, so that a page stays responsive while it catches up. */
  readonly budgetMs?: number
  readonly events?: { state?(state: LockstepState): void; mismatch?(mismatch: Mismatch): void }
  /** Monotonic milliseconds, on the same clock as `update`'s. Default: performance.now. */
  readonly clock?: () => number
}

export interface LockstepReport {
  /** Tick of the peer's realm; 0 before the start. */
  readonly tick: number
  readonly ticksChecked: number
  readonly mismatches: number
  readonly firstMismatch: Mismatch | null
  /** Frames that arrived but are not simulated yet. */
  readonly framesBehind: number
  readonly bytesDown: number
  readonly bytesDownPerSecond: number
}

const BUDGET_MS = 8

export class LockstepPeer {
  readonly #options: LockstepOptions
  readonly #clock: () => number
  readonly #replica: LockstepReplica
  readonly #reconnector: Reconnector
  readonly #down = new Rate()
  #state: LockstepState = { type: 'idle' }
  #packet = 0
  #sentAtMs = 0
  #heardAtMs = 0

  constructor(options: LockstepOptions) {
    this.#options = options
    this.#clock = options.clock ?? (() => performance.now())
    this.#replica = new LockstepReplica(options.engine)
    const { url, token, connects } = options
    this.#reconnector = new Reconnector({
      url,
      token,
      connects,
      clock: this.#clock,
      events: {
        connected: (connection) => this.#connected(connection),
        received: (bytes) => this.#received(bytes),
        fellBack: () => undefined,
        waiting: (reason) => this.#set({ type: 'connecting', waiting: reason }),
        retrying: (reason, attempt, giveUpAtMs) => this.#set({ type: 'reconnecting', reason, attempt, giveUpAtMs }),
        ended: (reason) => this.#ended(reason),
      },
    })
  }

  get state(): LockstepState {
    return this.#state
  }

  /** The simulated realm; null before the start and after the end. Only read it. */
  get realm(): Realm | null {
    return this.#replica.realm
  }

  report(nowMs: number = this.#clock()): LockstepReport {
    const { realm, ticksChecked, mismatches, firstMismatch, framesBehind } = this.#replica
    return {
      tick: realm?.tick ?? 0,
      ticksChecked,
      mismatches,
      firstMismatch,
      framesBehind,
      bytesDown: this.#down.total,
      bytesDownPerSecond: this.#down.perSecond(nowMs),
    }
  }

  /** Starts to connect. */
  start(): void {
    if (this.#state.type !== 'idle') return
    this.#set({ type: 'connecting' })
    this.#reconnector.connect()
  }

  /** Advances time: simulates received frames for at most `budgetMs`, detects silence, reconnects. */
  update(nowMs: number = this.#clock()): void {
    const isConnected = this.#reconnector.connection !== null
    if (isConnected && nowMs - this.#heardAtMs >= SILENCE_MS_MAX)
      this.#reconnector.handleLoss('The server has not sent a frame for 5 seconds.')
    else if (isConnected && nowMs - this.#sentAtMs >= HEARTBEAT_MS) this.#send(null)
    this.#reconnector.update(nowMs)
    this.#catchUp()
  }

  #catchUp(): void {
    const until = this.#clock() + (this.#options.budgetMs ?? BUDGET_MS)
    while (this.#replica.framesBehind > 0) {
      const before = this.#replica.firstMismatch
      const failed = this.#replica.step()
      if (failed !== null) return this.#reconnector.end(failed)
      const { firstMismatch } = this.#replica
      if (before === null && firstMismatch !== null) this.#options.events?.mismatch?.(firstMismatch)
      if (this.#clock() >= until) return
    }
  }

  #connected(connection: ClientConnection): void {
    if (!connection.ordered)
      return this.#reconnector.end(`A lockstep peer needs an ordered transport; ${connection.kind} is not.`)
    this.#packet = 0
    this.#heardAtMs = this.#clock()
    this.#send({ type: 'hello', protocol: PROTOCOL_VERSION, mode: 'lockstep', body: 0 })
  }

  #send(control: Hello | Goodbye | null): void {
    this.#packet += 1
    this.#sentAtMs = this.#clock()
    const head = {
      packet: this.#packet,
      ackPacket: 0,
      ackBits: 0,
      ackMessage: 0,
      clientTimeMs: Math.floor(this.#sentAtMs) >>> 0,
      control,
    }
    this.#reconnector.connection?.send(encodeClientPacket(head, [], []))
  }

  #received(bytes: Uint8Array): void {
    this.#heardAtMs = this.#clock()
    this.#down.add(bytes.length, this.#heardAtMs)
    const decoded = decodeLockstep(bytes)
    const failed = decoded.ok
      ? this.#receive(decoded.value)
      : `The server's message is not valid: ${describe(decoded.error)}`
    if (failed !== null) this.#reconnector.end(failed)
  }

  #receive(message: LockstepMessage): string | null {
    switch (message.type) {
      case 'start': {
        const refused = this.#replica.start(message)
        if (refused !== null) return refused
        this.#reconnector.confirm()
        this.#set({ type: 'running', epoch: message.epoch })
        return null
      }
      case 'frame':
        return this.#replica.push(message)
      case 'goodbye':
        if (message.again !== true) return message.reason
        this.#reconnector.handleRestart(message.reason)
        return null
    }
  }

  /** Leaves and frees the realm; the report remains. */
  close(reason = 'left'): void {
    this.#send({ type: 'goodbye', reason })
    this.#reconnector.end(reason)
  }

  #ended(reason: string): void {
    this.#replica.end()
    this.#set({ type: 'closed', reason })
  }

  #set(state: LockstepState): void {
    this.#state = state
    this.#options.events?.state?.(state)
  }
}
