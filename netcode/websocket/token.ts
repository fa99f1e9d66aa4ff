/**
 * How a WebSocket client says who it is: as a subprotocol that it offers (`Sec-WebSocket-Protocol`), since pages can set no
 * other header of an upgrade. Never in the URL: proxies write URLs into their logs.
 */

/** The subprotocol that is spoken; the server chooses it, never the one with the token. */
export const SUBPROTOCOL = 'otherworld'
const TOKEN_PREFIX = 'token.'
/** What a token is made of: characters that a subprotocol's name may have (RFC 6455, 4.1). */
export const TOKEN = /^[\w.-]{1,1024}$/

/** What a client offers. */
export const offeredProtocols = (token: string): string[] => [SUBPROTOCOL, TOKEN_PREFIX + token]

/** The token that is offered in a `Sec-WebSocket-Protocol` header; empty where none is. */
export function offeredToken(header: string | undefined): string {
  const found = header
    ?.split(',')
    .map((each) => each.trim())
    .find((each) => each.startsWith(TOKEN_PREFIX))
  return found?.slice(TOKEN_PREFIX.length) ?? ''
}
