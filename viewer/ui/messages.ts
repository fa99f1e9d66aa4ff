/** What the page says to a person, in whole sentences: what is, why, and what to do. Pure. */
import type { ConnectError, TransportKind } from '../../netcode/index.ts'
import type { RejectReason } from '../../sim/types.ts'

/** Why the server did not carry out a command: the simulation's reasons and the client's own. */
const REJECTIONS: Readonly<Record<RejectReason | 'lost' | 'not-joined' | 'too-many', string>> = {
  'not-permitted': 'You may not do that here.',
  'unknown-element': 'It is gone already.',
  'not-movable': 'That stands fast: it cannot be moved.',
  'held-by-another': 'Somebody else is holding it.',
  'hand-full': 'You are holding something already: let it go first.',
  'out-of-reach': 'That is too far away: walk closer.',
  'scale-out-of-range': 'It cannot get any larger or smaller.',
  'element-limit': 'The realm is full of things: delete one first.',
  'degenerate-shape': 'That shape has no volume, or is far too thin for its length.',
  'size-out-of-range': 'Part of it is too small, too thin or too large: try another size.',
  'mass-out-of-range': 'It would be too light or too heavy: try another size or density.',
  'mesh-too-large': 'That surface has too many triangles for a guest: make it simpler.',
  'share-limit': 'You have placed as many things here as you may: delete some first.',
  'state-limit': 'Your things are too detailed together: delete some, or make them simpler.',
  'too-crowded': 'Too much stands there already: choose another place.',
  'hand-empty': 'You are not holding anything.',
  'invalid-value': 'The realm does not take that: its numbers are out of range.',
  'trimesh-not-static': 'A thing of that shape can only stand fast.',
  'unknown-player': 'You are not in the realm: reload the page.',
  'already-joined': 'You are in the realm already.',
  'realm-full': 'The realm is full of people: try again later.',
  'server-only': 'Only the server may do that.',
  'unknown-body': 'The realm has no such body.',
  'unknown-package': 'The realm does not have that upload, or you may not use it.',
  'wrong-kind': 'That upload is for something else: an avatar is worn, an object is placed.',
  'archive-away': 'The server cannot look your uploads up just now: try again in a while.',
  'package-limit': 'The realm is full of different uploads: delete some things first.',
  lost: 'The server never answered: try again.',
  'not-joined': 'You are not connected: wait until the page is back.',
  'too-many': 'Too much at once: wait a moment.',
}

const isKnown = (reason: string): reason is keyof typeof REJECTIONS => Object.hasOwn(REJECTIONS, reason)

export const rejectionMessage = (reason: string): string =>
  isKnown(reason) ? REJECTIONS[reason] : `The server refused: ${reason}.`

/** What to do about an error of connecting. */
const ADVICE: Readonly<Record<ConnectError['reason'], string>> = {
  unreachable: 'Check that the server runs and that you are online.',
  refused: 'Choose a name and enter again.',
  'bad-identity': 'Enter again: you come in as a new guest.',
  busy: 'Many are coming in at this moment; the page goes on trying.',
  starting: 'The page comes in as soon as it has started.',
  'no-loopback': 'The page uses WebSocket where it can.',
  'udp-blocked': 'Your network blocks UDP; the page uses WebSocket where it can.',
  'timed-out': 'The network or the server is slow; the page goes on trying.',
}

/** The error's own words, then what to do about it. */
export function connectErrorMessage(error: Pick<ConnectError, 'reason' | 'message'>): string {
  return `${sentence(error.message)} ${ADVICE[error.reason]}`
}

/** The server asks to wait, in its words. */
export const waitMessage = (reason: string): string => `${sentence(reason)} You come in as soon as it lets you.`

/** The session could not be resumed, and the player is in a new one. */
export const REJOINED = 'You were away for too long for your place to be kept: you are in anew.'

/** Text for a lost connection that is made again. */
export function reconnectMessage(reason: string, attempt: number, isKept: boolean): string {
  return `${sentence(reason)} Reconnecting, attempt ${attempt}. ${isKept ? 'Your place is kept for 30 seconds.' : 'Your place is kept no longer; you come in anew as soon as the server answers.'}`
}

/** With a capital at its start and a full stop at its end. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return ''
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`
}

/** Why the page runs over WebSocket although WebRTC is better. */
export function fallbackMessage(error: Pick<ConnectError, 'reason' | 'message'>): string {
  if (error.reason === 'no-loopback')
    return 'Firefox does not use WebRTC on loopback addresses such as 127.0.0.1, so you are connected over WebSocket. On one machine that is as good; nothing is blocked.'
  const why =
    error.reason === 'udp-blocked' || error.reason === 'timed-out'
      ? 'UDP seems to be blocked on this network'
      : 'WebRTC is not possible here'
  return `${why}, so you are connected over WebSocket. Everything works; on a poor network it stutters more. Another network, or one that lets UDP through, is smoother.`
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
