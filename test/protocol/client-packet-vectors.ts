/** The test vectors of client packets: those that a server accepts, and those that it must refuse. */
import { packPose } from '../../sim/avatar/pose.ts'
import type { Input } from '../../sim/types.ts'
import { encodeClientPacket, encodeInput } from '../../protocol/index.ts'
import { hex, type MessageVector, type RefusedVector } from './message-vector.ts'
import { CRATE, IDENTITY, ORIGIN, PACKAGE, WIRE_CRATE } from './vector-data.ts'

const HALF_TURN_Y = { x: 0, y: 1, z: 0, w: 0 }
const CLIENT_HEAD = {
  packet: 7,
  ackPacket: 5,
  ackBits: 0b1011,
  ackMessage: 3,
  clientTimeMs: 123_456,
  tick: 900,
  moveTicks: 0,
  control: null,
}

const POSE = packPose({
  head: { position: { x: 0, y: 1.6, z: 0 }, rotation: IDENTITY },
  left: { position: { x: -0.25, y: 1, z: -0.125 }, rotation: HALF_TURN_Y },
  right: { position: { x: 0.25, y: 1, z: -0.125 }, rotation: { x: 0.5, y: -0.5, z: 0.5, w: -0.5 } },
  bones: Array.from({ length: 18 }, (_, i) => (i === 0 || i === 17 ? IDENTITY : null)),
})

const input = (sequence: number, command: Input['command']): Uint8Array => encodeInput({ player: 0, sequence, command })
const NUMBERS = { packet: 7, ackPacket: 5, ackBits: 0b1011, ackMessage: 3, clientTimeMs: 123_456, tick: 900 }

const packet = (name: string, rules: readonly string[], says: object, bytes: Uint8Array): MessageVector => ({
  name,
  rules,
  message: 'ClientPacket',
  hex: hex(bytes),
  says,
})

const firstPacket = (): MessageVector =>
  packet(
    'the first packet of a connection',
    ['SES-1', 'PKT-3'],
    { packet: 1, clientTimeMs: 5, hello: { protocol: 4, body: 1 } },
    encodeClientPacket(
      {
        packet: 1,
        ackPacket: 0,
        ackBits: 0,
        ackMessage: 0,
        clientTimeMs: 5,
        tick: 0,
        moveTicks: 0,
        control: { type: 'hello', protocol: 4, mode: 'render', body: 1 },
      },
      [],
      [],
    ),
  )

const heartbeat = (): MessageVector =>
  packet('a heartbeat', ['PKT-4', 'PKT-7'], NUMBERS, encodeClientPacket(CLIENT_HEAD, [], []))

const allCommands = (): MessageVector =>
  packet(
    'all commands',
    ['INP-2', 'INP-8', 'INP-9'],
    {
      ...NUMBERS,
      commands: [
        { sequence: 11, spawn: { prop: WIRE_CRATE, position: { y: 1 }, rotation: { w: 1 }, scale: 2 } },
        { sequence: 12, grab: { element: 300, hand: 2 } },
        { sequence: 13, scale: { element: 300, scale: 0.5 } },
        { sequence: 14, release: { hand: 2 } },
        { sequence: 300, despawn: { element: 300 } },
      ],
    },
    encodeClientPacket(
      CLIENT_HEAD,
      [
        input(11, {
          type: 'spawn',
          prop: CRATE,
          position: { x: 0, y: 1, z: 0 },
          rotation: IDENTITY,
          scale: 2,
          access: 0,
          owner: 0,
        }),
        input(12, { type: 'grab', element: 300, hand: 2 }),
        input(13, { type: 'scale', element: 300, scale: 0.5 }),
        input(14, { type: 'release', hand: 2 }),
        input(300, { type: 'despawn', element: 300 }),
      ],
      [],
    ),
  )

const packageCommands = (): MessageVector =>
  packet(
    'commands of packages',
    ['INP-13', 'INP-14', 'INP-15'],
    {
      ...NUMBERS,
      commands: [
        { sequence: 11, spawn: { package: PACKAGE, position: { y: 1 }, rotation: { w: 1 }, scale: 1, access: 63 } },
        { sequence: 12, wear: { package: PACKAGE } },
        { sequence: 13, wear: { body: 1 } },
        { sequence: 14, access: { element: 300, access: 21 } },
      ],
    },
    encodeClientPacket(
      CLIENT_HEAD,
      [
        input(11, {
          type: 'spawn',
          prop: PACKAGE,
          position: { x: 0, y: 1, z: 0 },
          rotation: IDENTITY,
          scale: 1,
          access: 63,
          owner: 0,
        }),
        input(12, { type: 'wear', player: 0, body: PACKAGE }),
        input(13, { type: 'wear', player: 0, body: 1 }),
        input(14, { type: 'access', element: 300, access: 21 }),
      ],
      [],
    ),
  )

