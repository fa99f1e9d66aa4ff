/**
 * Session descriptions (SDP, RFC 8866) and ICE candidates (RFC 8839) on their way through the server. Candidates are
 * sent apart from descriptions: a peer starts as soon as it has the other's candidates, and a handshake that begins
 * before the other side knows the whole description fails or loses a second. See
 * docs/decisions/0003-webrtc-transport.md.
 */

/** Candidates used of one answer: a device with many interfaces has about ten; more only cost the server checks. */
export const ANSWER_CANDIDATES_MAX = 24

const LINE_END = '\r\n'
const CANDIDATE = 'a=candidate:'
const END_OF_CANDIDATES = 'a=end-of-candidates'

export interface SplitDescription {
  /** The description without candidates and default address, as in trickle ICE (RFC 8840, 4.1.1). */
  readonly sdp: string
  /** `candidate:…` lines, without `a=`. */
  readonly candidates: readonly string[]
}

export function splitDescription(sdp: string): SplitDescription {
  const lines = sdp.split(/\r\n|\r|\n/).filter((line) => line !== '')
  const candidates = lines.filter((line) => line.startsWith(CANDIDATE)).map((line) => line.slice('a='.length))
  const rest = lines
    .filter((line) => !line.startsWith(CANDIDATE) && line !== END_OF_CANDIDATES)
    .map((line) =>
      line.replace(/^m=application \d+ /, 'm=application 9 ').replace(/^c=IN IP[46] .*$/, 'c=IN IP4 0.0.0.0'),
    )
  return { sdp: rest.join(LINE_END) + LINE_END, candidates }
}

/**
 * The peer's usable candidates: only IP addresses, because looking up names would let a peer make the server query name
 * servers, and no more than ANSWER_CANDIDATES_MAX. The others are not needed: the peer checks the server's candidates,
 * and these checks reveal its address (RFC 8445, 7.3.1.3).
 */
export function usableCandidates(candidates: readonly string[]): readonly string[] {
  return candidates.filter((candidate) => isAddress(candidate.split(' ')[4] ?? '')).slice(0, ANSWER_CANDIDATES_MAX)
}

/**
 * A host candidate for each address on each port of the given host candidates, if they lack it: a public address that a
 * router maps one to one, or the loopback address for a client on the same machine.
 */
export function extraHostCandidates(candidates: readonly string[], addresses: readonly string[]): readonly string[] {
  const hosts = candidates.map(parseHostCandidate).filter((candidate) => candidate !== null)
  const ports = [...new Set(hosts.map((candidate) => candidate.port))]
  const present = new Set(hosts.map((candidate) => `${candidate.address} ${candidate.port}`))
  return addresses.flatMap((address, rank) =>
    ports
      .filter((port) => !present.has(`${address} ${port}`))
      .map((port) => `candidate:extra${rank} 1 UDP ${extraPriority(rank)} ${address} ${port} typ host`),
  )
}

/**
 * RFC 8445, 5.1.2.1: 2^24 type preference (host 126) + 2^8 local preference + 256 - component. Lower than the stack's
 * own.
 */
function extraPriority(rank: number): number {
  return 126 * 2 ** 24 + Math.max(0, 1_000 - rank) * 2 ** 8 + 255
}

function parseHostCandidate(candidate: string): { readonly address: string; readonly port: number } | null {
  const [, , protocol, , address = '', port = '', , type] = candidate.split(' ')
  if (protocol?.toUpperCase() !== 'UDP' || type !== 'host' || !/^\d{1,5}$/.test(port)) return null
  return { address, port: Number(port) }
}

/** True for the text form of an IPv4 or IPv6 address. The check is rough but tells addresses from names. */
function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || (text.includes(':') && /^[0-9a-fA-F:.]+$/.test(text))
}
