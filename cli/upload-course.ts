/** An upload from the command line: declared, sent straight to the store, followed until it is settled. */
import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setTimeout } from 'node:timers/promises'
import { below, tlsWords, unexplained } from '../netcode/connect-error.ts'
import { ApiError, fieldsOf, textIn, type Fields, type ServerApi } from './server-api.ts'

/** Bytes handed to the network at once; how far it is is told after each. */
const PIECE_BYTES = 65_536
/** Between two questions where the events broke off, ms. */
const ASK_AGAIN_MS = 1_000
/** Questions without an answer before the upload is given up: the server is gone for half a minute. */
const VAIN_MAX = 30

export interface UploadWish {
  readonly name: string
  readonly fileName: string
  readonly kind: string | undefined
  readonly humanoid: Fields | undefined
  readonly sharing: 'owner' | 'everyone'
}

export interface Watch {
  sent(bytes: number, total: number): void
  /** `progress` of the server's part, 0 to 1. */
  stage(stage: string, progress: number, message: string | undefined): void
  readonly signal: AbortSignal
}

/** The settled status. Rejects with ApiError, ConnectError, or the signal's reason. */
export async function uploadBytes(
  api: ServerApi,
  url: string,
  bytes: Uint8Array,
  wish: UploadWish,
  watch: Watch,
): Promise<Fields> {
  const declared = await api.ask('POST', 'v1/uploads', {
    name: wish.name,
    fileName: wish.fileName,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    kind: wish.kind,
    humanoid: wish.humanoid,
    sharing: wish.sharing,
  })
  const id = textIn(declared, 'id') ?? ''
  if (declared['put'] === null) return declared
  const put = fieldsOf(declared['put'])
  await send(below(url, textIn(put, 'url') ?? ''), fieldsOf(put['headers']), bytes, watch)
  await api.ask('POST', `v1/uploads/${id}/complete`)
  return follow(api, id, watch)
}

function send(address: URL, headers: Fields, bytes: Uint8Array, watch: Watch): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = (address.protocol === 'https:' ? httpsRequest : httpRequest)(
      address,
      {
        method: 'PUT',
        signal: watch.signal,
        headers: {
          ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
          'content-length': bytes.length,
        },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text = (text + chunk).slice(0, 10_000)
        })
        response.once('end', () => {
          const status = response.statusCode ?? 0
          // 412: the same bytes are there already, from a try whose answer was lost.
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
  let said: Fields = {}
  try {
    said = fieldsOf(JSON.parse(text))
  } catch {
    // S3 answers in XML; the status says enough.
  }
  const message =
    textIn(said, 'message') ?? `the file did not get through to the store of files: ${unexplained(status)}`
  // Only where the server says so, or something is away, may the same come to another end.
  return new ApiError(
    status,
    textIn(said, 'reason') ?? 'store-refused',
    message,
    address.host,
    textIn(said, 'fix') ?? (status >= 500 || status === 429 ? 'try again' : undefined),
  )
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

async function follow(api: ServerApi, id: string, watch: Watch): Promise<Fields> {
  for (let vain = 0; ; vain++) {
    watch.signal.throwIfAborted()
    try {
      const last = await events(api, id, watch, () => {
        vain = 0
      })
      const status = last ?? (await api.ask('GET', `v1/uploads/${id}`))
      tell(status, watch)
      if (isSettled(status)) return status
    } catch (error) {
      watch.signal.throwIfAborted()
      if (vain >= VAIN_MAX || (error instanceof ApiError && error.status < 500 && error.status !== 429)) throw error
    }
    await setTimeout(ASK_AGAIN_MS)
  }
}

/** The last status that the events told; null where they told none. */
async function events(api: ServerApi, id: string, watch: Watch, heard: () => void): Promise<Fields | null> {
  const response = await api.fetch(`v1/uploads/${id}/events`, { signal: watch.signal })
  let last: Fields | null = null
  let rest = ''
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (rest + text).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      if (!part.startsWith('data: ')) continue
      last = fieldsOf(JSON.parse(part.slice('data: '.length)))
      heard()
      tell(last, watch)
    }
  }
  return last && isSettled(last) ? last : null
}

function tell(status: Fields, watch: Watch): void {
  const { stage, progress, queue } = status
  const waits = typeof queue === 'number' && queue > 0 ? `${queue} before it` : undefined
  if (typeof stage === 'string')
    watch.stage(stage, typeof progress === 'number' ? progress : 0, textIn(status, 'message') ?? waits)
}

const isSettled = ({ stage }: Fields): boolean => stage === 'done' || stage === 'rejected' || stage === 'failed'
