/** The part of the API that acts for a user or an operator: uploads, packages, roles. Login and status: server-routes.ts. */
import { bearerOf } from '../accounts/bearer.ts'
import type { GatewayService } from '../accounts/gateway.ts'
import type { GrantRoutes } from '../accounts/grant-routes.ts'
import type { Packages } from '../packages/packages.ts'
import { packageRoutes } from '../packages/routes.ts'
import { uploadRoutes } from '../uploads/routes.ts'
import type { UploadService } from '../uploads/upload-service.ts'
import { makeRouter, type ApiEndpoint, type ClaimsOf, type Handlers, type Router } from './router.ts'

export function makeApi(
  gateway: Pick<GatewayService, 'bearer'>,
  uploads: UploadService,
  packages: Packages,
  grants: GrantRoutes,
): Router {
  const claimsOf: ClaimsOf = (request) => bearerOf(request, gateway)
  return makeRouter({
    ...uploadRoutes(uploads, claimsOf),
    ...packageRoutes(packages, claimsOf),
    ...grants(claimsOf),
  } satisfies Handlers<ApiEndpoint>)
}
