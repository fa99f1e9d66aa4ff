/**
 * The lifecycle of a realm's worker: start, watch, and restart after it died. Before a restart a search may find out
 * what made the realm fail and leave it out (fault-recovery/). Starts without progress are counted, whatever time each
 * takes.
 */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Cause, Data, Duration, Effect, Fiber, Schedule, type Scope } from 'effect'
import { otherHolder } from '../../storage/lock-mark.ts'
import { sealLeftOpen, type RecoveryPlan, type SearchResult } from '../../storage/recordings/index.ts'
import type { Settings } from '../config.ts'
import { ServerError, textOf } from '../error.ts'
import { inArea, type CallbackLog } from '../log.ts'
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
import type { FromRealm, RealmStart, ToRealm } from '../both-threads/realm-messages.ts'
import type { SavedStart } from '../both-threads/archive-messages.ts'
import { runSearch } from './fault-recovery/run-search.ts'
import { Pulse } from '../both-threads/pulse.ts'
import { untilStuck } from './watchdog.ts'
import { plural } from '../../http-contract/plural.ts'

export interface RealmLifecycleOptions {
  readonly settings: Settings
  readonly log: CallbackLog
  readonly start: RealmStart
  readonly counted: ServerTable
  /** Called with null at the realm's first tick, or with the reason why it cannot start. */
  settle(error: ServerError | null): void
  readonly savedStart: Effect.Effect<SavedStart | null, ServerError>
  receive(message: FromRealm): void
  /** The worker has died, and its clients must connect again. */
  died(): void
}

type Failure = Extract<FromRealm, { type: 'failed' }>

/** State of the realm. */
type Phase =
  | { readonly type: 'starting'; readonly problem: string }
  | { readonly type: 'running'; readonly sinceTick: number }
  /** It does not restart automatically. */
  | { readonly type: 'down'; readonly problem: string }
  | { readonly type: 'stopping'; readonly problem: string }

/** A launched worker. */
interface Run {
  readonly worker: Worker
  readonly pulse: Pulse
  /** The worker's last report before it died. */
  failure: Failure | null
  /** True if its step hung and it was ended from outside. */
  isStuck: boolean
}

/** The worker died and may be restarted. */
class WorkerDied extends Data.TaggedError('WorkerDied') {}

export class RealmLifecycle {
  /** Restarts since the server's start. */
  restarts = 0
  quarantined = 0
  readonly #options: RealmLifecycleOptions
  readonly #log: CallbackLog
  #phase: Phase = { type: 'starting', problem: 'the realm is starting' }
  #run: Run | null = null
  #fiber: Fiber.Fiber<void> | null = null
  /** Starts since the last progress. */
  #starts = 0
  /** True if the next start first searches for the cause of the failure. */
  #searches = false
  /** The plan of the last start, until the realm ticks and reports it. */
  #pending: Extract<SearchResult, { type: 'plan' }> | null = null

  constructor(options: RealmLifecycleOptions) {
    this.#options = options
    this.#log = options.log
  }

  /** Why the realm does not run; null while it does. */
  get problem(): string | null {
    return this.#phase.type === 'running' ? null : this.#phase.problem
  }

  get isDown(): boolean {
    return this.#phase.type === 'down'
  }

