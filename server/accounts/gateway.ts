/** Gateway: logs guests in, admits connections by their token, and remembers the claims of each session. */
import { createHmac, randomUUID } from 'node:crypto'
import { Context, Data, Effect, Layer } from 'effect'
import { isLoopback, limitKey } from '../../http/connection-limits.ts'
import { decodeBody, ENDPOINTS, type Login, type LoginRole } from '../../http-contract/index.ts'
import { cleanName, NAME_CHARACTERS_MAX } from '../../protocol/index.ts'
import { Archive } from '../../storage/archive/index.ts'
import { isLocalHost } from '../http/address.ts'
import { ServerSettings, type ObserverPolicy } from '../config.ts'
import { DataDirectoryService } from './data-directory.ts'
import * as limits from '../limits.ts'
import { LruMap } from '../../http/lru-map.ts'
import { bucketsByKey } from '../../http/rate-limit.ts'
import { ServerMeters, type ServerTable } from '../metrics/server-meters.ts'
import { RecordWriteBehindService } from '../host/record-write-behind.ts'
import type { LoginRefusal } from './login-refusals.ts'
import { passKnownUsers } from './user-numbers.ts'
import { signIdentity, signToken, verifyIdentity, verifyToken, type Claims, type Identity } from './tokens.ts'

/** Origin of a login, as far as the server can tell. */
export interface Caller {
  readonly address: string
  /** The Host header. */
  readonly host: string | undefined
  /** True if a proxy forwards the request for someone else. */
  readonly forwarded: boolean
}

export class LoginError extends Data.TaggedError('LoginError')<{
  readonly reason: LoginRefusal
  readonly what: string
  readonly where: string
  readonly fix: string
}> {}

export interface GatewayOptions {
  readonly realm: string
  readonly secret: Uint8Array
  readonly observers: ObserverPolicy
  readonly meters?: ServerTable
  /** Logins that one address may make at once. The allowance refills within a minute. */
  readonly loginsPerMinuteMax: number
  nextPlayer(): number
  nextUser(): number
  /** Unix time. */
  nowMs(): number
  /** Called after a login. Must return immediately. */
  loggedIn?(claims: Claims): void
}

export interface GatewayService {
  /** `body`: the parsed JSON of POST /v1/login. */
  login(body: unknown, caller: Caller): Effect.Effect<Login, LoginError>
  /** Returns the session of a token, whose claims `claimsOf` has from then on; null if the token is not admitted. */
  admit(token: string): Effect.Effect<{ readonly session: string } | null>
  /** The claims of an admitted session. */
  claimsOf(session: string): Claims | undefined
  /** The claims of a request's token; null if it is invalid. */
  bearer(token: string): Effect.Effect<Claims | null>
}

export class Gateway extends Context.Service<Gateway, GatewayService>()('otherworld/Gateway') {
  static readonly layer = Layer.effect(
    Gateway,
    Effect.gen(function* () {
      const settings = yield* ServerSettings
      const data = yield* DataDirectoryService
      const { table: meters } = yield* ServerMeters
      const records = yield* RecordWriteBehindService
      const archive = yield* Archive
      yield* passKnownUsers({ archive, passUsers: data.passUsers }, limits.STORE_ANSWER_MS_MAX)
      return makeGateway({
        realm: settings.definition.id,
        secret: data.secret,
        observers: settings.observers,
        meters,
        loginsPerMinuteMax: settings.loginsPerMinuteMax,
        nextPlayer: data.nextPlayer,
        nextUser: data.nextUser,
        nowMs: Date.now,
        loggedIn: ({ uid, user, name }) => records.user({ uid, number: user, name }),
      })
    }),
  )
}

