/** The addresses of uploads below /v1/uploads. */
import { isLoopback, limitKey, plainAddress } from '../../http/connection-limits.ts'
import { readJson, sendJson } from '../../http/http.ts'
import { only, type ApiRequest } from '../http/api-request.ts'
import type { UploadService } from './upload-service.ts'
import { sendEvents } from './events.ts'

/** Answers and returns true, or false where the path is no address of an upload. Throws HttpError. */
export async function uploadRoutes(
  uploads: UploadService,
  { request, response, segments, claims }: ApiRequest,
): Promise<boolean> {
  const [family, id, action, ...rest] = segments
  if (family !== 'uploads' || rest.length > 0) return false
  if (id === undefined) {
    only(request, ['POST'])
    sendJson(
      response,
      201,
      await uploads.declare(
        await readJson(request),
        await claims(),
        addressOf(plainAddress(request.socket.remoteAddress ?? '')),
      ),
    )
  } else if (action === undefined) {
    only(request, ['GET', 'DELETE'])
    if (request.method === 'GET') sendJson(response, 200, await uploads.status(id, await claims()))
    else {
      uploads.abandon(id, await claims())
      response.writeHead(204).end()
    }
  } else if (action === 'complete') {
    only(request, ['POST'])
    sendJson(response, 202, await uploads.complete(id, await claims()))
  } else if (action === 'events') {
    only(request, ['GET'])
    await sendEvents(uploads, id, await claims(), response)
  } else return false
  return true
}

/** This machine's own tools and tests, and a proxy on it, have no limit by address. */
const addressOf = (address: string): string | null => (isLoopback(address) ? null : limitKey(address))
