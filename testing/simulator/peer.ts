/** A lockstep peer of a simulated world. */
import { LockstepPeer, type LockstepReport } from '../../netcode/lockstep.ts'
import type { Engine } from '../../sim/index.ts'
import { Access } from './access.ts'
import type { VirtualClock } from './clock.ts'
import { forged, type Sabotage } from './sabotage.ts'
import type { Trace } from './trace.ts'

export interface PeerOptions {
  readonly clock: VirtualClock
  readonly trace: Trace
  readonly engine: Engine
  readonly player: number
  readonly seed: number
  readonly delayMs: number
  readonly sabotage: Sabotage | null
  violated(invariant: 'lockstep' | 'reasons', message: string): void
}

const FRAME_MS = 1_000 / 60
const REJOIN_MS = 1_000
const EXPECTED_END = /^The server restarts/

export class SimulatedPeer {
  readonly access: Access
  readonly player: number
  readonly #options: PeerOptions
  #peer: LockstepPeer | null = null
  #nextFrameMs = 0
  #isExpected = true
  #begun = false
  /** Ticks that earlier peers checked. */
  #checked = 0

  constructor(options: PeerOptions) {
    const { clock, seed, delayMs } = options
    this.#options = options
    this.player = options.player
    this.access = new Access({
      clock,
      seed,
      ordered: true,
      conditions: { delayMs },
      tap: {
        sent: () => undefined,
        received: (bytes) => (options.sabotage === 'forged-frame' ? forged(bytes) : bytes),
      },
    })
  }

  get token(): string {
    return `peer-${this.player}`
  }

  get report(): LockstepReport | null {
    return this.#peer?.report(this.#options.clock.nowMs) ?? null
  }

  get running(): boolean {
    return this.#peer?.state.type === 'running'
  }

  get ticksChecked(): number {
    return this.#checked + (this.report?.ticksChecked ?? 0)
  }

  join(): void {
    const { clock, engine } = this.#options
    const peer: LockstepPeer = new LockstepPeer({
      url: 'simulated',
      token: this.token,
      engine,
      clock: () => clock.nowMs,
      budgetMs: Infinity,
      connects: [(_url, token, events) => this.access.connect(token, events)],
      events: {
        state: (state) => {
          if (state.type === 'running') this.#begun = true
          if (state.type === 'closed' && this.#isExpected) this.#ended(state.reason)
        },
        mismatch: ({ tick, expected, actual }) =>
          this.#options.violated('lockstep', `the peer has hash ${actual} after tick ${tick}, the server ${expected}`),
      },
    })
    this.#peer = peer
    this.#begun = false
    peer.start()
    this.#nextFrameMs = clock.nowMs
    this.#frame(peer)
  }

  #ended(reason: string): void {
    const { clock, trace } = this.#options
    trace.log(clock.nowMs, `peer ended: ${reason}`)
    if (this.#begun && !EXPECTED_END.test(reason))
      this.#options.violated('reasons', `the lockstep peer ended, which no plan asked for: ${reason}`)
    this.#checked = this.ticksChecked
    this.#peer = null
    clock.at(clock.nowMs + REJOIN_MS, () => {
      if (this.#isExpected) this.join()
    })
  }

  #frame(peer: LockstepPeer): void {
    if (peer !== this.#peer) return
    peer.update(this.#options.clock.nowMs)
    this.#nextFrameMs += FRAME_MS
    this.#options.clock.at(this.#nextFrameMs, () => this.#frame(peer))
  }

  close(): void {
    this.#isExpected = false
    this.#checked = this.ticksChecked
    this.#peer?.close()
    this.#peer = null
  }
}
