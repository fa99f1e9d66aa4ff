/** Handles requests for packages. */
import { Effect } from 'effect'
import type { ClaimsOf, Handlers } from '../http/router.ts'
import type { Packages } from './packages.ts'

export const packageRoutes = (packages: Packages, claimsOf: ClaimsOf) =>
  ({
    listPackages: Effect.fnUntraced(function* ({ request }) {
      return {
        schema: 'otherworld/packages/1' as const,
        packages: yield* packages.list(yield* claimsOf(request)),
      }
    }),
    readPackage: ({ request, parameters: { hash } }) =>
      Effect.flatMap(claimsOf(request), (user) => packages.describe(hash, user)),
    sharePackage: Effect.fnUntraced(function* ({ request, parameters: { hash }, json }) {
      const user = yield* claimsOf(request)
      return yield* packages.share(hash, yield* json, user)
    }),
    removePackage: ({ request, parameters: { hash } }) =>
      Effect.flatMap(claimsOf(request), (user) => packages.remove(hash, user)).pipe(Effect.as(undefined)),
  }) satisfies Partial<Handlers>
