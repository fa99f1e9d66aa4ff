/** Handles requests for uploads. */
import { isLoopback, limitKey, plainAddress } from '../../http/connection-limits.ts'
import type { ClaimsOf, Handlers } from '../http/router.ts'
import type { RunEffect } from '../http/effect-runner.ts'
import { sendEvents } from './events.ts'
import type { UploadService } from './upload-service.ts'

export const uploadRoutes = (uploads: UploadService, claimsOf: ClaimsOf, run: RunEffect) =>
  ({
    declareUpload: async ({ request, json }) => {
      const user = await claimsOf(request)
      return run(uploads.declare(await json(), user, addressOf(request.socket.remoteAddress)))
    },
    readUpload: async ({ request, parameters: { id } }) => run(uploads.status(id, await claimsOf(request))),
    completeUpload: async ({ request, parameters: { id } }) => run(uploads.complete(id, await claimsOf(request))),
    followUpload: async ({ request, response, parameters: { id } }) => {
      await sendEvents(uploads, id, await claimsOf(request), response, run)
      return undefined
    },
    abandonUpload: async ({ request, parameters: { id } }) => {
      await run(uploads.abandon(id, await claimsOf(request)))
      return undefined
    },
  }) satisfies Handlers

/** The address that limits count by. Null means no limit: tools and tests on this machine, or a proxy on it. */
function addressOf(remote = ''): string | null {
  const address = plainAddress(remote)
  return isLoopback(address) ? null : limitKey(address)
}
