/** InputFrames as bytes: recordings contain them, and lockstep peers receive them. */
import type { Input, InputFrame } from '../sim/types.ts'
import { integer, list } from './check.ts'
import { otherworld } from './generated/otherworld.js'
import { fromWireInput, INPUT_LAYOUT, toWireInput } from './input.ts'
import { FRAME_BYTES_MAX, FRAME_INPUTS_MAX, SERVER_MESSAGE_BYTES_MAX } from './limits.ts'
import { attempt, Invalid, type Result } from './result.ts'
import { layout, scan } from './scan.ts'

export const FRAME_LAYOUT = layout({
  2: { name: 'inputs', bytesMax: SERVER_MESSAGE_BYTES_MAX, repeatsMax: FRAME_INPUTS_MAX, layout: INPUT_LAYOUT },
})

export function toWireFrame(frame: InputFrame): otherworld.InputFrame.$Properties {
  return { tick: frame.tick, inputs: frame.inputs.map(toWireInput) }
}

/** True if `a` comes before `b`: the server's inputs first, then by player, then by sequence, without duplicates. */
function inOrder(a: Input, b: Input): boolean {
  return a.player < b.player || (a.player === b.player && a.sequence < b.sequence)
}

export function fromWireFrame(wire: otherworld.InputFrame.$Properties): InputFrame {
  const tick = integer(wire.tick, 'tick')
  const inputs = list(wire.inputs, 'inputs', 0, FRAME_INPUTS_MAX, fromWireInput)
  inputs.forEach((input, i) => {
    const before = inputs[i - 1]
    if (before !== undefined && !inOrder(before, input))
      throw new Invalid(
        'order',
        `inputs[${i}]`,
        `player ${input.player}'s input ${input.sequence} comes after player ${before.player}'s ${before.sequence}`,
      )
  })
  return { tick, inputs }
}

/**
 * Encodes a frame canonically: equal frames give equal bytes. Numbers that a 32-bit float cannot represent are rounded.
 * Invalid content (NaN, another order) is written as it is, and the decoder refuses it.
 */
export function encodeFrame(frame: InputFrame): Uint8Array {
  return otherworld.InputFrame.encode(toWireFrame(frame)).finish()
}

/**
 * Decodes a frame and checks all that sim/types.ts requires of the shape of inputs. The simulation judges their
 * meaning.
 */
export function decodeFrame(bytes: Uint8Array): Result<InputFrame> {
  return attempt(() => {
    scan(bytes, FRAME_BYTES_MAX, FRAME_LAYOUT)
    return fromWireFrame(otherworld.InputFrame.decode(bytes))
  })
}
