/** Realm host: the main thread's side of one realm instance: runs its worker, carries its packets, watches over it. */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Context, Deferred, Effect, Layer } from 'effect'
import type { ServerEvents, ServerTransport } from '../netcode/transport.ts'
import { Archive, type ArchiveService } from '../storage/archive/index.ts'
import { Archivist } from './archivist.ts'
import { ServerSettings, type Settings } from './config.ts'
import { DataDirectoryService } from './data-directory-service.ts'
import { ServerError, textOf } from './error.ts'
import { GrantsService } from './grants-service.ts'
import { PackagesService } from './packages/service.ts'
import { Gateway, type GatewayService } from './gateway.ts'
import { ARCHIVE_FLUSH_MS_MAX, INBOUND_BATCH_MS, RESTART_WINDOW_MS, RESTARTS_MAX, SHUTDOWN_MS_MAX } from './limits.ts'
import { packageRoot, packageVersion } from './package-root.ts'
import { ServerMeters, type ServerTable } from './metrics/server-meters.ts'
import { Presence } from './presence.ts'
import { RecordsService } from './records-service.ts'
import { RealmMeters } from './metrics/realm-meters.ts'
import { RealmLinks, type RealmLinksOptions } from './realm-links.ts'
import type { FromRealm, PackageAnswer, RealmStart, ToRealm, WorkerStatus } from './realm-messages.ts'
import type { SavedStart } from './restoration.ts'
import { savedStart } from './saved-start.ts'
import { healthOf, type Health, type RealmStatus } from './status.ts'

