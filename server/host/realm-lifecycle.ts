/**
 * The life of a realm's worker: it is started, watched, and where it dies started again, after what it died of was found and
 * left out (storage/recordings/search.ts). Starts that lead nowhere are counted, whatever time each takes.
 */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { otherHolder } from '../../storage/lock-mark.ts'
import { findRemedy, listRecordings, sealLeftOpen, type Found, type Remedy } from '../../storage/recordings/index.ts'
import type { Settings } from '../config.ts'
import { ServerError, textOf } from '../error.ts'
import {
  PAUSE_MS_MAX,
  PROGRESS_TICKS,
  RESTART_MS,
  START_PAUSE_MS_MAX,
  STARTS_MAX,
  STEP_MS_MAX,
  WORKER_STOP_MS_MAX,
} from '../limits.ts'
import type { ServerTable } from '../metrics/server-meters.ts'
import { packageRoot } from '../package-root.ts'
import type { FromRealm, RealmStart, ToRealm } from '../realm-messages.ts'
import type { SavedStart } from '../recorder/archive-restore.ts'
import { TrialWorkers } from './trial-workers.ts'
import { Pulse, Watchdog } from './watchdog.ts'

export interface RealmLifecycleOptions {
  readonly settings: Settings
  readonly start: RealmStart
  readonly counted: ServerTable
  /** Called when the realm ticks for the first time, or cannot: with why. */
  settle(error: ServerError | null): void
  savedStart(isEnding: () => boolean): Promise<SavedStart | null>
  heard(message: FromRealm): void
  /** The worker is gone: its clients are to connect again. */
  died(): void
}

type Failure = Extract<FromRealm, { type: 'failed' }>

export class RealmLifecycle {
  /** Why the realm does not run; null: it does. */
  problem: string | null = 'the realm is starting'
  /** It does not start again by itself. */
  isDown = false
  /** Since the server's start. */
  restarts = 0
  quarantined = 0
  private readonly options: RealmLifecycleOptions
  private worker: Worker | null = null
  private watchdog: Watchdog | null = null
  private trials: TrialWorkers | null = null
  private restartTimer: NodeJS.Timeout | undefined
  private isStopping = false
  /** What the worker said before it died. */
  private failure: Failure | null = null
  /** Starts since there was progress last. */
  private starts = 0
  private readyAtTick: number | null = null
  /** It hung or failed in the simulation: what it failed on is to be found. */
  private searchesNext = false
  /** The last start took something out that is not told yet. */
  private pending: Extract<Found, { type: 'remedy' }> | null = null

  constructor(options: RealmLifecycleOptions) {
    this.options = options
  }

  /** Once. */
  begin(): void {
    this.attempt(false)
  }

  post(message: ToRealm, transfer: readonly ArrayBuffer[] = []): void {
    this.worker?.postMessage(message, transfer)
  }

  /** Answers the worker that runs now, and no later one. */
  replier(): (message: ToRealm) => void {
    const { worker } = this
    return (message) => worker?.postMessage(message, [])
  }

  /** Says goodbye to everyone, seals the recording, ends the worker: within WORKER_STOP_MS_MAX and the time that sealing takes. */
  async stop(reason: string): Promise<void> {
    this.isStopping = true
    this.problem ??= 'the server stops'
    clearTimeout(this.restartTimer)
    await this.trials?.end()
    const { worker } = this
    if (worker) await endOf(worker, { type: 'stop', reason }, (line) => this.log(line))
    this.watchdog?.stop()
    this.worker = null
    await this.seal()
  }

  private log(line: string): void {
    this.options.settings.log(line)
  }

  /** What a worker that was ended, or died, left open. */
  private async seal(): Promise<void> {
    const { recordings, definition, lock } = this.options.start
    // Another server has taken over: what is open is its.
    if (lock && otherHolder(lock) !== null) return
    try {
      const sealed = await sealLeftOpen(
        recordings,
        definition.id,
        'the step of this tick did not end before the server stopped',
      )
      if (sealed.type === 'failed') this.log(`realm: ${sealed.path} could not be sealed: ${sealed.message}`)
      if (sealed.type !== 'sealed') return
      const dropped =
        sealed.droppedTick === null
          ? ''
          : `; the inputs of tick ${sealed.droppedTick}, whose step did not end, stand in it as quarantined`
      this.log(`realm: ${sealed.path} was left open by its worker and is sealed now${dropped}`)
    } catch (error) {
      this.log(`realm: the recording could not be sealed: ${textOf(error)}`)
    }
  }

  // --- starts

  private attempt(searches: boolean): void {
    this.starts++
    this.prepare(searches).catch((error: unknown) => this.cannotBegin(error))
  }

  private async prepare(searches: boolean): Promise<void> {
    const found = searches ? await this.search() : null
    if (this.isStopping) return
    if (found?.type === 'none')
      return this.giveUp(`nothing was found after ${found.tries} tries with which the realm goes on`, found.reason)
    this.pending = found?.type === 'remedy' ? found : null
    const saved = await this.options.savedStart(() => this.isStopping)
    if (!this.isStopping) this.launch(saved, this.pending?.remedy ?? null)
  }

  /** What has to be left out for the realm to go on. */
  private async search(): Promise<Found> {
    const { start } = this.options
    const paths = (await listRecordings(start.recordings, start.definition.id)).map(({ path }) => path)
    this.trials = new TrialWorkers(this.file, start)
    try {
      return await findRemedy(paths, this.trials)
    } finally {
      await this.trials.end()
      this.trials = null
    }
  }

