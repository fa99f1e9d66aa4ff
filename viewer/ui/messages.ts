/** Messages for people, in whole sentences: what happened, why, and what to do. Pure. */
import type { ConnectError, TransportKind } from '../../netcode/index.ts'
import { fillMessage, REJECTION_MESSAGES, UNKNOWN_REJECTION } from '../../protocol/index.ts'

const isKnown = (reason: string): reason is keyof typeof REJECTION_MESSAGES => Object.hasOwn(REJECTION_MESSAGES, reason)

export const rejectionMessage = (reason: string): string =>
  isKnown(reason) ? REJECTION_MESSAGES[reason] : fillMessage(UNKNOWN_REJECTION, reason)

/**
 * What to do about a connection error. Only the page shows this advice, because it names what the page does. Messages
 * that the addon shows too are in protocol/player-messages.ts.
 */
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
