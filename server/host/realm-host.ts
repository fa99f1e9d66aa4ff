/** Realm host: the main thread's side of one realm instance: runs its worker, carries its packets, watches over it. */
import { Context, Deferred, Effect, Layer } from 'effect'
import type { ServerEvents, ServerTransport } from '../../netcode/transport.ts'
import { Archive, type ArchiveService } from '../../storage/archive/index.ts'
import { ElementWriteBehind } from './element-write-behind.ts'
import { ServerSettings, type Settings } from '../config.ts'
import type { DataDirectory } from '../accounts/data-directory.ts'
import { DataDirectoryService } from '../accounts/data-directory.ts'
import type { ServerError } from '../error.ts'
import { GrantsService } from '../accounts/grants.ts'
import { PackagesService } from '../packages/packages.ts'
import { Gateway, type GatewayService } from '../accounts/gateway.ts'
import { ARCHIVE_FLUSH_MS_MAX, INBOUND_BATCH_MS } from '../limits.ts'
import { packageVersion } from '../package-root.ts'
import { ServerMeters, type ServerTable } from '../metrics/server-meters.ts'
import { Presence } from './presence.ts'
import { RecordWriteBehindService } from './record-write-behind.ts'
import { RealmMeters } from '../metrics/realm-meters.ts'
import { RealmLifecycle } from './realm-lifecycle.ts'
import { RealmLinks, type RealmLinksOptions } from './realm-links.ts'
import type { FromRealm, PackageAnswer, RealmStart, WorkerStatus } from '../realm-messages.ts'
import { savedStart } from './saved-start.ts'
import { healthOf, withRecording, type Closure, type Health, type RealmStatus } from '../http/status.ts'

export interface RealmHostService {
  /** Succeeds when the realm ticks for the first time; fails with why it cannot. */
  readonly ready: Effect.Effect<void, ServerError>
  /** What a transport reports to; `transport` is asked for when something happens, as it is made with these. */
  eventsFor(transport: () => ServerTransport): ServerEvents
  status(): RealmStatus
  health(): Health
  /** Why nobody is let in at present; null: they are. */
  closedTo(): Closure | null
  readonly meters: RealmMeters
  /** Elements that wait to be saved. */
  saveBacklog(): number
  /** Says goodbye to everyone, seals the recording, ends the worker. Once; later calls wait for the same end. */
  drain(reason: string): Promise<void>
}

export class RealmHost extends Context.Service<RealmHost, RealmHostService>()('otherworld/RealmHost') {
  static readonly layer = Layer.effect(
    RealmHost,
    Effect.gen(function* () {
      const settings = yield* ServerSettings
      const data = yield* DataDirectoryService
      const gateway = yield* Gateway
      const archive = yield* Archive
      const { table: counted } = yield* ServerMeters
      const grants = yield* GrantsService
      const packages = yield* PackagesService
      const records = yield* RecordWriteBehindService
      const presence = new Presence(settings.definition.id, records, Date.now)
      const outside: Outside = {
        grantedTo: (uid) => grants.permissionsOf(uid),
        physicsFor: (hash, uid) => packages.physicsFor(hash, uid),
        came: (claims) => presence.came(claims),
        went: (claims) => presence.went(claims),
      }
      const meters = new RealmMeters()
      const ready = yield* Deferred.make<void, ServerError>()
      const settle = (error: ServerError | null): void => {
        Deferred.doneUnsafe(ready, error ? Effect.fail(error) : Effect.void)
      }
      const host = yield* Effect.acquireRelease(
        Effect.sync(
          () => new Host(settings, gateway, startOf(settings, data, meters), settle, counted, outside, archive),
        ),
        (running) => Effect.promise(() => running.drain('The server stops.')),
      )
      grants.tell((uid) => host.grant(uid))
      return {
        ready: Deferred.await(ready),
        eventsFor: (transport) => host.eventsFor(transport),
        status: () => host.status(),
        health: () => withRecording(host.health(), meters.recordings),
        closedTo: () => host.closedTo(),
        meters,
        saveBacklog: () => host.saveBacklog,
        drain: (reason) => host.drain(reason),
      }
    }),
  )
}

/** Of the tick that was heard of last. */
type NewestState = Pick<WorkerStatus, 'tick' | 'stateHash' | 'players' | 'elements'>

type Settle = (error: ServerError | null) => void

/** What the realm asks the archive through: answers in time, never rejects. */
interface Outside extends Pick<RealmLinksOptions, 'grantedTo' | 'came' | 'went'> {
  physicsFor(hash: string, uid: string): Promise<PackageAnswer>
}

class Host {
  private readonly settings: Settings
  private readonly start: RealmStart
  private readonly outside: Outside
  private readonly links: RealmLinks
  private readonly writeBehind: ElementWriteBehind
  private readonly life: RealmLifecycle
  private batchTimer: NodeJS.Timeout | undefined
  private tickAtMs = performance.now()
  private workerStatus: WorkerStatus
  private newest: NewestState = { tick: 0, stateHash: '', players: 0, elements: 0 }
  private draining: Promise<void> | null = null

