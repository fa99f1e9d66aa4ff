/** The main thread's side of one realm instance. It runs the worker, carries its packets, and watches it. */
import { Context, Deferred, Effect, FiberSet, Layer } from 'effect'
import type { ServerEvents, ServerTransport } from '../../netcode/transport.ts'
import { Archive, type ArchiveService } from '../../storage/archive/index.ts'
import { ElementWriteBehind } from './element-write-behind.ts'
import { ServerSettings, type Settings } from '../config.ts'
import { warmUpTicks } from '../environment.ts'
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
import { callbackLog, inArea, type CallbackLog } from '../log.ts'
import { RealmLifecycle, type RealmLifecycleOptions } from './realm-lifecycle.ts'
import { RealmLinks, type RealmLinksOptions } from './realm-links.ts'
import type { FromRealm, PackageAccessAnswer, RealmStart, WorkerStatus } from '../both-threads/realm-messages.ts'
import { savedStart } from './saved-start.ts'
import { healthOf, withRecording, type Closure, type Health, type RealmStatus } from '../http/status.ts'
import { plural } from '../../http-contract/plural.ts'

export interface RealmHostService {
  /** Succeeds at the realm's first tick; fails with the reason why it cannot start. */
  readonly ready: Effect.Effect<void, ServerError>
  /** Events for a transport. `transport` is called later, because the transport is created with these events. */
  eventsFor(transport: () => ServerTransport): ServerEvents
  status(): RealmStatus
  health(): Health
  /** Why nobody is admitted at present; null if everyone is. */
  closedTo(): Closure | null
  readonly meters: RealmMeters
  /** Number of elements that wait to be saved. */
  saveBacklog(): number
  /** Sends everyone a goodbye, seals the recording and ends the worker. Later calls wait for the same end. */
  readonly drain: Effect.Effect<void>
}

const GOODBYE = 'The server stops.'

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
      const presence = new Presence(settings.definition.id, yield* RecordWriteBehindService, Date.now)
      const meters = new RealmMeters()
      const ready = yield* Deferred.make<void, ServerError>()
      const writeBehind = yield* ElementWriteBehind.make({ archive, resendElements: () => host.resendElements() })
      const fork = yield* FiberSet.makeRuntime()
      const host: Host = new Host({
        settings,
        gateway,
        archive,
        counted,
        writeBehind,
        start: startOf(settings, data, meters, settings.warmUpTicks ?? (yield* warmUpTicks)),
        log: yield* callbackLog('realm'),
        settle: (error) => Deferred.doneUnsafe(ready, error ? Effect.fail(error) : Effect.void),
        grantedTo: (uid) => grants.permissionsOf(uid),
        linkOpened: (claims) => presence.linkOpened(claims),
        linkClosed: (claims) => presence.linkClosed(claims),
        physicsFor: (hash, uid, reply) =>
          void fork(Effect.map(packages.physicsFor(hash, uid), (answer) => reply(answer))),
      })
      const drain = yield* Effect.cached(host.stop(GOODBYE))
      yield* Effect.acquireRelease(host.begin, () => drain)
      grants.onChange((uid) => host.grant(uid))
      return {
        ready: Deferred.await(ready),
        eventsFor: (transport) => host.eventsFor(transport),
        status: () => host.status(),
        health: () => withRecording(host.health(), meters.recordings),
        closedTo: () => host.closedTo(),
        meters,
        saveBacklog: () => writeBehind.backlog,
        drain,
      }
    }),
  )
}

/** State at the last reported tick. */
type NewestState = Pick<WorkerStatus, 'tick' | 'stateHash' | 'players' | 'elements'>

interface HostOptions
  extends Pick<RealmLinksOptions, 'grantedTo' | 'linkOpened' | 'linkClosed'>, Pick<RealmLifecycleOptions, 'settle'> {
  readonly settings: Settings
  readonly gateway: GatewayService
  readonly archive: ArchiveService
  readonly counted: ServerTable
  readonly writeBehind: ElementWriteBehind
  readonly start: RealmStart
  readonly log: CallbackLog
  /** Looks up a package in the archive for the realm. Always replies in time. */
  physicsFor(hash: string, uid: string, reply: (answer: PackageAccessAnswer) => void): void
}

class Host {
  readonly #options: HostOptions
  readonly #links: RealmLinks
  readonly #life: RealmLifecycle
  #batchTimer: NodeJS.Timeout | undefined
  #tickAtMs = performance.now()
  #workerStatus: WorkerStatus
  #newest: NewestState = { tick: 0, stateHash: '', players: 0, elements: 0 }
  #isDraining = false

