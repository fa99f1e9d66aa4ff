/**
 * A player's client: connects, sends inputs, and keeps the world that the server describes. Call `update` each drawn
 * frame, or use `drive`. Received messages are handled when they arrive, so that a hidden page stays connected.
 */
import type {
  BodyChoice,
  Command,
  ElementId,
  HandId,
  PackageHash,
  PackedPose,
  PropSpec,
  Quat,
  RealmDefinition,
  UserNumber,
  Vec3,
} from '../../sim/types.ts'
import type { ServerMessage, SnapshotPart, Welcome } from '../../protocol/index.ts'
import { ClientSession } from '../session/client/client-session.ts'
import { PendingCommands, wireFaultOf } from './prediction/pending-commands.ts'
import { changesCourse, isSame, sendable } from './prediction/outgoing-move.ts'
import { readDefinition } from './definition.ts'
import { Reconnector } from './reconnector.ts'
import { LocalAvatar } from './prediction/local-avatar.ts'
import { Playback } from './playback/playback.ts'
import type { Move } from './prediction/prediction.ts'
import { Rate } from './rates.ts'
import type {
  ClientState,
  ClientStats,
  MoveInput,
  CommandResult,
  RenderClientOptions,
  SpawnOptions,
  WorldSample,
} from './types.ts'
import { SnapshotDecoder } from '../snapshot/decoder.ts'
import { ReplicatedWorld } from './replicated-world.ts'

const IDENTITY: Quat = { x: 0, y: 0, z: 0, w: 1 }
const EMPTY: WorldSample = { tick: 0, avatars: [], props: [] }

/** Known since the Welcome. */
interface Joined {
  readonly welcome: Welcome
  readonly definition: RealmDefinition
  readonly world: ReplicatedWorld
  readonly playback: Playback
  readonly own: LocalAvatar
}

export class RenderClient {
  readonly #options: RenderClientOptions
  readonly #clock: () => number
  readonly #session: ClientSession
  readonly #reconnector: Reconnector
  readonly #commands = new PendingCommands()
  readonly #up = new Rate()
  readonly #down = new Rate()
  #state: ClientState = { type: 'idle' }
  #joined: Joined | null = null
  /** The decoder of this connection: snapshots may come before the Welcome, and later ones build on them. */
  #decoder = new SnapshotDecoder()
  #permissions = 0
  #leaving: { readonly reason: string; readonly done: () => void } | null = null
  #snapshots = 0
  #snapshotParts = 0
  #reconnects = 0
  #move: Move | null = null
  #pose: Extract<Command, { readonly type: 'pose' }> | null = null

