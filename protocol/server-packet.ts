/** Packets from the server to a render client, one per datagram. */
import type { Vec3 } from '../sim/types.ts'
import { bounded, inside, integer, list, ownBytes, vec3 } from './check.ts'
import { fromWireGoodbye, GOODBYE_LAYOUT, toWireGoodbye, type Goodbye } from './client-packet.ts'
import { otherworld } from './generated/otherworld.js'
import {
  OWN_METRES_MAX,
  OWN_YAW_MAX,
  PACKET_BYTES_ACCEPTED_MAX,
  PACKET_MESSAGES_MAX,
  SNAPSHOT_BLOCK_BYTES_MAX,
  TEXT_BYTES_MAX,
} from './limits.ts'
import { fromWireMessage, MESSAGE_LAYOUT, type ServerMessage } from './message.ts'
import { attempt, type Result } from './result.ts'
import { layout, scan } from './scan.ts'

export interface ServerHead {
  /** Counts up, 1 first. */
  readonly packet: number
  /** Highest client packet received; 0 if none. */
  readonly ackPacket: number
  /** Bit i: packet `ackPacket - 1 - i` was received too. */
  readonly ackBits: number
  /** The log holds the commands up to this sequence. */
  readonly ackCommand: number
  /** Number of the first message in the packet, starting at 1; the others follow without a gap. */
  readonly firstMessage: number
  /** The newest `clientTimeMs` received, and its age when this packet was made. */
  readonly clientTimeMs: number
  readonly clientTimeAgeMs: number
  readonly control: Goodbye | null
}

/** The part of a snapshot in one packet. Records: netcode/snapshot/write.ts. */
export interface SnapshotPart {
  readonly tick: number
  readonly avatars: Uint8Array
  readonly props: Uint8Array
  /** The receiver's own avatar; null if it is not in this part. */
  readonly own: OwnState | null
}

/** The receiver's own avatar after the snapshot's tick, exactly as in the simulation. */
export interface OwnState {
  /** Sequence of the move that is in effect; 0 before the first move. */
  readonly moveSequence: number
  /** Steps made with that move; 0 before its first step. */
  readonly moveTicks: number
  /** Metres and m/s, 32-bit floats. */
  readonly position: Vec3
  readonly velocity: Vec3
  readonly yaw: number
  readonly grounded: boolean
  readonly flying: boolean
  /** True while the move's jump waits for the ground. */
  readonly jumping: boolean
}
/** Bytes of an encoded Own with its tag and length, at most: two numbers of 6, two vectors of 17, a float, three flags. */
export const OWN_BYTES_MAX = 60
const OWN_FIELD_BYTES_MAX = OWN_BYTES_MAX - 2

export interface ServerPacket extends ServerHead {
  readonly messages: readonly ServerMessage[]
  readonly snapshot: SnapshotPart | null
}

const MESSAGES_FIELD = (5 << 3) | 2
const SNAPSHOT_FIELD = (9 << 3) | 2

const SNAPSHOT_LAYOUT = layout({
  2: { name: 'avatars', bytesMax: SNAPSHOT_BLOCK_BYTES_MAX },
  3: { name: 'props', bytesMax: SNAPSHOT_BLOCK_BYTES_MAX },
  4: { name: 'own', bytesMax: OWN_FIELD_BYTES_MAX },
})
const SERVER_LAYOUT = layout({
  5: { name: 'messages', bytesMax: PACKET_BYTES_ACCEPTED_MAX, repeatsMax: PACKET_MESSAGES_MAX, layout: MESSAGE_LAYOUT },
  9: { name: 'snapshot', bytesMax: PACKET_BYTES_ACCEPTED_MAX, layout: SNAPSHOT_LAYOUT },
  10: { name: 'goodbye', bytesMax: TEXT_BYTES_MAX + 16, layout: GOODBYE_LAYOUT },
})

/** Encodes a part. */
export function encodeSnapshotPart(part: SnapshotPart): Uint8Array {
  return otherworld.Snapshot.encode(part).finish()
}

/** Builds a packet from the results of `encodeServerMessage` and `encodeSnapshotPart`. */
export function encodeServerPacket(
  head: ServerHead,
  messages: readonly Uint8Array[],
  snapshot: Uint8Array | null,
): Uint8Array {
  const { control, ...numbers } = head
  const wire: otherworld.ServerPacket.$Properties = numbers
  if (control !== null) wire.goodbye = toWireGoodbye(control)
  const writer = otherworld.ServerPacket.encode(wire)
  for (const bytes of messages) writer.uint32(MESSAGES_FIELD).bytes(bytes)
  if (snapshot !== null) writer.uint32(SNAPSHOT_FIELD).bytes(snapshot)
  return writer.finish()
}

function readSnapshot(wire: otherworld.Snapshot.$Properties | null | undefined): SnapshotPart | null {
  if (wire === null || wire === undefined) return null
  const own = wire.own ? inside(wire.own, 'snapshot.own', readOwn) : null
  return {
    tick: integer(wire.tick, 'snapshot.tick'),
    avatars: ownBytes(wire.avatars),
    props: ownBytes(wire.props),
    own,
  }
}

function readOwn(wire: otherworld.Own.$Properties): OwnState {
  const moveSequence = integer(wire.moveSequence, 'moveSequence')
  return {
    moveSequence,
    moveTicks: integer(wire.moveTicks, 'moveTicks', moveSequence === 0 ? 0 : 1),
    position: vec3(wire.position, 'position', OWN_METRES_MAX),
    velocity: vec3(wire.velocity, 'velocity', OWN_METRES_MAX),
    yaw: bounded(wire.yaw, 'yaw', OWN_YAW_MAX),
    grounded: wire.grounded ?? false,
    flying: wire.flying ?? false,
    jumping: wire.jumping ?? false,
  }
}

export function decodeServerPacket(bytes: Uint8Array): Result<ServerPacket> {
  return attempt(() => {
    scan(bytes, PACKET_BYTES_ACCEPTED_MAX, SERVER_LAYOUT)
    const wire = otherworld.ServerPacket.decode(bytes)
    return {
      packet: integer(wire.packet, 'packet', 1),
      ackPacket: integer(wire.ackPacket, 'ackPacket'),
      ackBits: integer(wire.ackBits, 'ackBits'),
      ackCommand: integer(wire.ackCommand, 'ackCommand'),
      firstMessage: integer(wire.firstMessage, 'firstMessage'),
      clientTimeMs: integer(wire.clientTimeMs, 'clientTimeMs'),
      clientTimeAgeMs: integer(wire.clientTimeAgeMs, 'clientTimeAgeMs'),
      control: wire.goodbye ? fromWireGoodbye(wire.goodbye) : null,
      messages: list(wire.messages, 'messages', 0, PACKET_MESSAGES_MAX, fromWireMessage),
      snapshot: readSnapshot(wire.snapshot),
    }
  })
}