  constructor(
    settings: Settings,
    gateway: GatewayService,
    start: RealmStart,
    settle: Settle,
    counted: ServerTable,
    outside: Outside,
    archive: ArchiveService,
  ) {
    this.settings = settings
    this.start = start
    this.outside = outside
    this.workerStatus = emptyStatus(start.definition.id)
    this.links = new RealmLinks({
      counted,
      claimsOf: (session) => gateway.claimsOf(session),
      ...outside,
      closedTo: () => this.closedTo()?.words ?? null,
      waits: () => {
        this.batchTimer ??= setTimeout(() => this.flush(), INBOUND_BATCH_MS)
      },
      log: (line) => settings.log(line),
    })
    this.writeBehind = new ElementWriteBehind({
      archive,
      log: (line) => settings.log(line),
      retell: () => this.life.post({ type: 'resend-elements' }),
    })
    this.life = new RealmLifecycle({
      settings,
      start,
      counted,
      settle,
      savedStart: (isEnding) =>
        savedStart({
          archive,
          realm: start.definition.id,
          recordings: start.recordings,
          log: (line) => settings.log(line),
          isEnding,
        }),
      heard: (message) => this.heard(message),
      died: () => this.links.closeAll('The realm starts again; reconnect to go on where you were.'),
    })
    this.life.begin()
  }

  eventsFor(transport: () => ServerTransport): ServerEvents {
    return this.links.eventsFor(transport)
  }

  status(): RealmStatus {
    const { restarts, quarantined } = this.life
    return { ...this.workerStatus, ...this.newest, connections: this.links.size, restarts, quarantined }
  }

  get saveBacklog(): number {
    return this.writeBehind.backlog
  }

  health(): Health {
    return healthOf(
      { id: this.start.definition.id, tick: this.newest.tick, warning: this.workerStatus.warning },
      this.tickAtMs,
      performance.now(),
      this.life.problem,
    )
  }

  closedTo(): Closure | null {
    const { problem, isDown } = this.life
    if (problem === null) return null
    return { reason: this.draining ? 'stopping' : isDown ? 'down' : 'starting', words: problem }
  }

  grant(uid: string): void {
    this.links.grant(uid)
  }

  drain(reason: string): Promise<void> {
    this.draining ??= this.stop(reason)
    return this.draining
  }

  private flush(): void {
    this.batchTimer = undefined
    const message = this.links.take()
    this.life.post(message, [message.bytes.buffer])
  }

  private heard(message: FromRealm): void {
    switch (message.type) {
      case 'ready':
        return this.started(message)
      case 'tick':
        return this.ticked(message)
      case 'status':
        this.workerStatus = message.status
        return undefined
      case 'package-request':
        return this.wanted(message)
      case 'elements':
        return this.writeBehind.elements(message.changes)
      case 'log':
        return this.writeBehind.logged(message.event)
      // What concerns the worker's life is heard there.
      case 'note':
      case 'failed':
      case 'stopped':
        return undefined
    }
  }

  private wanted({ hash, player, uid }: Extract<FromRealm, { type: 'package-request' }>): void {
    const tell = this.life.replier()
    void this.outside.physicsFor(hash, uid).then((answer) => tell({ type: 'package-answer', hash, player, ...answer }))
  }

  private started(message: Extract<FromRealm, { type: 'ready' }>): void {
    this.writeBehind.begin(message.definition, message.epoch)
    this.takeState(message)
    this.tickAtMs = performance.now()
  }

  private takeState({ tick, stateHash, players, elements }: NewestState): void {
    this.newest = { tick, stateHash, players, elements }
  }

  private ticked(message: Extract<FromRealm, { type: 'tick' }>): void {
    this.takeState(message)
    if (message.advanced) this.tickAtMs = performance.now()
    this.links.send(message)
  }

  private async stop(reason: string): Promise<void> {
    clearTimeout(this.batchTimer)
    await this.life.stop(reason)
    this.links.closeAll(reason)
    if (!(await this.writeBehind.end(ARCHIVE_FLUSH_MS_MAX)))
      this.settings.log(
        `archive: ${this.writeBehind.backlog} things could not be saved within ${ARCHIVE_FLUSH_MS_MAX / 1_000} s; the recording has them, and the next start saves them`,
      )
  }
}

function startOf(
  { definition, keepBytes, warmUpTicks }: Settings,
  { recordings, lock }: DataDirectory,
  meters: RealmMeters,
): RealmStart {
  return {
    definition,
    recordings,
    lock,
    keepBytes,
    ...(warmUpTicks === undefined ? {} : { warmUpTicks }),
    recordedBy: `otherworld ${packageVersion()}`,
    meters: meters.buffers,
  }
}

function emptyStatus(id: string): WorkerStatus {
  return {
    id,
    tick: 0,
    stateHash: '',
    players: 0,
    elements: 0,
    tickMsP50: 0,
    tickMsP99: 0,
    tickMsMax: 0,
    overruns: 0,
    delayedMs: 0,
    observers: 0,
    connections: 0,
    epoch: 0,
    warning: null,
  }
}
