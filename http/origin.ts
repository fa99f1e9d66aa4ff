/** The pages that may connect: a list of origins such as `https://example.org`, or all. */
export type AllowedOrigins = readonly string[] | '*'

/**
 * True if the page in a request's Origin header may connect: no Origin (not a browser), the same host, or a listed origin.
 * Tokens are not cookies, so this is a second line of defence: it keeps other sites' pages from opening connections from a
 * visitor's address.
 */
export function originAllowed(origin: string | undefined, host: string | undefined, allowed: AllowedOrigins): boolean {
  if (origin === undefined || allowed === '*') return true
  if (allowed.includes(origin)) return true
  const parsed = URL.canParse(origin) ? new URL(origin) : null
  return parsed !== null && host !== undefined && parsed.host === host.toLowerCase()
}
