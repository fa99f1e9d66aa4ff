import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe as suite, expect, test } from 'vitest'
import type { Command, Input, InputFrame, PropSpec, Shape } from '../sim/types.ts'
import {
  cleanName,
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
  FRAME_BYTES_MAX,
  FRAME_INPUTS_MAX,
  type Result,
  type ServerMessage,
} from './index.ts'

const ORIGIN = { x: 0, y: 0, z: 0 }
const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
const MOVE: Command = { type: 'move', x: 0, y: 0, z: -1, yaw: 0.5, jump: false, run: true, fly: false }
const prop = (shape: Shape, changes: Partial<PropSpec> = {}): PropSpec => ({
  name: 'crate',
  motion: 'dynamic',
  colliders: [{ shape, position: ORIGIN, rotation: IDENTITY }],
  density: 100,
  friction: 0.5,
  restitution: 0.25,
  color: 0xff8800,
  ...changes,
})
const spawn = (spec: PropSpec): Command => ({
  type: 'spawn',
  prop: spec,
  position: ORIGIN,
  rotation: IDENTITY,
  scale: 1,
  access: 0,
  owner: 0,
})
const frame = (...inputs: Input[]): InputFrame => ({ tick: 7, inputs })
const from = (command: Command): InputFrame => frame({ player: 1, sequence: 1, command })

function refusal(result: Result<unknown>): string {
  return result.ok ? 'accepted' : `${result.error.reason} at ${result.error.where}`
}

