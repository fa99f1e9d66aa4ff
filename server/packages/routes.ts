/** Handles requests for packages. */
import type { ClaimsOf, Handlers } from '../http/router.ts'
import type { RunEffect } from '../http/effect-runner.ts'
import type { Packages } from './packages.ts'

export const packageRoutes = (packages: Packages, claimsOf: ClaimsOf, run: RunEffect) =>
  ({
    listPackages: async ({ request }) => ({
      schema: 'otherworld/packages/1',
      packages: await run(packages.list(await claimsOf(request))),
    }),
    readPackage: async ({ request, parameters: { hash } }) => run(packages.describe(hash, await claimsOf(request))),
    sharePackage: async ({ request, parameters: { hash }, json }) => {
      const user = await claimsOf(request)
      return run(packages.share(hash, await json(), user))
    },
    removePackage: async ({ request, parameters: { hash } }) => {
      await run(packages.remove(hash, await claimsOf(request)))
      return undefined
    },
  }) satisfies Handlers
