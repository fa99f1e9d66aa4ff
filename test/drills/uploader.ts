/** An uploader that does not give up: it records the response to each step, and retries. */
import { createHash } from 'node:crypto'
import { login } from '../../netcode/index.ts'
import { cubeGlb } from '../harness/cube-glb.ts'
import { sleep } from '../harness/wait.ts'

/** Pause between two attempts, and between two requests of a status, ms. */
const TRY_MS = 1_000
const LOOK_MS = 250
/** Time after which a request without a response is retried, ms. */
const ANSWER_MS_MAX = 10_000

interface UploadLink {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

interface UploadState {
  readonly id: string
  readonly stage: string
  readonly package?: string
  readonly message?: string
}

/** One upload. */
export class UploadRun {
  readonly name: string
  /** Responses that were not a success, by step and reason, with counts. */
  readonly refusals: Record<string, number> = {}
  /** Messages of the status while it waited. */
  readonly messages = new Set<string>()
  stage = 'new'
  package: string | null = null
  endedAtMs: number | null = null
  readonly #url: string
  readonly #bytes: Uint8Array<ArrayBuffer>
  #token = ''
  #id = ''
  #link: UploadLink | null = null

  constructor(url: string, name: string) {
    this.#url = url
    this.name = name
    this.#bytes = cubeGlb(name)
  }

  get isDone(): boolean {
    return this.stage === 'done'
  }

  /** Declares the file and sends its bytes. */
  async bring(): Promise<this> {
    this.#token = (await login(this.#url, this.name)).token
    const declared = await this.#insist('declare', () =>
      this.#request('POST', 'v1/uploads', {
        name: this.name,
        bytes: this.#bytes.length,
        sha256: createHash('sha256').update(this.#bytes).digest('hex'),
        kind: 'object',
      }),
    )
    const { id, put } = (await declared.json()) as UploadState & { readonly put: UploadLink | null }
    this.#id = id
    this.#link = put
    this.stage = 'declared'
    await this.#sendBytes()
    return this
  }

  async #sendBytes(): Promise<void> {
    const link = this.#link
    if (link === null) return
    // 412: an earlier attempt arrived, and only its response was lost
    await this.#insist(
      'put',
      () =>
        fetch(new URL(link.url, this.#url), {
          method: 'PUT',
          headers: link.headers,
          body: this.#bytes,
          signal: AbortSignal.timeout(ANSWER_MS_MAX),
        }),
      [412],
    )
    this.stage = 'sent'
  }

  /** Completes the upload and waits until it is settled. */
  async finish(): Promise<this> {
    await this.#insist('complete', () => this.#request('POST', `v1/uploads/${this.#id}/complete`))
    for (;;) {
      const status = (await (
        await this.#insist('status', () => this.#request('GET', `v1/uploads/${this.#id}`))
      ).json()) as UploadState
      this.stage = status.stage
      if (status.message !== undefined) this.messages.add(`${status.stage}: ${status.message}`)
      if (['done', 'rejected', 'failed'].includes(status.stage)) {
        this.package = status.package ?? null
        this.endedAtMs = performance.now()
        return this
      }
      await sleep(LOOK_MS)
    }
  }

  /**
   * Checks that all files of the package can be downloaded by their links, and that the first has the manifest's
   * length.
   */
  async canBeFetched(): Promise<boolean> {
    const response = await this.#request('GET', `v1/packages/${this.package ?? ''}`)
    if (!response.ok) return false
    const { manifest, files } = (await response.json()) as {
      readonly manifest: { readonly files: { readonly runtime: { readonly bytes: number } } }
      readonly files: { readonly runtime: { readonly url: string } }
    }
    const file = await fetch(new URL(files.runtime.url, this.#url))
    return file.ok && (await file.arrayBuffer()).byteLength === manifest.files.runtime.bytes
  }

  #request(method: string, path: string, body?: unknown): Promise<Response> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) }
    return fetch(new URL(path, this.#url), {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...json,
    })
  }

  /** Retries until it succeeds. Throws errors that a retry cannot change. */
  async #insist(step: string, make: () => Promise<Response>, fine: readonly number[] = []): Promise<Response> {
    for (;;) {
      const response = await make().catch((error: unknown) => (error instanceof Error ? error.name : String(error)))
      if (typeof response !== 'string' && (response.ok || fine.includes(response.status))) return response
      const why = typeof response === 'string' ? response : `${response.status} ${await reasonIn(response)}`
      const said = `${step}: ${why}`
      this.refusals[said] = (this.refusals[said] ?? 0) + 1
      if (typeof response !== 'string' && response.status < 500 && response.status !== 429)
        throw new Error(`${this.name}: ${said}`)
      await sleep(TRY_MS)
    }
  }
}

async function reasonIn(response: Response): Promise<string> {
  const text = await response.text()
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'reason' in value ? String(value.reason) : ''
  } catch {
    return /<Code>(\w+)</.exec(text)?.[1] ?? ''
  }
}