  /** Runs the realm in the background until it stays down or is stopped. Call it once. */
  readonly start: Effect.Effect<void, never, Scope.Scope> = Effect.suspend(() =>
    this.#attempt().pipe(
      Effect.retry({
        schedule: Schedule.forever.pipe(Schedule.addDelay(() => Effect.sync(() => this.#pause()))),
        while: (error) => error instanceof WorkerDied,
      }),
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause as Cause.Cause<never>)
          : Effect.sync(() => this.#cannotBegin(Cause.squash(cause))),
      ),
      Effect.forkScoped({ startImmediately: true }),
    ),
  ).pipe(
    Effect.map((fiber) => {
      this.#fiber = fiber
    }),
  )

  #pause(): Duration.Duration {
    return Duration.millis(RESTART_MS * 2 ** Math.max(0, this.#starts - 1))
  }

  post(message: ToRealm, transfer: readonly ArrayBuffer[] = []): void {
    this.#run?.worker.postMessage(message, transfer)
  }

  /** Returns a function that answers only the current worker, and no later one. */
  replier(): (message: ToRealm) => void {
    const run = this.#run
    return (message) => run?.worker.postMessage(message, [])
  }

  /**
   * Sends everyone a goodbye, seals the recording and ends the worker, within WORKER_STOP_MS_MAX and the time to seal.
   */
  stop(reason: string): Effect.Effect<void> {
    const seal = this.#seal
    return Effect.gen({ self: this }, function* () {
      this.#phase = { type: 'stopping', problem: this.problem ?? 'the server stops' }
      if (this.#fiber) yield* Fiber.interrupt(this.#fiber)
      const run = this.#run
      if (run) yield* endOf(run.worker, { type: 'stop', reason })
      this.#run = null
      yield* seal
    }).pipe(inArea('realm'))
  }

  /** Seals the recording that a dead or ended worker left open. */
  readonly #seal = Effect.suspend(() => {
    const { recordings, definition, lock } = this.#options.start
    // Another server has taken over, so the open recording belongs to it.
    if (lock && otherHolder(lock) !== null) return Effect.void
    const why = 'the step of this tick did not end before the server stopped'
    return Effect.tryPromise(() => sealLeftOpen(recordings, definition.id, why)).pipe(
      Effect.flatMap((sealed) => {
        if (sealed.type === 'failed') return Effect.logError(`${sealed.path} could not be sealed: ${sealed.message}`)
        if (sealed.type !== 'sealed') return Effect.void
        const dropped =
          sealed.droppedTick === null
            ? ''
            : `; the inputs of tick ${sealed.droppedTick}, whose step did not end, are in its quarantine`
        return Effect.logWarning(`${sealed.path} was left open by its worker and is sealed now${dropped}`)
      }),
      Effect.catch(({ cause }) => Effect.logError(`the recording could not be sealed: ${textOf(cause)}`)),
    )
  })

  // --- starts

  /** Starts the worker and waits until it has died. Succeeds if the realm stays down. */
  #attempt(): Effect.Effect<void, unknown> {
    const search = runSearch(this.#file, this.#options.start)
    return Effect.gen({ self: this }, function* () {
      this.#starts++
      const found = this.#searches ? yield* search : null
      if (found?.type === 'none')
        return this.#giveUp(
          `the realm could not be recovered: it continued after none of ${plural(found.attempts, 'attempt')}`,
          found.reason,
        )
      this.#pending = found?.type === 'plan' ? found : null
      const saved = yield* this.#options.savedStart
      const run = this.#launch(saved, this.#pending?.plan ?? null)
      // Not a child of this fiber: it watches a worker that is stopped, too. It ends with the worker.
      yield* Effect.forkDetach(this.#watch(run), { startImmediately: true })
      yield* exitOf(run.worker)
      return yield* this.#ended(run)
    })
  }

  get #file(): string {
    return this.#options.settings.realmWorker ?? join(packageRoot(), 'dist/node/realm-worker.js')
  }

  #launch(saved: SavedStart | null, plan: RecoveryPlan | null): Run {
    const { start } = this.#options
    const pulse = new Pulse()
    const workerData: RealmStart = {
      ...start,
      pulse: pulse.buffer,
      ...(saved ? { saved } : {}),
      ...(plan ? { plan } : {}),
    }
    const worker = new Worker(this.#file, { workerData, name: `realm ${start.definition.id}` })
    const run: Run = { worker, pulse, failure: null, isStuck: false }
    this.#run = run
    worker.on('message', (message: FromRealm) => {
      if (run === this.#run) this.#receive(run, message)
    })
    worker.on('error', (error) => this.#log.error(`the worker failed: ${error.stack ?? error.message}`))
    worker.on('exit', () => {
      if (run !== this.#run) return
      this.#run = null
      this.#options.died()
    })
    return run
  }

  /** Ends the worker if it is stuck. */
  #watch(run: Run): Effect.Effect<void> {
    return untilStuck({
      pulse: run.pulse,
      stepMsMax: STEP_MS_MAX,
      pauseMsMax: () => (this.#phase.type === 'running' ? PAUSE_MS_MAX : START_PAUSE_MS_MAX),
    }).pipe(
      Effect.map((what) => {
        this.#log.error(`${what}: the worker is ended`)
        run.isStuck = true
        void run.worker.terminate()
      }),
      Effect.raceFirst(exitOf(run.worker)),
    )
  }

  #receive(run: Run, message: FromRealm): void {
    if (message.type === 'note') this.#log[message.isWarning ? 'warn' : 'info'](message.text)
    if (message.type === 'failed') this.#failed(run, message)
    if (message.type === 'ready') this.#started(message.tick)
    const phase = this.#phase
    if (message.type === 'tick' && phase.type === 'running' && message.tick >= phase.sinceTick + PROGRESS_TICKS)
      this.#starts = 0
    this.#options.receive(message)
  }

  #started(tick: number): void {
    if (this.#phase.type !== 'stopping') this.#phase = { type: 'running', sinceTick: tick }
    this.#reportQuarantined()
    this.#options.settle(null)
  }

  /**
   * The worker has recorded the removals, so the operator can count them, and they cannot make the realm fail again.
   */
  #reportQuarantined(): void {
    const pending = this.#pending
    this.#pending = null
    if (!pending) return
    const { counted } = this.#options
    const {
      plan: { leavesOut, goesBack, attempts },
      removed,
    } = pending
    const kinds = [
      ...removed.map(({ type }) => type),
      ...(leavesOut ? ['inputs' as const] : []),
      ...(goesBack ? ['ticks' as const] : []),
    ]
    for (const kind of kinds) counted.count('quarantined', kind)
    counted.add('searches', attempts)
    this.quarantined += kinds.length
    if (removed.length > 0 || leavesOut) this.#starts = 0
    if (kinds.length > 0)
      this.#log.warn(`the cause was found in ${plural(attempts, 'attempt')} and is quarantined: ${kinds.join(', ')}`)
  }

  // --- ends

  #failed(run: Run, failure: Failure): void {
    run.failure = failure
    const { what, where, fix, reason, retry } = failure
    const error = new ServerError({ reason, what, where, fix })
    this.#log.error(what, { where, fix })
    if (retry === 'never') this.#down(what, error)
  }

