/**
 * Write-behind from a realm to the archive. It saves elements, one entry per element so that the backlog is never
 * larger than the realm, and the list of recordings and checkpoints. While the archive is away all of it waits; no tick
 * does.
 */
import { Duration, Effect, Exit, Fiber, Latch, Schedule, type Scope } from 'effect'
import type { ElementId, RealmDefinition } from '../../sim/index.ts'
import { ArchiveError, type ArchiveService, type SavedElement } from '../../storage/archive/index.ts'
import type { ElementChanges, LogEvent } from '../both-threads/archive-messages.ts'
import { textOf } from '../error.ts'
import { inArea } from '../log.ts'

/**
 * Waiting entries of the list of recordings and checkpoints; beyond it the oldest are dropped. An hour of checkpoints
 * is 360.
 */
const ENTRIES_MAX = 4_096
/** Pause before a retry, ms; it doubles up to RETRY_MS_MAX. */
const RETRY_MS = 500
const RETRY_MS_MAX = 10_000

const BACK_OFF = Schedule.exponential(RETRY_MS).pipe(
  Schedule.modifyDelay(({ duration }) => Effect.succeed(Duration.min(duration, Duration.millis(RETRY_MS_MAX)))),
)

export interface ElementWriteBehindOptions {
  readonly archive: ArchiveService
  /** Changes no longer lead to the realm's state, so all elements must be reported again. */
  resendElements(): void
}

interface Instance {
  readonly definition: RealmDefinition
  readonly epoch: number
  isKnown: boolean
}

/** Changed elements. `all`: they replace what the archive has. */
class Changes {
  all: boolean
  readonly put = new Map<ElementId, SavedElement>()
  readonly removed = new Set<ElementId>()
  tick = 0
  isComplete = false
  /** With `all`: the realm has begun to report everything. */
  hasBegun = false

  constructor(all: boolean) {
    this.all = all
  }

  take({
    tick,
    put,
    removed,
    isComplete,
  }: Pick<ElementChanges, 'tick' | 'isComplete'> & {
    readonly put: Iterable<SavedElement>
    readonly removed: Iterable<ElementId>
  }): void {
    for (const element of put) {
      this.removed.delete(element.element)
      this.put.set(element.element, element)
    }
    for (const element of removed) {
      this.put.delete(element)
      this.removed.add(element)
    }
    this.tick = tick
    this.isComplete ||= isComplete
  }

  get isEmpty(): boolean {
    return !this.all && this.put.size === 0 && this.removed.size === 0
  }
}

export class ElementWriteBehind {
  readonly #options: ElementWriteBehindOptions
  #instance: Instance | null = null
  /** Reported changes, possibly from an incomplete round. */
  #changes = new Changes(true)
  readonly #events = new Map<string, LogEvent>()
  #isAway = false
  #isFenced = false
  #isEnded = false
  /** Open while there may be something to save. */
  readonly #work = Latch.makeUnsafe()
  #fiber: Fiber.Fiber<never> | null = null

  private constructor(options: ElementWriteBehindOptions) {
    this.#options = options
  }

  /** Saves in the background until the scope ends. */
  static make(options: ElementWriteBehindOptions): Effect.Effect<ElementWriteBehind, never, Scope.Scope> {
    return Effect.gen(function* () {
      const writeBehind = new ElementWriteBehind(options)
      writeBehind.#fiber = yield* writeBehind.#work.await.pipe(
        Effect.andThen(writeBehind.#saveAll),
        Effect.forever,
        inArea('archive'),
        Effect.forkScoped,
      )
      return writeBehind
    })
  }

  /** A realm instance has begun. */
  begin(definition: RealmDefinition, epoch: number): void {
    this.#instance = { definition, epoch, isKnown: false }
    this.#changes = new Changes(true)
    this.#isFenced = false
    this.#work.openUnsafe()
  }

