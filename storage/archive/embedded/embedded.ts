/**
 * The embedded database. It needs no setup and runs in its own thread. It survives a killed process but not a power
 * loss, because it never syncs; whatever must survive a power loss is in the recording. It has one connection, lent to
 * one caller at a time.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Effect } from 'effect'
import { makeFolder } from '../../folder.ts'
import { LockHeld, takeLock } from '../../lock-file.ts'
import type { ArchiveError } from '../archive.ts'
import { failed } from '../classify.ts'
import { SqlFault, type SqlConnection, type SqlSession } from '../connection.ts'
import { whatItFound, whyNotOpen } from './embedded-damage.ts'
import type { EmbeddedStart } from './embedded-messages.ts'
import { Thread } from './embedded-thread.ts'
import { checkRoom } from './disk-space.ts'

/** Attempts to open a database. If two fail, its files are damaged. */
const OPEN_ATTEMPTS_MAX = 2

export class EmbeddedConnection implements SqlConnection {
  readonly kind = 'embedded'
  readonly where: string
  readonly #file: string
  readonly #start: EmbeddedStart
  readonly #unlock: () => void
  #thread: Thread | null = null
  #isClosed = false
  /** Set once the files are damaged. Only the operator can repair them, so the archive stops retrying. */
  #broken: ArchiveError | null = null
  /** Settles when nobody has the connection any more. */
  #turn: Promise<unknown> = Promise.resolve()

  /**
   * Locks the directory, and creates it if it is missing. Throws ArchiveError `in-use`, or Node's error if it cannot be
   * written.
   */
  constructor(directory: string, worker: string = builtWorker()) {
    makeFolder(directory)
    checkRoom(directory, builtTemplate())
    this.where = directory
    this.#file = worker
    this.#start = { directory: join(directory, 'database'), template: builtTemplate() }
    this.#unlock = lock(join(directory, 'archive.lock'))
  }

  /**
   * A running statement cannot be cancelled. A caller that gives up while it waits for the connection never gets it.
   */
  session<T>(use: (sql: SqlSession) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const result = this.#turn.then(async () => {
      if (signal?.aborted) throw new SqlFault('unreachable', 'nobody waits for it any more')
      const thread = await this.#running()
      return use({
        query: (sql, values = []) =>
          thread.query(sql, values).catch((error: unknown) => {
            throw whatItFound(this.#start.directory, error)
          }),
      })
    })
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #running(): Promise<Thread> {
    if (this.#isClosed) throw new SqlFault('unreachable', 'the archive is closed')
    if (this.#broken) throw this.#broken
    if (this.#thread && this.#thread.ended !== null) {
      await this.#thread.gone()
      this.#thread = null
    }
    this.#thread ??= await this.#opened()
    return this.#thread
  }

  async #opened(): Promise<Thread> {
    for (let attempt = 1; ; attempt++) {
      const thread = new Thread(this.#file, this.#start)
      try {
        await thread.open()
        return thread
      } catch (fault) {
        await thread.gone()
        const why = whyNotOpen(this.#start.directory, thread.failure)
        if (why?.reason !== 'broken') throw why ?? fault
        if (attempt < OPEN_ATTEMPTS_MAX) continue
        this.#broken = why
        throw why
      }
    }
  }

  /** Ends the thread as a fault would; the next transaction starts another. */
  async killThread(): Promise<void> {
    await this.#thread?.kill()
  }

  readonly close = Effect.promise(async () => {
    if (this.#isClosed) return
    await this.#turn
    this.#isClosed = true
    await this.#thread?.close()
    this.#unlock()
  })
}

function lock(file: string): () => void {
  try {
    return takeLock(file).release
  } catch (error) {
    if (!(error instanceof LockHeld)) throw error
    throw failed('in-use', `${error.holder} uses this archive`, file, error)
  }
}

/** Path of a file of the build, both from the source folder and from the bundle. */
function built(path: string): string {
  const fromSource = import.meta.url.endsWith('.ts')
  return fileURLToPath(new URL(fromSource ? `../../../dist/${path}` : `../${path}`, import.meta.url))
}
const builtWorker = (): string => built('node/archive-worker.js')
const builtTemplate = (): string => built('archive-template')
