/** The addresses of roles: /v1/realms/ID/grants and /v1/realms/ID/grants/UID. */
import { isLoopback, limitKey, plainAddress } from '../../http/connection-limits.ts'
import { readJson, sendJson } from '../../http/http.ts'
import { bucketsByKey } from '../../http/rate-limit.ts'
import { only, type ApiRequest } from '../http/api-request.ts'
import { isSameSecret, tokenOf } from './bearer.ts'
import type { Asker, Grants } from './grants.ts'
import { RouteError } from '../http/reply.ts'
import { LOGIN_ADDRESSES_MAX, OPERATOR_TRIES_BURST_MAX, OPERATOR_TRIES_PER_SECOND_MAX } from '../limits.ts'

/** Answers and returns true, or false where the path is no address of a role. */
export type GrantRoutes = (asked: ApiRequest) => Promise<boolean>

/** `operatorToken`: what stands in the data directory. */
export function makeGrantRoutes(grants: Grants, operatorToken: string, nowMs: () => number): GrantRoutes {
  const tries = bucketsByKey(OPERATOR_TRIES_BURST_MAX, OPERATOR_TRIES_PER_SECOND_MAX, LOGIN_ADDRESSES_MAX)
  const askerOf = async ({ request, claims }: ApiRequest): Promise<Asker> => {
    if (isSameSecret(tokenOf(request), operatorToken)) return 'operator'
    const address = plainAddress(request.socket.remoteAddress ?? '')
    try {
      return await claims()
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
  return async (asked) => {
    const { request, response, segments } = asked
    const [family, realm, word, uid, ...rest] = segments
    if (family !== 'realms' || realm === undefined || word !== 'grants' || rest.length > 0) return false
    if (uid === undefined) {
      only(request, ['GET', 'HEAD'])
      const all = await grants.list(realm, await askerOf(asked))
      sendJson(response, 200, {
        schema: 'otherworld/grants/1',
        realm,
        grants: all.map(({ userUid, role }) => ({ uid: userUid, role })),
      })
      return true
    }
    only(request, ['PUT', 'DELETE'])
    const asker = await askerOf(asked)
    if (request.method === 'PUT') {
      const { role } = await grants.put(realm, uid, await readJson(request), asker)
      sendJson(response, 200, { schema: 'otherworld/grant/1', realm, uid, role })
    } else {
      await grants.remove(realm, uid, asker)
      response.writeHead(204).end()
    }
    return true
  }
}