  elements(changes: ElementChanges): void {
    if (changes.begins) this.#changes = new Changes(true)
    // Reported before the realm got the request for all elements, so it is incomplete.
    else if (this.#changes.all && !this.#changes.hasBegun) return
    this.#changes.hasBegun = true
    this.#changes.take(changes)
    if (changes.isComplete) this.#work.openUnsafe()
  }

  logged(event: LogEvent): void {
    const { epoch } = event.entry
    const key =
      event.type === 'checkpoint'
        ? `checkpoint ${epoch} ${event.entry.tick}`
        : `recording ${epoch} ${event.entry.segment}`
    this.#events.delete(key)
    this.#events.set(key, event)
    if (this.#events.size > ENTRIES_MAX)
      for (const [oldest] of this.#events) {
        this.#events.delete(oldest)
        break
      }
    this.#work.openUnsafe()
  }

  /** Number of elements that wait to be saved. */
  get backlog(): number {
    return this.#changes.put.size + this.#changes.removed.size
  }

  /** Saves the rest within `msMax`. Returns false if something could not be saved. Nothing is saved afterwards. */
  end(msMax: number): Effect.Effect<boolean> {
    return Effect.suspend(() => (this.#fiber ? Fiber.interrupt(this.#fiber) : Effect.void)).pipe(
      Effect.andThen(this.#saveAll),
      Effect.timeoutOption(msMax),
      Effect.map(() => {
        const isDone = this.#isFenced || !this.#hasWork
        this.#isEnded = true
        return isDone
      }),
      inArea('archive'),
    )
  }

  get #hasWork(): boolean {
    if (this.#instance === null || this.#isFenced || this.#isEnded) return false
    return !this.#instance.isKnown || this.#events.size > 0 || (this.#changes.isComplete && !this.#changes.isEmpty)
  }

  /** Retries each step until it is saved or another server has taken over. */
  readonly #saveAll: Effect.Effect<void> = Effect.suspend(() => {
    if (this.#hasWork) return Effect.andThen(this.#step, this.#saveAll)
    this.#work.closeUnsafe()
    return Effect.void
  })

  readonly #step = Effect.suspend(() => this.#next()).pipe(
    Effect.catchDefect((defect) =>
      Effect.fail(
        new ArchiveError({ reason: 'internal', what: textOf(defect), where: 'the archive', fix: 'report it' }),
      ),
    ),
    Effect.tapError((error) => this.#failed(error)),
    Effect.retry({ schedule: BACK_OFF, while: ({ reason }) => reason !== 'fenced' }),
    Effect.andThen(
      Effect.suspend(() => {
        const wasAway = this.#isAway
        this.#isAway = false
        return wasAway ? Effect.logInfo('it answers again; the backlog is saved now') : Effect.void
      }),
    ),
    Effect.ignore,
  )

  #next(): Effect.Effect<void, ArchiveError> {
    const { archive } = this.#options
    const instance = this.#instance
    if (!instance) return Effect.void
    if (!instance.isKnown)
      return archive.putRealm(instance.definition, instance.epoch).pipe(
        Effect.map(() => {
          instance.isKnown = true
        }),
      )
    return this.#changes.isComplete && !this.#changes.isEmpty ? this.#save(instance) : this.#enter()
  }

  /**
   * Changes reported during the save are collected separately. If the save fails or is interrupted, both are merged,
   * and the newer win.
   */
  #save({ definition, epoch }: Instance): Effect.Effect<void, ArchiveError> {
    const { archive } = this.#options
    const saving = this.#changes
    const at = { realm: definition.id, epoch, tick: saving.tick }
    this.#changes = new Changes(false)
    const restore = Effect.sync(() => {
      // A new realm instance reports everything.
      if (this.#instance?.epoch !== epoch || this.#changes.all) return
      const { tick, put, removed, isComplete } = this.#changes
      saving.take({ tick: Math.max(saving.tick, tick), put: put.values(), removed, isComplete })
      this.#changes = saving
    })
    return (
      saving.all
        ? archive.replaceElements(at, [...saving.put.values()])
        : archive.saveElements(at, [...saving.put.values()], [...saving.removed])
    ).pipe(Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : restore)))
  }

  #enter(): Effect.Effect<void, ArchiveError> {
    const { archive } = this.#options
    for (const [key, event] of this.#events)
      return (
        event.type === 'recording'
          ? archive.putRecording(event.entry)
          : event.type === 'checkpoint'
            ? archive.putCheckpoint(event.entry)
            : archive.removeRecording(event.entry)
      ).pipe(
        Effect.map(() => {
          if (this.#events.get(key) === event) this.#events.delete(key)
        }),
      )
    return Effect.void
  }

  #failed(error: ArchiveError): Effect.Effect<void> {
    const { reason } = error
    if (reason === 'fenced') {
      this.#isFenced = true
      return Effect.logError('this server no longer saves the realm to the archive; its recording continues:', error)
    }
    if (reason === 'conflict') {
      if (this.#instance) this.#instance.isKnown = false
      this.#changes = new Changes(true)
      this.#options.resendElements()
    }
    if (this.#isAway) return Effect.void
    this.#isAway = true
    const state = reason === 'away' || reason === 'broken' ? reason : 'cannot save'
    return Effect.logError(`${state}; the realm continues; unsaved changes wait:`, error)
  }
}
