/**
 * The embedded database: needs no set-up, runs in a thread of its own, survives the process being killed, though not the
 * power failing (it never syncs: what must survive that stands in the recording). One connection, lent to one at a time.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { makeFolder } from '../folder.ts'
import { LockHeld, takeLock } from '../lock-file.ts'
import { failed } from './classify.ts'
import { SqlFault, type Row, type SqlConnection, type SqlSession, type SqlText, type SqlValue } from './connection.ts'
import type { EmbeddedAnswer, EmbeddedRequest, EmbeddedStart } from './embedded-messages.ts'
import { CLOSE_MS_MAX, EMBEDDED_STATEMENT_MS_MAX } from './limits.ts'
import { checkRoom } from './room.ts'

interface Pending {
  readonly resolve: (rows: readonly Row[]) => void
  readonly reject: (fault: SqlFault) => void
  readonly timer: NodeJS.Timeout
}

/** One thread and what it has been asked. */
class Thread {
  private readonly worker: Worker
  private readonly pending = new Map<number, Pending>()
  private readonly exited: Promise<void>
  private nextId = 1
  /** Why it ended; null while it lives. */
  ended: string | null = null

  constructor(file: string, start: EmbeddedStart) {
    this.worker = new Worker(file, { workerData: start, name: 'archive', execArgv: [] })
    this.worker.on('message', (message: EmbeddedAnswer) => this.heard(message))
    this.worker.on('error', (error) => this.end(error.message))
    this.exited = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.end('its thread ended')
        resolve()
      })
    })
  }

  query(sql: SqlText, values: readonly SqlValue[]): Promise<readonly Row[]> {
    if (this.ended !== null) return Promise.reject(new SqlFault('lost', `the embedded database ended: ${this.ended}`))
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.end(`a statement took longer than ${EMBEDDED_STATEMENT_MS_MAX / 1_000} s`)
        void this.worker.terminate()
      }, EMBEDDED_STATEMENT_MS_MAX)
      this.pending.set(id, { resolve, reject, timer })
      this.worker.postMessage({ id, sql, values } satisfies EmbeddedRequest, [])
    })
  }

  private heard(message: EmbeddedAnswer): void {
    if (message.type === 'failed') return this.end(message.message)
    const pending = this.pending.get(message.id)
    if (!pending) return undefined
    this.pending.delete(message.id)
    clearTimeout(pending.timer)
    if (message.type === 'rows') pending.resolve(message.rows)
    else pending.reject(new SqlFault('refused', message.message, { state: message.state }))
    return undefined
  }

  private end(why: string): void {
    this.ended ??= why
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer)
      reject(new SqlFault('lost', `the embedded database ended: ${why}`))
    }
    this.pending.clear()
  }

  /** Only when a thread is wholly gone may another one open the files. */
  gone(): Promise<void> {
    return this.exited
  }

  async close(): Promise<void> {
    if (this.ended === null) this.worker.postMessage('close', [])
    const timer = setTimeout(() => void this.worker.terminate(), CLOSE_MS_MAX)
    await this.exited
    clearTimeout(timer)
  }

  /** Ends it in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.worker.terminate()
  }
}

export class EmbeddedConnection implements SqlConnection {
  readonly kind = 'embedded'
  readonly where: string
  private readonly file: string
  private readonly start: EmbeddedStart
  private readonly unlock: () => void
  private thread: Thread | null = null
  private isClosed = false
  /** Ends when nobody has the connection any more. */
  private turn: Promise<unknown> = Promise.resolve()

  /** Locks the directory and makes it where it is missing. Throws ArchiveError `in-use`, or Node's error where it cannot be written. */
  constructor(directory: string, worker: string = builtWorker()) {
    makeFolder(directory)
    checkRoom(directory, builtTemplate())
    this.where = directory
    this.file = worker
    this.start = { directory: join(directory, 'database'), template: builtTemplate() }
    this.unlock = lock(join(directory, 'archive.lock'))
  }

  session<T>(use: (sql: SqlSession) => Promise<T>): Promise<T> {
    const result = this.turn.then(async () => {
      const thread = await this.running()
      return use({ query: (sql, values = []) => thread.query(sql, values) })
    })
    this.turn = result.catch(() => undefined)
    return result
  }

  private async running(): Promise<Thread> {
    if (this.isClosed) throw new SqlFault('unreachable', 'the archive is closed')
    if (this.thread && this.thread.ended !== null) {
      await this.thread.gone()
      this.thread = null
    }
    this.thread ??= new Thread(this.file, this.start)
    return this.thread
  }

  /** Ends the thread as a fault would; the next transaction begins another. */
  async killThread(): Promise<void> {
    await this.thread?.kill()
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    await this.turn
    this.isClosed = true
    await this.thread?.close()
    this.unlock()
  }
}

function lock(file: string): () => void {
  try {
    return takeLock(file)
  } catch (error) {
    if (!(error instanceof LockHeld)) throw error
    throw failed('in-use', error.pid === 0 ? 'another process uses this archive' : `process ${error.pid} uses this archive`, file, error)
  }
}

/** A file of the build, from the source folder and from the bundle. */
function built(path: string): string {
  const fromSource = import.meta.url.endsWith('.ts')
  return fileURLToPath(new URL(fromSource ? `../../dist/${path}` : `../${path}`, import.meta.url))
}
const builtWorker = (): string => built('node/archive-worker.js')
const builtTemplate = (): string => built('archive-template')
