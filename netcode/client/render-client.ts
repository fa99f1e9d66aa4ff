/**
 * A player's client: connects, sends inputs, keeps the world as the server tells it. Driven by `update` (each drawn
 * frame, or `drive` where there are none); what arrives is taken when it arrives, so that a hidden page stays alive.
 */
import type { Command, ElementId, HandId, PackedPose, PropSpec, Quat, RealmDefinition, Vec3 } from '../../sim/types.ts'
import type { ServerMessage, SnapshotPart, Welcome } from '../../protocol/index.ts'
import { ClientSession } from '../session/client-session.ts'
import { RESUME_MS_MAX } from '../session/limits.ts'
import { ConnectError, type ClientConnection } from '../transport.ts'
import { Commands } from './commands.ts'
import { Attempt, inWords, RETRY_MS } from './connector.ts'
import { readDefinition } from './definition.ts'
import { Playback } from './playback.ts'
import { Rate } from './rates.ts'
import type { ClientState, ClientStats, Moving, Outcome, RenderClientOptions, Spawning, WorldSample } from './types.ts'
import { World } from './world.ts'

const IDENTITY: Quat = { x: 0, y: 0, z: 0, w: 1 }
const EMPTY: WorldSample = { tick: 0, avatars: [], props: [] }

type Move = Extract<Command, { readonly type: 'move' }>

/** What is known since the Welcome. */
interface Joined {
  readonly welcome: Welcome
  readonly definition: RealmDefinition
  readonly world: World
  readonly playback: Playback
}

export class RenderClient {
  readonly #options: RenderClientOptions
  readonly #clock: () => number
  readonly #session: ClientSession
  readonly #commands = new Commands()
  readonly #up = new Rate()
  readonly #down = new Rate()
  #state: ClientState = { type: 'idle' }
  #attempt: Attempt | null = null
  #connection: ClientConnection | null = null
  /** Which of the transports the connection is of. */
  #transport = 0
  #joined: Joined | null = null
  #permissions = 0
  /** Before the attempt that is due next, in ms of the clock; null: none is. */
  #retryAtMs: number | null = null
  #leaving: { readonly reason: string; readonly done: () => void } | null = null
  #snapshots = 0
  #snapshotParts = 0
  #reconnects = 0
  #move: Move | null = null
  #pose: Command | null = null

  constructor(options: RenderClientOptions) {
    this.#options = options
    this.#clock = options.clock ?? (() => performance.now())
    this.#session = new ClientSession(this.#clock(), { body: options.body ?? 0 })
  }

  get state(): ClientState {
    return this.#state
  }

  /** Of the realm; null before the Welcome. */
  get definition(): RealmDefinition | null {
    return this.#joined?.definition ?? null
  }

  /** Bits of Permission that the player has. */
  get permissions(): number {
    return this.#permissions
  }

  /** Starts to connect. */
  start(): void {
    if (this.#state.type !== 'idle') return
    this.#set({ type: 'connecting' })
    this.#connect()
  }

  /** Lets time pass: sends what is due, notices silence, connects again. Call it at least a few times a second. */
  update(nowMs: number = this.#clock()): void {
    if (this.#connection !== null && this.#session.silent(nowMs)) this.#lost('The server has not answered for 5 seconds.', nowMs)
    if (this.#leaving !== null && (this.#connection === null || this.#session.parted(nowMs))) this.#end(this.#leaving.reason)
    if (this.#retryAtMs !== null && nowMs >= this.#retryAtMs) {
      this.#retryAtMs = null
      this.#connect()
    }
    this.#send(nowMs)
  }

  // --- connection

  /** Tries the transports from `first` on. */
  #connect(first = 0): void {
    const { url, token, connects } = this.#options
    this.#attempt = new Attempt(url, token, connects.slice(first), {
      connected: (connection, index) => this.#connected(connection, first + index),
      fellBack: (error) => this.#options.events?.fellBack?.(error),
      failed: (errors) => this.#failed(errors),
      received: (bytes) => this.#received(bytes),
      closed: (reason) => this.#lost(`The connection ended: ${reason}.`, this.#clock()),
    })
  }

