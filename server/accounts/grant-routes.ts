/** Handles requests for roles in the realm, from the operator and from owners of the realm. */
import type { IncomingMessage } from 'node:http'
import { Effect } from 'effect'
import { isLoopback, limitKey, plainAddress } from '../../http/connection-limits.ts'
import { bucketsByKey } from '../../http/rate-limit.ts'
import { RouteError } from '../http/reply.ts'
import type { ClaimsOf, Handlers } from '../http/router.ts'
import { LOGIN_ADDRESSES_MAX, OPERATOR_TRIES_BURST_MAX, OPERATOR_TRIES_PER_SECOND_MAX } from '../limits.ts'
import { isSameSecret, tokenOf } from './bearer.ts'
import type { RoleCaller, Grants } from './grants.ts'

export type GrantRoutes = (claimsOf: ClaimsOf) => Pick<Handlers, 'listGrants' | 'putGrant' | 'removeGrant'>

/** `operatorToken`: the content of that file in the data directory. */
export function makeGrantRoutes(grants: Grants, operatorToken: string, nowMs: () => number): GrantRoutes {
  const tries = bucketsByKey(OPERATOR_TRIES_BURST_MAX, OPERATOR_TRIES_PER_SECOND_MAX, LOGIN_ADDRESSES_MAX)
  const limited = (request: IncomingMessage, refusal: RouteError): RouteError => {
    const address = plainAddress(request.socket.remoteAddress ?? '')
    if (isLoopback(address) || tries.take(limitKey(address), nowMs())) return refusal
    return new RouteError({
      reason: 'too-many-tries',
      message: 'too many requests without a valid token',
      where: 'Authorization',
      fix: 'wait a minute, then try again',
    })
  }
  const askerOf = (request: IncomingMessage, claimsOf: ClaimsOf): Effect.Effect<RoleCaller, RouteError> =>
    isSameSecret(tokenOf(request), operatorToken)
      ? Effect.succeed('operator')
      : Effect.mapError(claimsOf(request), (refusal) => limited(request, refusal))
  return (claimsOf) => ({
    listGrants: Effect.fnUntraced(function* ({ request, parameters: { realm } }) {
      const all = yield* grants.list(realm, yield* askerOf(request, claimsOf))
      return {
        schema: 'otherworld/grants/1' as const,
        realm,
        grants: all.map(({ userUid, role }) => ({ uid: userUid, role })),
      }
    }),
    putGrant: Effect.fnUntraced(function* ({ request, parameters: { realm, uid }, json }) {
      const caller = yield* askerOf(request, claimsOf)
      const { role } = yield* grants.put(realm, uid, yield* json, caller)
      return { schema: 'otherworld/grant/1' as const, realm, uid, role }
    }),
    removeGrant: ({ request, parameters: { realm, uid } }) =>
      Effect.flatMap(askerOf(request, claimsOf), (caller) => grants.remove(realm, uid, caller)).pipe(
        Effect.as(undefined),
      ),
  })
}
