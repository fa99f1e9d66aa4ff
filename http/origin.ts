/** Which pages may connect: a list of origins such as `https://example.org`, or all. */
export type AllowedOrigins = readonly string[] | '*'

/**
 * Says whether a request may come from the page that its Origin header names. No Origin: not a browser, allowed. The
 * page of the same host: allowed. Others: only where listed. Tokens are no cookies, so this is a second fence: it keeps
 * strangers' pages from spending a visitor's address on connections.
 */
export function originAllowed(origin: string | undefined, host: string | undefined, allowed: AllowedOrigins): boolean {
  if (origin === undefined || allowed === '*') return true
  if (allowed.includes(origin)) return true
  const parsed = URL.canParse(origin) ? new URL(origin) : null
  return parsed !== null && host !== undefined && parsed.host === host.toLowerCase()
}
