/**
 * Hashes files and fetches models beside the page's own thread, so that no frame waits for it. Pages on a plain-HTTP
 * network have no crypto.subtle: the hash is computed here.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

export type BytesJob =
  | { readonly id: number; readonly type: 'hash'; readonly file: Blob }
  | {
      readonly id: number
      readonly type: 'fetch'
      readonly url: string
      readonly sha256: string
      readonly bytesMax: number
    }

export type BytesNews =
  | { readonly id: number; readonly type: 'progress'; readonly share: number }
  | { readonly id: number; readonly type: 'hashed'; readonly sha256: string }
  | { readonly id: number; readonly type: 'fetched'; readonly bytes: ArrayBuffer }
  /** `status`: HTTP status; 0 without an answer. */
  | { readonly id: number; readonly type: 'failed'; readonly status: number; readonly message: string }

/** Bytes read and hashed in one step. */
const CHUNK = 1 << 20

const report = (news: BytesNews, transfer: Transferable[] = []): void => postMessage(news, { transfer })

async function hash({ id, file }: Extract<BytesJob, { type: 'hash' }>): Promise<void> {
  const hasher = sha256.create()
  for (let at = 0; at < file.size; at += CHUNK) {
    hasher.update(new Uint8Array(await file.slice(at, at + CHUNK).arrayBuffer()))
    report({ id, type: 'progress', share: Math.min(1, (at + CHUNK) / file.size) })
  }
  report({ id, type: 'hashed', sha256: bytesToHex(hasher.digest()) })
}

async function fetchFile(job: Extract<BytesJob, { type: 'fetch' }>): Promise<void> {
  const { id, url, bytesMax } = job
  const response = await fetch(url).catch(() => null)
  if (!response?.ok)
    return report({
      id,
      type: 'failed',
      status: response?.status ?? 0,
      message: response ? `The file store answered ${response.status}.` : 'The file store does not answer.',
    })
  const declared = Number(response.headers.get('content-length') ?? 0)
  if (declared > bytesMax)
    return report({
      id,
      type: 'failed',
      status: 413,
      message: `The file has ${declared} bytes; ${bytesMax} were expected.`,
    })
  const bytes = new Uint8Array(await response.arrayBuffer())
  // A model whose hash differs is not shown.
  if (bytesToHex(sha256(bytes)) !== job.sha256)
    return report({
      id,
      type: 'failed',
      status: 422,
      message: 'The file is damaged: its hash does not match the package.',
    })
  return report({ id, type: 'fetched', bytes: bytes.buffer }, [bytes.buffer])
}

addEventListener('message', ({ data }: MessageEvent<BytesJob>) => {
  const work = data.type === 'hash' ? hash(data) : fetchFile(data)
  work.catch((error: unknown) =>
    report({ id: data.id, type: 'failed', status: 0, message: error instanceof Error ? error.message : String(error) }),
  )
})
