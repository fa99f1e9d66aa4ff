import { Cause, Effect, Exit } from 'effect'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import type { ObserverPolicy } from '../config.ts'
import { makeGateway, type Caller, type GatewayService, type LoginError } from './gateway.ts'
import type { Login } from '../../http-contract/index.ts'
import { IDENTITY_SECONDS_MAX, LOGINS_PER_MINUTE_MAX, TOKEN_SECONDS_MAX } from '../limits.ts'
import { signIdentity, signToken, verifyToken } from './tokens.ts'

const secret = new Uint8Array(32).fill(7)
const here: Caller = { address: '127.0.0.1', host: 'localhost:7350', forwarded: false }
const away: Caller = { address: '203.0.113.9', host: 'world.example', forwarded: false }

function gatewayAt(clock: { ms: number }, observers: ObserverPolicy = 'loopback'): GatewayService {
  let player = 0
  let user = 0
  return makeGateway({
    realm: 'park',
    secret,
    observers,
    loginsPerMinuteMax: LOGINS_PER_MINUTE_MAX,
    nextPlayer: () => ++player,
    nextUser: () => ++user,
    nowMs: () => clock.ms,
  })
}

async function login(gateway: GatewayService, body: unknown, caller: Caller): Promise<Login | LoginError> {
  const exit = await Effect.runPromiseExit(gateway.login(body, caller))
  return Exit.isSuccess(exit) ? exit.value : (Cause.squash(exit.cause) as LoginError)
}

async function tokenOf(gateway: GatewayService, body: unknown, caller: Caller): Promise<string> {
  const reply = await login(gateway, body, caller)
  if (!('token' in reply)) throw reply
  return reply.token
}

test('LOG-1: a guest gets a token that admits its session with name, role and player', async () => {
  const gateway = gatewayAt({ ms: 1_000_000_000 })
  const reply = await login(gateway, { name: '  Ada   L.  ' }, away)
  expect(reply).toMatchObject({ realm: 'park' })
  const token = 'token' in reply ? reply.token : ''
  const admitted = await Effect.runPromise(gateway.admit(token))
  expect(admitted).toEqual({ session: 'session' in reply ? reply.session : '' })
  expect(gateway.claimsOf(admitted?.session ?? '')).toMatchObject({ name: 'Ada L.', role: 'player', player: 1 })
})

test('LOG-2: a token survives a restart of the server until it expires', async () => {
  const clock = { ms: 1_000_000_000 }
  const token = await tokenOf(gatewayAt(clock), { name: 'Ada' }, away)
  expect(await Effect.runPromise(gatewayAt(clock).admit(token))).not.toBeNull()
  clock.ms += (TOKEN_SECONDS_MAX + 1) * 1_000
  expect(await Effect.runPromise(gatewayAt(clock).admit(token))).toBeNull()
})