const latestInputs = (): MessageVector =>
  packet(
    'a move, a pose and a drag',
    ['INP-3', 'INP-6', 'INP-7', 'POS-1'],
    {
      ...NUMBERS,
      moveTicks: 4,
      latest: [
        { sequence: 20, move: { z: -1, yaw: 0.5, run: true } },
        { sequence: 21, pose: { bytes: hex(POSE.bytes), boneMask: POSE.boneMask } },
        { sequence: 22, drag: { hand: 1, position: { x: 1.5, y: 0.75 }, rotation: { y: 1 } } },
      ],
    },
    encodeClientPacket(
      { ...CLIENT_HEAD, moveTicks: 4 },
      [],
      [
        input(20, { type: 'move', x: 0, y: 0, z: -1, yaw: 0.5, jump: false, run: true, fly: false }),
        input(21, { type: 'pose', pose: POSE }),
        input(22, { type: 'drag', hand: 1, position: { x: 1.5, y: 0.75, z: 0 }, rotation: HALF_TURN_Y }),
      ],
    ),
  )

const goodbye = (): MessageVector =>
  packet(
    'a goodbye',
    ['SES-7'],
    { ...NUMBERS, goodbye: { reason: 'left – bye' } },
    encodeClientPacket({ ...CLIENT_HEAD, control: { type: 'goodbye', reason: 'left – bye' } }, [], []),
  )

export const clientVectors = (): MessageVector[] => [
  firstPacket(),
  heartbeat(),
  allCommands(),
  packageCommands(),
  latestInputs(),
  goodbye(),
]

const refused = (name: string, rules: readonly string[], bytes: Uint8Array): RefusedVector => ({
  name,
  rules,
  message: 'ClientPacket',
  hex: hex(bytes),
})

function refusedPackets(): RefusedVector[] {
  return [
    refused('no packet number', ['PKT-3', 'PKT-8'], encodeClientPacket({ ...CLIENT_HEAD, packet: 0 }, [], [])),
    refused(
      'cut short',
      ['PKT-8'],
      encodeClientPacket(CLIENT_HEAD, [input(11, { type: 'grab', element: 1, hand: 0 })], []).slice(0, -1),
    ),
    refused(
      'a move among the commands',
      ['INP-2', 'PKT-8'],
      encodeClientPacket(
        CLIENT_HEAD,
        [input(11, { type: 'move', x: 0, y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false })],
        [],
      ),
    ),
    refused(
      'a pose shorter than its mask',
      ['POS-1', 'PKT-8'],
      encodeClientPacket(
        CLIENT_HEAD,
        [],
        [input(11, { type: 'pose', pose: { bytes: POSE.bytes.subarray(0, 30), boneMask: POSE.boneMask } })],
      ),
    ),
    refused(
      'a quaternion of length 2',
      ['PKT-8'],
      encodeClientPacket(
        CLIENT_HEAD,
        [],
        [input(11, { type: 'drag', hand: 0, position: ORIGIN, rotation: { x: 0, y: 0, z: 0, w: 2 } })],
      ),
    ),
  ]
}

function refusedInputs(): RefusedVector[] {
  return [
    refused(
      'a hand that nobody has',
      ['INP-8', 'PKT-8'],
      encodeClientPacket(CLIENT_HEAD, [input(11, { type: 'release', hand: 3 as 2 })], []),
    ),
    refused(
      "a package's physics",
      ['PKT-8'],
      encodeClientPacket(
        CLIENT_HEAD,
        [input(11, { type: 'package', hash: PACKAGE, physics: { kind: 'object', prop: CRATE } })],
        [],
      ),
    ),
    refused(
      'a package of 31 bytes',
      ['INP-13', 'PKT-8'],
      encodeClientPacket(CLIENT_HEAD, [input(11, { type: 'wear', player: 0, body: PACKAGE.slice(2) })], []),
    ),
    refused(
      'an access byte of 7 bits',
      ['INP-15', 'PKT-8'],
      encodeClientPacket(CLIENT_HEAD, [input(11, { type: 'access', element: 3, access: 64 })], []),
    ),
    refused(
      'an input with sequence 0',
      ['INP-1', 'PKT-8'],
      encodeClientPacket(CLIENT_HEAD, [input(0, { type: 'release', hand: 0 })], []),
    ),
  ]
}

export const refusedVectors = (): RefusedVector[] => [...refusedPackets(), ...refusedInputs()]
