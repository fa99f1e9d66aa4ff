/** What a request's headers tell about who speaks (what an address tells: http/connection-limits.ts). */
import { isIP } from 'node:net'

/** True for a Host header that a page of another site cannot have led here by a name of its own (DNS rebinding). */
export function isLocalHost(host: string | undefined): boolean {
  const name = (host ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  return name === 'localhost' || isIP(name) !== 0
}