  #connected(connection: ClientConnection, transport: number): void {
    this.#connection = connection
    this.#transport = transport
    this.#session.attach(this.#clock())
    this.#send(this.#clock())
  }

  #failed(errors: readonly ConnectError[]): void {
    this.#attempt = null
    if (this.#state.type !== 'reconnecting' || errors.every(({ reason }) => reason === 'refused')) this.#end(inWords(errors))
    else this.#retry(inWords(errors), this.#state.attempt + 1, this.#state.giveUpAtMs)
  }

  /** The connection is gone; unless we left, it is made again. */
  #lost(reason: string, nowMs: number): void {
    this.#attempt?.giveUp(reason)
    this.#attempt = null
    const untried = this.#connection !== null && !this.#session.welcomed ? this.#transport + 1 : this.#options.connects.length
    this.#connection = null
    if (this.#leaving !== null) this.#end(this.#leaving.reason)
    // It connected and nothing came through, as behind some firewalls: the next may do better.
    else if (untried < this.#options.connects.length) this.#fallBack(reason, untried)
    else if (this.#state.type === 'joined') this.#retry(reason, 1, nowMs + RESUME_MS_MAX)
    else if (this.#state.type === 'reconnecting') this.#retry(reason, this.#state.attempt + 1, this.#state.giveUpAtMs)
    else this.#end(reason)
  }

  #fallBack(reason: string, next: number): void {
    this.#options.events?.fellBack?.(new ConnectError('timed-out', reason))
    this.#connect(next)
  }

  #retry(reason: string, attempt: number, giveUpAtMs: number): void {
    const nowMs = this.#clock()
    if (nowMs >= giveUpAtMs) return this.#end(`${reason} The session could not be resumed within ${RESUME_MS_MAX / 1_000} seconds.`)
    this.#retryAtMs = Math.min(giveUpAtMs, nowMs + (RETRY_MS[Math.min(attempt - 1, RETRY_MS.length - 1)] ?? 0))
    this.#set({ type: 'reconnecting', reason, attempt, giveUpAtMs })
  }

  #end(reason: string): void {
    this.#attempt?.giveUp(reason)
    this.#attempt = null
    this.#connection = null
    this.#retryAtMs = null
    this.#commands.lose()
    if (this.#state.type !== 'closed') this.#set({ type: 'closed', reason })
    this.#leaving?.done()
    this.#leaving = null
  }

  #set(state: ClientState): void {
    this.#state = state
    this.#options.events?.state?.(state)
  }

  /** Leaves: says goodbye, waits until the server has heard it (a second at most, `update` has to go on), and closes. */
  close(reason = 'left'): Promise<void> {
    if (this.#state.type === 'closed') return Promise.resolve()
    const nowMs = this.#clock()
    return new Promise((resolve) => {
      const before = this.#leaving?.done
      this.#leaving = { reason, done: () => (before?.(), resolve()) }
      if (this.#connection === null) return this.#end(reason)
      this.#session.goodbye(reason, nowMs)
      this.#send(nowMs)
    })
  }

  // --- packets

  #send(nowMs: number, answer = false): void {
    if (this.#connection === null) return
    for (const packet of this.#session.packets(nowMs, answer)) {
      this.#up.add(packet.length, nowMs)
      this.#connection.send(packet)
    }
  }

  #received(bytes: Uint8Array): void {
    const nowMs = this.#clock()
    this.#down.add(bytes.length, nowMs)
    const heard = this.#session.receive(bytes, nowMs)
    if (!heard.ok) return this.#lost(`The connection ended: ${heard.error.message}.`, nowMs)
    for (const message of heard.value.messages) if (!this.#tell(message)) return
    if (heard.value.snapshot !== null) this.#show(heard.value.snapshot, nowMs)
    if (heard.value.goodbye === null) return this.#send(nowMs)
    this.#send(nowMs, true)
    this.#end(heard.value.goodbye)
  }

  /** False: the connection ended over it. */
  #tell(message: ServerMessage): boolean {
    if (message.type === 'welcome' && !this.#welcome(message)) return false
    if (message.type === 'permissionsChanged') this.#permissions = message.permissions
    this.#joined?.world.tell(message)
    this.#commands.tell(message)
    this.#options.events?.message?.(message)
    return true
  }

  #welcome(welcome: Welcome): boolean {
    const definition = readDefinition(welcome)
    if (typeof definition === 'string') {
      this.#end(definition)
      return false
    }
    if (this.#joined !== null) this.#reconnects += 1
    if (!welcome.resumed) this.#commands.lose()
    this.#permissions = welcome.permissions
    this.#joined = { welcome, definition, world: new World(definition.bounds), playback: new Playback(welcome.tickRate) }
    // Numbering begins with the Welcome: what the player was doing is said again.
    if (this.#move !== null) this.#session.latest(this.#move)
    if (this.#pose !== null) this.#session.latest(this.#pose)
    const { player, avatar, resumed } = welcome
    this.#set({ type: 'joined', transport: this.#connection?.kind ?? 'memory', player, avatar, resumed })
    this.#options.events?.welcome?.(welcome)
    return true
  }

  #show(part: SnapshotPart, nowMs: number): void {
    if (this.#joined === null || !this.#session.welcomed) return
    const { world, playback } = this.#joined
    const shown = world.show(part)
    if (!shown.ok) return this.#lost(`A snapshot of the server is not valid: ${shown.error.message}.`, nowMs)
    if (part.tick > playback.newest) this.#snapshots += 1
    this.#snapshotParts += 1
    playback.arrived(part.tick, nowMs)
  }

  /** The world as it is to be drawn now. */
  sample(nowMs: number = this.#clock()): WorldSample {
    if (this.#joined === null) return EMPTY
    const { world, playback, welcome } = this.#joined
    const tick = playback.drawTick(nowMs)
    return { tick, avatars: world.avatarsAt(tick, welcome.player), props: world.propsAt(tick) }
  }

  // --- inputs

  /** Walks, turns, jumps, flies: holds until the next call. A change of direction leaves at once, a turn with the next packet. */
  move({ x = 0, y = 0, z = 0, yaw, jump = false, run = false, fly = false }: Moving): void {
    const before = this.#move
    this.#move = { type: 'move', x, y, z, yaw, jump, run, fly }
    this.#latest(this.#move, before === null || changesCourse(before, this.#move))
  }

  /** Sets the avatar's head, hands and bones (sim's packPose). */
  pose(pose: PackedPose): void {
    this.#pose = { type: 'pose', pose }
    this.#latest(this.#pose)
  }

  /** Says where what the hand holds should be, world space. */
  drag(hand: HandId, position: Vec3, rotation: Quat): void {
    this.#latest({ type: 'drag', hand, position, rotation })
  }

  #latest(command: Command, urgent = false): void {
    this.#session.latest(command, urgent)
    this.#send(this.#clock())
  }

  grab(element: ElementId, hand: HandId): Promise<Outcome> {
    return this.#command({ type: 'grab', element, hand })
  }

  release(hand: HandId): Promise<Outcome> {
    return this.#command({ type: 'release', hand })
  }

  scale(element: ElementId, scale: number): Promise<Outcome> {
    return this.#command({ type: 'scale', element, scale })
  }

  /** The outcome's `element` is the new one. */
  spawn(prop: PropSpec, { position, rotation = IDENTITY, scale = 1 }: Spawning): Promise<Outcome> {
    return this.#command({ type: 'spawn', prop, position, rotation, scale })
  }

  despawn(element: ElementId): Promise<Outcome> {
    return this.#command({ type: 'despawn', element })
  }

  /** Sends a command until it is acknowledged, also over a reconnect; resolves with what became of it, never rejects. */
  #command(command: Command): Promise<Outcome> {
    if (this.#joined === null || this.#state.type === 'closed' || this.#leaving !== null) return Promise.resolve({ ok: false, sequence: 0, reason: 'not-joined' })
    const queued = this.#session.command(command)
    if (!queued.ok) return Promise.resolve({ ok: false, sequence: 0, reason: 'too-many' })
    const outcome = this.#commands.wait(queued.value)
    this.#send(this.#clock())
    return outcome
  }

  // --- figures

  stats(nowMs: number = this.#clock()): ClientStats {
    const { received, expected } = this.#session.arrivals
    const playback = this.#joined?.playback
    const { rttMs } = this.#session
    return {
      transport: this.#connection?.kind ?? null,
      rttMs,
      bytesUp: this.#up.total, bytesDown: this.#down.total,
      bytesUpPerSecond: this.#up.perSecond(nowMs), bytesDownPerSecond: this.#down.perSecond(nowMs),
      snapshotsReceived: this.#snapshots, snapshotParts: this.#snapshotParts,
      loss: expected === 0 ? 0 : 1 - received / expected,
      inputsSent: this.#session.inputsSent, commandsPending: this.#commands.pending, inputsLost: this.#commands.lost,
      reconnects: this.#reconnects,
      serverTick: playback === undefined || playback.newest === 0 ? 0 : Math.floor(playback.arrivingTick(nowMs) + ((rttMs ?? 0) / 2_000) * (this.#joined?.welcome.tickRate ?? 0)),
      delayMs: playback?.delayMs ?? 0,
    }
  }
}

/** Starting, stopping, turning round, jumping: what a player feels the delay of. Another degree of a stick is not. */
function changesCourse(a: Move, b: Move): boolean {
  const courseOf = ({ x, y, z, jump, run, fly }: Move): string => [Math.sign(x), Math.sign(y), Math.sign(z), jump, run, fly].join(' ')
  return courseOf(a) !== courseOf(b)
}
