/** Guest tokens: a signed statement of who logged in (JWT, HS256), so that a server needs no table of sessions. */
import { jwtVerify, SignJWT } from 'jose'

export type Role = 'player' | 'observer'

/** What a token says. `player` is the session's player in every realm instance of this server. */
export interface Claims {
  readonly session: string
  readonly player: number
  readonly name: string
  readonly role: Role
}

const ISSUER = 'otherworld'
/** A valid token has some 250 characters. */
const TOKEN_CHARACTERS_MAX = 1_024

/** `issuedAtSeconds`: Unix time. */
export async function signToken(secret: Uint8Array, claims: Claims, issuedAtSeconds: number, lifeSeconds: number): Promise<string> {
  return new SignJWT({ player: claims.player, name: claims.name, role: claims.role })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setSubject(claims.session)
    .setIssuedAt(issuedAtSeconds)
    .setExpirationTime(issuedAtSeconds + lifeSeconds)
    .sign(secret)
}

/** The claims of a token that this secret signed and that has not expired; null otherwise. Never rejects. */
export async function verifyToken(secret: Uint8Array, token: string, nowSeconds: number): Promise<Claims | null> {
  if (token.length > TOKEN_CHARACTERS_MAX) return null
  try {
    const { payload } = await jwtVerify(token, secret, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(nowSeconds * 1_000),
    })
    const { sub, player, name, role } = payload
    if (typeof sub !== 'string' || typeof name !== 'string') return null
    if (typeof player !== 'number' || !Number.isInteger(player) || player < 1 || player > 0xffff_ffff) return null
    return role === 'player' || role === 'observer' ? { session: sub, player, name, role } : null
  } catch {
    return null
  }
}
