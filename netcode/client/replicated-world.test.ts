import { expect, test } from 'vitest'
import { SnapshotDecoder, SnapshotSource, SnapshotBuilder } from '../snapshot/index.ts'
import { decodeServerPacket, encodeServerPacket, type SnapshotPart } from '../../protocol/index.ts'
import { DEFAULT_DEFINITION } from '../../sim/default-realm.ts'
import type { AvatarView } from '../../sim/state/views.ts'
import { ReplicatedWorld } from './replicated-world.ts'

const { bounds } = DEFAULT_DEFINITION
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
const AVATAR: AvatarView = {
  id: 9,
  player: 2,
  user: 2,
  name: 'Bob',
  body: 0,
  package: null,
  scale: 1,
  headMetres: 1.5,
  permissions: 7,
  position: { x: 1, y: 0, z: 3 },
  yaw: 0,
  velocity: { x: 0, y: 0, z: 0 },
  grounded: true,
  flying: false,
  pose: null,
  boneMask: 0,
  moveSequence: 0,
}
const ADDED = {
  type: 'avatarAdded',
  element: 9,
  player: 2,
  user: 2,
  name: 'Bob',
  body: 0,
  package: null,
  scale: 1,
  headMetres: 1.5,
} as const

function snapshotOf(avatars: readonly AvatarView[]): SnapshotPart {
  const source = new SnapshotSource(bounds)
  source.update(60, avatars, [])
  const packet = decodeServerPacket(encodeServerPacket(HEAD, [], new SnapshotBuilder(0).nextPart(source, 1, 50).bytes))
  if (!packet.ok || packet.value.snapshot === null) throw new Error('there is no snapshot')
  return packet.value.snapshot
}

function worldThatHeard(part: SnapshotPart): {
  readonly world: ReplicatedWorld
  readonly show: (part: SnapshotPart) => void
} {
  const decoder = new SnapshotDecoder()
  const world = new ReplicatedWorld(bounds, 60, decoder)
  const show = (shown: SnapshotPart): void => {
    const decoded = decoder.decode(shown)
    if (decoded.ok) world.applySamples(decoded.value.samples)
  }
  show(part)
  return { world, show }
}

test('MSG-5: states of an element that is not described yet are kept until it is', () => {
  const { world } = worldThatHeard(snapshotOf([AVATAR]))
  expect(world.avatarsAt(60, 1)).toEqual([])
  world.receive(ADDED)
  expect(world.avatarsAt(60, 1)).toMatchObject([{ element: 9, name: 'Bob', position: { x: 1, y: 0, z: 3 } }])
})

test('MSG-5: a late snapshot does not bring a removed element back', () => {
  const part = snapshotOf([AVATAR])
  const { world, show } = worldThatHeard(part)
  world.receive(ADDED)
  world.receive({ type: 'elementRemoved', element: 9 })
  show(part)
  expect(world.avatarsAt(60, 1)).toEqual([])
})
