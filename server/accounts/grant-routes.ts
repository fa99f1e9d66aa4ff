/** Handles requests for roles in the realm, from the operator and from owners of the realm. */
import type { IncomingMessage } from 'node:http'
import { isLoopback, limitKey, plainAddress } from '../../http/connection-limits.ts'
import { bucketsByKey } from '../../http/rate-limit.ts'
import { RouteError } from '../http/reply.ts'
import type { ClaimsOf, Handlers } from '../http/router.ts'
import type { RunEffect } from '../http/effect-runner.ts'
import { LOGIN_ADDRESSES_MAX, OPERATOR_TRIES_BURST_MAX, OPERATOR_TRIES_PER_SECOND_MAX } from '../limits.ts'
import { isSameSecret, tokenOf } from './bearer.ts'
import type { RoleCaller, Grants } from './grants.ts'

export type GrantRoutes = (
  claimsOf: ClaimsOf,
  run: RunEffect,
) => Pick<Handlers, 'listGrants' | 'putGrant' | 'removeGrant'>

/** `operatorToken`: the content of that file in the data directory. */
export function makeGrantRoutes(grants: Grants, operatorToken: string, nowMs: () => number): GrantRoutes {
  const tries = bucketsByKey(OPERATOR_TRIES_BURST_MAX, OPERATOR_TRIES_PER_SECOND_MAX, LOGIN_ADDRESSES_MAX)
  const askerOf = async (request: IncomingMessage, claimsOf: ClaimsOf): Promise<RoleCaller> => {
    if (isSameSecret(tokenOf(request), operatorToken)) return 'operator'
    const address = plainAddress(request.socket.remoteAddress ?? '')
    try {
      return await claimsOf(request)
    } catch (error) {
      if (!isLoopback(address) && !tries.take(limitKey(address), nowMs()))
        throw new RouteError(
          429,
          'too-many-tries',
          'too many requests without a valid token',
          'Authorization',
          'wait a minute, then try again',
        )
      throw error
    }
  }
  return (claimsOf, run) => ({
    listGrants: async ({ request, parameters: { realm } }) => {
      const all = await run(grants.list(realm, await askerOf(request, claimsOf)))
      return {
        schema: 'otherworld/grants/1',
        realm,
        grants: all.map(({ userUid, role }) => ({ uid: userUid, role })),
      }
    },
    putGrant: async ({ request, parameters: { realm, uid }, json }) => {
      const caller = await askerOf(request, claimsOf)
      const { role } = await run(grants.put(realm, uid, await json(), caller))
      return { schema: 'otherworld/grant/1', realm, uid, role }
    },
    removeGrant: async ({ request, parameters: { realm, uid } }) => {
      await run(grants.remove(realm, uid, await askerOf(request, claimsOf)))
      return undefined
    },
  })
}
