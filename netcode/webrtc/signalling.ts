/**
 * The signalling of geckos.io 3 over HTTP, the server's side, such that an unmodified @geckos.io/client connects:
 *
 *   POST /.wrtc/v2/connections                           Authorization: the token → {userData, id, localDescription}
 *   POST /.wrtc/v2/connections/ID/remote-description     {type: 'answer', sdp} → {candidates}: what the next will give
 *   GET  /.wrtc/v2/connections/ID/additional-candidates  → the server's candidates since the last call; none before the answer
 *   POST /.wrtc/v2/connections/ID/close
 *
 * The ID is unguessable and is the right to go on with that connection. Refusals are {reason, message} with status 401
 * (token), 403 (origin), 404 (ID), 429 (limits of the address), 503 (full, or WebRTC is starting).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { plainAddress } from '../../http/connection-limits.ts'
import { handleCors, HttpError, readJson, sendError, sendJson } from '../../http/http.ts'
import type { AllowedOrigins } from '../../http/origin.ts'

const SIGNALLING_PREFIX = '/.wrtc/v2'

/** An ICE candidate as browsers take it (RTCIceCandidateInit). */
export interface IceCandidate {
  readonly candidate: string
  readonly sdpMid: string
  readonly sdpMLineIndex: number
}

/** What signalling needs of the transport. All throw or reject with an HttpError that goes to the peer. */
export interface SignallingBackend {
  readonly allowedOrigins: AllowedOrigins
  /** The peer's address; behind a proxy not the socket's. */
  addressOf(request: IncomingMessage): string
  open(token: string, address: string): Promise<{ readonly id: string; readonly offer: string }>
  /** Resolves with the candidates that `takeCandidates` will give: for clients that spare themselves that call. */
  answer(id: string, sdp: string): Promise<readonly IceCandidate[]>
  takeCandidates(id: string): readonly IceCandidate[]
  close(id: string): void
}

/** Answers a signalling request and returns true; false for any other path. Never throws. */
export function handleSignalling(
  request: IncomingMessage,
  response: ServerResponse,
  backend: SignallingBackend,
): boolean {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  if (path !== SIGNALLING_PREFIX && !path.startsWith(`${SIGNALLING_PREFIX}/`)) return false
  route(request, response, path.slice(SIGNALLING_PREFIX.length), backend).catch((error: unknown) =>
    sendError(response, error),
  )
  return true
}

/** The peer's address as its socket says it. */
export function socketAddress(request: IncomingMessage): string {
  return plainAddress(request.socket.remoteAddress ?? 'unknown')
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  backend: SignallingBackend,
): Promise<void> {
  if (handleCors(request, response, backend.allowedOrigins)) return
  const [, collection, id, action, ...rest] = path.split('/')
  if (collection !== 'connections' || rest.length > 0) throw notFound()
  const call = `${request.method} ${id === undefined ? '' : (action ?? 'nothing')}`
  switch (call) {
    case 'POST ':
      return open(request, response, backend)
    case 'POST remote-description':
      return answer(request, response, id ?? '', backend)
    case 'GET additional-candidates':
      noMoreOn(response)
      return sendJson(response, 200, backend.takeCandidates(id ?? ''))
    case 'POST close':
      backend.close(id ?? '')
      return sendJson(response, 200, {})
    default:
      throw notFound()
  }
}

async function open(request: IncomingMessage, response: ServerResponse, backend: SignallingBackend): Promise<void> {
  const token = (request.headers.authorization ?? '').replace(/^Bearer /i, '')
  const { id, offer } = await backend.open(token, backend.addressOf(request))
  // The peer hung up meanwhile: nobody knows the id, so nobody can use it
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
      `The body must be {"type": "answer", "sdp": "v=0…"}, the answer to the offer, of at most ${SDP_CHARACTERS_MAX} characters.`,
    )
  noMoreOn(response)
  sendJson(response, 200, { candidates: await backend.answer(id, sdp) })
}

/**
 * The TCP connection ends with this answer. What is left of connecting is done over UDP, and a client that comes again does
 * so because its line failed: one whose address has changed would wait for an answer on the old connection in vain.
 */
function noMoreOn(response: ServerResponse): void {
  response.setHeader('connection', 'close')
}

/** Characters of an answer: browsers send 1,000 to 4,000; it goes into the native parser of the transport process. */
const SDP_CHARACTERS_MAX = 16_384

/** The SDP of a body {type: 'answer', sdp}; null where it is none. */
export function readAnswer(body: unknown): string | null {
  const description = typeof body === 'object' && body !== null ? body : {}
  const type = 'type' in description ? description.type : undefined
  const sdp = 'sdp' in description ? description.sdp : undefined
  return type === 'answer' && typeof sdp === 'string' && sdp.startsWith('v=0') && sdp.length <= SDP_CHARACTERS_MAX
    ? sdp
    : null
}

function notFound(): HttpError {
  return new HttpError(404, 'not-found', 'There is nothing at this address. See /.wrtc/v2/connections.')
}
