/** The page's side of the worker that hashes and fetches. */
import { ApiError, type FileLink } from '../../http-contract/index.ts'
import { below } from '../../netcode/connect-error.ts'
import type { BytesJob, BytesNews } from './bytes-worker.ts'

type Good = Extract<BytesNews, { type: 'hashed' | 'fetched' }>

interface Waiting {
  progress(share: number): void
  done(news: Good): void
  failed(error: ApiError): void
}

/** A job before `#ask` gives it a number. */
type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never

/** Hashes files and fetches models by their links. */
export interface Bytes {
  hash(file: Blob, progress: (share: number) => void): Promise<string>
  /** Rejects with an ApiError if the file is not available, too long, or its hash differs. */
  fetch(file: { readonly link: FileLink; readonly sha256: string; readonly bytes: number }): Promise<ArrayBuffer>
}

/** One worker, started when it is first needed. */
export class WorkerBytes implements Bytes {
  readonly #server: string
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #next = 1

  /** `server`: base URL of relative links. */
  constructor(server: string) {
    this.#server = server
  }

  async hash(file: Blob, progress: (share: number) => void): Promise<string> {
    const news = await this.#ask({ type: 'hash', file }, progress)
    if (news.type !== 'hashed') throw new ApiError(400, 'internal', 'The file could not be read.')
    return news.sha256
  }

  async fetch({ link, sha256, bytes }: Parameters<Bytes['fetch']>[0]): Promise<ArrayBuffer> {
    const news = await this.#ask(
      { type: 'fetch', url: below(this.#server, link.url).href, sha256, bytesMax: bytes },
      () => undefined,
    )
    if (news.type !== 'fetched') throw new ApiError(400, 'internal', 'The file could not be read.')
    return news.bytes
  }

  #ask(job: Unnumbered<BytesJob>, progress: (share: number) => void): Promise<Good> {
    const id = this.#next++
    this.#worker ??= this.#start()
    this.#worker.postMessage({ ...job, id }, [])
    return new Promise((done, failed) => this.#waiting.set(id, { progress, done, failed }))
  }

  #start(): Worker {
    const worker = new Worker(new URL('./bytes-worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<BytesNews>) => this.#hear(data))
    worker.addEventListener('error', () => {
      // The worker could not be loaded or crashed: the next job starts another.
      this.#worker = null
      for (const { failed } of this.#waiting.values())
        failed(new ApiError(0, 'worker', 'Part of the page could not be loaded. Check that you are online.'))
      this.#waiting.clear()
    })
    return worker
  }

  #hear(news: BytesNews): void {
    const waiting = this.#waiting.get(news.id)
    if (news.type === 'progress') return waiting?.progress(news.share)
    this.#waiting.delete(news.id)
    if (news.type === 'failed') waiting?.failed(new ApiError(news.status, 'download', news.message))
    else waiting?.done(news)
    return undefined
  }
}
