/**
 * The server's side of the geckos.io 3 signalling over HTTP. An unmodified @geckos.io/client can connect:
 *
 *   POST /.wrtc/v2/connections                           Authorization: the token → {userData, id, localDescription}
 *   POST /.wrtc/v2/connections/ID/remote-description     {type: 'answer', sdp} → {candidates}: the next call's result
 *   GET  /.wrtc/v2/connections/ID/additional-candidates  → the server's candidates since the last call;
 *                                                          none before the answer
 *   POST /.wrtc/v2/connections/ID/close
 *
 * The ID is unguessable; knowing it is the right to use the connection. Refusals are {reason, message} with status 401
 * (token), 403 (origin), 404 (ID), 405 (method), 429 (limits of the address), 503 (full, or WebRTC is starting).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { plainAddress } from '../../../http/connection-limits.ts'
import {
  handleCors,
  HttpError,
  methodNotAllowed,
  rawPathOf,
  readJson,
  sendError,
  sendJson,
} from '../../../http/http.ts'
import type { AllowedOrigins } from '../../../http/origin.ts'

const SIGNALLING_PREFIX = '/.wrtc/v2'

/** An ICE candidate in the form of browsers (RTCIceCandidateInit). */
export interface IceCandidate {
  readonly candidate: string
  readonly sdpMid: string
  readonly sdpMLineIndex: number
}

/**
 * The operations that signalling needs of the transport. All throw or reject with an HttpError that is sent to the
 * peer.
 */
export interface SignallingBackend {
  readonly allowedOrigins: AllowedOrigins
  /** The peer's address; behind a proxy it is not the socket's. */
  addressOf(request: IncomingMessage): string
  open(token: string, address: string): Promise<{ readonly id: string; readonly offer: string }>
  /** Resolves with the candidates that `takeCandidates` would return, for clients that skip that call. */
  answer(id: string, sdp: string): Promise<readonly IceCandidate[]>
  takeCandidates(id: string): readonly IceCandidate[]
  close(id: string): void
}

/** Handles a signalling request and returns true; false for any other path. Never throws. */
export function handleSignalling(
  request: IncomingMessage,
  response: ServerResponse,
  backend: SignallingBackend,
): boolean {
  const path = rawPathOf(request)
  if (path !== SIGNALLING_PREFIX && !path.startsWith(`${SIGNALLING_PREFIX}/`)) return false
  route(request, response, path.slice(SIGNALLING_PREFIX.length), backend).catch((error: unknown) =>
    sendError(response, error),
  )
  return true
}

/** The peer's address according to its socket. */
export function socketAddress(request: IncomingMessage): string {
  return plainAddress(request.socket.remoteAddress ?? 'unknown')
}

/** The method of each address below /connections or /connections/ID. */
const METHOD: ReadonlyMap<string, string> = new Map([
  ['', 'POST'],
  ['remote-description', 'POST'],
  ['additional-candidates', 'GET'],
  ['close', 'POST'],
])

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  backend: SignallingBackend,
): Promise<void> {
  if (handleCors(request, response, backend.allowedOrigins)) return
  const [, collection, id, action, ...rest] = path.split('/')
  if (collection !== 'connections' || rest.length > 0) throw notFound(path)
  const resource = id === undefined ? '' : (action ?? 'nothing')
  const method = METHOD.get(resource)
  if (method === undefined) throw notFound(path)
  if (request.method !== method) throw methodNotAllowed(request, [method])
  switch (resource) {
    case '':
      return open(request, response, backend)
    case 'remote-description':
      return answer(request, response, id ?? '', backend)
    case 'additional-candidates':
      noMoreOn(response)
      return sendJson(response, 200, backend.takeCandidates(id ?? ''))
    default:
      backend.close(id ?? '')
      return sendJson(response, 200, {})
  }
}

async function open(request: IncomingMessage, response: ServerResponse, backend: SignallingBackend): Promise<void> {
  const token = (request.headers.authorization ?? '').replace(/^Bearer /i, '')
  const { id, offer } = await backend.open(token, backend.addressOf(request))
  // The peer hung up: nobody knows the ID, so nobody can use it.
  if (response.destroyed) return backend.close(id)
  sendJson(response, 200, { userData: {}, id, localDescription: { type: 'offer', sdp: offer } })
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
  backend: SignallingBackend,
): Promise<void> {
  const body = await readJson(request)
  const sdp = readAnswer(body)
  if (sdp === null)
    throw new HttpError(
      400,
      'bad-answer',
      'the body is not the answer to an offer',
      'body',
      `send {"type": "answer", "sdp": "v=0…"} with an SDP of at most ${SDP_CHARACTERS_MAX} characters`,
    )
  noMoreOn(response)
  sendJson(response, 200, { candidates: await backend.answer(id, sdp) })
}

/**
 * Closes the TCP connection with this answer. The rest of connecting runs over UDP. A client that comes again does so
 * because its network failed, and if its address has changed it would wait on the old connection in vain.
 */
function noMoreOn(response: ServerResponse): void {
  response.setHeader('connection', 'close')
}

/** Characters of an answer: browsers send 1,000 to 4,000. The native parser of the child process reads it. */
const SDP_CHARACTERS_MAX = 16_384

/** The SDP of a body {type: 'answer', sdp}; null if the body is invalid. */
export function readAnswer(body: unknown): string | null {
  const description = typeof body === 'object' && body !== null ? body : {}
  const type = 'type' in description ? description.type : undefined
  const sdp = 'sdp' in description ? description.sdp : undefined
  return type === 'answer' && typeof sdp === 'string' && sdp.startsWith('v=0') && sdp.length <= SDP_CHARACTERS_MAX
    ? sdp
    : null
}

function notFound(path: string): HttpError {
  return new HttpError(
    404,
    'not-found',
    'there is nothing at this address',
    `${SIGNALLING_PREFIX}${path}`.slice(0, 200),
    `a connection begins with POST ${SIGNALLING_PREFIX}/connections`,
  )
}
