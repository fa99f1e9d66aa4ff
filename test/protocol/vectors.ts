/**
 * The test vectors of docs/protocol.md: bytes with their meaning, for authors of clients. The product's own encoders
 * write them; `protocol-document.test.ts` reads them by the document only.
 */
import { packRotation } from '../../sim/avatar/pose.ts'
import type { Quat } from '../../sim/types.ts'
import { encodeLockstep, encodeServerMessage, encodeServerPacket, encodeSnapshotPart } from '../../protocol/index.ts'
import { clientVectors, refusedVectors } from './client-packet-vectors.ts'
import { hex, type MessageVector } from './message-vector.ts'
import { MESSAGES, ROTATIONS } from './vector-data.ts'

export interface RotationVector {
  readonly quaternion: Quat
  /** uint32 */
  readonly bits: number
}

const SERVER_HEAD = {
  packet: 9,
  ackPacket: 7,
  ackBits: 0xffff_ffff,
  ackCommand: 4,
  firstMessage: 0,
  clientTimeMs: 123_456,
  clientTimeAgeMs: 12,
  control: null,
}

const SERVER_NUMBERS = {
  packet: SERVER_HEAD.packet,
  ackPacket: SERVER_HEAD.ackPacket,
  ackBits: SERVER_HEAD.ackBits,
  ackCommand: SERVER_HEAD.ackCommand,
  clientTimeMs: SERVER_HEAD.clientTimeMs,
  clientTimeAgeMs: SERVER_HEAD.clientTimeAgeMs,
}

const server = (name: string, rules: readonly string[], says: object, bytes: Uint8Array): MessageVector => ({
  name,
  rules,
  message: 'ServerPacket',
  hex: hex(bytes),
  says,
})

function ownAvatar(): MessageVector {
  const own = {
    moveSequence: 20,
    moveTicks: 9,
    position: { x: 1.5, y: 0, z: -2.25 },
    velocity: { x: 0, y: 0, z: -2 },
    yaw: 0.5,
    grounded: true,
    flying: false,
    jumping: false,
  }
  return server(
    'the own avatar',
    ['OWN-1'],
    {
      ...SERVER_NUMBERS,
      snapshot: {
        tick: 640,
        own: {
          moveSequence: 20,
          moveTicks: 9,
          position: { x: 1.5, z: -2.25 },
          velocity: { z: -2 },
          yaw: 0.5,
          grounded: true,
        },
      },
    },
    encodeServerPacket(
      SERVER_HEAD,
      [],
      encodeSnapshotPart({ tick: 640, avatars: new Uint8Array(0), props: new Uint8Array(0), own }),
    ),
  )
}

function serverVectors(): MessageVector[] {
  return [
    ...MESSAGES.map(({ rules, message, says }): MessageVector => ({
      name: `message ${message.type}`,
      rules,
      message: 'ServerMessage',
      hex: hex(encodeServerMessage(message)),
      says,
    })),
    server(
      'two messages, numbered 12 and 13',
      ['MSG-1', 'PKT-4'],
      {
        ...SERVER_NUMBERS,
        firstMessage: 12,
        messages: [{ elementRemoved: { element: 5 } }, { notice: { text: 'hello' } }],
      },
      encodeServerPacket(
        { ...SERVER_HEAD, firstMessage: 12 },
        [
          encodeServerMessage({ type: 'elementRemoved', element: 5 }),
          encodeServerMessage({ type: 'notice', text: 'hello' }),
        ],
        null,
      ),
    ),
    ownAvatar(),
    server(
      'a goodbye',
      ['SES-7'],
      { ...SERVER_NUMBERS, goodbye: { reason: 'The server restarts.' } },
      encodeServerPacket({ ...SERVER_HEAD, control: { type: 'goodbye', reason: 'The server restarts.' } }, [], null),
    ),
  ]
}

function lockstepVectors(): MessageVector[] {
  const vector = (name: string, says: object, bytes: Uint8Array): MessageVector => ({
    name,
    rules: ['LCK-2'],
    message: 'LockstepMessage',
    hex: hex(bytes),
    says,
  })
  const engine = 'ab'.repeat(32)
  return [
    vector(
      'a start',
      { start: { protocol: 4, engine, simVersion: 2, definition: '{}', tick: 600, checkpoint: '0a0b', epoch: 2 } },
      encodeLockstep({
        type: 'start',
        protocol: 4,
        engine,
        simVersion: 2,
        definition: '{}',
        tick: 600,
        checkpoint: Uint8Array.of(10, 11),
        epoch: 2,
      }),
    ),
    vector(
      'a frame',
      {
        frame: {
          frame: { tick: 601, inputs: [{ player: 3, sequence: 12, grab: { element: 300, hand: 2 } }] },
          hash: 'fedcba9876543210',
        },
      },
      encodeLockstep({
        type: 'frame',
        frame: { tick: 601, inputs: [{ player: 3, sequence: 12, command: { type: 'grab', element: 300, hand: 2 } }] },
        hash: 'fedcba9876543210',
      }),
    ),
  ]
}

export const vectors = () => ({
  about: 'Test vectors of docs/protocol.md, section 16. Bytes are in hex.',
  messages: [...clientVectors(), ...serverVectors(), ...lockstepVectors()],
  refused: refusedVectors(),
  rotations: ROTATIONS.map((quaternion): RotationVector => ({ quaternion, bits: packRotation(quaternion) })),
})
