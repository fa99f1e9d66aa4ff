import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import {
  decodeServerPacket,
  encodeServerPacket,
  encodeSnapshotPart,
  OWN_BYTES_MAX,
  OWN_METRES_MAX,
  OWN_YAW_MAX,
  type OwnState,
} from './index.ts'

const head = {
  packet: 1,
  ackPacket: 0,
  ackBits: 0,
  ackCommand: 0,
  firstMessage: 0,
  clientTimeMs: 0,
  clientTimeAgeMs: 0,
  control: null,
}
const NONE = new Uint8Array(0)
const part = (own: OwnState | null): Uint8Array => encodeSnapshotPart({ tick: 7, avatars: NONE, props: NONE, own })
const decode = (own: OwnState) => decodeServerPacket(encodeServerPacket(head, [], part(own)))

const within = (limit: number): fc.Arbitrary<number> => fc.float({ min: -limit, max: limit, noNaN: true })
const float = within(OWN_METRES_MAX)
const vec = fc.record({ x: float, y: float, z: float }, { noNullPrototype: true })
const arbitraryOwn: fc.Arbitrary<OwnState> = fc.record(
  {
    moveSequence: fc.integer({ min: 1, max: 0xffff_ffff }),
    moveTicks: fc.integer({ min: 1, max: 0xffff_ffff }),
    position: vec,
    velocity: vec,
    yaw: within(OWN_YAW_MAX),
    grounded: fc.boolean(),
    flying: fc.boolean(),
    jumping: fc.boolean(),
  },
  { noNullPrototype: true },
)

test.prop([arbitraryOwn])('the own avatar is restored bit for bit, within its size limit', (own) => {
  const decoded = decode(own)
  expect(decoded.ok && decoded.value.snapshot?.own).toStrictEqual(own)
  expect(part(own).length - part(null).length).toBeLessThanOrEqual(OWN_BYTES_MAX)
})

test.prop([
  arbitraryOwn,
  fc.constantFrom(Number.NaN, Infinity, -Infinity),
  fc.constantFrom('position', 'velocity', 'yaw'),
])('NaN and infinity are refused with their place', (own, bad, where) => {
  const decoded = decode(where === 'yaw' ? { ...own, yaw: bad } : { ...own, [where]: { x: 0, y: bad, z: 0 } })
  expect(decoded).toMatchObject({
    ok: false,
    error: { reason: 'out-of-range', where: where === 'yaw' ? 'snapshot.own.yaw' : `snapshot.own.${where}.y` },
  })
})

test('a move in effect for zero steps is refused', () => {
  const at = { x: 0, y: 0, z: 0 }
  const own: OwnState = {
    moveSequence: 3,
    moveTicks: 0,
    position: at,
    velocity: at,
    yaw: 0,
    grounded: true,
    flying: false,
    jumping: false,
  }
  expect(decode(own)).toMatchObject({ ok: false, error: { where: 'snapshot.own.moveTicks' } })
  expect(decode({ ...own, moveSequence: 0 })).toMatchObject({ ok: true })
})
