/** Messages for people, in whole sentences: what happened, why, and what to do. Pure. */
import type { ConnectError, TransportKind } from '../../netcode/index.ts'
import type { RejectReason } from '../../sim/types.ts'

/** Messages by reason of a rejected command: the simulation's reasons and the client's own. */
const REJECTIONS: Readonly<Record<RejectReason | 'lost' | 'not-joined' | 'too-many', string>> = {
  'not-permitted': 'You are not allowed to do that here.',
  'unknown-element': 'It no longer exists.',
  'not-movable': "This can't be moved.",
  'held-by-another': 'Someone else is holding it.',
  'hand-full': 'You are already holding something. Release it first.',
  'out-of-reach': 'That is too far away. Walk closer.',
  'scale-out-of-range': "It can't get any larger or smaller.",
  'element-limit': 'The realm has reached its item limit. Delete something first.',
  'degenerate-shape': 'This shape has no volume, or is too thin for its length.',
  'size-out-of-range': 'Part of it is too small, too thin or too large. Try another size.',
  'mass-out-of-range': 'It would be too light or too heavy. Try another size or density.',
  'mesh-too-large': 'This mesh has too many triangles for a guest. Simplify it.',
  'share-limit': "You've reached your item limit here. Delete something first.",
  'state-limit': 'Your items together are too complex. Delete some, or simplify them.',
  'too-crowded': 'This place is too crowded. Choose another one.',
  'hand-empty': 'You are not holding anything.',
  'invalid-value': 'The realm rejected this: a value is out of range.',
  'trimesh-not-static': 'An item with this shape can only be static.',
  'unknown-player': 'You are not in the realm. Reload the page.',
  'already-joined': 'You are already in the realm.',
  'realm-full': 'The realm is full. Try again later.',
  'server-only': 'Only the server can do that.',
  'unknown-body': 'The realm has no body with this number.',
  'unknown-package': 'This upload does not exist, or you are not allowed to use it.',
  'wrong-kind': 'Wrong kind of upload: you can wear avatars and place objects.',
  'archive-away': "The server can't look up your uploads right now. Try again later.",
  'package-limit': 'The realm holds too many different uploads. Delete some items first.',
  lost: 'The server did not answer. Try again.',
  'not-joined': 'You are not connected. Wait until the page reconnects.',
  'too-many': 'Too many commands at once. Wait a moment.',
}

const isKnown = (reason: string): reason is keyof typeof REJECTIONS => Object.hasOwn(REJECTIONS, reason)

export const rejectionMessage = (reason: string): string =>
  isKnown(reason) ? REJECTIONS[reason] : `The server rejected this: ${reason}.`

/** What to do about a connection error. */
const ADVICE: Readonly<Record<ConnectError['reason'], string>> = {
  unreachable: 'Check that the server is running and that you are online.',
  refused: 'Choose a name and enter again.',
  'bad-identity': 'Enter again. You will join as a new guest.',
  busy: 'Many people are joining right now. The page keeps trying.',
  starting: 'The page joins as soon as it has started.',
  'no-loopback': 'The page uses WebSocket if possible.',
  'udp-blocked': 'Your network blocks UDP. The page uses WebSocket if possible.',
  'timed-out': 'The network or the server is slow. The page keeps trying.',
}

/** The error's own message, then what to do about it. */
export function connectErrorMessage(error: Pick<ConnectError, 'reason' | 'message'>): string {
  return `${sentence(error.message)} ${ADVICE[error.reason]}`
}

/** The server asks to wait. */
export const waitMessage = (reason: string): string => `${sentence(reason)} You will join as soon as it admits you.`

/** The session could not be resumed, and the player is in a new one. */
export const REJOINED = 'You were away too long to keep your place. You have joined again.'

/** Text while the client reconnects. */
export function reconnectMessage(reason: string, attempt: number, isKept: boolean): string {
  return `${sentence(reason)} Reconnecting, attempt ${attempt}. ${isKept ? 'Your place is kept for 30 seconds.' : 'Your place is no longer kept. You will join again as soon as the server answers.'}`
}

/** Adds a capital at the start and a full stop at the end. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return ''
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`
}

/** Why the page uses WebSocket instead of WebRTC. */
export function fallbackMessage(error: Pick<ConnectError, 'reason' | 'message'>): string {
  if (error.reason === 'no-loopback')
    return 'Firefox does not use WebRTC on loopback addresses such as 127.0.0.1, so you are connected over WebSocket. On one machine that works just as well.'
  const why =
    error.reason === 'udp-blocked' || error.reason === 'timed-out'
      ? 'UDP seems to be blocked on this network'
      : 'WebRTC is not possible here'
  return `${why}, so you are connected over WebSocket. Everything works, but packet loss causes stalls. A network that allows UDP is smoother.`
}

const TRANSPORTS: Readonly<Record<TransportKind, string>> = {
  webrtc: 'WebRTC',
  websocket: 'WebSocket',
  memory: 'memory',
}
export const transportName = (kind: TransportKind | null): string => (kind === null ? '–' : TRANSPORTS[kind])

/** Bytes per second as kB/s. */
export const kilobytes = (bytesPerSecond: number): string => `${(bytesPerSecond / 1_000).toFixed(1)} kB/s`

export const peopleMessage = (count: number): string =>
  count === 0 ? 'Nobody is here yet.' : count === 1 ? 'One person is here.' : `${count} people are here.`