  constructor(options: HostOptions) {
    const { settings, gateway, archive, counted, start, log, settle } = options
    this.#options = options
    this.#workerStatus = emptyStatus(start.definition.id)
    this.#links = new RealmLinks({
      counted,
      claimsOf: (session) => gateway.claimsOf(session),
      grantedTo: options.grantedTo,
      linkOpened: options.linkOpened,
      linkClosed: options.linkClosed,
      closedTo: () => this.closedTo()?.words ?? null,
      onWaiting: () => {
        this.#batchTimer ??= setTimeout(() => this.#flush(), INBOUND_BATCH_MS)
      },
      log,
    })
    this.#life = new RealmLifecycle({
      settings,
      start,
      counted,
      log,
      settle,
      savedStart: savedStart({ archive, realm: start.definition.id, recordings: start.recordings }),
      receive: (message) => this.#receive(message),
      died: () => this.#links.closeAll('The realm starts again; reconnect to continue where you were.'),
    })
  }

  /** Call it once. */
  get begin(): RealmLifecycle['start'] {
    return this.#life.start
  }

  eventsFor(transport: () => ServerTransport): ServerEvents {
    return this.#links.eventsFor(transport)
  }

  status(): RealmStatus {
    const { restarts, quarantined } = this.#life
    return { ...this.#workerStatus, ...this.#newest, connections: this.#links.size, restarts, quarantined }
  }

  health(): Health {
    return healthOf(
      { id: this.#options.start.definition.id, tick: this.#newest.tick, warning: this.#workerStatus.warning },
      this.#tickAtMs,
      performance.now(),
      this.#life.problem,
    )
  }

  closedTo(): Closure | null {
    const { problem, isDown } = this.#life
    if (problem === null) return null
    return { reason: this.#isDraining ? 'stopping' : isDown ? 'down' : 'starting', words: problem }
  }

  grant(uid: string): void {
    this.#links.grant(uid)
  }

  /** Makes the realm report all its elements again. */
  resendElements(): void {
    this.#life.post({ type: 'resend-elements' })
  }

  #flush(): void {
    this.#batchTimer = undefined
    const message = this.#links.take()
    this.#life.post(message, [message.bytes.buffer])
  }

  #receive(message: FromRealm): void {
    const { writeBehind } = this.#options
    switch (message.type) {
      case 'ready':
        return this.#started(message)
      case 'tick':
        return this.#ticked(message)
      case 'status':
        this.#workerStatus = message.status
        return undefined
      case 'package-request':
        return this.#packageRequested(message)
      case 'elements':
        return writeBehind.elements(message.changes)
      case 'log':
        return writeBehind.logged(message.event)
      // RealmLifecycle handles what concerns the worker itself.
      case 'note':
      case 'failed':
      case 'stopped':
        return undefined
    }
  }

  #packageRequested({ hash, player, uid }: Extract<FromRealm, { type: 'package-request' }>): void {
    const reply = this.#life.replier()
    this.#options.physicsFor(hash, uid, (answer) => reply({ type: 'package-answer', hash, player, ...answer }))
  }

  #started(message: Extract<FromRealm, { type: 'ready' }>): void {
    this.#options.writeBehind.begin(message.definition, message.epoch)
    this.#takeState(message)
    this.#tickAtMs = performance.now()
  }

  #takeState({ tick, stateHash, players, elements }: NewestState): void {
    this.#newest = { tick, stateHash, players, elements }
  }

  #ticked(message: Extract<FromRealm, { type: 'tick' }>): void {
    this.#takeState(message)
    if (message.advanced) this.#tickAtMs = performance.now()
    this.#links.send(message)
  }

  stop(reason: string): Effect.Effect<void> {
    const { writeBehind } = this.#options
    return Effect.gen({ self: this }, function* () {
      this.#isDraining = true
      clearTimeout(this.#batchTimer)
      yield* this.#life.stop(reason)
      this.#links.closeAll(reason)
      if (!(yield* writeBehind.end(ARCHIVE_FLUSH_MS_MAX)))
        yield* Effect.logWarning(
          `${plural(writeBehind.backlog, 'element')} could not be saved within ${ARCHIVE_FLUSH_MS_MAX / 1_000} s; the recording has them, and the next start saves them`,
        ).pipe(inArea('archive'))
    })
  }
}

function startOf(
  { definition, keepBytes }: Settings,
  { recordings, lock }: DataDirectory,
  meters: RealmMeters,
  warmUp: number,
): RealmStart {
  return {
    definition,
    recordings,
    lock,
    keepBytes,
    warmUpTicks: warmUp,
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
