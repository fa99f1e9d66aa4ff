/**
 * The Local Cloud's HTTP side: `GET|HEAD /v1/assets/sha256/HEX` and `PUT /v1/assets/incoming/UPLOAD`, both with a
 * signed query. This file answers every request below /v1/assets.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { handleCors, HttpError, methodNotAllowed, rawPathOf, sendError } from '../../http/http.ts'
import { AssetError, type AssetsService } from './assets.ts'
import { parseKey } from './keys.ts'
import { diskFault } from './disk.ts'
import { LINGER_MS_MAX } from './limits.ts'
import { LOCAL_PATH, type LocalFiles } from './local-files.ts'
import { Downloads } from './local-download.ts'
import { UploadReceiver } from './local-upload.ts'
import { readQuery, type SignedRequest } from './signature.ts'

const ROUTE = `${LOCAL_PATH}/`
const UPLOAD_ROUTE = `${ROUTE}incoming/`

const CORS = { methods: 'GET, HEAD, PUT, OPTIONS', headers: 'Content-Type, Range, If-Range, If-None-Match' }
const EXPOSED = 'Accept-Ranges, Content-Length, Content-Range, ETag'

/** Headers that stop a browser from running an uploaded file as a page of this server, whatever its type. */
const HARMLESS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
  'referrer-policy': 'no-referrer',
}

export interface LocalHttpOptions {
  /** Origins of other pages that may use links; '*' is all. */
  readonly origins: readonly string[] | '*'
  readonly log: (line: string) => void
}

/** True for requests whose bodies may take long. They have a minimum pace instead of a time limit. */
export const isUpload = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'PUT' && url.startsWith(UPLOAD_ROUTE)

const isAssetRequest = ({ url = '' }: IncomingMessage): boolean => url.startsWith(ROUTE)

export function localCloudHandler(store: LocalFiles, { origins, log }: LocalHttpOptions): AssetsService['answers'] {
  const parts = { downloads: new Downloads(store), uploads: new UploadReceiver(store), store, origins }
  return (request, response) => {
    if (!isAssetRequest(request)) return false
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    for (const [name, value] of Object.entries(HARMLESS)) response.setHeader(name, value)
    route(parts, request, response).catch((error: unknown) => {
      const known = httpErrorOf(error, rawPathOf(request).slice(0, 200))
      if (known === null)
        log(`${request.method} ${rawPathOf(request)}: ${error instanceof Error ? error.stack : String(error)}`)
      refuse(request, response, known ?? error)
    })
    return true
  }
}

/** Answers requests below /v1/assets if another store serves the files. */
export function noFilesHere(request: IncomingMessage, response: ServerResponse): boolean {
  if (!isAssetRequest(request)) return false
  refuse(
    request,
    response,
    new HttpError(
      404,
      'not-found',
      'files are not served here but by the S3 store',
      ROUTE,
      'use the links that the API gives',
    ),
  )
  return true
}

interface Parts {
  readonly store: LocalFiles
  readonly downloads: Downloads
  readonly uploads: UploadReceiver
  readonly origins: readonly string[] | '*'
}

async function route(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (handleCors(request, response, parts.origins, CORS)) return undefined
  response.setHeader('access-control-expose-headers', EXPOSED)
  const { method = '', url = '' } = request
  // Not decoded: a key contains no character that needs encoding
  const [path = '', query = ''] = url.split('?', 2)
  const name = path.slice(ROUTE.length)
  const key = parseKey(name)
  if (key === null)
    throw new HttpError(
      404,
      'not-found',
      'there is no file of such a name',
      path.slice(0, 200),
      'use the links that the API gives',
    )
  if (key.folder === 'incoming') {
    if (method !== 'PUT') throw methodNotAllowed(request, ['PUT'])
    const { file } = permitted(parts.store, 'PUT', name, query)
    if (file === null) throw invalid(name)
    return parts.uploads.receive(key, file, request, response)
  }
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(request, ['GET', 'HEAD'])
  permitted(parts.store, 'GET', name, query)
  return parts.downloads.send(key, request, response)
}

/** Throws HttpError 403 if this server did not sign the link for this request, or if it has expired. */
function permitted({ signer, nowMs }: LocalFiles, method: 'GET' | 'PUT', key: string, query: string): SignedRequest {
  const read = readQuery(method, key, query)
  if (read === null || !signer.isValid(read.request, read.signature)) throw invalid(key)
  if (read.request.expiresAtMs <= nowMs())
    throw new HttpError(
      403,
      'link-expired',
      `the link has expired at ${new Date(read.request.expiresAtMs).toISOString()}`,
      key,
      'ask the API for a new one',
    )
  return read.request
}

const invalid = (key: string): HttpError =>
  new HttpError(
    403,
    'link-invalid',
    'the link is not signed by this server for this request',
    key,
    'use a link of the API as it is, with the method and headers that it names',
  )

const STATUS: Readonly<Record<AssetError['reason'], number>> = {
  away: 503,
  'not-found': 404,
  'too-large': 413,
  'wrong-hash': 422,
  full: 507,
  denied: 500,
  'bad-key': 404,
  'bad-file': 400,
}

/** Returns null for a fault of ours. The operator's log names rights and folders; the response does not. */
function httpErrorOf(error: unknown, where: string): HttpError | null {
  if (error instanceof HttpError) return error
  const fault =
    error instanceof AssetError || (error instanceof Error && 'code' in error)
      ? diskFault(error, 'use the file', ROUTE)
      : null
  if (fault === null || fault.reason === 'denied') return null
  return new HttpError(
    STATUS[fault.reason],
    fault.reason,
    fault.reason === 'away' || fault.reason === 'full' ? `the store of this server is ${fault.reason}` : fault.what,
    where,
    'try again later',
  )
}

/**
 * Answers with the error. A client that is still sending is read for a while first, because a client that writes to a
 * closed connection reads no response.
 */
function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  if (request.complete || request.destroyed) return sendError(response, error)
  const answer = (): void => {
    clearTimeout(timer)
    // The timer may have fired just before the end
    if (response.headersSent) return
    response.setHeader('connection', 'close')
    sendError(response, error)
  }
  const timer = setTimeout(answer, LINGER_MS_MAX)
  request.once('end', answer).once('close', () => clearTimeout(timer))
  request.resume()
}
