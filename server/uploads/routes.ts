/** Handles requests for uploads. */
import { Effect } from 'effect'
import { isLoopback, limitKey, plainAddress } from '../../http/connection-limits.ts'
import type { ClaimsOf, Handlers } from '../http/router.ts'
import { sendEvents } from './events.ts'
import type { UploadService } from './upload-service.ts'

export const uploadRoutes = (uploads: UploadService, claimsOf: ClaimsOf) =>
  ({
    declareUpload: Effect.fnUntraced(function* ({ request, json }) {
      const user = yield* claimsOf(request)
      return yield* uploads.declare(yield* json, user, addressOf(request.socket.remoteAddress))
    }),
    readUpload: ({ request, parameters: { id } }) =>
      Effect.flatMap(claimsOf(request), (user) => uploads.status(id, user)),
    completeUpload: ({ request, parameters: { id } }) =>
      Effect.flatMap(claimsOf(request), (user) => uploads.complete(id, user)),
    followUpload: ({ request, response, parameters: { id } }) =>
      Effect.flatMap(claimsOf(request), (user) => sendEvents(uploads, id, user, response)).pipe(Effect.as(undefined)),
    abandonUpload: ({ request, parameters: { id } }) =>
      Effect.flatMap(claimsOf(request), (user) => uploads.abandon(id, user)).pipe(Effect.as(undefined)),
  }) satisfies Partial<Handlers>

/** The address that limits count by. Null means no limit: tools and tests on this machine, or a proxy on it. */
function addressOf(remote = ''): string | null {
  const address = plainAddress(remote)
  return isLoopback(address) ? null : limitKey(address)
}
