/**
 * A realm's runner on a clock that tests control, with its log in memory, and clients that exchange packets with it.
 */
import { ClientSession } from '../../netcode/session/index.ts'
import { encodeClientPacket, PROTOCOL_VERSION, type ServerMessage } from '../../protocol/index.ts'
import { SequenceTracker } from '../../server/realm/recorder/sequence-tracker.ts'
import {
  unpackOutbound,
  type FromRealm,
  type LinkEvent,
  type PackageAccessAnswer,
  type ToRealm,
  type WorkerStatus,
} from '../../server/both-threads/realm-messages.ts'
import { RealmRunner } from '../../server/realm/runner.ts'
import type { RealmLog } from '../../server/realm/recorder/realm-log-interface.ts'
import { scratchLog } from '../../server/realm/recorder/scratch-log.ts'
import { RemovalNotices } from '../../server/realm/recorder/removal-notices.ts'
import type { LoginRole } from '../../http-contract/index.ts'
import { UndeliveredOutcomes } from '../../server/realm/recorder/undelivered-outcomes.ts'
import { uidOf } from '../../testing/simulator/uid.ts'
import {
  DEFAULT_DEFINITION,
  genesis,
  type Command,
  type Engine,
  type InputFrame,
  type Realm,
  type RealmDefinition,
} from '../../sim/index.ts'

/** A realm with its log in memory. Time passes only in `pass`. */
export class RealmStage {
  readonly realm: Realm
  readonly frames: InputFrame[] = []
  readonly hashes = new Map<number, string>()
  readonly posted: FromRealm[] = []
  readonly sent = new Map<number, Uint8Array[]>()
  readonly closes = new Map<number, string>()
  readonly removalNotices = new RemovalNotices()
  readonly log: RealmLog
  status: WorkerStatus | null = null
  nowMs = 10_000
  closed = false
  /** Time that each of the next steps takes, ms. */
  workMs = 0
  isSpaceLow = false
  writeFault: Error | null = null
  /** Fault at writing a hash only: the tick was stepped but is not in the log. */
  hashFault: Error | null = null
  #inbox: ToRealm[] = []
  readonly #done: Promise<void>
  readonly #ended: Promise<void>
  #wake: (() => void) | null = null
  #targetMs = 0
  readonly #reached: (() => void)[] = []

  constructor(
    engine: Engine,
    changes: Partial<RealmDefinition> = {},
    from?: { realm: Realm; sequences: SequenceTracker; undelivered?: UndeliveredOutcomes },
  ) {
    this.realm = from?.realm ?? genesis(engine, { ...DEFAULT_DEFINITION, ...changes })
    this.log = this.#makeLog(from?.sequences ?? new SequenceTracker(), from?.undelivered ?? new UndeliveredOutcomes())
    const runner = new RealmRunner({
      log: this.log,
      timer: { nowMs: () => this.nowMs, until: (atMs) => this.#until(atMs) },
      receive: () => this.#inbox.shift(),
      post: (message) => this.#take(message),
    })
    this.#done = runner.run()
    this.#ended = this.#done.catch(() => undefined)
  }

  #makeLog(sequences: SequenceTracker, undelivered: UndeliveredOutcomes): RealmLog {
    return {
      ...scratchLog(this.realm),
      epoch: 1,
      sequences,
      undelivered,
      removalNotices: this.removalNotices,
      isSpaceLow: () => this.isSpaceLow,
      space: () => ({
        recordedBytes: this.frames.length,
        freeBytes: 1e9,
        checkpoints: { tick: 0, bytes: 0, skipped: 0, warning: null },
      }),
      frame: (frame) => {
        this.nowMs += this.workMs
        if (this.writeFault) throw this.writeFault
        this.frames.push(frame)
        sequences.apply(frame)
        return frame
      },
      hash: (tick, value) => {
        if (this.hashFault) throw this.hashFault
        this.hashes.set(tick, value)
      },
      checkpointDue: () => false,
      close: async () => {
        this.closed = true
      },
    }
  }