  /** The worker has ended. Fails if it must be restarted. */
  #ended({ failure, isStuck }: Run): Effect.Effect<void, WorkerDied> {
    return Effect.suspend(() => {
      if (this.#phase.type === 'stopping' || failure?.retry === 'never') return Effect.void
      if (this.#starts >= STARTS_MAX) {
        this.#giveUp(
          `the realm died too often: ${STARTS_MAX} starts in a row led nowhere`,
          failure?.what ?? 'the log says why',
        )
        return Effect.void
      }
      this.#phase = { type: 'starting', problem: 'the realm starts again after a fault' }
      this.restarts++
      this.#options.counted.add('restarts')
      this.#log.error(
        `the worker died and is restarted from its recording (start ${this.#starts + 1} of ${STARTS_MAX} without progress)`,
      )
      // Another fault may not happen again. If it does, something in the realm may be to blame.
      this.#searches = isStuck || failure?.retry === 'search' || this.#starts >= 2
      return Effect.fail(new WorkerDied())
    })
  }

  #giveUp(what: string, reason: string): void {
    const problem = `${what} (${reason})`
    this.#log.error(`${problem}; it stays down. Look above for the reason, then start the server again.`)
    this.#down(
      problem,
      new ServerError({
        reason: 'realm',
        what: problem,
        where: `realm ${this.#options.start.definition.id}`,
        fix: 'the log says why; correct it and start the server again',
      }),
    )
  }

  #cannotBegin(error: unknown): void {
    const reported =
      error instanceof ServerError
        ? error
        : new ServerError({
            reason: 'realm',
            what: textOf(error),
            where: `realm ${this.#options.start.definition.id}`,
            fix: 'see to the directory of the recordings',
            cause: error,
          })
    this.#log.error(reported.what, { where: reported.where, fix: reported.fix })
    this.#down(reported.what, reported)
  }

  #down(problem: string, error: ServerError): void {
    if (this.#phase.type !== 'stopping') this.#phase = { type: 'down', problem }
    this.#options.settle(error)
  }
}

/** Waits for the exit of a worker that runs. */
const exitOf = (worker: Worker): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const exited = (): void => resume(Effect.void)
    worker.once('exit', exited)
    return Effect.sync(() => void worker.off('exit', exited))
  })

/** Asks a worker to end and waits. After WORKER_STOP_MS_MAX it is ended from outside. */
const endOf = (worker: Worker, stop: ToRealm): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    worker.once('exit', () => resume(Effect.void))
    worker.postMessage(stop, [])
  }).pipe(
    Effect.timeoutOrElse({
      duration: WORKER_STOP_MS_MAX,
      orElse: () =>
        Effect.andThen(
          Effect.logError(`the worker did not end within ${WORKER_STOP_MS_MAX / 1_000} s and is ended from outside`),
          Effect.promise(() => worker.terminate()),
        ),
    }),
    Effect.asVoid,
  )
