/** Runs jobs in worker threads, as many at a time as there are threads. A thread that fails ends only its own job. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { FromWorker, InputOf, JobKinds, OutputOf, ToWorker } from './job.ts'

/** Time that a cancelled job has to end before its thread is ended, ms. */
const CANCEL_MS_MAX = 5_000

/** The bundle of replay-worker.ts: two folders above this file, or beside the other bundles. */
export const REPLAY_WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/node/replay-worker.js' : './replay-worker.js',
  import.meta.url,
)

/** One for each core but one, so that the machine stays usable; at least 1. */
export const defaultThreads = (): number => Math.max(1, availableParallelism() - 1)

/** A job has no output: it threw an error, its thread ended, or it was cancelled. */
export class JobError extends Error {
  override readonly name = 'JobError'
  readonly isCancelled: boolean

  constructor(message: string, isCancelled = false) {
    super(message)
    this.isCancelled = isCancelled
  }
}

export interface JobOptions {
  readonly signal?: AbortSignal
  onProgress?(done: number, total: number): void
}

interface Job {
  readonly id: number
  readonly kind: string
  readonly input: unknown
  readonly options: JobOptions
  resolve(output: unknown): void
  reject(error: JobError): void
}

/** `Kinds`: the type of the table that the worker's file passes to `serveJobs`. Call `close` after use. */
export class JobPool<Kinds extends JobKinds> {
  readonly #file: URL
  readonly #threads: Thread[]
  readonly #waiting: Job[] = []
  #lastId = 0
  #isClosed = false

  constructor(threads: number, file: URL) {
    this.#file = file
    this.#threads = Array.from({ length: threads }, () => new Thread(this.#file, () => this.#next()))
  }

  /** Jobs start in the order of the calls. Rejects with JobError. */
  run<K extends keyof Kinds & string>(
    kind: K,
    input: InputOf<Kinds[K]>,
    options: JobOptions = {},
  ): Promise<OutputOf<Kinds[K]>> {
    return new Promise((resolve, reject) => {
      const give = (output: unknown): void => resolve(output as OutputOf<Kinds[K]>)
      const job = { id: ++this.#lastId, kind, input, options, resolve: give, reject }
      if (this.#isClosed || options.signal?.aborted) return reject(cancelled(kind))
      this.#waiting.push(job)
      options.signal?.addEventListener('abort', () => this.#cancel(job), { once: true })
      this.#next()
    })
  }

  /** Ends all threads. Jobs that have not ended are rejected. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const job of this.#waiting.splice(0)) job.reject(cancelled(job.kind))
    await Promise.all(this.#threads.map((thread) => thread.end()))
  }

  #next(): void {
    for (const thread of this.#threads) {
      if (this.#isClosed || thread.job) continue
      const job = this.#waiting.shift()
      if (!job) return
      thread.run(job)
    }
  }

  #cancel(job: Job): void {
    const at = this.#waiting.indexOf(job)
    if (at >= 0) {
      this.#waiting.splice(at, 1)
      job.reject(cancelled(job.kind))
    } else this.#threads.find((thread) => thread.job === job)?.cancel()
  }
}

const cancelled = (kind: string): JobError => new JobError(`the job "${kind}" was cancelled`, true)

/** A worker, replaced by a fresh one after it failed. */
class Thread {
  readonly #file: URL
  readonly #onFree: () => void
  #worker: Worker | null = null
  #job: Job | null = null

  constructor(file: URL, onFree: () => void) {
    this.#file = file
    this.#onFree = onFree
  }

  get job(): Job | null {
    return this.#job
  }

  run(job: Job): void {
    this.#job = job
    this.#worker ??= this.#launch()
    this.#post({ type: 'run', id: job.id, kind: job.kind, input: job.input })
  }

  /** The job has CANCEL_MS_MAX to end with an output. */
  cancel(): void {
    const job = this.#job
    if (!job) return
    this.#post({ type: 'cancel', id: job.id })
    setTimeout(() => {
      if (this.#job === job) this.#discard(cancelled(job.kind))
    }, CANCEL_MS_MAX).unref()
  }

  async end(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    const job = this.#job
    this.#job = null
    if (job) job.reject(cancelled(job.kind))
    await worker?.terminate()
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message, [])
  }

  #launch(): Worker {
    const worker = new Worker(this.#file, { name: 'replay' })
    const ended = (reason: string): void => {
      if (this.#worker !== worker) return
      const kind = this.#job?.kind ?? ''
      this.#discard(new JobError(`the worker thread that ran the job "${kind}" ended: ${reason}`))
    }
    worker.on('message', (message: FromWorker) => {
      if (this.#worker === worker) this.#receive(message)
    })
    worker.on('error', (error) => ended(error.message))
    worker.on('exit', (code) => ended(`exit code ${code}`))
    return worker
  }

  #receive(message: FromWorker): void {
    const job = this.#job
    if (!job || message.id !== job.id) return
    if (message.type === 'progress') return job.options.onProgress?.(message.done, message.total)
    if (message.type === 'failed')
      return this.#discard(new JobError(`the job "${job.kind}" failed: ${message.message}`))
    this.#job = null
    job.resolve(message.output)
    if (message.retires) this.#drop()
    this.#onFree()
  }

  /** Rejects the job and drops the worker: whatever failed, its engine may be damaged. */
  #discard(error: JobError): void {
    const job = this.#job
    this.#job = null
    this.#drop()
    job?.reject(error)
    this.#onFree()
  }

  #drop(): void {
    const worker = this.#worker
    this.#worker = null
    void worker?.terminate()
  }
}
