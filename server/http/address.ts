/** Checks the Host header of a request (for its network address see http/connection-limits.ts). */
import { isIP } from 'node:net'

/** False for a host name that another site may have pointed at this machine (DNS rebinding). */
export function isLocalHost(host: string | undefined): boolean {
  const name = (host ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  return name === 'localhost' || isIP(name) !== 0
}
