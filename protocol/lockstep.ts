/** Messages from the server to a lockstep peer, over an ordered reliable stream. */
import type { InputFrame } from '../sim/types.ts'
import { inside, integer, ownBytes, present } from './check.ts'
import { fromWireGoodbye, GOODBYE_LAYOUT, toWireGoodbye, type Goodbye } from './client-packet.ts'
import { FRAME_LAYOUT, fromWireFrame, toWireFrame } from './input-frame.ts'
import { otherworld } from './generated/otherworld.js'
import { DEFINITION_BYTES_MAX, FRAME_BYTES_MAX, LOCKSTEP_MESSAGE_BYTES_MAX, TEXT_BYTES_MAX } from './limits.ts'
import { hexBytes } from './hex.ts'
import { hashText } from './message.ts'
import { attempt, Invalid, type Result } from './result.ts'
import { layout, scan } from './scan.ts'

/** The state at `tick`: restore it, then step the frames that follow. */
export interface LockstepStart {
  readonly type: 'start'
  readonly protocol: number
  /** sha256 of the physics engine, hex. */
  readonly engine: string
  readonly simVersion: number
  /** The RealmDefinition as JSON. */
  readonly definition: string
  readonly tick: number
  readonly checkpoint: Uint8Array
  /** Counts the starts of the realm's log. */
  readonly epoch: number
}

/** A sealed frame and the state hash after it, 16 hex digits. */
export interface LockstepFrame {
  readonly type: 'frame'
  readonly frame: InputFrame
  readonly hash: string
}

export type LockstepMessage = LockstepStart | LockstepFrame | Goodbye

const LOCKSTEP_LAYOUT = layout({
  1: {
    name: 'start',
    bytesMax: LOCKSTEP_MESSAGE_BYTES_MAX,
    layout: layout({
      4: { name: 'definition', bytesMax: DEFINITION_BYTES_MAX },
      6: { name: 'checkpoint', bytesMax: LOCKSTEP_MESSAGE_BYTES_MAX },
    }),
  },
  2: {
    name: 'frame',
    bytesMax: FRAME_BYTES_MAX + 64,
    layout: layout({ 1: { name: 'frame', bytesMax: FRAME_BYTES_MAX, layout: FRAME_LAYOUT } }),
  },
  3: { name: 'goodbye', bytesMax: TEXT_BYTES_MAX + 16, layout: GOODBYE_LAYOUT },
})

export function encodeLockstep(message: LockstepMessage): Uint8Array {
  switch (message.type) {
    case 'start':
      return otherworld.LockstepMessage.encode({ start: message }).finish()
    case 'frame':
      return otherworld.LockstepMessage.encode({
        frame: { frame: toWireFrame(message.frame), hash: hexBytes(message.hash) },
      }).finish()
    case 'goodbye':
      return otherworld.LockstepMessage.encode({ goodbye: toWireGoodbye(message) }).finish()
  }
}

function readStart(wire: otherworld.LockstepStart.$Properties): LockstepStart {
  const engine = wire.engine ?? ''
  if (!/^[0-9a-f]{64}$/.test(engine)) throw new Invalid('out-of-range', 'engine', 'is no sha256 in hex')
  return {
    type: 'start',
    protocol: integer(wire.protocol, 'protocol'),
    engine,
    simVersion: integer(wire.simVersion, 'simVersion'),
    definition: wire.definition ?? '',
    tick: integer(wire.tick, 'tick'),
    checkpoint: ownBytes(wire.checkpoint),
    epoch: integer(wire.epoch, 'epoch'),
  }
}

function readFrame(wire: otherworld.LockstepFrame.$Properties): LockstepFrame {
  return { type: 'frame', frame: inside(wire.frame, 'frame', fromWireFrame), hash: hashText(wire.hash, 'hash') }
}

export function decodeLockstep(bytes: Uint8Array): Result<LockstepMessage> {
  return attempt(() => {
    scan(bytes, LOCKSTEP_MESSAGE_BYTES_MAX, LOCKSTEP_LAYOUT)
    const wire = otherworld.LockstepMessage.decode(bytes) as otherworld.LockstepMessage
    switch (wire.message) {
      case 'start':
        return inside(wire.start, 'start', readStart)
      case 'frame':
        return inside(wire.frame, 'frame', readFrame)
      case 'goodbye':
        return fromWireGoodbye(present(wire.goodbye, 'goodbye'))
      default:
        throw new Invalid('missing', '', 'the message is missing or of a kind that this version does not know')
    }
  })
}
