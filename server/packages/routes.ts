/** The addresses of packages below /v1/packages. */
import { readJson, sendJson } from '../../http/http.ts'
import { only, type ApiRequest } from '../http/api-request.ts'
import type { Packages } from './packages.ts'

/** Answers and returns true, or false where the path is no address of a package. Throws HttpError. */
export async function packageRoutes(
  packages: Packages,
  { request, response, segments, claims }: ApiRequest,
): Promise<boolean> {
  const [family, hash, ...rest] = segments
  if (family !== 'packages' || rest.length > 0) return false
  if (hash === undefined) {
    only(request, ['GET', 'HEAD'])
    sendJson(response, 200, { schema: 'otherworld/packages/1', packages: await packages.list(await claims()) })
    return true
  }
  only(request, ['GET', 'HEAD', 'PATCH', 'DELETE'])
  const asker = await claims()
  if (request.method === 'PATCH') sendJson(response, 200, await packages.share(hash, await readJson(request), asker))
  else if (request.method === 'DELETE') {
    await packages.remove(hash, asker)
    response.writeHead(204).end()
  } else sendJson(response, 200, await packages.tell(hash, asker))
  return true
}
