/**
 * Write-behind of users and sessions to the archive. While it is away, the newest state of up to ARCHIVE_BEHIND_MAX
 * records waits. No login depends on it.
 */
import { Context, Effect, Fiber, Latch, Layer, type Scope } from 'effect'
import type { ArchiveService, SessionEntry, User } from '../../storage/archive/archive.ts'
import { Archive } from '../../storage/archive/index.ts'
import { ARCHIVE_BEHIND_MAX, ARCHIVE_FLUSH_MS_MAX } from '../limits.ts'
import { inArea } from '../log.ts'
import { STORE_BACK_OFF, type StoreError } from '../store-calls.ts'

export type RecordArchive = Pick<ArchiveService, 'putUser' | 'putSession'>
type Write = () => Effect.Effect<void, StoreError>

const isAway = (error: StoreError): boolean => error.isRetryable || error.reason === 'broken'

export class RecordWriteBehind {
  readonly #archive: RecordArchive
  /** Newest state of each record, in the order of first changes: users come before their sessions. */
  readonly #waiting = new Map<string, Write>()
  /** Open while something waits. */
  readonly #work = Latch.makeUnsafe()
  #dropped = 0
  #isAway = false

  private constructor(archive: RecordArchive) {
    this.#archive = archive
  }

  /** Writes in the background. When the scope ends, it writes the rest for at most ARCHIVE_FLUSH_MS_MAX. */
  static make(archive: RecordArchive): Effect.Effect<RecordWriteBehind, never, Scope.Scope> {
    return Effect.gen(function* () {
      const writeBehind = new RecordWriteBehind(archive)
      const background = yield* writeBehind.#work.await.pipe(
        Effect.andThen(writeBehind.#writeAll),
        Effect.forever,
        inArea('archive'),
        Effect.forkScoped,
      )
      yield* Effect.addFinalizer(() => Effect.andThen(Fiber.interrupt(background), writeBehind.#flush))
      return writeBehind
    })
  }

  /** Number of waiting records, and whether the archive was away at the last attempt. */
  get state(): { readonly waiting: number; readonly dropped: number; readonly away: boolean } {
    return { waiting: this.#waiting.size, dropped: this.#dropped, away: this.#isAway }
  }

  /** True while the user's newest state waits to be written. */
  hasUser(uid: string): boolean {
    return this.#waiting.has(`user ${uid}`)
  }

  user(user: User): void {
    this.#put(`user ${user.uid}`, () => this.#archive.putUser(user))
  }

  session(session: SessionEntry): void {
    this.#put(`session ${session.id}`, () => this.#archive.putSession(session))
  }

  #put(key: string, write: Write): void {
    this.#waiting.set(key, write)
    const oldest = this.#waiting.keys().next()
    if (this.#waiting.size > ARCHIVE_BEHIND_MAX && !oldest.done) {
      this.#waiting.delete(oldest.value)
      this.#dropped++
    }
    this.#work.openUnsafe()
  }

  readonly #writeAll = Effect.gen({ self: this }, function* () {
    for (const [key] of this.#waiting)
      yield* this.#write(key).pipe(
        Effect.retry({ schedule: STORE_BACK_OFF, while: isAway }),
        Effect.catch((error) => this.#giveUp(key, error)),
      )
    this.#work.closeUnsafe()
  })

  /** Writes the newest state. A record that changes meanwhile is written again. */
  #write(key: string): Effect.Effect<void, StoreError> {
    return Effect.suspend(() => {
      const write = this.#waiting.get(key)
      if (!write) return Effect.void
      return write().pipe(
        Effect.tapError((error) => this.#failed(error)),
        Effect.andThen(
          Effect.suspend(() => {
            const log = this.#answered()
            if (this.#waiting.get(key) === write) this.#waiting.delete(key)
            return log
          }),
        ),
      )
    })
  }

  #answered(): Effect.Effect<void> {
    if (!this.#isAway) return Effect.void
    this.#isAway = false
    return Effect.logInfo(`it answers again; ${this.#waiting.size} records are written now`)
  }

  #failed(error: StoreError): Effect.Effect<void> {
    const wasAway = this.#isAway
    this.#isAway = isAway(error)
    return this.#isAway && !wasAway
      ? Effect.logWarning('it does not answer; what has to be written waits:', error)
      : Effect.void
  }

  /** Drops a record that the archive will never accept. */
  #giveUp(key: string, error: StoreError): Effect.Effect<void> {
    this.#waiting.delete(key)
    return Effect.logError('a record could not be written:', error)
  }

  /** Writes each waiting record once, unless the archive is away or slow. The log counts the lost ones. */
  readonly #flush = Effect.suspend(() => Effect.forEach([...this.#waiting.keys()], (key) => this.#write(key))).pipe(
    Effect.ignore,
    Effect.timeoutOption(ARCHIVE_FLUSH_MS_MAX),
    Effect.andThen(
      Effect.suspend(() =>
        this.#waiting.size > 0
          ? Effect.logError(`${this.#waiting.size} records of users and sessions could not be written`)
          : Effect.void,
      ),
    ),
    inArea('archive'),
  )
}

export class RecordWriteBehindService extends Context.Service<RecordWriteBehindService, RecordWriteBehind>()(
  'otherworld/Records',
) {
  static readonly layer = Layer.effect(RecordWriteBehindService, Effect.flatMap(Archive, RecordWriteBehind.make))
}
