/**
 * Text from outside: session descriptions, tokens, logins, names, realm definitions; and the batches of the transport
 * process.
 */
import { createHmac } from 'node:crypto'
import { Effect, Exit } from 'effect'
import { readDefinition } from '../../../netcode/client/definition.ts'
import { limitKey } from '../../../http/connection-limits.ts'
import { originAllowed } from '../../../http/origin.ts'
import { Batch, unpackBatch } from '../../../netcode/webrtc/ipc.ts'
import {
  ANSWER_CANDIDATES_MAX,
  extraHostCandidates,
  splitDescription,
  usableCandidates,
} from '../../../netcode/webrtc/child-process/sdp.ts'
import { readAnswer } from '../../../netcode/webrtc/main-process/signalling.ts'
import { cleanName, decodeServerMessage, encodeServerMessage, PROTOCOL_VERSION } from '../../../protocol/index.ts'
import { parseDefinition } from '../../../sim/index.ts'
import { makeGateway } from '../../../server/accounts/gateway.ts'
import { verifyToken } from '../../../server/accounts/tokens.ts'
import { promise, sameBytes, type FuzzTarget } from '../target.ts'

const decoder = new TextDecoder()
const textOf = (bytes: Uint8Array): string => decoder.decode(bytes)
const jsonOf = (bytes: Uint8Array): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(textOf(bytes)) as unknown }
  } catch {
    return null
  }
}

function sdp(bytes: Uint8Array): boolean {
  const split = splitDescription(textOf(bytes))
  const usable = usableCandidates(split.candidates)
  promise(usable.length <= ANSWER_CANDIDATES_MAX, 'more candidates are checked than the limit')
  promise(!/^a=candidate:/m.test(split.sdp), 'a candidate stays in the description')
  extraHostCandidates(split.candidates, ['127.0.0.1', '192.0.2.1'])
  return usable.length > 0
}

function answer(bytes: Uint8Array): boolean {
  const json = jsonOf(bytes)
  return json !== null && readAnswer(json.value) !== null
}

const SECRET = new Uint8Array(32).fill(7)
const NOW_SECONDS = 1_700_000_000

async function token(bytes: Uint8Array): Promise<boolean> {
  const claims = await verifyToken(SECRET, textOf(bytes), NOW_SECONDS)
  if (claims !== null)
    promise(
      claims.session !== '' &&
        Number.isInteger(claims.player) &&
        claims.player >= 1 &&
        Number.isInteger(claims.user) &&
        claims.user >= 1,
      'a token makes claims that are none',
    )
  return claims !== null
}

/** Signs the token's current text: claims that only the server itself could make. */
function signed(bytes: Uint8Array): Uint8Array {
  const [head = '', payload = ''] = textOf(bytes).split('.')
  return new TextEncoder().encode(
    `${head}.${payload}.${createHmac('sha256', SECRET).update(`${head}.${payload}`).digest('base64url')}`,
  )
}

const gateway = makeGateway({
  realm: 'fuzz',
  secret: SECRET,
  observers: 'nobody',
  loginsPerMinuteMax: 60,
  nextPlayer: () => 1,
  nextUser: () => 1,
  nowMs: () => NOW_SECONDS * 1_000,
})
const CALLER = { address: '127.0.0.1', host: 'localhost', forwarded: false }

async function login(bytes: Uint8Array): Promise<boolean> {
  const json = jsonOf(bytes)
  return json !== null && Exit.isSuccess(await Effect.runPromiseExit(gateway.login(json.value, CALLER)))
}

function name(bytes: Uint8Array): boolean {
  const cleaned = cleanName(textOf(bytes))
  if (!cleaned.ok) return false
  const again = cleanName(cleaned.value)
  promise(again.ok && again.value === cleaned.value, 'a clean name is not clean')
  const message = decodeServerMessage(
    encodeServerMessage({
      type: 'avatarAdded',
      element: 3,
      player: 1,
      user: 1,
      name: cleaned.value,
      body: 0,
      package: null,
      scale: 1,
      headMetres: 1.5,
    }),
  )
  promise(message.ok, 'a clean name does not travel')
  return true
}

function definition(bytes: Uint8Array): boolean {
  const read = readDefinition({
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    realm: 'fuzz',
    tick: 1,
    tickRate: 60,
    player: 1,
    user: 1,
    avatar: 3,
    permissions: 0,
    definition: textOf(bytes),
    resumed: false,
    sequence: 0,
    ackCommand: 0,
  })
  if (typeof read === 'string') return false
  promise(
    parseDefinition(JSON.parse(JSON.stringify(read))).ok,
    'a definition that was accepted is refused when it is read again',
  )
  return true
}

function batch(bytes: Uint8Array): boolean {
  const copy = new Batch()
  const isWhole = unpackBatch(bytes, (connection, message) => copy.add(connection, message))
  const packed = copy.pack()
  promise(sameBytes(packed, bytes.subarray(0, packed.length)), 'a batch comes back as another')
  return isWhole && packed.length > 0
}

function origin(bytes: Uint8Array): boolean {
  const [from = '', host = '', address = ''] = textOf(bytes).split('\n')
  promise(limitKey(address).length <= address.length + 40, 'an address becomes longer than it was')
  return originAllowed(from, host, ['https://example.org'])
}

export const textTargets: readonly FuzzTarget[] = [
  { name: 'sdp', run: sdp },
  { name: 'signalling-answer', run: answer },
  { name: 'token', run: token, repair: signed, share: 0.02 },
  { name: 'login', run: login, share: 0.02 },
  { name: 'name', run: name },
  { name: 'definition', run: definition, share: 0.1 },
  { name: 'ipc-batch', run: batch },
  { name: 'origin', run: origin },
]
