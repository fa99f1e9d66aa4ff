import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { arbitraryFrame, arbitraryInput, arbitraryPropSpec } from '../testing/arbitraries.ts'
import {
  decodeClientPacket,
  decodeFrame,
  decodeInput,
  decodeLockstep,
  decodeServerMessage,
  decodeServerPacket,
  encodeClientPacket,
  encodeFrame,
  encodeInput,
  encodeLockstep,
  encodeServerMessage,
  encodeServerPacket,
} from './index.ts'

const SOME = { numRuns: 200 }

describe('round trips', () => {
  test.prop([arbitraryFrame({ range: 'any' })], SOME)('a frame is restored in the same bytes', (frame) => {
    const bytes = encodeFrame(frame)
    const decoded = decodeFrame(bytes)
    expect(decoded).toStrictEqual({ ok: true, value: frame })
    if (decoded.ok) expect(encodeFrame(decoded.value)).toEqual(bytes)
  })

  test.prop([arbitraryInput({ range: 'any' })], SOME)('an input is restored unchanged', (input) => {
    expect(decodeInput(encodeInput(input))).toStrictEqual({ ok: true, value: input })
  })
})

/** Changes to bytes by a bad connection or a malicious peer. */
type Damage =
  | { readonly kind: 'set'; readonly at: number; readonly value: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'repeat'; readonly at: number; readonly times: number }

const arbitraryDamage: fc.Arbitrary<Damage[]> = fc.array(
  fc.oneof<fc.Arbitrary<Damage>[]>(
    fc.record({ kind: fc.constant('set' as const), at: fc.nat(2_000), value: fc.nat(255) }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat(2_000) }),
    fc.record({
      kind: fc.constant('insert' as const),
      at: fc.nat(2_000),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
    }),
    fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(2_000), times: fc.integer({ min: 2, max: 40 }) }),
  ),
  { minLength: 1, maxLength: 4 },
)

function damaged(bytes: Uint8Array, damages: readonly Damage[]): Uint8Array {
  let out = [...bytes]
  for (const damage of damages) {
    const at = out.length === 0 ? 0 : damage.at % out.length
    if (damage.kind === 'set') out[at] = damage.value
    else if (damage.kind === 'cut') out = out.slice(0, at)
    else if (damage.kind === 'insert') out.splice(at, 0, ...damage.bytes)
    else
      out = Array.from({ length: damage.times }, () => out)
        .flat()
        .slice(0, 60_000)
  }
  return Uint8Array.from(out)
}

const DECODERS = {
  decodeFrame,
  decodeInput,
  decodeClientPacket,
  decodeServerPacket,
  decodeServerMessage,
  decodeLockstep,
}
const head = { packet: 1, ackPacket: 1, ackBits: 1, ackMessage: 0, clientTimeMs: 1, control: null }

/** Feeds every decoder with every kind of message: a decoder has to survive the messages of others. */
function survives(bytes: Uint8Array): void {
  for (const decode of Object.values(DECODERS)) {
    // CPU time: wall time depends on the load of the machine.
    const before = process.cpuUsage()
    const result = decode(bytes)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000).toBeLessThan(500)
    if (!result.ok) expect(result.error.message).not.toBe('')
  }
}

describe('decoders return an error and never throw on', () => {
  test.prop([fc.uint8Array({ maxLength: 2_000 })], SOME)('random bytes', survives)

  test.prop([arbitraryFrame({ range: 'any' }), arbitraryDamage], SOME)(
    'damaged frames, alone and in a lockstep message',
    (frame, damage) => {
      survives(damaged(encodeFrame(frame), damage))
      survives(damaged(encodeLockstep({ type: 'frame', frame, hash: '0123456789abcdef' }), damage))
    },
  )

  test.prop([fc.array(arbitraryInput({ range: 'any' }), { maxLength: 6 }), arbitraryDamage], SOME)(
    'damaged packets of a client',
    (inputs, damage) => {
      survives(damaged(encodeClientPacket(head, inputs.map(encodeInput), []), damage))
    },
  )

  test.prop([arbitraryPropSpec(), arbitraryDamage], SOME)(
    'damaged packets and messages of the server',
    (prop, damage) => {
      const position = { x: 0, y: 0, z: 0 }
      const message = encodeServerMessage({
        type: 'propAdded',
        element: 1,
        prop,
        package: null,
        scale: 1,
        holder: 0,
        owner: 0,
        access: 0,
        position,
        rotation: { ...position, w: 1 },
      })
      survives(damaged(message, damage))
      survives(
        damaged(
          encodeServerPacket({ ...head, ackCommand: 0, firstMessage: 1, clientTimeAgeMs: 0 }, [message, message], null),
          damage,
        ),
      )
    },
  )
})

test.prop([arbitraryFrame({ range: 'any' }), fc.nat()], SOME)(
  'a frame that is cut short does not decode to the same frame',
  (frame, where) => {
    const bytes = encodeFrame(frame)
    fc.pre(bytes.length > 0)
    const decoded = decodeFrame(bytes.subarray(0, where % bytes.length))
    if (decoded.ok) expect(decoded.value).not.toStrictEqual(frame)
  },
)
