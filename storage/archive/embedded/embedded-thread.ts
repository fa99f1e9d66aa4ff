/** One thread of the embedded database, and its pending requests. */
import { Worker } from 'node:worker_threads'
import { SqlFault, type Row, type SqlText, type SqlValue } from '../connection.ts'
import type { EmbeddedAnswer, EmbeddedRequest, EmbeddedStart } from './embedded-messages.ts'
import { CLOSE_MS_MAX, EMBEDDED_STATEMENT_MS_MAX } from '../limits.ts'

interface Pending {
  readonly resolve: (rows: readonly Row[]) => void
  readonly reject: (fault: SqlFault) => void
  readonly timer: NodeJS.Timeout
}

export class Thread {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  readonly #exited: Promise<void>
  #nextId = 1
  /** Why the thread ended; null while it runs. */
  ended: string | null = null
  /** The database's own last message, with the operating system's code if a call failed. */
  failure: Extract<EmbeddedAnswer, { type: 'failed' }> | null = null
  readonly #opening: Promise<void>
  #settleOpening: (fault: SqlFault | null) => void = () => undefined

  constructor(file: string, start: EmbeddedStart) {
    this.#worker = new Worker(file, { workerData: start, name: 'archive', execArgv: [] })
    this.#opening = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#stuck('to open'), EMBEDDED_STATEMENT_MS_MAX)
      this.#settleOpening = (fault) => {
        clearTimeout(timer)
        if (fault) reject(fault)
        else resolve()
      }
    })
    // Callers that await `opening` get the rejection. Without callers it must not become an unhandled one.
    this.#opening.catch(() => undefined)
    this.#worker.on('message', (message: EmbeddedAnswer) => this.#receive(message))
    this.#worker.on('error', (error) => this.#end(error.message))
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#end('its thread ended')
        resolve()
      })
    })
  }

  /** Rejects with SqlFault `lost` if the database cannot be opened; `failure` may have details. */
  open(): Promise<void> {
    return this.#opening
  }

  query(sql: SqlText, values: readonly SqlValue[]): Promise<readonly Row[]> {
    if (this.ended !== null) return Promise.reject(lost(this.ended))
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#stuck('with a statement'), EMBEDDED_STATEMENT_MS_MAX)
      this.#pending.set(id, { resolve, reject, timer })
      this.#worker.postMessage({ id, sql, values } satisfies EmbeddedRequest, [])
    })
  }

  #receive(message: EmbeddedAnswer): void {
    if (message.type === 'open') return this.#settleOpening(null)
    if (message.type === 'failed') {
      this.failure = message
      return this.#end(message.message)
    }
    const pending = this.#pending.get(message.id)
    if (!pending) return undefined
    this.#pending.delete(message.id)
    clearTimeout(pending.timer)
    if (message.type === 'rows') pending.resolve(message.rows)
    else pending.reject(new SqlFault('refused', message.message, { state: message.state }))
    return undefined
  }

  #stuck(doing: string): void {
    this.#end(`it took longer than ${EMBEDDED_STATEMENT_MS_MAX / 1_000} s ${doing}`)
    void this.#worker.terminate()
  }

  #end(why: string): void {
    this.ended ??= why
    this.#settleOpening(lost(this.ended))
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer)
      reject(lost(why))
    }
    this.#pending.clear()
  }

  /** Resolves when the thread has ended completely. Only then may another thread open the files. */
  gone(): Promise<void> {
    return this.#exited
  }

  async close(): Promise<void> {
    if (this.ended === null) this.#worker.postMessage('close', [])
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_MS_MAX)
    await this.#exited
    clearTimeout(timer)
  }

  /** Ends the thread whatever it is doing. */
  async kill(): Promise<void> {
    await this.#worker.terminate()
  }
}

const lost = (why: string): SqlFault => new SqlFault('lost', `the embedded database ended: ${why}`)