export interface RealmHostService {
  /** Succeeds when the realm ticks for the first time; fails with why it cannot. */
  readonly ready: Effect.Effect<void, ServerError>
  /** What a transport reports to; `transport` is asked for when something happens, as it is made with these. */
  eventsFor(transport: () => ServerTransport): ServerEvents
  status(): RealmStatus
  health(): Health
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
      const records = yield* RecordsService
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
        Effect.sync(() => new Host(settings, gateway, startOf(settings, data.recordings, meters), settle, counted, outside, archive)),
        (running) => Effect.promise(() => running.drain('The server stops.')),
      )
      grants.tell((uid) => host.grant(uid))
      return {
        ready: Deferred.await(ready),
        eventsFor: (transport) => host.eventsFor(transport),
        status: () => host.status(),
        health: () => host.health(),
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
  private readonly settle: Settle
  private readonly counted: ServerTable
  private readonly outside: Outside
  private readonly links: RealmLinks
  private readonly archive: ArchiveService
  private readonly archivist: Archivist
  private batchTimer: NodeJS.Timeout | undefined
  private worker: Worker | null = null
  private problem: string | null = 'the realm is starting'
  private tickAtMs = performance.now()
  private workerStatus: WorkerStatus
  private newest: NewestState = { tick: 0, stateHash: '', players: 0, elements: 0 }
  private restartsAtMs: number[] = []
  private restarts = 0
  private draining: Promise<void> | null = null
  private everReady = false

  constructor(settings: Settings, gateway: GatewayService, start: RealmStart, settle: Settle, counted: ServerTable, outside: Outside, archive: ArchiveService) {
    this.settings = settings
    this.start = start
    this.settle = settle
    this.counted = counted
    this.outside = outside
    this.workerStatus = emptyStatus(start.definition.id)
    this.links = new RealmLinks({
      counted,
      claimsOf: (session) => gateway.claimsOf(session),
      ...outside,
      closedTo: () => this.problem,
      waits: () => { this.batchTimer ??= setTimeout(() => this.flush(), INBOUND_BATCH_MS) },
      log: (line) => settings.log(line),
    })
    this.archive = archive
    this.archivist = new Archivist({ archive, log: (line) => settings.log(line), retell: () => tell(this.worker, { type: 'retell' }) })
    this.begin()
  }

  eventsFor(transport: () => ServerTransport): ServerEvents {
    return this.links.eventsFor(transport)
  }

  status(): RealmStatus {
    return { ...this.workerStatus, ...this.newest, connections: this.links.size, restarts: this.restarts }
  }

  get saveBacklog(): number {
    return this.archivist.backlog
  }

  health(): Health {
    return healthOf(this.start.definition.id, this.newest.tick, this.tickAtMs, performance.now(), this.problem)
  }

  grant(uid: string): void {
    this.links.grant(uid)
  }

  drain(reason: string): Promise<void> {
    this.draining ??= this.stopWorker(reason)
    return this.draining
  }

  private flush(): void {
    this.batchTimer = undefined
    const message = this.links.take()
    this.worker?.postMessage(message, [message.bytes.buffer])
  }

  // --- the worker

  private begin(): void {
    this.beginSaved().catch((error: unknown) => this.cannotBegin(error))
  }

  /** Looks first whether the realm has to be brought back from the archive. */
  private async beginSaved(): Promise<void> {
    const { settings, archive, start: { definition, recordings } } = this
    const saved = await savedStart({ archive, realm: definition.id, recordings, log: (line) => settings.log(line), isEnding: () => this.draining !== null })
    if (!this.draining) this.launch(saved)
  }

  private cannotBegin(error: unknown): void {
    const told = error instanceof ServerError ? error : new ServerError({ reason: 'realm', what: textOf(error), where: `realm ${this.start.definition.id}`, fix: 'see to the directory of the recordings', cause: error })
    this.problem = told.what
    this.settings.log(`realm: ${told.message}`)
    this.settle(told)
  }

  private launch(saved: SavedStart | null): void {
    const workerData: RealmStart = saved === null ? this.start : { ...this.start, saved }
    const worker = new Worker(this.settings.realmWorker ?? join(packageRoot(), 'dist/node/realm-worker.js'), { workerData, name: `realm ${this.start.definition.id}` })
    this.worker = worker
    worker.on('message', (message: FromRealm) => {
      if (worker === this.worker) this.heard(message)
    })
    worker.on('error', (error) => this.settings.log(`realm: the worker failed: ${error.stack ?? error.message}`))
    worker.on('exit', () => {
      if (worker === this.worker) this.died()
    })
  }

  private heard(message: FromRealm): void {
    switch (message.type) {
      case 'ready': return this.started(message)
      case 'tick': return this.ticked(message)
      case 'status':
        this.workerStatus = message.status
        return undefined
      case 'note': return this.settings.log(`realm: ${message.text}`)
      case 'failed': return this.failed(message)
      case 'wanted': return this.wanted(message)
      case 'elements': return this.archivist.elements(message.told)
      case 'log': return this.archivist.logged(message.event)
      case 'stopped': return undefined
    }
  }

  private wanted({ hash, player, uid }: Extract<FromRealm, { type: 'wanted' }>): void {
    const { worker } = this
    void this.outside.physicsFor(hash, uid).then((answer) => tell(worker, { type: 'package', hash, player, ...answer }))
  }

  private started(message: Extract<FromRealm, { type: 'ready' }>): void {
    this.problem = null
    this.everReady = true
    this.archivist.begin(message.definition, message.epoch)
    this.takeState(message)
    this.tickAtMs = performance.now()
    this.settle(null)
  }

  private takeState({ tick, stateHash, players, elements }: NewestState): void {
    this.newest = { tick, stateHash, players, elements }
  }

  private ticked(message: Extract<FromRealm, { type: 'tick' }>): void {
    this.takeState(message)
    if (message.advanced) this.tickAtMs = performance.now()
    this.links.send(message)
  }

  private failed({ what, where, fix, retry }: Extract<FromRealm, { type: 'failed' }>): void {
    const error = new ServerError({ reason: 'realm', what, where, fix })
    this.settings.log(`realm: ${error.message}`)
    if (retry) return
    // A start that cannot succeed is not repeated: the worker's end finds the restarts used up.
    this.restartsAtMs = Array.from({ length: RESTARTS_MAX }, () => performance.now())
    this.problem = what
    if (!this.everReady) this.settle(error)
  }

  private died(): void {
    this.worker = null
    this.links.closeAll('The realm starts again; reconnect to go on where you were.')
    if (this.draining) return
    const nowMs = performance.now()
    this.restartsAtMs = this.restartsAtMs.filter((atMs) => atMs > nowMs - RESTART_WINDOW_MS)
    if (this.restartsAtMs.length >= RESTARTS_MAX) return this.giveUp()
    this.problem = 'the realm starts again after a fault'
    this.restartsAtMs.push(nowMs)
    this.restarts++
    this.counted.add('restarts')
    this.settings.log(`realm: the worker died and is started again from its recording (${this.restartsAtMs.length} of ${RESTARTS_MAX} times a minute)`)
    setTimeout(() => { if (!this.draining) this.begin() }, 100 * 2 ** (this.restartsAtMs.length - 1))
  }

  private giveUp(): void {
    this.problem = `the realm died too often (${this.problem ?? 'the log says why'})`
    this.settings.log(`realm: ${this.problem}; it stays down. Look above for the reason, then start the server again.`)
    this.settle(new ServerError({ reason: 'realm', what: this.problem, where: `realm ${this.start.definition.id}`, fix: 'the log says why; correct it and start the server again' }))
  }

  private async stopWorker(reason: string): Promise<void> {
    this.problem ??= 'the server stops'
    clearTimeout(this.batchTimer)
    const { worker } = this
    if (worker) await endOf(worker, { type: 'stop', reason }, (text) => this.settings.log(text))
    this.worker = null
    this.links.closeAll(reason)
    if (!(await this.archivist.end(ARCHIVE_FLUSH_MS_MAX)))
      this.settings.log(`archive: ${this.archivist.backlog} things could not be saved within ${ARCHIVE_FLUSH_MS_MAX / 1_000} s; the recording has them, and the next start saves them`)
  }
}

function tell(worker: Worker | null, message: ToRealm): void {
  worker?.postMessage(message, [])
}

/** Asks a worker to end and waits; past SHUTDOWN_MS_MAX it is ended from outside, and its recording is recovered at the next start. */
async function endOf(worker: Worker, stop: ToRealm, log: (line: string) => void): Promise<void> {
  const ended = new Promise<void>((resolve) => { worker.once('exit', () => resolve()) })
  const timer = setTimeout(() => {
    log(`realm: the worker did not end within ${SHUTDOWN_MS_MAX / 1_000} s and is ended without sealing its recording`)
    void worker.terminate()
  }, SHUTDOWN_MS_MAX)
  worker.postMessage(stop, [])
  await ended
  clearTimeout(timer)
}

function startOf({ definition, keepBytes, warmUpTicks }: Settings, recordings: string, meters: RealmMeters): RealmStart {
  return { definition, recordings, keepBytes, ...(warmUpTicks === undefined ? {} : { warmUpTicks }), recordedBy: `otherworld ${packageVersion()}`, meters: meters.buffers }
}

function emptyStatus(id: string): WorkerStatus {
  return {
    id, tick: 0, stateHash: '', players: 0, elements: 0, tickMsP50: 0, tickMsP99: 0, tickMsMax: 0, overruns: 0, delayedMs: 0,
    observers: 0, connections: 0, epoch: 0,
  }
}
