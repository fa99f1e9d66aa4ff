/** Messages from the server to a render client, reliable and in order. */
import {
  ACCESS_MAX,
  type ElementId,
  type PackageHash,
  type PlayerId,
  type PropSpec,
  type Quat,
  type UserNumber,
  type Vec3,
} from '../sim/types.ts'
import { finite, inside, integer, name, ownBytes, plainText, present, quat, vec3 } from './check.ts'
import { otherworld } from './generated/otherworld.js'
import { hexBytes, hexText } from './hex.ts'
import {
  DEFINITION_BYTES_MAX,
  NAME_BYTES_MAX,
  PACKET_BYTES_ACCEPTED_MAX,
  SERVER_MESSAGE_BYTES_MAX,
  TEXT_BYTES_MAX,
} from './limits.ts'
import { fromWireProp, PROP_LAYOUT, toWireProp } from './prop.ts'
import { HASH_FIELD, readOptionalHash, toWireHash } from './package.ts'
import { attempt, Invalid, within, type Result } from './result.ts'
import { layout, scan } from './scan.ts'

/** The first message after each Hello. The server then describes the whole world again. */
export interface Welcome {
  readonly type: 'welcome'
  readonly protocol: number
  /** Id of the realm. */
  readonly realm: string
  readonly tick: number
  readonly tickRate: number
  readonly player: PlayerId
  /** The client's user number. The client owns elements with this owner. */
  readonly user: UserNumber
  readonly avatar: ElementId
  /** Bits of Permission. */
  readonly permissions: number
  /** The RealmDefinition as JSON. */
  readonly definition: string
  /** True if the session resumes: same player, same avatar, and numbering continues. */
  readonly resumed: boolean
  /** Highest sequence of the player's inputs that the server received; the next must be higher. */
  readonly sequence: number
  /** Highest sequence of the player's commands in the log; the client sends later ones again. */
  readonly ackCommand: number
}

export type ServerMessage =
  | Welcome
  /**
   * `body` is an index in the definition's bodies; 0 if the avatar's body is from a package. `headMetres` is the height
   * of the head at rest, at the avatar's scale.
   */
  | {
      readonly type: 'avatarAdded'
      readonly element: ElementId
      readonly player: PlayerId
      readonly user: UserNumber
      readonly name: string
      readonly body: number
      readonly package: PackageHash | null
      readonly scale: number
      readonly headMetres: number
    }
  /** The avatar changed its body or its scale. */
  | {
      readonly type: 'avatarChanged'
      readonly element: ElementId
      readonly body: number
      readonly package: PackageHash | null
      readonly scale: number
      readonly headMetres: number
    }
  | {
      /** For a package, `prop` has one box around its colliders instead of the colliders. */
      readonly type: 'propAdded'
      readonly element: ElementId
      readonly prop: PropSpec
      readonly package: PackageHash | null
      readonly scale: number
      readonly holder: PlayerId
      readonly owner: UserNumber
      readonly access: number
      readonly position: Vec3
      readonly rotation: Quat
    }
  | { readonly type: 'elementRemoved'; readonly element: ElementId }
  | {
      readonly type: 'propChanged'
      readonly element: ElementId
      readonly scale: number
      readonly holder: PlayerId
      readonly access: number
    }
  /** The command was applied at `tick`. `element` is what it created or affected; 0 if none. */
  | { readonly type: 'commandDone'; readonly sequence: number; readonly element: ElementId; readonly tick: number }
  /** `reason` is a RejectReason of the simulation, or one of the server's. */
  | { readonly type: 'commandRejected'; readonly sequence: number; readonly reason: string; readonly tick: number }
  | { readonly type: 'permissionsChanged'; readonly permissions: number }
  | { readonly type: 'notice'; readonly text: string }
  /** The state hash after `tick`, 16 hex digits. */
  | { readonly type: 'hashSample'; readonly tick: number; readonly hash: string }
  /** A piece of a message too large for one packet (netcode/session/server/message-sender.ts). */
  | { readonly type: 'part'; readonly bytes: Uint8Array; readonly last: boolean }

