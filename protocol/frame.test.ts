import { describe, expect, test } from 'vitest'
import type { InputFrame } from '../sim/types.ts'
import { frame, from, IDENTITY, MOVE, ORIGIN, prop, refusal, spawn } from './codec.fixture.ts'
import { decodeFrame, decodeInput, encodeFrame, FRAME_BYTES_MAX, FRAME_INPUTS_MAX } from './index.ts'

describe('a frame is rejected that holds', () => {
  const cases: [string, InputFrame, string][] = [
    ['NaN', from({ ...MOVE, yaw: Number.NaN }), 'out-of-range at inputs[0].move.yaw'],
    ['infinity', from({ type: 'scale', element: 3, scale: -Infinity }), 'out-of-range at inputs[0].scale.scale'],
    [
      'a quaternion of the wrong length',
      from({ type: 'drag', hand: 1, position: ORIGIN, rotation: { x: 0.5, y: 0, z: 0, w: 1 } }),
      'out-of-range at inputs[0].drag.rotation',
    ],
    ['an unknown hand', from({ type: 'release', hand: 3 as 2 }), 'out-of-range at inputs[0].release.hand'],
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
      'an invisible name',
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
      'an unknown refusal',
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
      'a package with a short hash',
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
      'a join of user 0',
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

test('a frame of too many bytes is refused before decoding', () => {
  expect(refusal(decodeFrame(new Uint8Array(FRAME_BYTES_MAX + 1)))).toBe('too-large at ')
})

test('a frame of too many inputs is refused before they are built', () => {
  // Field 2 with length 0, repeated: two bytes for each object of a naive decoder.
  const bytes = Uint8Array.from({ length: 2 * (FRAME_INPUTS_MAX + 1) }, (_, i) => (i % 2 === 0 ? 0x12 : 0))
  expect(refusal(decodeFrame(bytes))).toBe('too-large at inputs')
})

test('VER-2, INP-10: an input without a command, or with an unknown one, is refused', () => {
  expect(refusal(decodeInput(Uint8Array.of(0x08, 1, 0x10, 1)))).toBe('missing at command')
  // Field 31, an empty message.
  expect(refusal(decodeInput(Uint8Array.of(0x08, 1, 0x10, 1, 0xfa, 1, 0)))).toBe('missing at command')
})

test('minus zero is restored as minus zero', () => {
  const sent = from({ ...MOVE, x: -0 })
  expect(decodeFrame(encodeFrame(sent))).toStrictEqual({ ok: true, value: sent })
})

test('a decoded pose is a copy, not a view of the datagram or a Buffer', () => {
  const decoded = decodeFrame(
    Buffer.from(encodeFrame(from({ type: 'pose', pose: { bytes: new Uint8Array(30).fill(7), boneMask: 0 } }))),
  )
  const command = decoded.ok ? decoded.value.inputs[0]?.command : undefined
  if (command?.type !== 'pose') throw new Error('no pose came back')
  expect(Buffer.isBuffer(command.pose.bytes)).toBe(false)
  expect(command.pose.bytes.buffer.byteLength).toBe(30)
})
