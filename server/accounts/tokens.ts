/**
 * Guest tokens are signed statements (JWT, HS256), so a server needs no table of sessions. A session token identifies a
 * session; an identity token identifies a returning user. They have different issuers, so neither can be used as the
 * other.
 */
import { jwtVerify, SignJWT, type JWTPayload } from 'jose'
import type { LoginRole } from '../../http-contract/index.ts'
import { NAME_CHARACTERS_MAX } from '../../protocol/index.ts'
import { nameFault } from '../../sim/index.ts'

/** A user, over sessions. */
export interface Identity {
  /** UUID. */
  readonly uid: string
  /** User number, uint32 from 1. The user's elements in this server's realms refer to it. */
  readonly user: number
}

/** Content of a session token. `player` is the session's player in every realm instance of this server. */
export interface Claims extends Identity {
  readonly session: string
  readonly player: number
  readonly name: string
  readonly role: LoginRole
  /**
   * The address group that this session's props and avatar count towards, the same for everyone behind one address.
   * Absent: a group of this user only.
   */
  readonly share?: number
}

const SESSION_ISSUER = 'otherworld'
const IDENTITY_ISSUER = 'otherworld-identity'
/** A valid token has some 350 characters. */
const TOKEN_CHARACTERS_MAX = 1_024
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** `issuedAtSeconds`: Unix time. */
export function signToken(
  secret: Uint8Array,
  { session, ...claims }: Claims,
  issuedAtSeconds: number,
  lifeSeconds: number,
): Promise<string> {
  return sign(secret, SESSION_ISSUER, session, { ...claims }, issuedAtSeconds, lifeSeconds)
}

/** `issuedAtSeconds`: Unix time. */
export function signIdentity(
  secret: Uint8Array,
  { uid, user }: Identity,
  issuedAtSeconds: number,
  lifeSeconds: number,
): Promise<string> {
  return sign(secret, IDENTITY_ISSUER, uid, { user }, issuedAtSeconds, lifeSeconds)
}

/** Returns the claims of a token that this secret signed and that has not expired, or null. Never rejects. */
export async function verifyToken(secret: Uint8Array, token: string, nowSeconds: number): Promise<Claims | null> {
  const payload = await verify(secret, SESSION_ISSUER, token, nowSeconds)
  if (!payload) return null
  const { sub, player, name, role, uid, user, share } = payload
  if (
    typeof sub !== 'string' ||
    typeof name !== 'string' ||
    nameFault(name, NAME_CHARACTERS_MAX) !== null ||
    !isUid(uid) ||
    !isNumber(player) ||
    !isNumber(user)
  )
    return null
  if (role !== 'player' && role !== 'observer') return null
  return { session: sub, player, name, role, uid, user, ...(isNumber(share) ? { share } : {}) }
}

/**
 * Returns the user of an identity token that this secret signed, or null if it is invalid or expired. Never rejects.
 */
export async function verifyIdentity(secret: Uint8Array, token: string, nowSeconds: number): Promise<Identity | null> {
  const payload = await verify(secret, IDENTITY_ISSUER, token, nowSeconds)
  if (!payload) return null
  const { sub, user } = payload
  return isUid(sub) && isNumber(user) ? { uid: sub, user } : null
}

function sign(
  secret: Uint8Array,
  issuer: string,
  subject: string,
  payload: JWTPayload,
  issuedAtSeconds: number,
  lifeSeconds: number,
): Promise<string> {
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setSubject(subject)
    .setIssuedAt(issuedAtSeconds)
    .setExpirationTime(issuedAtSeconds + lifeSeconds)
    .sign(secret)
}

async function verify(
  secret: Uint8Array,
  issuer: string,
  token: string,
  nowSeconds: number,
): Promise<JWTPayload | null> {
  if (token.length > TOKEN_CHARACTERS_MAX) return null
  try {
    return (
      await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        issuer,
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(nowSeconds * 1_000),
      })
    ).payload
  } catch {
    return null
  }
}

export const isUid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value)

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 0xffff_ffff
