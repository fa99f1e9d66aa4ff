/** Whose a request is: the token in its Authorization header. */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { GatewayService } from './gateway.ts'
import { RouteError } from '../http/reply.ts'
import type { Claims } from './tokens.ts'

/** The token that a request bears; empty where it bears none. */
export const tokenOf = ({ headers }: IncomingMessage): string =>
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? ''

/** Throws RouteError 401 where the token is missing, none of this server's, or expired. */
export async function bearerOf(request: IncomingMessage, gateway: Pick<GatewayService, 'bearer'>): Promise<Claims> {
  const token = tokenOf(request)
  const claims = token === '' ? null : await gateway.bearer(token)
  if (claims) return claims
  throw new RouteError(
    401,
    'token',
    token === '' ? 'the request bears no token' : 'the token is not one of this server, or has expired',
    'Authorization',
    'log in with POST /v1/login and send "Authorization: Bearer TOKEN"',
  )
}

/** In a time that does not tell how much of it is right. */
export function isSameSecret(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)]
  return a.length === b.length && timingSafeEqual(a, b)
}
