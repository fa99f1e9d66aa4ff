import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { asset } from '../glb.fixture.ts'
import { ingest } from '../ingest.ts'

const WHOLE = {
  box: asset('objects/BoxTextured.glb'),
  robot: asset('avatars/debug_robot.vrm'),
  teapot: asset('objects/v-sekai_teapot.glb'),
}
type Whole = keyof typeof WHOLE

/** Checks that the outcome is either a complete package or a rejection with reasons. */
async function check(bytes: Uint8Array): Promise<void> {
  const outcome = await ingest(bytes)
  if (outcome.accepted) {
    expect(outcome.files.has(outcome.manifest.files.runtime.sha256)).toBe(true)
    for (const value of [...Object.values(outcome.manifest.bounds.min), ...Object.values(outcome.manifest.bounds.max)])
      expect(Number.isFinite(value)).toBe(true)
    expect(outcome.manifest.counts.triangles > 0 || outcome.warnings.some(({ rule }) => rule === 'NOTHING_DRAWN')).toBe(
      true,
    )
  } else {
    expect(outcome.rejections.length).toBeGreaterThan(0)
    for (const { rule, message } of outcome.rejections) expect(rule.length * message.length).toBeGreaterThan(0)
  }
}

const which = fc.constantFrom<Whole>('box', 'robot', 'teapot')

test.prop([which, fc.double({ min: 0, max: 1, noNaN: true })], { numRuns: 60 })(
  'a truncated file is refused with reasons',
  async (name, share) => {
    const whole = WHOLE[name]
    const outcome = await ingest(whole.subarray(0, Math.floor(share * (whole.length - 1))))
    expect(outcome.accepted).toBe(false)
    if (!outcome.accepted) expect(outcome.rejections[0]?.message).not.toBe('')
  },
)

const flips = fc.array(fc.tuple(fc.double({ min: 0, max: 0.9999, noNaN: true }), fc.integer({ min: 0, max: 7 })), {
  minLength: 1,
  maxLength: 8,
})

test.prop([which, flips], { numRuns: 40 })(
  'a file with flipped bits becomes a valid package or is refused with reasons',
  async (name, bits) => {
    const bytes = Uint8Array.from(WHOLE[name])
    for (const [share, bit] of bits)
      bytes[Math.floor(share * bytes.length)] = (bytes[Math.floor(share * bytes.length)] ?? 0) ^ (1 << bit)
    await check(bytes)
  },
)

/** Positions of numbers in the JSON text of a file. */
const numbersOf = (bytes: Uint8Array): RegExpMatchArray[] => {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true)
  return [
    ...new TextDecoder('latin1')
      .decode(bytes.subarray(20, 20 + length))
      .matchAll(/(?<=[:,[])-?\d+(?:\.\d+)?(?=[,\]}])/g),
  ]
}

test.prop([which, fc.nat(), fc.constantFrom('9', '0', '7')], { numRuns: 40 })(
  'a file with a changed number in its JSON becomes a valid package or is refused with reasons',
  async (name, pick, digit) => {
    const bytes = Uint8Array.from(WHOLE[name])
    const numbers = numbersOf(bytes)
    const number = numbers[pick % numbers.length]
    // It has the same length, so that the chunks stay in place.
    if (number)
      bytes.set(
        new TextEncoder().encode(digit === '0' ? '0'.padStart(number[0].length) : digit.repeat(number[0].length)),
        20 + (number.index ?? 0),
      )
    await check(bytes)
  },
)
