/**
 * Messages for players that the page and the Godot addon both show. The page uses these tables directly. For the addon,
 * `node scripts/godot-messages.mjs --write` generates a script and the template for translators. `%s` is a placeholder.
 */
import type { RejectReason } from '../sim/types.ts'

/** Messages by the reason of a rejected command: the simulation's reasons, a recovery's, and the client's own. */
export const REJECTION_MESSAGES: Readonly<
  Record<RejectReason | 'quarantined' | 'lost' | 'not-joined' | 'too-many', string>
> = {
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
  'unknown-player': 'You are not in the realm. Join again.',
  'already-joined': 'You are already in the realm.',
  'realm-full': 'The realm is full. Try again later.',
  'server-only': 'Only the server can do that.',
  'unknown-body': 'The realm has no body with this number.',
  'unknown-package': 'This upload does not exist, or you are not allowed to use it.',
  'wrong-kind': 'Wrong kind of upload: you can wear avatars and place objects.',
  'archive-away': "The server can't look up your uploads right now. Try again later.",
  'package-limit': 'The realm holds too many different uploads. Delete some items first.',
  quarantined: 'The realm failed on this, and recovered without it. Try something else.',
  lost: 'The server did not answer. Try again.',
  'not-joined': 'You are not connected. Wait for the connection to come back.',
  'too-many': 'Too many commands at once. Wait a moment.',
}

/** The message for a reason that this version does not know. */
export const UNKNOWN_REJECTION = 'The server rejected this: %s.'

/** Why a login or a connection failed. In the first five, `%s` is the server's own message. */
export const CONNECT_MESSAGES = {
  refused: 'The server refused: %s',
  asksToWait: 'The server asks to wait: %s',
  attemptClosed: 'The server no longer waits for this connection: %s',
  unknownIdentity: 'The server does not know this identity: %s',
  unavailable: 'The server is not available right now: %s',
  noReason: 'status %s, without a reason',
  noAnswer: 'The server at %s does not answer. Is it running, and is the address right?',
  timedOut: 'The server at %s did not answer within %s s. It may be overloaded; try again.',
  invalidUrl: '"%s" is not the address of a server.',
  invalidUrlFix: 'It must look like http://host:port or https://host.',
} as const

/** Labels of the stages of an upload: the client's own, then the server's. */
export const UPLOAD_STAGE_LABELS = {
  queued: 'Queued',
  exporting: 'Writing the scene as glTF',
  reading: 'Reading the file',
  declaring: 'Contacting the server',
  sending: 'Sending',
  waiting: 'Received, waiting for checks',
  received: 'Received, waiting for checks',
  checking: 'Checking the file',
  validating: 'Validating the model',
  normalising: 'Preparing meshes and textures',
  fitting: 'Fitting colliders',
  packaging: 'Packaging',
  storing: 'Storing',
  done: 'Done',
  rejected: 'Not accepted',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const

/** The parts of a broken rule of an upload, one a line, and a failure that the server does not explain. */
export const UPLOAD_MESSAGES = {
  rule: 'Rule %s',
  where: 'Where: %s',
  wholeFile: 'the whole file',
  found: 'Found: %s',
  allowed: 'Allowed: %s',
  reducible: 'The option “Reduce to the limits” can correct this.',
  failed: 'The server could not finish the upload. Try again.',
} as const

/** Puts values in the place of each `%s`, in order. */
export function fillMessage(message: string, ...values: readonly (string | number)[]): string {
  let next = 0
  return message.replaceAll('%s', () => String(values[next++] ?? ''))
}