export function makeGateway(options: GatewayOptions): GatewayService {
  const logins = bucketsByKey(options.loginsPerMinuteMax, options.loginsPerMinuteMax / 60, limits.LOGIN_ADDRESSES_MAX)
  const admitted = new LruMap<string, Claims>(limits.SESSIONS_MAX)
  const nowSeconds = (): number => Math.floor(options.nowMs() / 1_000)

  const known = (identity: string): Effect.Effect<Identity, LoginError> =>
    Effect.promise(() => verifyIdentity(options.secret, identity, nowSeconds())).pipe(
      Effect.flatMap((found) => (found ? Effect.succeed(found) : badIdentity())),
    )

  const login = (body: unknown, caller: Caller): Effect.Effect<Login, LoginError> =>
    Effect.gen(function* () {
      // Tools and tests on this machine log in by the hundred; a proxy in front of the server has its own limit.
      if (!isLoopback(caller.address) && !logins.take(limitKey(caller.address), options.nowMs()))
        return yield* tooMany(caller.address)
      const { name, role, identity } = yield* readLogin(body)
      if (role === 'observer' && !mayObserve(options.observers, caller)) return yield* notObserver(options.observers)
      const { uid, user } = identity === null ? { uid: randomUUID(), user: options.nextUser() } : yield* known(identity)
      const claims: Claims = {
        session: randomUUID(),
        player: options.nextPlayer(),
        name,
        role,
        uid,
        user,
        ...shareOf(options.secret, caller.address),
      }
      const token = yield* Effect.promise(() =>
        signToken(options.secret, claims, nowSeconds(), limits.TOKEN_SECONDS_MAX),
      )
      const renewed = yield* Effect.promise(() =>
        signIdentity(options.secret, claims, nowSeconds(), limits.IDENTITY_SECONDS_MAX),
      )
      options.meters?.count('logins', role)
      options.loggedIn?.(claims)
      return { token, session: claims.session, realm: options.realm, identity: renewed, user: { uid, number: user } }
    }).pipe(Effect.tapError(({ reason }) => Effect.sync(() => options.meters?.count('loginsRefused', reason))))

  const bearer = (token: string): Effect.Effect<Claims | null> =>
    Effect.promise(() => verifyToken(options.secret, token, nowSeconds()))

  return {
    login,
    admit: (token) =>
      Effect.map(bearer(token), (claims) => {
        if (!claims) return null
        admitted.set(claims.session, claims)
        return { session: claims.session }
      }),
    claimsOf: (session) => admitted.peek(session),
    bearer,
  }
}

/**
 * Guests can be created in seconds, but addresses cannot, so users behind one address are one address group. The
 * number does not reveal the address. Each tool on this machine is alone in a group, and so is each user behind an
 * untrusted proxy on it.
 */
function shareOf(secret: Uint8Array, address: string): Pick<Claims, 'share'> {
  if (isLoopback(address)) return {}
  const digest = createHmac('sha256', secret)
    .update(`share ${limitKey(address)}`)
    .digest()
  return { share: digest.readUInt32BE(0) || 1 }
}

/** Everyone on this machine may observe, except a proxy or a page of another host name, which acts for someone else. */
function mayObserve(observers: ObserverPolicy, caller: Caller): boolean {
  if (observers === 'loopback') return isLoopback(caller.address) && isLocalHost(caller.host) && !caller.forwarded
  return observers === 'anyone'
}

interface Guest {
  readonly name: string
  readonly role: LoginRole
  /** Null for a new guest. */
  readonly identity: string | null
}

const LOGIN_REASONS = ['bad-name', 'bad-role', 'bad-identity'] as const

function readLogin(body: unknown): Effect.Effect<Guest, LoginError> {
  const login = decodeBody(ENDPOINTS.login.body, body)
  if (!login.ok) {
    const { message, where, fix } = login.refusal
    const reason = LOGIN_REASONS.find((each) => each === login.refusal.reason) ?? 'bad-name'
    return Effect.fail(new LoginError({ reason, what: message, where, fix }))
  }
  const { name, role = 'player', identity = null } = login.value
  const cleaned = cleanName(name)
  return cleaned.ok
    ? Effect.succeed({ name: cleaned.value, role, identity })
    : badName(`the name ${cleaned.error.message}`)
}

const badName = (what: string): Effect.Effect<never, LoginError> =>
  Effect.fail(
    new LoginError({
      reason: 'bad-name',
      what,
      where: 'name',
      fix: `send a name of 1 to ${NAME_CHARACTERS_MAX} characters`,
    }),
  )

const badIdentity = (): Effect.Effect<never, LoginError> =>
  Effect.fail(
    new LoginError({
      reason: 'bad-identity',
      what: 'the identity is not from this server, or has expired',
      where: 'identity',
      fix: 'remove it to begin as a new guest',
    }),
  )

const tooMany = (address: string): Effect.Effect<never, LoginError> =>
  Effect.fail(
    new LoginError({
      reason: 'too-many-logins',
      what: 'too many logins',
      where: `address ${address}`,
      fix: 'wait a few seconds, then try again',
    }),
  )

function notObserver(observers: ObserverPolicy): Effect.Effect<never, LoginError> {
  const who =
    observers === 'nobody'
      ? 'this server admits no observers'
      : 'this server admits observers from its own machine only'
  return Effect.fail(
    new LoginError({
      reason: 'not-permitted',
      what: who,
      where: 'role',
      fix: 'log in as "player", or let the operator start the server with --observers anyone',
    }),
  )
}