  private get file(): string {
    return this.options.settings.realmWorker ?? join(packageRoot(), 'dist/node/realm-worker.js')
  }

  private launch(saved: SavedStart | null, remedy: Remedy | null): void {
    const { start } = this.options
    const pulse = new Pulse()
    const workerData: RealmStart = {
      ...start,
      pulse: pulse.buffer,
      ...(saved ? { saved } : {}),
      ...(remedy ? { remedy } : {}),
    }
    const worker = new Worker(this.file, { workerData, name: `realm ${start.definition.id}` })
    this.worker = worker
    this.failure = null
    this.searchesNext = false
    this.readyAtTick = null
    this.watchdog = new Watchdog({
      pulse,
      stepMsMax: STEP_MS_MAX,
      pauseMsMax: () => (this.readyAtTick === null ? START_PAUSE_MS_MAX : PAUSE_MS_MAX),
      onStuck: (what) => {
        this.log(`realm: ${what}: the worker is ended`)
        this.searchesNext = true
        void worker.terminate()
      },
    })
    worker.on('message', (message: FromRealm) => {
      if (worker === this.worker) this.heard(message)
    })
    worker.on('error', (error) => this.log(`realm: the worker failed: ${error.stack ?? error.message}`))
    worker.on('exit', () => {
      if (worker === this.worker) this.died()
    })
  }

  private heard(message: FromRealm): void {
    if (message.type === 'note') this.log(`realm: ${message.text}`)
    if (message.type === 'failed') this.failed(message)
    if (message.type === 'ready') this.started(message.tick)
    if (message.type === 'tick' && this.readyAtTick !== null && message.tick >= this.readyAtTick + PROGRESS_TICKS)
      this.starts = 0
    this.options.heard(message)
  }

  private started(tick: number): void {
    this.problem = null
    this.readyAtTick = tick
    this.tellQuarantined()
    this.options.settle(null)
  }

  /** The worker has put it into the log: the operator can count it, and what is gone cannot make the realm fail again. */
  private tellQuarantined(): void {
    const { pending } = this
    this.pending = null
    if (!pending) return
    const { counted } = this.options
    const {
      remedy: { leavesOut, goesBack, tries },
      removed,
    } = pending
    const kinds = [
      ...removed.map(({ type }) => type),
      ...(leavesOut ? ['inputs' as const] : []),
      ...(goesBack ? ['ticks' as const] : []),
    ]
    for (const kind of kinds) counted.count('quarantined', kind)
    counted.add('searches', tries)
    this.quarantined += kinds.length
    if (removed.length > 0 || leavesOut) this.starts = 0
    if (kinds.length > 0)
      this.log(`realm: what made it fail was found in ${tries} tries and is quarantined: ${kinds.join(', ')}`)
  }

  // --- ends

  private failed(failure: Failure): void {
    this.failure = failure
    if (failure.retry === 'search') this.searchesNext = true
    const { what, where, fix, reason, retry } = failure
    const error = new ServerError({ reason, what, where, fix })
    this.log(`realm: ${error.message}`)
    if (retry !== 'never') return
    this.problem = what
    this.isDown = true
    this.options.settle(error)
  }

  private died(): void {
    this.watchdog?.stop()
    this.worker = null
    this.options.died()
    if (this.isStopping || this.failure?.retry === 'never') return
    if (this.starts >= STARTS_MAX)
      return this.giveUp(
        `the realm died too often: ${STARTS_MAX} starts in a row led nowhere`,
        this.failure?.what ?? 'the log says why',
      )
    this.problem = 'the realm starts again after a fault'
    this.restarts++
    this.options.counted.add('restarts')
    this.log(
      `realm: the worker died and is started again from its recording (start ${this.starts + 1} of ${STARTS_MAX} without progress)`,
    )
    // Another fault may pass by itself; where it does not, it may still be something in the realm.
    const searches = this.searchesNext || this.starts >= 2
    this.restartTimer = setTimeout(() => this.attempt(searches), RESTART_MS * 2 ** Math.max(0, this.starts - 1))
  }

  private giveUp(what: string, reason: string): void {
    this.problem = `${what} (${reason})`
    this.isDown = true
    this.log(`realm: ${this.problem}; it stays down. Look above for the reason, then start the server again.`)
    this.options.settle(
      new ServerError({
        reason: 'realm',
        what: this.problem,
        where: `realm ${this.options.start.definition.id}`,
        fix: 'the log says why; correct it and start the server again',
      }),
    )
  }

  private cannotBegin(error: unknown): void {
    const told =
      error instanceof ServerError
        ? error
        : new ServerError({
            reason: 'realm',
            what: textOf(error),
            where: `realm ${this.options.start.definition.id}`,
            fix: 'see to the directory of the recordings',
            cause: error,
          })
    this.problem = told.what
    this.isDown = true
    this.log(`realm: ${told.message}`)
    this.options.settle(told)
  }
}

/** Asks a worker to end and waits; past WORKER_STOP_MS_MAX it is ended from outside. */
async function endOf(worker: Worker, stop: ToRealm, log: (line: string) => void): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve())
  })
  const timer = setTimeout(() => {
    log(`realm: the worker did not end within ${WORKER_STOP_MS_MAX / 1_000} s and is ended from outside`)
    void worker.terminate()
  }, WORKER_STOP_MS_MAX)
  worker.postMessage(stop, [])
  await ended
  clearTimeout(timer)
}