  constructor(options: RenderClientOptions) {
    this.#options = options
    this.#clock = options.clock ?? (() => performance.now())
    this.#session = new ClientSession(this.#clock(), { body: options.body ?? 0 })
    const { url, token, connects, renew } = options
    this.#reconnector = new Reconnector({
      url,
      token,
      connects,
      clock: this.#clock,
      rejoins: options.rejoin ?? true,
      ...(renew === undefined ? {} : { renew }),
      events: {
        connected: () => this.#connected(),
        received: (bytes) => this.#receivePacket(bytes),
        fellBack: (error) => options.events?.fellBack?.(error),
        waiting: (reason) => this.#set({ type: 'connecting', waiting: reason }),
        retrying: (reason, attempt, giveUpAtMs) => this.#retrying(reason, attempt, giveUpAtMs),
        ended: (reason) => this.#ended(reason),
      },
    })
  }

  get state(): ClientState {
    return this.#state
  }

  /** The realm's definition; null before the Welcome. */
  get definition(): RealmDefinition | null {
    return this.#joined?.definition ?? null
  }

  /** The user whose elements are the player's own; 0 before the Welcome. */
  get user(): UserNumber {
    return this.#joined?.welcome.user ?? 0
  }

  /** The player's permissions, bits of Permission. */
  get permissions(): number {
    return this.#permissions
  }

  /** Starts to connect. */
  start(): void {
    if (this.#state.type !== 'idle') return
    this.#set({ type: 'connecting' })
    this.#reconnector.connect()
  }

  /** Advances time: sends what is due, detects silence, reconnects. Call it at least a few times a second. */
  update(nowMs: number = this.#clock()): void {
    const isConnected = this.#reconnector.connection !== null
    if (this.#leaving !== null && (!isConnected || this.#session.isGoodbyeDone(nowMs)))
      this.#reconnector.end(this.#leaving.reason)
    else if (isConnected && this.#session.isSilent(nowMs))
      this.#handleLoss('The server has not answered for 5 seconds.')
    this.#reconnector.update(nowMs)
    this.#send(nowMs)
  }

  // --- connection

  #connected(): void {
    this.#session.attach(this.#clock())
    this.#decoder = new SnapshotDecoder()
    this.#send(this.#clock())
  }

  /** The connection is no longer usable. Reconnects unless the client is leaving. */
  #handleLoss(reason: string): void {
    if (this.#leaving === null) this.#reconnector.handleLoss(reason)
    else this.#reconnector.end(this.#leaving.reason)
  }

  #retrying(reason: string, attempt: number, giveUpAtMs: number): void {
    // No command waits for longer than a session can be resumed.
    if (this.#clock() >= giveUpAtMs) this.#commands.markLost()
    this.#set({ type: 'reconnecting', reason, attempt, giveUpAtMs })
  }

  #ended(reason: string): void {
    this.#commands.markLost()
    this.#set({ type: 'closed', reason })
    this.#leaving?.done()
    this.#leaving = null
  }

  #set(state: ClientState): void {
    this.#state = state
    this.#options.events?.state?.(state)
  }

  /**
   * Leaves: sends a goodbye, waits until the server acknowledged it (at most a second; keep calling `update`), and
   * closes.
   */
  close(reason = 'left'): Promise<void> {
    if (this.#state.type === 'closed') return Promise.resolve()
    const nowMs = this.#clock()
    return new Promise((resolve) => {
      const before = this.#leaving?.done
      this.#leaving = { reason, done: () => (before?.(), resolve()) }
      if (this.#reconnector.connection === null) return this.#reconnector.end(reason)
      this.#session.goodbye(reason, nowMs)
      this.#send(nowMs)
    })
  }

  // --- packets

  #send(nowMs: number, answer = false): void {
    const { connection } = this.#reconnector
    if (connection === null) return
    for (const packet of this.#session.packets(nowMs, answer)) {
      this.#up.add(packet.length, nowMs)
      connection.send(packet)
    }
    if (this.#session.sentMove !== null) this.#joined?.own.moveSent(this.#session.sentMove, this.#permissions)
  }

  #receivePacket(bytes: Uint8Array): void {
    const nowMs = this.#clock()
    this.#down.add(bytes.length, nowMs)
    const received = this.#session.receive(bytes, nowMs)
    if (!received.ok) return this.#handleLoss(`The connection ended: ${received.error.message}.`)
    for (const message of received.value.messages) if (!this.#receiveMessage(message)) return
    if (received.value.rttMs !== null) this.#joined?.own.clock.roundTrip(received.value.rttMs, nowMs)
    if (received.value.snapshot !== null) this.#applySnapshot(received.value.snapshot, received.value.packet, nowMs)
    const { goodbye } = received.value
    if (goodbye === null) return this.#send(nowMs)
    this.#send(nowMs, true)
    if (goodbye.again === true && this.#leaving === null) this.#reconnector.handleRestart(goodbye.reason)
    else this.#reconnector.end(this.#leaving?.reason ?? goodbye.reason)
  }

  /** Returns false if the connection ended over the message. */
  #receiveMessage(message: ServerMessage): boolean {
    if (message.type === 'welcome' && !this.#welcome(message)) return false
    if (message.type === 'permissionsChanged') this.#permissions = message.permissions
    this.#joined?.world.receive(message)
    this.#commands.receive(message)
    this.#options.events?.message?.(message)
    return true
  }

  #welcome(welcome: Welcome): boolean {
    const definition = readDefinition(welcome)
    if (typeof definition === 'string') {
      this.#reconnector.end(definition)
      return false
    }
    const isBack = this.#joined !== null
    if (isBack) this.#reconnects += 1
    // Commands that were acknowledged but are no longer in the log were lost in a power cut of the server.
    if (welcome.resumed) this.#commands.markLost(welcome.ackCommand, this.#session.oldestUnacknowledged)
    else this.#commands.markLost()
    this.#reconnector.confirm()
    this.#permissions = welcome.permissions
    const clock = welcome.resumed ? this.#joined?.own.clock : undefined
    const own = new LocalAvatar(welcome, definition, clock, this.#options.collidersOf)
    const world = new ReplicatedWorld(definition.bounds, welcome.tickRate, this.#decoder, this.#options.poses)
    this.#joined = { welcome, definition, world, playback: new Playback(welcome.tickRate), own }
    this.#session.timeline = (nowMs) => Math.floor(own.clock.tick(nowMs))
    if (this.#move !== null) own.setMove(this.#move)
    if (this.#pose !== null) own.setPose(this.#pose.pose)
    // Numbering starts with the Welcome, so the current move is sent again.
    if (this.#move !== null) this.#session.latest(this.#move)
    if (this.#pose !== null) this.#session.latest(this.#pose)
    const { player, avatar, resumed } = welcome
    this.#set({ type: 'joined', transport: this.#reconnector.connection?.kind ?? 'memory', player, avatar, resumed })
    this.#options.events?.welcome?.(welcome)
    if (isBack && !resumed) this.#options.events?.rejoined?.(welcome)
    return true
  }

  #applySnapshot(part: SnapshotPart, packet: number, nowMs: number): void {
    const decoded = this.#decoder.decode(part)
    if (!decoded.ok)
      return this.#handleLoss(
        `A snapshot of the server is not valid: ${decoded.error.where}: ${decoded.error.message}.`,
      )
    if (decoded.value.missing > 0) this.#session.withholdAck(packet)
    if (this.#joined === null || !this.#session.welcomed) return
    const { world, playback, own } = this.#joined
    world.applySamples(decoded.value.samples)
    if (part.tick > playback.newest) this.#snapshots += 1
    this.#snapshotParts += 1
    playback.recordSnapshot(part.tick, nowMs)
    own.clock.recordSnapshot(part.tick, nowMs)
    if (part.own !== null && this.#options.predict !== false) own.reconcile(part.own, part.tick, nowMs)
  }

  /** The world to draw now: others a little in the past, the own avatar and held props at their predicted present. */
  sample(nowMs: number = this.#clock()): WorldSample {
    if (this.#joined === null) return EMPTY
    const { world, playback, welcome, own } = this.#joined
    const tick = playback.drawTick(nowMs)
    const avatars = world
      .avatarsAt(tick, welcome.player)
      .map((avatar) => (avatar.own ? own.avatar(avatar, nowMs) : avatar))
    return {
      tick,
      avatars,
      props: own.props(
        world.propsAt(tick),
        tick,
        avatars.find((avatar) => avatar.own),
        nowMs,
      ),
    }
  }

  // --- inputs

  /**
   * Walks, turns, jumps, flies. The move stays in effect until the next call. A change of direction is sent at once, a
   * turn with the next packet. Throws a RangeError for a number that is not finite.
   */
  move({ x = 0, y = 0, z = 0, yaw, jump = false, run = false, fly = false }: MoveInput): void {
    const before = this.#move
    this.#move = sendable({ type: 'move', x, y, z, yaw, jump, run, fly })
    if (before !== null && isSame(before, this.#move)) return
    this.#joined?.own.setMove(this.#move)
    this.#latest(this.#move, before === null || changesCourse(before, this.#move))
  }

  /** Sets the avatar's head, hands and bones (sim's packPose). */
  pose(pose: PackedPose): void {
    this.#pose = { type: 'pose', pose }
    this.#joined?.own.setPose(pose)
    this.#latest(this.#pose)
  }

  /** Sets the target of the prop in the hand, world space. Throws a RangeError for an invalid position or rotation. */
  drag(hand: HandId, position: Vec3, rotation: Quat): void {
    const drag = sendable({ type: 'drag', hand, position, rotation })
    this.#joined?.own.heldPrediction.dragged(hand, position, rotation)
    this.#latest(drag)
  }

  #latest(command: Command, urgent = false): void {
    this.#session.latest(command, urgent)
    this.#send(this.#clock())
  }

  /** Grabs a prop. It follows the hand at once, unless the server refuses. */
  async grab(element: ElementId, hand: HandId): Promise<CommandResult> {
    const heldPrediction = this.#joined?.own.heldPrediction
    heldPrediction?.grabbed(hand, element, this.#clock())
    const outcome = await this.#command({ type: 'grab', element, hand })
    if (!outcome.ok) heldPrediction?.refused(hand, element, this.#clock())
    return outcome
  }

  release(hand: HandId): Promise<CommandResult> {
    this.#joined?.own.heldPrediction.released(hand, this.#clock())
    return this.#command({ type: 'release', hand })
  }

  scale(element: ElementId, scale: number): Promise<CommandResult> {
    return this.#command({ type: 'scale', element, scale })
  }

  /** Creates a prop from a spec or a package. The outcome's `element` is the new prop. */
  spawn(
    prop: PropSpec | PackageHash,
    { position, rotation = IDENTITY, scale = 1, access = 0 }: SpawnOptions,
  ): Promise<CommandResult> {
    return this.#command({ type: 'spawn', prop, position, rotation, scale, access, owner: 0 })
  }

  /** Changes the own avatar's body: one of the realm's by its index, or an avatar's package. */
  wear(body: BodyChoice): Promise<CommandResult> {
    return this.#command({ type: 'wear', player: 0, body })
  }

  /** Changes who may do what with a prop that the player owns or manages. */
  setAccess(element: ElementId, access: number): Promise<CommandResult> {
    return this.#command({ type: 'access', element, access })
  }

  despawn(element: ElementId): Promise<CommandResult> {
    return this.#command({ type: 'despawn', element })
  }

  /** Sends a command until it is acknowledged, also after a reconnect. Resolves with its outcome; never rejects. */
  #command(command: Command): Promise<CommandResult> {
    if (this.#joined === null || this.#state.type === 'closed' || this.#leaving !== null)
      return Promise.resolve({ ok: false, sequence: 0, reason: 'not-joined' })
    if (wireFaultOf(command) !== null) return Promise.resolve({ ok: false, sequence: 0, reason: 'invalid-value' })
    const queued = this.#session.command(command)
    if (!queued.ok) return Promise.resolve({ ok: false, sequence: 0, reason: 'too-many' })
    const outcome = this.#commands.wait(queued.value)
    this.#send(this.#clock())
    return outcome
  }

  // --- statistics

  stats(nowMs: number = this.#clock()): ClientStats {
    const { received, expected } = this.#session.arrivals
    const playback = this.#joined?.playback
    const { rttMs } = this.#session
    return {
      transport: this.#reconnector.connection?.kind ?? null,
      rttMs,
      bytesUp: this.#up.total,
      bytesDown: this.#down.total,
      bytesUpPerSecond: this.#up.perSecond(nowMs),
      bytesDownPerSecond: this.#down.perSecond(nowMs),
      snapshotsReceived: this.#snapshots,
      snapshotParts: this.#snapshotParts,
      loss: expected === 0 ? 0 : 1 - received / expected,
      inputsSent: this.#session.inputsSent,
      commandsPending: this.#commands.pending,
      inputsLost: this.#commands.lost,
      reconnects: this.#reconnects,
      serverTick:
        playback === undefined || playback.newest === 0 ? 0 : Math.floor(this.#joined?.own.clock.tick(nowMs) ?? 0),
      newestTick: playback?.newest ?? 0,
      delayMs: playback?.delayMs ?? 0,
      jitterMs: playback?.jitterMs ?? 0,
      correctionMetres: this.#joined?.own.correction.lastMetres ?? 0,
      correctionRmsMetres: this.#joined?.own.correction.rmsMetres ?? 0,
      driftPpm: this.#joined?.own.clock.driftPpm ?? 0,
      silenceMs: this.#reconnector.connection === null ? 0 : this.#session.silenceMs(nowMs),
    }
  }
}
