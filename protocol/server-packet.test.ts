import { expect, test } from 'vitest'
import { from, IDENTITY, MOVE, ORIGIN, prop } from './codec.fixture.ts'
import {
  decodeLockstep,
  decodeServerMessage,
  decodeServerPacket,
  encodeLockstep,
  encodeServerMessage,
  encodeServerPacket,
  encodeSnapshotPart,
  type ServerMessage,
} from './index.ts'

const MESSAGES: ServerMessage[] = [
  {
    type: 'welcome',
    protocol: 1,
    realm: 'plaza',
    tick: 9,
    tickRate: 60,
    player: 3,
    user: 3,
    avatar: 12,
    permissions: 7,
    definition: '{}',
    resumed: true,
    sequence: 40,
    ackCommand: 38,
  },
  {
    type: 'avatarAdded',
    element: 12,
    player: 3,
    user: 3,
    name: 'Zoë',
    body: 1,
    package: null,
    scale: 1,
    headMetres: 1.5,
  },
  { type: 'avatarChanged', element: 12, body: 0, package: '0f'.repeat(32), scale: 1, headMetres: 1.25 },
  {
    type: 'propAdded',
    element: 14,
    prop: prop({ type: 'sphere', radius: 0.5 }),
    package: 'f0'.repeat(32),
    scale: 1,
    holder: 0,
    owner: 9,
    access: 63,
    position: ORIGIN,
    rotation: IDENTITY,
  },
  {
    type: 'propAdded',
    element: 13,
    prop: prop({ type: 'box', halfExtents: { x: 1, y: 0.5, z: 0.25 } }),
    package: null,
    scale: 2,
    holder: 3,
    owner: 0,
    access: 0,
    position: ORIGIN,
    rotation: IDENTITY,
  },
  { type: 'elementRemoved', element: 13 },
  { type: 'propChanged', element: 13, scale: 0.5, holder: 0, access: 0 },
  { type: 'commandDone', sequence: 4, element: 13, tick: 99 },
  { type: 'commandRejected', sequence: 5, reason: 'out-of-reach', tick: 99 },
  { type: 'permissionsChanged', permissions: 31 },
  { type: 'notice', text: 'The server restarts in a minute.' },
  { type: 'hashSample', tick: 60, hash: '00ff0123456789ab' },
  { type: 'part', bytes: Uint8Array.of(1, 2, 3), last: true },
]

test.each(MESSAGES)('a message is restored unchanged: $type', (message) => {
  expect(decodeServerMessage(encodeServerMessage(message))).toStrictEqual({ ok: true, value: message })
})

test('a server packet is restored unchanged', () => {
  const head = {
    packet: 8,
    ackPacket: 7,
    ackBits: 0xffffffff,
    ackCommand: 3,
    firstMessage: 4,
    clientTimeMs: 1,
    clientTimeAgeMs: 2,
    control: { type: 'goodbye', reason: 'closing' },
  } as const
  const own = {
    moveSequence: 5,
    moveTicks: 9,
    position: { x: 1, y: 2, z: 3 },
    velocity: { x: 0, y: -1, z: 0.5 },
    yaw: 0.25,
    grounded: false,
    flying: true,
    jumping: true,
  }
  const snapshot = { tick: 12, avatars: Uint8Array.of(1), props: new Uint8Array(0), own }
  const bytes = encodeServerPacket(head, MESSAGES.map(encodeServerMessage), encodeSnapshotPart(snapshot))
  expect(decodeServerPacket(bytes)).toStrictEqual({ ok: true, value: { ...head, messages: MESSAGES, snapshot } })
})

// Found by mutation fuzzing: a yaw of 6.8e37 made the predicted velocity of the own avatar NaN.
test.each([
  ['yaw', { yaw: 6.8e37 }],
  ['velocity.x', { velocity: { x: 3e38, y: 0, z: 0 } }],
  ['position.z', { position: { x: 0, y: 0, z: -3e38 } }],
])('a %s of the own avatar beyond what prediction can use is rejected', (where, change) => {
  const head = {
    packet: 8,
    ackPacket: 7,
    ackBits: 0,
    ackCommand: 3,
    firstMessage: 4,
    clientTimeMs: 1,
    clientTimeAgeMs: 2,
    control: null,
  } as const
  const zero = { x: 0, y: 0, z: 0 }
  const own = {
    moveSequence: 5,
    moveTicks: 9,
    position: zero,
    velocity: zero,
    yaw: 0,
    grounded: true,
    flying: false,
    jumping: false,
    ...change,
  }
  const decoded = decodeServerPacket(
    encodeServerPacket(
      head,
      [],
      encodeSnapshotPart({ tick: 12, avatars: new Uint8Array(0), props: new Uint8Array(0), own }),
    ),
  )
  expect(decoded).toMatchObject({ ok: false, error: { reason: 'out-of-range', where: `snapshot.own.${where}` } })
})

test('lockstep messages are restored unchanged', () => {
  const messages = [
    {
      type: 'start',
      protocol: 1,
      engine: 'a0'.repeat(32),
      simVersion: 1,
      definition: '{}',
      tick: 5,
      checkpoint: Uint8Array.of(9),
      epoch: 2,
    },
    { type: 'frame', frame: from(MOVE), hash: 'ffffffffffffffff' },
    { type: 'goodbye', reason: 'closing' },
  ] as const
  for (const message of messages)
    expect(decodeLockstep(encodeLockstep(message))).toStrictEqual({ ok: true, value: message })
})
