/** The API below /v1 beside login and status: uploads, packages, roles. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bearerOf } from '../accounts/bearer.ts'
import type { GatewayService } from '../accounts/gateway.ts'
import type { GrantRoutes } from '../accounts/grant-routes.ts'
import type { Packages } from '../packages/packages.ts'
import { packageRoutes } from '../packages/routes.ts'
import type { UploadService } from '../uploads/upload-service.ts'
import { uploadRoutes } from '../uploads/routes.ts'

/** Answers a request for a decoded path and returns true, or false where the path is none of its. Rejects with HttpError. */
export type Api = (path: string, request: IncomingMessage, response: ServerResponse) => Promise<boolean>

export function makeApi(
  gateway: Pick<GatewayService, 'bearer'>,
  uploads: UploadService,
  packages: Packages,
  grants: GrantRoutes,
): Api {
  return async (path, request, response) => {
    if (!path.startsWith('/v1/')) return false
    const asked = {
      request,
      response,
      segments: path.slice('/v1/'.length).split('/'),
      claims: () => bearerOf(request, gateway),
    }
    return (await uploadRoutes(uploads, asked)) || (await packageRoutes(packages, asked)) || grants(asked)
  }
}
