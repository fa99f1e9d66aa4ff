/** The decoders of single messages: each returns a result, never throws, and encodes an accepted value in one form. */
import {
  decodeClientPacket,
  decodeFrame,
  decodeInput,
  decodeLockstep,
  decodeServerMessage,
  decodeServerPacket,
  describe,
  encodeClientPacket,
  encodeFrame,
  encodeInput,
  encodeLockstep,
  encodeServerMessage,
  encodeServerPacket,
  encodeSnapshotPart,
  type ClientPacket,
  type Result,
  type ServerPacket,
} from '../../../protocol/index.ts'
import { promise, sameBytes, type FuzzTarget } from '../target.ts'

function clientBytes({ commands, latest, ...head }: ClientPacket): Uint8Array {
  return encodeClientPacket(head, commands.map(encodeInput), latest.map(encodeInput))
}

function serverBytes({ messages, snapshot, ...head }: ServerPacket): Uint8Array {
  return encodeServerPacket(
    head,
    messages.map(encodeServerMessage),
    snapshot === null ? null : encodeSnapshotPart(snapshot),
  )
}

/** Accepted bytes, once encoded, are accepted again and then stay the same: one value, one form. */
function codec<T>(
  name: string,
  decode: (bytes: Uint8Array) => Result<T>,
  encode: (value: T) => Uint8Array,
): FuzzTarget {
  return {
    name,
    run: (bytes, depth = 'whole') => {
      const decoded = decode(bytes)
      if (!decoded.ok) {
        promise(describe(decoded.error) !== '', 'a refusal has no words')
        return false
      }
      if (depth === 'quick') return true
      const once = encode(decoded.value)
      const again = decode(once)
      if (!again.ok) throw new Error(`what was accepted is refused when it is encoded again: ${describe(again.error)}`)
      promise(sameBytes(encode(again.value), once), 'the form is not canonical')
      return true
    },
  }
}

export const packetTargets: readonly FuzzTarget[] = [
  codec('client-packet', decodeClientPacket, clientBytes),
  codec('server-packet', decodeServerPacket, serverBytes),
  codec('server-message', decodeServerMessage, encodeServerMessage),
  codec('input', decodeInput, encodeInput),
  codec('frame', decodeFrame, encodeFrame),
  codec('lockstep', decodeLockstep, encodeLockstep),
]
