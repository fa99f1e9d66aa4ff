/**
 * How a WebSocket client sends its token: as an offered subprotocol (`Sec-WebSocket-Protocol`), because pages can set
 * no other header of an upgrade. Never in the URL, because proxies log URLs.
 */

/** The subprotocol in use. The server selects it, never the one with the token. */
export const SUBPROTOCOL = 'otherworld'
const TOKEN_PREFIX = 'token.'
/** Characters of a token: those that a subprotocol's name may have (RFC 6455, 4.1). */
export const TOKEN = /^[\w.-]{1,1024}$/

/** The subprotocols that a client offers. */
export const offeredProtocols = (token: string): string[] => [SUBPROTOCOL, TOKEN_PREFIX + token]

/** The names in a `Sec-WebSocket-Protocol` header. */
const namesIn = (header: string | undefined): readonly string[] => header?.split(',').map((each) => each.trim()) ?? []

export const isSubprotocolOffered = (header: string | undefined): boolean => namesIn(header).includes(SUBPROTOCOL)

/** The token in a `Sec-WebSocket-Protocol` header; empty if there is none. */
export function offeredToken(header: string | undefined): string {
  return (
    namesIn(header)
      .find((each) => each.startsWith(TOKEN_PREFIX))
      ?.slice(TOKEN_PREFIX.length) ?? ''
  )
}
