/** One thread of the embedded database, and what it has been asked. */
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
  /** Why it ended; null while it lives. */
  ended: string | null = null
  /** What the database itself said of its end, with the system's code where a call of it failed. */
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
    // Callers that ask for it hear of it; nobody may.
    this.#opening.catch(() => undefined)
    this.#worker.on('message', (message: EmbeddedAnswer) => this.#heard(message))
    this.#worker.on('error', (error) => this.#end(error.message))
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#end('its thread ended')
        resolve()
      })
    })
  }

  /** Rejects with SqlFault `lost` where the database cannot be opened; `failure` may say more. */
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

  #heard(message: EmbeddedAnswer): void {
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

  /** Only when a thread is wholly gone may another one open the files. */
  gone(): Promise<void> {
    return this.#exited
  }

  async close(): Promise<void> {
    if (this.ended === null) this.#worker.postMessage('close', [])
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_MS_MAX)
    await this.#exited
    clearTimeout(timer)
  }

  /** Ends it in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.#worker.terminate()
  }
}

const lost = (why: string): SqlFault => new SqlFault('lost', `the embedded database ended: ${why}`)