test('an invalid token is not admitted', async () => {
  const now = 1_000_000
  const uid = '0b6f1e5a-9c2d-4a77-8f10-2c5b7d9e0a11'
  const claims = { session: 's', player: 1, name: 'n', role: 'player', uid, user: 3 } as const
  const good = await signToken(secret, claims, now, 60)
  expect(await verifyToken(secret, good, now)).toEqual(claims)
  const [head = '', body = '', sign = ''] = good.split('.')
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  const bad = [
    '',
    'x',
    '..',
    `${none}.${body}.`,
    `${head}.${body}.${sign.slice(0, -2)}`,
    `${head}.${Buffer.from('{"sub":"s"}').toString('base64url')}.${sign}`,
    'a'.repeat(100_000),
  ]
  bad.push(await signToken(new Uint8Array(32), claims, now, 60))
  bad.push(await signToken(secret, { ...claims, player: 0.5 }, now, 60))
  bad.push(await signToken(secret, { ...claims, name: '\u3164' }, now, 60))
  bad.push(await signToken(secret, { ...claims, user: 0 }, now, 60))
  bad.push(await signToken(secret, { ...claims, uid: '../../etc' }, now, 60))
  bad.push(await signIdentity(secret, claims, now, 60))
  bad.push(
    await new SignJWT({ ...claims, role: 'admin' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('otherworld')
      .setSubject('s')
      .setExpirationTime(now + 60)
      .sign(secret),
  )
  bad.push(
    await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setIssuer('otherworld').setSubject('s').sign(secret),
  )
  for (const token of bad) expect(await verifyToken(secret, token, now)).toBeNull()
})

test('LOG-1, LOG-3: a login without a valid name or role says what to send', async () => {
  const gateway = gatewayAt({ ms: 0 })
  for (const body of [null, 7, {}, { name: 5 }, { name: '' }, { name: '\u200b\u0000 ' }, { name: 'x'.repeat(33) }])
    expect(await login(gateway, body, here)).toMatchObject({
      reason: 'bad-name',
      where: 'name',
      fix: expect.stringContaining('1 to 32 characters'),
    })
  expect(await login(gateway, { name: 'Ada', role: 'king' }, here)).toMatchObject({ reason: 'bad-role' })
})

test('LOG-4: a login with an identity is the same user in a new session, also after a restart', async () => {
  const clock = { ms: 1_000_000_000 }
  const first = await login(gatewayAt(clock), { name: 'Ada' }, here)
  const other = gatewayAt(clock)
  await login(other, { name: 'Bob' }, here)
  if (!('identity' in first)) throw first
  const again = await login(other, { name: 'Ada again', identity: first.identity }, away)
  expect(again).toMatchObject({ user: first.user })
  expect(again).not.toMatchObject({ session: first.session })
  expect(await Effect.runPromise(other.bearer('token' in again ? again.token : ''))).toMatchObject({
    uid: first.user.uid,
    user: first.user.number,
    name: 'Ada again',
  })
  expect(await login(other, { name: 'Eve' }, away)).not.toMatchObject({ user: first.user })
})

test('LOG-4: an identity of another server, a session token, an expired identity and a non-text are refused with what to do', async () => {
  const clock = { ms: 1_000_000_000 }
  const gateway = gatewayAt(clock)
  const mine = await login(gateway, { name: 'Ada' }, here)
  if (!('identity' in mine)) throw mine
  const foreign = await signIdentity(new Uint8Array(32), { uid: mine.user.uid, user: 1 }, 1_000_000, 1_000)
  for (const identity of [foreign, mine.token, '', 'x', 7, {}, 'a'.repeat(60_000)])
    expect(await login(gateway, { name: 'Ada', identity }, here)).toMatchObject({
      reason: 'bad-identity',
      where: 'identity',
      fix: 'remove it to begin as a new guest',
    })
  clock.ms += (IDENTITY_SECONDS_MAX + 1) * 1_000
  expect(await login(gateway, { name: 'Ada', identity: mine.identity }, here)).toMatchObject({ reason: 'bad-identity' })
})

test('LOG-1, NAM-2: invisible characters are removed from names, and a name of nothing else is refused', async () => {
  const gateway = gatewayAt({ ms: 1_000_000_000 })
  const shown = async (name: string): Promise<unknown> =>
    (await verifyToken(secret, await tokenOf(gateway, { name }, here), 1_000_000))?.name
  expect(await shown('a\u202eb\n\tc\u0007 d')).toBe('ab c d')
  expect(await shown('Zoe\u0308  Łuk')).toBe('Zoë Łuk')
  expect(await shown('Ada\u3164\u2800')).toBe('Ada')
  for (const name of ['\u3164', '\u115F\u1160', '\u2800\u2800', '\u200B', '\u0301'])
    expect(await login(gateway, { name }, here)).toMatchObject({ reason: 'bad-name' })
})

test('LCK-1: only this machine may observe, and not through a proxy or another host name', async () => {
  const body = { name: 'Ada', role: 'observer' }
  const gateway = gatewayAt({ ms: 0 })
  expect(await login(gateway, body, here)).toHaveProperty('token')
  for (const caller of [away, { ...here, forwarded: true }, { ...here, host: 'evil.example' }])
    expect(await login(gateway, body, caller)).toMatchObject({
      reason: 'not-permitted',
      fix: expect.stringContaining('--observers anyone'),
    })
  expect(await login(gatewayAt({ ms: 0 }, 'anyone'), body, away)).toHaveProperty('token')
  expect(await login(gatewayAt({ ms: 0 }, 'nobody'), body, here)).toMatchObject({ reason: 'not-permitted' })
})

test('an address that floods logins must wait; other addresses and this machine need not', async () => {
  const clock = { ms: 0 }
  const gateway = gatewayAt(clock)
  for (let i = 0; i < LOGINS_PER_MINUTE_MAX; i++)
    expect(await login(gateway, { name: 'Ada' }, away)).toHaveProperty('token')
  expect(await login(gateway, { name: 'Ada' }, away)).toMatchObject({ reason: 'too-many-logins' })
  expect(await login(gateway, { name: 'Ada' }, { ...away, address: '203.0.113.10' })).toHaveProperty('token')
  for (let i = 0; i < LOGINS_PER_MINUTE_MAX + 5; i++)
    expect(await login(gateway, { name: 'Ada' }, here)).toHaveProperty('token')
  clock.ms += 1_000
  expect(await login(gateway, { name: 'Ada' }, away)).toHaveProperty('token')
})
