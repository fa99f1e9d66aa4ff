/**
 * What the archive is told without anyone waiting for it: who has logged in, which sessions there were. While it is away
 * the newest state of each waits, up to ARCHIVE_BEHIND_MAX; nobody's login depends on it.
 */
import { setTimeout } from 'node:timers/promises'
import { Context, Effect, Layer } from 'effect'
import type { ArchiveService, SessionEntry, User } from '../../storage/archive/archive.ts'
import { Archive } from '../../storage/archive/index.ts'
import { ServerSettings } from '../config.ts'
import { textOf } from '../error.ts'
import { ARCHIVE_BEHIND_MAX, ARCHIVE_FLUSH_MS_MAX, STORE_RETRY_MS, STORE_RETRY_MS_MAX } from '../limits.ts'
import { isStoreError, outcomeOf, type StoreError } from '../uploads/retry.ts'

export interface RecordWriteBehindParts {
  readonly archive: Pick<ArchiveService, 'putUser' | 'putSession'>
  /** Rejects when the signal is raised. */
  sleep(ms: number, signal: AbortSignal): Promise<unknown>
  log(line: string): void
}

export class RecordWriteBehind {
  private readonly parts: RecordWriteBehindParts
  /** Newest state by what it is of, in the order in which it changed first: users before their sessions. */
  private readonly waiting = new Map<string, () => Effect.Effect<void, StoreError>>()
  private running: Promise<void> | null = null
  private readonly stopping = new AbortController()
  private dropped = 0
  private isAway = false

  constructor(parts: RecordWriteBehindParts) {
    this.parts = parts
  }

  /** What waits to be written, and whether the archive was away at the last try. */
  get state(): { readonly waiting: number; readonly dropped: number; readonly away: boolean } {
    return { waiting: this.waiting.size, dropped: this.dropped, away: this.isAway }
  }

  user(user: User): void {
    this.put(`user ${user.uid}`, () => this.parts.archive.putUser(user))
  }

  session(session: SessionEntry): void {
    this.put(`session ${session.id}`, () => this.parts.archive.putSession(session))
  }

  private put(key: string, write: () => Effect.Effect<void, StoreError>): void {
    this.waiting.set(key, write)
    const oldest = this.waiting.keys().next()
    if (this.waiting.size > ARCHIVE_BEHIND_MAX && !oldest.done) {
      this.waiting.delete(oldest.value)
      this.dropped++
    }
    this.begin()
  }

  /** What is put in the moment in which the work ends is begun with anew. */
  private begin(): void {
    this.running ??= this.work().finally(() => {
      this.running = null
      if (this.waiting.size > 0 && !this.stopping.signal.aborted) this.begin()
    })
  }

  private async work(): Promise<void> {
    let waitMs = STORE_RETRY_MS
    for (let next = this.waiting.entries().next(); !next.done; next = this.waiting.entries().next()) {
      const [key, write] = next.value
      if (await this.done(write)) {
        // What changed meanwhile is written once more.
        if (this.waiting.get(key) === write) this.waiting.delete(key)
        waitMs = STORE_RETRY_MS
      } else {
        if (this.stopping.signal.aborted) return
        await this.parts.sleep(waitMs, this.stopping.signal).catch(() => undefined)
        waitMs = Math.min(2 * waitMs, STORE_RETRY_MS_MAX)
      }
    }
  }

  /** False where the archive is away or damaged; what it will never take is told and given up. */
  private async done(write: () => Effect.Effect<void, StoreError>): Promise<boolean> {
    try {
      await outcomeOf(write())
      if (this.isAway) this.parts.log(`archive: it answers again; ${this.waiting.size} records are written now`)
      this.isAway = false
      return true
    } catch (error) {
      const away = isStoreError(error) && (error.isRetryable || error.reason === 'broken')
      if (!away) this.parts.log(`archive: a record could not be written: ${textOf(error)}`)
      else if (!this.isAway)
        this.parts.log(`archive: it does not answer; what has to be written waits: ${textOf(error)}`)
      this.isAway = away
      return !away
    }
  }

  /** Writes what waits, unless the archive is away or takes longer than ARCHIVE_FLUSH_MS_MAX; then it is lost, and the log says how much. */
  async stop(): Promise<void> {
    this.stopping.abort()
    const done = new AbortController()
    const late = this.parts.sleep(ARCHIVE_FLUSH_MS_MAX, done.signal).catch(() => undefined)
    await Promise.race([this.running, late])
    done.abort()
    if (this.waiting.size > 0)
      this.parts.log(`archive: ${this.waiting.size} records of users and sessions could not be written`)
  }
}

export class RecordWriteBehindService extends Context.Service<RecordWriteBehindService, RecordWriteBehind>()(
  'otherworld/Records',
) {
  static readonly layer = Layer.effect(
    RecordWriteBehindService,
    Effect.gen(function* () {
      const { log } = yield* ServerSettings
      const archive = yield* Archive
      return yield* Effect.acquireRelease(
        Effect.sync(
          () =>
            new RecordWriteBehind({
              archive,
              sleep: (ms, signal) => setTimeout(ms, undefined, { signal, ref: false }),
              log,
            }),
        ),
        (records) => Effect.promise(() => records.stop()),
      )
    }),
  )
}