export const MESSAGE_LAYOUT = layout({
  1: {
    name: 'welcome',
    bytesMax: SERVER_MESSAGE_BYTES_MAX,
    layout: layout({
      2: { name: 'realm', bytesMax: TEXT_BYTES_MAX },
      8: { name: 'definition', bytesMax: DEFINITION_BYTES_MAX },
    }),
  },
  2: {
    name: 'avatarAdded',
    bytesMax: 512,
    layout: layout({ 3: { name: 'name', bytesMax: NAME_BYTES_MAX }, 6: HASH_FIELD }),
  },
  3: {
    name: 'propAdded',
    bytesMax: SERVER_MESSAGE_BYTES_MAX,
    layout: layout({ 2: { name: 'prop', bytesMax: SERVER_MESSAGE_BYTES_MAX, layout: PROP_LAYOUT }, 8: HASH_FIELD }),
  },
  9: {
    name: 'notice',
    bytesMax: TEXT_BYTES_MAX + 16,
    layout: layout({ 1: { name: 'text', bytesMax: TEXT_BYTES_MAX } }),
  },
  11: {
    name: 'part',
    bytesMax: PACKET_BYTES_ACCEPTED_MAX,
    layout: layout({ 1: { name: 'bytes', bytesMax: PACKET_BYTES_ACCEPTED_MAX } }),
  },
  12: { name: 'avatarChanged', bytesMax: 64, layout: layout({ 3: HASH_FIELD }) },
})

const HASH_BYTES = 8

/** A state hash of 8 bytes, big-endian, as 16 hex digits. */
export const hashText = (bytes: Uint8Array | null | undefined, where: string): string =>
  hexText(bytes, where, HASH_BYTES)

function toWireMessage(message: ServerMessage): otherworld.ServerMessage.$Properties {
  switch (message.type) {
    case 'welcome':
      return { welcome: message }
    case 'avatarAdded':
      return { avatarAdded: { ...message, package: null, ...toWireHash(message.package) } }
    case 'avatarChanged':
      return { avatarChanged: { ...message, package: null, ...toWireHash(message.package) } }
    case 'propAdded':
      return {
        propAdded: { ...message, prop: toWireProp(message.prop), package: null, ...toWireHash(message.package) },
      }
    case 'elementRemoved':
      return { elementRemoved: message }
    case 'propChanged':
      return { propChanged: message }
    case 'commandDone':
      return { commandDone: message }
    case 'commandRejected':
      return { commandRejected: { ...message, reason: plainText(message.reason) } }
    case 'permissionsChanged':
      return { permissionsChanged: message }
    case 'notice':
      return { notice: { text: plainText(message.text) } }
    case 'hashSample':
      return { hashSample: { tick: message.tick, hash: hexBytes(message.hash) } }
    case 'part':
      return { part: message }
  }
}

function readWelcome(wire: otherworld.Welcome.$Properties): Welcome {
  return {
    type: 'welcome',
    protocol: integer(wire.protocol, 'protocol'),
    realm: plainText(wire.realm),
    tick: integer(wire.tick, 'tick'),
    tickRate: integer(wire.tickRate, 'tickRate', 1, 1_000),
    player: integer(wire.player, 'player', 1),
    user: integer(wire.user, 'user', 1),
    avatar: integer(wire.avatar, 'avatar'),
    permissions: integer(wire.permissions, 'permissions'),
    definition: wire.definition ?? '',
    resumed: wire.resumed ?? false,
    sequence: integer(wire.sequence, 'sequence'),
    ackCommand: integer(wire.ackCommand, 'ackCommand'),
  }
}

function readPropAdded(wire: otherworld.PropAdded.$Properties): ServerMessage {
  return {
    type: 'propAdded',
    element: integer(wire.element, 'element', 1),
    prop: inside(wire.prop, 'prop', fromWireProp),
    package: readOptionalHash(wire.package, 'package'),
    scale: finite(wire.scale, 'scale'),
    holder: integer(wire.holder, 'holder'),
    owner: integer(wire.owner, 'owner'),
    access: integer(wire.access, 'access', 0, ACCESS_MAX),
    position: vec3(wire.position, 'position'),
    rotation: quat(wire.rotation, 'rotation'),
  }
}

