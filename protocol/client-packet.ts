/** Packets from a client to the server, one per datagram. */
import type { CommandType, Input } from '../sim/types.ts'
import { integer, list, plainText, present } from './check.ts'
import { typesWith } from './delivery.ts'
import { otherworld } from './generated/otherworld.js'
import { fromWireInput, INPUT_LAYOUT } from './input.ts'
import {
  COMMAND_BYTES_MAX,
  PACKET_BYTES_ACCEPTED_MAX,
  PACKET_COMMANDS_MAX,
  PACKET_LATEST_MAX,
  TEXT_BYTES_MAX,
} from './limits.ts'
import { attempt, Invalid, within, type Result } from './result.ts'
import { layout, scan } from './scan.ts'

/** How a client takes part: it gets snapshots, or it gets the InputFrames and simulates itself. */
export type ClientMode = 'render' | 'lockstep'

/** The first message of a connection. */
export interface Hello {
  readonly type: 'hello'
  readonly protocol: number
  readonly mode: ClientMode
  /** Index of the requested body in the realm's definition. */
  readonly body: number
}

/** The last message of a connection, in either direction. */
export interface Goodbye {
  readonly type: 'goodbye'
  /** A message for people. */
  readonly reason: string
  /** Set by a server that will be back soon: the client reconnects with the same token. */
  readonly again?: boolean
}

export interface ClientHead {
  /** Counts up, 1 first. */
  readonly packet: number
  /** Highest server packet received; 0 if none. */
  readonly ackPacket: number
  /** Bit i: packet `ackPacket - 1 - i` was received too. */
  readonly ackBits: number
  /** All server messages up to this number were received. */
  readonly ackMessage: number
  /** The client's clock in ms, modulo 2^32. The server echoes it. */
  readonly clientTimeMs: number
  readonly control: Hello | Goodbye | null
  /** The client's timeline when it made the packet, in ticks from any origin; 0 if it keeps none. */
  readonly tick?: number
  /** How many of the client's ticks ago the move in `latest` was first in a packet. */
  readonly moveTicks?: number
}

export interface ClientPacket extends Required<ClientHead> {
  /** Commands without acknowledgement, oldest first. `player` is 0. */
  readonly commands: readonly Input[]
  /** The newest move, pose, and drag of each hand, if they changed. `player` is 0. */
  readonly latest: readonly Input[]
}

const COMMANDS_FIELD = (5 << 3) | 2
const LATEST_FIELD = (6 << 3) | 2

export const GOODBYE_LAYOUT = layout({ 1: { name: 'reason', bytesMax: TEXT_BYTES_MAX } })

export const toWireGoodbye = ({ reason, again = false }: Goodbye): otherworld.Goodbye.$Properties => ({
  reason: plainText(reason),
  ...(again ? { again } : {}),
})

export function fromWireGoodbye({ reason, again }: otherworld.Goodbye.$Properties): Goodbye {
  return { type: 'goodbye', reason: plainText(reason), ...(again === true ? { again } : {}) }
}

const CLIENT_LAYOUT = layout({
  5: { name: 'commands', bytesMax: COMMAND_BYTES_MAX, repeatsMax: PACKET_COMMANDS_MAX, layout: INPUT_LAYOUT },
  6: { name: 'latest', bytesMax: 512, repeatsMax: PACKET_LATEST_MAX, layout: INPUT_LAYOUT },
  9: { name: 'goodbye', bytesMax: TEXT_BYTES_MAX + 16, layout: GOODBYE_LAYOUT },
})

const MODES: readonly ClientMode[] = ['render', 'lockstep']

/** Builds a packet. `commands` and `latest` are inputs as `encodeInput` made them (player 0). */
export function encodeClientPacket(
  head: ClientHead,
  commands: readonly Uint8Array[],
  latest: readonly Uint8Array[],
): Uint8Array {
  const { control, ...numbers } = head
  const wire: otherworld.ClientPacket.$Properties = numbers
  if (control?.type === 'hello') wire.hello = { ...control, mode: MODES.indexOf(control.mode) }
  if (control?.type === 'goodbye') wire.goodbye = toWireGoodbye(control)
  const writer = otherworld.ClientPacket.encode(wire)
  for (const bytes of commands) writer.uint32(COMMANDS_FIELD).bytes(bytes)
  for (const bytes of latest) writer.uint32(LATEST_FIELD).bytes(bytes)
  return writer.finish()
}

function readInput(allowed: ReadonlySet<CommandType>): (wire: otherworld.Input.$Properties) => Input {
  return (wire) => {
    const { sequence, command } = fromWireInput(wire)
    if (!allowed.has(command.type)) throw new Invalid('not-allowed', '', `a client may not send "${command.type}" here`)
    return { player: 0, sequence, command }
  }
}
const readCommand = readInput(typesWith('exactly-once'))
const readLatest = readInput(typesWith('latest-wins'))

function readControl(wire: otherworld.ClientPacket): Hello | Goodbye | null {
  if (wire.control === 'goodbye') return fromWireGoodbye(present(wire.goodbye, 'goodbye'))
  if (wire.control !== 'hello') return null
  const hello = present(wire.hello, 'hello')
  const mode = MODES[hello.mode ?? 0]
  if (mode === undefined)
    throw within('hello', new Invalid('out-of-range', 'mode', `is ${hello.mode}; expected 0 (render) or 1 (lockstep)`))
  return {
    type: 'hello',
    protocol: integer(hello.protocol, 'hello.protocol'),
    mode,
    body: integer(hello.body, 'hello.body'),
  }
}

export function decodeClientPacket(bytes: Uint8Array): Result<ClientPacket> {
  return attempt(() => {
    scan(bytes, PACKET_BYTES_ACCEPTED_MAX, CLIENT_LAYOUT)
    const wire = otherworld.ClientPacket.decode(bytes)
    return {
      packet: integer(wire.packet, 'packet', 1),
      ackPacket: integer(wire.ackPacket, 'ackPacket'),
      ackBits: integer(wire.ackBits, 'ackBits'),
      ackMessage: integer(wire.ackMessage, 'ackMessage'),
      clientTimeMs: integer(wire.clientTimeMs, 'clientTimeMs'),
      control: readControl(wire as otherworld.ClientPacket),
      tick: integer(wire.tick, 'tick'),
      moveTicks: integer(wire.moveTicks, 'moveTicks'),
      commands: list(wire.commands, 'commands', 0, PACKET_COMMANDS_MAX, readCommand),
      latest: list(wire.latest, 'latest', 0, PACKET_LATEST_MAX, readLatest),
    }
  })
}