  #take(message: FromRealm): void {
    if (message.type === 'status') this.status = message.status
    if (message.type !== 'tick') return void this.posted.push(message)
    unpackOutbound(message, (link, packet) => this.sent.set(link, [...(this.sent.get(link) ?? []), packet.slice()]))
    for (const { link, reason } of message.closes) this.closes.set(link, reason)
    // A tick is sent only when its hash is in the log.
    if (message.advanced && this.hashes.get(message.tick) !== message.stateHash)
      throw new Error(`tick ${message.tick} was sent before its hash was written`)
  }

  async #until(atMs: number): Promise<void> {
    while (atMs > this.#targetMs) {
      for (const resolve of this.#reached.splice(0)) resolve()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.nowMs = Math.max(this.nowMs, atMs)
  }

  /** Lets `ms` pass on the realm's schedule. */
  async pass(ms: number): Promise<void> {
    this.#targetMs = Math.max(this.#targetMs, this.nowMs) + ms
    const there = new Promise<void>((resolve) => this.#reached.push(resolve))
    this.#wake?.()
    await Promise.race([there, this.#ended])
  }

  put(event: LinkEvent, bytes: Uint8Array = new Uint8Array()): void {
    this.#inbox.push({ type: 'batch', events: [event], bytes })
  }

  open(link: number, player: number, role: LoginRole = 'player', ordered = true, granted = 0): void {
    const peer = {
      session: `s${player}`,
      kind: ordered ? 'websocket' : 'webrtc',
      ordered,
      address: '127.0.0.1',
    } as const
    this.put({
      type: 'opened',
      link,
      peer,
      claims: { session: `s${player}`, player, name: `Player ${player}`, role, uid: uidOf(player), user: player },
      granted,
    })
  }

  receive(link: number, bytes: Uint8Array): void {
    this.put({ type: 'received', link, length: bytes.length }, bytes)
  }

  grant(player: number, granted: number): void {
    this.put({ type: 'grant', uid: uidOf(player), granted })
  }

  /** Returns the packages that the realm has requested since the last call. */
  packageRequests(): Extract<FromRealm, { type: 'package-request' }>[] {
    return this.posted.splice(0).filter((message) => message.type === 'package-request')
  }

  answer(player: number, hash: string, answer: PackageAccessAnswer): void {
    this.#inbox.push({ type: 'package-answer', hash, player, ...answer })
  }

  stop(reason: string): void {
    this.#inbox.push({ type: 'stop', reason })
  }

  end(): Promise<void> {
    return this.#done
  }
}

/** A render client of the stage, with one link at a time. */
export class StageClient {
  readonly messages: ServerMessage[] = []
  readonly session: ClientSession
  goodbye: string | null = null
  snapshots = 0
  link: number
  readonly #stage: RealmStage
  readonly player: number

  /** `session`: the session of a client that was at another stage before. */
  constructor(stage: RealmStage, link: number, player: number, session?: ClientSession, granted = 0) {
    this.#stage = stage
    this.player = player
    this.link = link
    this.session = session ?? new ClientSession(stage.nowMs)
    session?.attach(stage.nowMs)
    stage.open(link, player, 'player', true, granted)
  }

  reconnect(link: number): void {
    this.link = link
    this.session.attach(this.#stage.nowMs)
    this.#stage.open(link, this.player)
  }

  /** Exchanges packets every 50 ms, for `ms`. */
  async play(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) await playAll(this.#stage, [this])
  }

  exchange(): void {
    for (const packet of this.session.packets(this.#stage.nowMs)) this.#stage.receive(this.link, packet)
  }

  take(): void {
    for (const bytes of this.#stage.sent.get(this.link)?.splice(0) ?? []) {
      const received = this.session.receive(bytes, this.#stage.nowMs)
      if (!received.ok) throw new Error(received.error.message)
      this.messages.push(...received.value.messages)
      if (received.value.snapshot) this.snapshots++
      this.goodbye ??= received.value.goodbye?.reason ?? null
      if (received.value.goodbye !== null)
        for (const packet of this.session.packets(this.#stage.nowMs, true)) this.#stage.receive(this.link, packet)
    }
  }

  last<T extends ServerMessage['type']>(type: T): Extract<ServerMessage, { type: T }> | undefined {
    return this.messages.findLast((message): message is Extract<ServerMessage, { type: T }> => message.type === type)
  }
}

export async function playAll(stage: RealmStage, guests: readonly StageClient[], ms = 50): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    for (const guest of guests) guest.exchange()
    await stage.pass(50)
    for (const guest of guests) guest.take()
  }
}

export const walk = {
  type: 'move',
  x: 0,
  y: 0,
  z: -1,
  yaw: 0,
  jump: false,
  run: false,
  fly: false,
} as const satisfies Command
/** A client's first packet. */
export const hello = (mode: 'render' | 'lockstep', protocol = PROTOCOL_VERSION, body = 0): Uint8Array =>
  encodeClientPacket(
    {
      packet: 1,
      ackPacket: 0,
      ackBits: 0,
      ackMessage: 0,
      clientTimeMs: 0,
      control: { type: 'hello', protocol, mode, body },
    },
    [],
    [],
  )
