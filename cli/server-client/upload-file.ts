/**
 * Uploads a file from the command line: declares it, sends it straight to the file store, follows it until it is
 * settled.
 */
import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import {
  errorOf,
  type BodyFor,
  type UploadLink,
  type UploadStage,
  type UploadStatus,
} from '../../http-contract/index.ts'
import { below, tlsWords, unexplained } from '../../netcode/connect-error.ts'
import { ApiError, type ServerApi } from './server-api.ts'

/** Bytes written to the network at once; progress is reported after each piece. */
const PIECE_BYTES = 65_536

/** The options that the user gave for the file. */
export type UploadWish = Pick<BodyFor<'declareUpload'>, 'kind' | 'humanoid' | 'fit'> & {
  readonly name: string
  readonly fileName: string
  readonly sharing: 'owner' | 'everyone'
}

export interface Watch {
  sent(bytes: number, total: number): void
  /** `progress` of the server's part, 0 to 1. */
  stage(stage: UploadStage, progress: number, message: string | undefined): void
  readonly signal: AbortSignal
}

/** Returns the settled status. Rejects with ApiError, ConnectError, or the signal's reason. */
export async function uploadBytes(
  api: ServerApi,
  url: string,
  bytes: Uint8Array,
  wish: UploadWish,
  watch: Watch,
): Promise<UploadStatus> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const { put, ...status } = await api.call('declareUpload', {}, { body: { ...wish, bytes: bytes.length, sha256 } })
  if (put === null) return status
  await send(below(url, put.url), put.headers, bytes, watch)
  await api.call('completeUpload', { id: status.id })
  return api.follow(status.id, watch.signal, (now) => report(now, watch))
}

function report({ stage, progress, queue = 0, message }: UploadStatus, watch: Watch): void {
  watch.stage(stage, progress, message ?? (queue > 0 ? `${queue} before it` : undefined))
}

function send(address: URL, headers: UploadLink['headers'], bytes: Uint8Array, watch: Watch): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = (address.protocol === 'https:' ? httpsRequest : httpRequest)(
      address,
      {
        method: 'PUT',
        signal: watch.signal,
        headers: { ...headers, 'content-length': bytes.length },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text = (text + chunk).slice(0, 10_000)
        })
        response.once('end', () => {
          const status = response.statusCode ?? 0
          // 412: the same bytes are there already, from an earlier request whose answer was lost.
          if ((status >= 200 && status < 300) || status === 412) return resolve()
          return reject(refusalOf(status, text, address))
        })
      },
    )
    request.once('error', (error) =>
      reject(
        watch.signal.aborted
          ? watch.signal.reason
          : new ApiError(
              0,
              'store-unreachable',
              `the store of files at ${address.host} does not take the file: ${tlsWords(error) ?? error.message}`,
              address.host,
              tlsWords(error) === null ? 'try again' : undefined,
            ),
      ),
    )
    feed(request, bytes, watch)
  })
}

function refusalOf(status: number, text: string, address: URL): ApiError {
  const error = errorOf(status, jsonOf(text))
  // Only if the server says so, or something is away, may the same request succeed later.
  return new ApiError(
    status,
    error?.reason ?? 'store-refused',
    error?.message ?? `the file did not get through to the store of files: ${unexplained(status)}`,
    address.host,
    error?.fix ?? (status >= 500 || status === 429 ? 'try again' : undefined),
  )
}

/** S3 answers in XML: undefined. The status says enough. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function feed(request: NodeJS.WritableStream, bytes: Uint8Array, watch: Watch): void {
  let at = 0
  const next = (): void => {
    let isRoom = true
    while (isRoom && at < bytes.length) {
      isRoom = request.write(bytes.subarray(at, at + PIECE_BYTES))
      at = Math.min(bytes.length, at + PIECE_BYTES)
      watch.sent(at, bytes.length)
    }
    if (at >= bytes.length) request.end()
    else request.once('drain', next)
  }
  next()
}
