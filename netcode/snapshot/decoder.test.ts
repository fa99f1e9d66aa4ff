import { expect, test } from 'vitest'
import { decodeServerPacket, encodeServerPacket, type SnapshotPart } from '../../protocol/index.ts'
import { DEFAULT_DEFINITION } from '../../sim/default-realm.ts'
import { BASELINE_TICKS_MAX, SnapshotDecoder, SnapshotSource, SnapshotBuilder } from './index.ts'

const HEAD = {
  packet: 1,
  ackPacket: 0,
  ackBits: 0,
  ackCommand: 0,
  firstMessage: 0,
  clientTimeMs: 0,
  clientTimeAgeMs: 0,
  control: null,
}
const STILL = { x: 0, y: 0, z: 0 }

function received(bytes: Uint8Array): SnapshotPart {
  const packet = decodeServerPacket(encodeServerPacket(HEAD, [], bytes))
  if (!packet.ok || packet.value.snapshot === null) throw new Error('there is no snapshot')
  return packet.value.snapshot
}

test('SNP-6: a packet that is a second late still finds baselines of the allowed age', () => {
  const [crate] = DEFAULT_DEFINITION.props
  if (crate === undefined) throw new Error('the default realm has no props')
  const source = new SnapshotSource(DEFAULT_DEFINITION.bounds)
  const view = new SnapshotBuilder(0)
  const decoder = new SnapshotDecoder()
  const oldest = 10
  let tick = oldest
  const goOn = (until: number, x: number): void => {
    for (; tick <= until; tick += 1)
      source.update(
        tick,
        [],
        [
          {
            id: 3,
            spec: crate.prop,
            package: null,
            access: 0,
            scale: 1,
            position: { x, y: 1, z: 0 },
            rotation: crate.rotation,
            linvel: STILL,
            angvel: STILL,
            holder: 0,
            hand: 0,
            owner: 0,
            asleep: false,
            frozen: null,
          },
        ],
      )
  }
  goOn(oldest, 0)
  const first = view.nextPart(source, 1, 50)
  expect(decoder.decode(received(first.bytes))).toMatchObject({
    ok: true,
    value: { missing: 0, samples: [{ tick: oldest }] },
  })
  first.acknowledged()
  goOn(oldest + BASELINE_TICKS_MAX - 1, 0)
  goOn(oldest + BASELINE_TICKS_MAX, 5)
  const late = received(view.nextPart(source, 1, 50).bytes)
  goOn(oldest + BASELINE_TICKS_MAX + 60, 9)
  const newer = received(view.nextPart(source, 1, 50).bytes)
  expect(decoder.decode(newer)).toMatchObject({
    ok: true,
    value: { missing: 0, samples: [{ tick: oldest + BASELINE_TICKS_MAX + 60 }] },
  })
  expect(decoder.decode(late)).toMatchObject({
    ok: true,
    value: { missing: 0, samples: [{ tick: oldest + BASELINE_TICKS_MAX }] },
  })
})