function readElementMessage(wire: otherworld.ServerMessage): ServerMessage {
  switch (wire.message) {
    case 'avatarAdded': {
      const { element, player, user, name: shown, body, package: hash, ...size } = present(wire.avatarAdded, '')
      return {
        type: 'avatarAdded',
        element: integer(element, 'element', 1),
        player: integer(player, 'player', 1),
        user: integer(user, 'user', 1),
        name: name(shown, 'name'),
        body: integer(body, 'body'),
        package: readOptionalHash(hash, 'package'),
        scale: finite(size.scale, 'scale'),
        headMetres: finite(size.headMetres, 'headMetres'),
      }
    }
    case 'avatarChanged': {
      const { element, body, package: hash, scale, headMetres } = present(wire.avatarChanged, '')
      return {
        type: 'avatarChanged',
        element: integer(element, 'element', 1),
        body: integer(body, 'body'),
        package: readOptionalHash(hash, 'package'),
        scale: finite(scale, 'scale'),
        headMetres: finite(headMetres, 'headMetres'),
      }
    }
    case 'propAdded':
      return readPropAdded(present(wire.propAdded, ''))
    case 'elementRemoved':
      return { type: 'elementRemoved', element: integer(wire.elementRemoved?.element, 'element', 1) }
    case 'propChanged': {
      const { element, scale, holder, access } = present(wire.propChanged, '')
      return {
        type: 'propChanged',
        element: integer(element, 'element', 1),
        scale: finite(scale, 'scale'),
        holder: integer(holder, 'holder'),
        access: integer(access, 'access', 0, ACCESS_MAX),
      }
    }
    default:
      throw new Invalid('missing', '', 'the message is missing or of a kind that this version does not know')
  }
}

function readMessage(wire: otherworld.ServerMessage): ServerMessage {
  switch (wire.message) {
    case 'welcome':
      return readWelcome(present(wire.welcome, ''))
    case 'commandDone': {
      const { sequence, element, tick } = present(wire.commandDone, '')
      return {
        type: 'commandDone',
        sequence: integer(sequence, 'sequence', 1),
        element: integer(element, 'element'),
        tick: integer(tick, 'tick'),
      }
    }
    case 'commandRejected': {
      const { sequence, reason, tick } = present(wire.commandRejected, '')
      return {
        type: 'commandRejected',
        sequence: integer(sequence, 'sequence', 1),
        reason: plainText(reason),
        tick: integer(tick, 'tick'),
      }
    }
    case 'permissionsChanged':
      return { type: 'permissionsChanged', permissions: integer(wire.permissionsChanged?.permissions, 'permissions') }
    case 'notice':
      return { type: 'notice', text: plainText(wire.notice?.text) }
    case 'hashSample':
      return {
        type: 'hashSample',
        tick: integer(wire.hashSample?.tick, 'tick'),
        hash: hashText(wire.hashSample?.hash, 'hash'),
      }
    case 'part':
      return { type: 'part', bytes: ownBytes(wire.part?.bytes), last: wire.part?.last ?? false }
    default:
      return readElementMessage(wire)
  }
}

export function fromWireMessage(given: otherworld.ServerMessage.$Properties): ServerMessage {
  const wire = given as otherworld.ServerMessage
  try {
    return readMessage(wire)
  } catch (error) {
    throw within(wire.message ?? 'message', error)
  }
}

/** Encodes one message as packets carry it. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  return otherworld.ServerMessage.encode(toWireMessage(message)).finish()
}

export function decodeServerMessage(bytes: Uint8Array): Result<ServerMessage> {
  return attempt(() => {
    scan(bytes, SERVER_MESSAGE_BYTES_MAX, MESSAGE_LAYOUT)
    return fromWireMessage(otherworld.ServerMessage.decode(bytes))
  })
}
