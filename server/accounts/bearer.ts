/** The user of a request, by the token in its Authorization header. */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Effect } from 'effect'
import type { GatewayService } from './gateway.ts'
import { RouteError } from '../http/reply.ts'
import type { Claims } from './tokens.ts'

/** Returns the token of a request; empty if it has none. */
export const tokenOf = ({ headers }: IncomingMessage): string =>
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? ''

/** Fails with RouteError 401 if the token is missing, not from this server, or expired. */
export function bearerOf(
  request: IncomingMessage,
  gateway: Pick<GatewayService, 'bearer'>,
): Effect.Effect<Claims, RouteError> {
  const token = tokenOf(request)
  const claimed = token === '' ? Effect.succeed(null) : gateway.bearer(token)
  return Effect.flatMap(claimed, (claims) =>
    claims
      ? Effect.succeed(claims)
      : Effect.fail(
          new RouteError({
            reason: 'token',
            message: token === '' ? 'the request has no token' : 'the token is not from this server, or has expired',
            where: 'Authorization',
            fix: 'log in again, and send the new token as "Authorization: Bearer TOKEN"',
          }),
        ),
  )
}

/** Takes the same time however much of the secret is right. */
export function isSameSecret(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)]
  return a.length === b.length && timingSafeEqual(a, b)
}