test('the committed codecs are what the generator makes of otherworld.proto', () => {
  const godot = 'godot-bridge/addons/otherworld/wire/generated'
  const folder = mkdtempSync(join(tmpdir(), 'otherworld-generated-'))
  try {
    execFileSync(process.execPath, ['protocol/generate.mjs', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
    for (const file of ['otherworld.js', 'otherworld.d.ts'])
      expect(readFileSync(join(folder, file), 'utf8')).toBe(readFileSync(join('protocol/generated', file), 'utf8'))
    for (const file of ['messages.gd', 'limits.gd'])
      expect(readFileSync(join(folder, file), 'utf8')).toBe(readFileSync(join(godot, file), 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

suite('a frame is refused that holds', () => {
  const cases: [string, InputFrame, string][] = [
    ['NaN', from({ ...MOVE, yaw: Number.NaN }), 'out-of-range at inputs[0].move.yaw'],
    ['infinity', from({ type: 'scale', element: 3, scale: -Infinity }), 'out-of-range at inputs[0].scale.scale'],
    [
      'a quaternion that is none',
      from({ type: 'drag', hand: 1, position: ORIGIN, rotation: { x: 0.5, y: 0, z: 0, w: 1 } }),
      'out-of-range at inputs[0].drag.rotation',
    ],
    ['a hand that nobody has', from({ type: 'release', hand: 3 as 2 }), 'out-of-range at inputs[0].release.hand'],
    ['sequence 0', frame({ player: 1, sequence: 0, command: MOVE }), 'out-of-range at inputs[0].sequence'],
    [
      'a pose shorter than its mask',
      from({ type: 'pose', pose: { bytes: new Uint8Array(30), boneMask: 1 } }),
      'out-of-range at inputs[0].pose.bytes',
    ],
    [
      'a pose of 19 bones',
      from({ type: 'pose', pose: { bytes: new Uint8Array(34), boneMask: 2 ** 18 } }),
      'out-of-range at inputs[0].pose.boneMask',
    ],
    [
      'a hull of three points',
      from(spawn(prop({ type: 'convex', points: [0, 0, 0, 1, 0, 0, 0, 1, 0] }))),
      'out-of-range at inputs[0].spawn.prop.colliders[0].shape.points',
    ],
    [
      'a hull of 65 points',
      from(spawn(prop({ type: 'convex', points: Array.from({ length: 195 }, () => 1) }))),
      'too-large at inputs.spawn.prop.colliders.convex.points',
    ],
    [
      'an index beyond the vertices',
      from(spawn(prop({ type: 'trimesh', vertices: [0, 0, 0, 1, 0, 0, 0, 0, 1], indices: [0, 1, 3] }))),
      'out-of-range at inputs[0].spawn.prop.colliders[0].shape.indices[2]',
    ],
    [
      'a prop without colliders',
      from(spawn(prop({ type: 'sphere', radius: 1 }, { colliders: [] }))),
      'out-of-range at inputs[0].spawn.prop.colliders',
    ],
    [
      '17 colliders',
      from(
        spawn(
          prop(
            { type: 'sphere', radius: 1 },
            {
              colliders: Array.from({ length: 17 }, () => ({
                shape: { type: 'sphere', radius: 1 } as const,
                position: ORIGIN,
                rotation: IDENTITY,
              })),
            },
          ),
        ),
      ),
      'too-large at inputs.spawn.prop.colliders',
    ],
    [
      'a colour of 25 bits',
      from(spawn(prop({ type: 'sphere', radius: 1 }, { color: 2 ** 24 }))),
      'out-of-range at inputs[0].spawn.prop.color',
    ],
    [
      'a name that cannot be seen',
      frame({
        player: 0,
        sequence: 1,
        command: { type: 'join', player: 1, user: 1, name: 'a\u202Eb', body: 0, permissions: 0 },
      }),
      'out-of-range at inputs[0].join.name',
    ],
    [
      'a name that is too long',
      frame({
        player: 0,
        sequence: 1,
        command: { type: 'join', player: 1, user: 1, name: 'a'.repeat(33), body: 0, permissions: 0 },
      }),
      'out-of-range at inputs[0].join.name',
    ],
    [
      'a name outside NFC',
      frame({
        player: 0,
        sequence: 1,
        command: { type: 'join', player: 1, user: 1, name: 'e\u0301', body: 0, permissions: 0 },
      }),
      'out-of-range at inputs[0].join.name',
    ],
    [
      'a refusal that nobody knows',
      from({ type: 'refused', reason: 'because' as 'not-permitted' }),
      'out-of-range at inputs[0].refused.reason',
    ],
    [
      'a body of 17 bones',
      frame({
        player: 0,
        sequence: 1,
        command: {
          type: 'package',
          hash: 'ab'.repeat(32),
          physics: {
            kind: 'avatar',
            body: { name: 'x', offsets: Array.from({ length: 17 }, () => ORIGIN), capsules: [] },
          },
        },
      }),
      'out-of-range at inputs[0].package.body.offsets',
    ],
    [
      'a body of 25 capsules',
      frame({
        player: 0,
        sequence: 1,
        command: {
          type: 'package',
          hash: 'ab'.repeat(32),
          physics: {
            kind: 'avatar',
            body: {
              name: 'x',
              offsets: [],
              capsules: Array.from({ length: 25 }, () => ({ bone: 0, a: ORIGIN, b: ORIGIN, radius: 1 })),
            },
          },
        },
      }),
      'too-large at inputs.package.body.capsules',
    ],
    [
      'a package whose hash is short',
      frame({
        player: 0,
        sequence: 1,
        command: {
          type: 'package',
          hash: 'ab',
          physics: { kind: 'object', prop: prop({ type: 'sphere', radius: 1 }) },
        },
      }),
      'out-of-range at inputs[0].package.hash',
    ],
    [
      'a nobody who joins',
      frame({
        player: 0,
        sequence: 1,
        command: { type: 'join', player: 1, user: 0, name: 'a', body: 0, permissions: 0 },
      }),
      'out-of-range at inputs[0].join.user',
    ],
    [
      'players out of order',
      frame({ player: 2, sequence: 1, command: MOVE }, { player: 1, sequence: 1, command: MOVE }),
      'order at inputs[1]',
    ],
    [
      'one sequence twice',
      frame({ player: 2, sequence: 1, command: MOVE }, { player: 2, sequence: 1, command: MOVE }),
      'order at inputs[1]',
    ],
  ]
  test.each(cases)('%s', (_, broken, expected) => {
    expect(refusal(decodeFrame(encodeFrame(broken)))).toBe(expected)
  })
})

test('a frame of too many bytes is refused before it is read', () => {
  expect(refusal(decodeFrame(new Uint8Array(FRAME_BYTES_MAX + 1)))).toBe('too-large at ')
})

test('a frame of too many inputs is refused before they are built', () => {
  // Field 2, length 0, over and over: two bytes for each object of a naive decoder.
  const bytes = Uint8Array.from({ length: 2 * (FRAME_INPUTS_MAX + 1) }, (_, i) => (i % 2 === 0 ? 0x12 : 0))
  expect(refusal(decodeFrame(bytes))).toBe('too-large at inputs')
})

test('VER-2, INP-10: an input without a command, or with one of a later version, is refused', () => {
  expect(refusal(decodeInput(Uint8Array.of(0x08, 1, 0x10, 1)))).toBe('missing at command')
  // Field 31, an empty message.
  expect(refusal(decodeInput(Uint8Array.of(0x08, 1, 0x10, 1, 0xfa, 1, 0)))).toBe('missing at command')
})

test('minus zero arrives as minus zero', () => {
  const sent = from({ ...MOVE, x: -0 })
  expect(decodeFrame(encodeFrame(sent))).toStrictEqual({ ok: true, value: sent })
})

test('a decoded pose does not keep the datagram alive, and is no Buffer', () => {
  const decoded = decodeFrame(
    Buffer.from(encodeFrame(from({ type: 'pose', pose: { bytes: new Uint8Array(30).fill(7), boneMask: 0 } }))),
  )
  const command = decoded.ok ? decoded.value.inputs[0]?.command : undefined
  if (command?.type !== 'pose') throw new Error('no pose came back')
  expect(Buffer.isBuffer(command.pose.bytes)).toBe(false)
  expect(command.pose.bytes.buffer.byteLength).toBe(30)
})

suite('a client', () => {
  const head = {
    packet: 1,
    ackPacket: 0,
    ackBits: 0,
    ackMessage: 0,
    clientTimeMs: 5,
    control: null,
    tick: 90,
    moveTicks: 2,
  }
  const bytesOf = (command: Command): Uint8Array => encodeInput({ player: 9, sequence: 1, command })

  test('does not speak for the server or for another player', () => {
    const servers: Command[] = [
      { type: 'leave', player: 2 },
      { type: 'refused', reason: 'not-permitted' },
      {
        type: 'package',
        hash: 'ab'.repeat(32),
        physics: { kind: 'object', prop: prop({ type: 'sphere', radius: 1 }) },
      },
    ]
    for (const command of servers)
      expect(refusal(decodeClientPacket(encodeClientPacket(head, [bytesOf(command)], [])))).toBe(
        'not-allowed at commands[0]',
      )
    const decoded = decodeClientPacket(encodeClientPacket(head, [bytesOf({ type: 'release', hand: 1 })], []))
    expect(decoded.ok && decoded.value.commands[0]?.player).toBe(0)
  })

  test('INP-2, INP-3: sends what is latest-wins apart from what is reliable', () => {
    expect(refusal(decodeClientPacket(encodeClientPacket(head, [bytesOf(MOVE)], [])))).toBe(
      'not-allowed at commands[0]',
    )
    expect(refusal(decodeClientPacket(encodeClientPacket(head, [], [bytesOf({ type: 'release', hand: 1 })])))).toBe(
      'not-allowed at latest[0]',
    )
  })

  test('says hello and goodbye', () => {
    const hello = { ...head, control: { type: 'hello', protocol: 1, mode: 'lockstep', body: 2 } } as const
    expect(decodeClientPacket(encodeClientPacket(hello, [], []))).toStrictEqual({
      ok: true,
      value: { ...hello, commands: [], latest: [] },
    })
    const goodbye = { ...head, control: { type: 'goodbye', reason: 'going home' } } as const
    expect(decodeClientPacket(encodeClientPacket(goodbye, [], []))).toStrictEqual({
      ok: true,
      value: { ...goodbye, commands: [], latest: [] },
    })
  })
})

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
  { type: 'avatarAdded', element: 12, player: 3, user: 3, name: 'Zoë', body: 1, package: null, headMetres: 1.5 },
  { type: 'avatarChanged', element: 12, body: 0, package: '0f'.repeat(32), headMetres: 1.25 },
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

test.each(MESSAGES)('a message comes back as it was sent: $type', (message) => {
  expect(decodeServerMessage(encodeServerMessage(message))).toStrictEqual({ ok: true, value: message })
})

test('a packet of the server comes back as it was sent', () => {
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

// Mutation found it: a yaw of 6.8e37 made the predicted velocity of one's own avatar no number.
test.each([
  ['yaw', { yaw: 6.8e37 }],
  ['velocity.x', { velocity: { x: 3e38, y: 0, z: 0 } }],
  ['position.z', { position: { x: 0, y: 0, z: -3e38 } }],
])("one's own avatar is not told %s beyond what can be predicted from", (where, change) => {
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

test('what lockstep peers are sent comes back as it was sent', () => {
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

test.each([
  ['  Ada   Lovelace ', 'Ada Lovelace'],
  ['e\u0301', 'é'],
  ['👩‍🚀', '👩‍🚀'],
  ['a\u200Bb', 'ab'],
  ['a\u200Db\u3164', 'ab'],
])('NAM-2: a typed name is brought into form: %j', (typed, expected) => {
  expect(cleanName(typed)).toStrictEqual({ ok: true, value: expected })
})

test.each(['', '   ', '\u200B', '\u0000', '\u3164', '\u2800', 'x'.repeat(33), '\u0301'])(
  'a typed name is refused in words: %j',
  (typed) => {
    const result = cleanName(typed)
    expect(result.ok ? '' : describe(result.error)).toMatch(/^name: /)
  },
)
