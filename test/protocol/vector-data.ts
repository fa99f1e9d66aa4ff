/** The contents of the test vectors: reliable messages, each with its JSON form of the schema, and rotations. */
import type { PropSpec, Quat } from '../../sim/types.ts'
import { type ServerMessage } from '../../protocol/index.ts'

export const ORIGIN = { x: 0, y: 0, z: 0 }
export const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }

export const PACKAGE = '0123456789abcdef'.repeat(4)

export const WIRE_CRATE = {
  name: 'crate',
  motion: 'DYNAMIC',
  density: 200,
  friction: 0.5,
  restitution: 0.25,
  color: 0xff8800,
  colliders: [{ box: { halfExtents: { x: 0.25, y: 0.25, z: 0.25 } }, position: {}, rotation: { w: 1 } }],
}

export const CRATE: PropSpec = {
  name: 'crate',
  motion: 'dynamic',
  density: 200,
  friction: 0.5,
  restitution: 0.25,
  color: 0xff8800,
  colliders: [
    { shape: { type: 'box', halfExtents: { x: 0.25, y: 0.25, z: 0.25 } }, position: ORIGIN, rotation: IDENTITY },
  ],
}

export const MESSAGES: readonly {
  readonly rules: readonly string[]
  readonly message: ServerMessage
  readonly says: object
}[] = [
  {
    rules: ['SES-3', 'MSG-1'],
    message: {
      type: 'welcome',
      protocol: 4,
      realm: 'yard',
      tick: 600,
      tickRate: 60,
      player: 3,
      user: 3,
      avatar: 41,
      permissions: 23,
      definition: '{"id":"yard"}',
      resumed: true,
      sequence: 18,
      ackCommand: 16,
    },
    says: {
      welcome: {
        protocol: 4,
        realm: 'yard',
        tick: 600,
        tickRate: 60,
        player: 3,
        user: 3,
        avatar: 41,
        permissions: 23,
        definition: '{"id":"yard"}',
        resumed: true,
        sequence: 18,
        ackCommand: 16,
      },
    },
  },
  {
    rules: ['MSG-4'],
    message: {
      type: 'avatarAdded',
      element: 41,
      player: 3,
      user: 3,
      name: 'Ada',
      body: 0,
      package: null,
      scale: 1,
      headMetres: 1.5,
    },
    says: { avatarAdded: { element: 41, player: 3, user: 3, name: 'Ada', scale: 1, headMetres: 1.5 } },
  },
  {
    rules: ['MSG-4'],
    message: { type: 'avatarChanged', element: 41, body: 0, package: PACKAGE, scale: 1.5, headMetres: 1.75 },
    says: { avatarChanged: { element: 41, package: PACKAGE, scale: 1.5, headMetres: 1.75 } },
  },
  {
    rules: ['MSG-4'],
    message: {
      type: 'propAdded',
      element: 5,
      prop: CRATE,
      package: null,
      scale: 1,
      holder: 3,
      owner: 0,
      access: 0,
      position: { x: -1, y: 0.25, z: 2 },
      rotation: IDENTITY,
    },
    says: {
      propAdded: {
        element: 5,
        prop: WIRE_CRATE,
        scale: 1,
        holder: 3,
        position: { x: -1, y: 0.25, z: 2 },
        rotation: { w: 1 },
      },
    },
  },
  {
    rules: ['MSG-4', 'INP-13'],
    message: {
      type: 'propAdded',
      element: 6,
      prop: CRATE,
      package: PACKAGE,
      scale: 1,
      holder: 0,
      owner: 9,
      access: 0b110001,
      position: { x: -1, y: 0.25, z: 2 },
      rotation: IDENTITY,
    },
    says: {
      propAdded: {
        element: 6,
        prop: WIRE_CRATE,
        scale: 1,
        owner: 9,
        position: { x: -1, y: 0.25, z: 2 },
        rotation: { w: 1 },
        package: PACKAGE,
        access: 49,
      },
    },
  },
  { rules: ['MSG-4'], message: { type: 'elementRemoved', element: 5 }, says: { elementRemoved: { element: 5 } } },
  {
    rules: ['MSG-4'],
    message: { type: 'propChanged', element: 5, scale: 1.5, holder: 0, access: 3 },
    says: { propChanged: { element: 5, scale: 1.5, access: 3 } },
  },
  {
    rules: ['MSG-6'],
    message: { type: 'commandDone', sequence: 11, element: 300, tick: 601 },
    says: { commandDone: { sequence: 11, element: 300, tick: 601 } },
  },
  {
    rules: ['MSG-6', 'INP-10'],
    message: { type: 'commandRejected', sequence: 12, reason: 'out-of-reach', tick: 602 },
    says: { commandRejected: { sequence: 12, reason: 'out-of-reach', tick: 602 } },
  },
  {
    rules: ['MSG-7', 'INP-11'],
    message: { type: 'permissionsChanged', permissions: 3 },
    says: { permissionsChanged: { permissions: 3 } },
  },
  {
    rules: ['MSG-7'],
    message: { type: 'notice', text: 'The server restarts at noon.' },
    says: { notice: { text: 'The server restarts at noon.' } },
  },
  {
    rules: ['MSG-7'],
    message: { type: 'hashSample', tick: 660, hash: '0123456789abcdef' },
    says: { hashSample: { tick: 660, hash: '0123456789abcdef' } },
  },
  {
    rules: ['MSG-3'],
    message: { type: 'part', bytes: Uint8Array.of(1, 2, 3), last: true },
    says: { part: { bytes: '010203', last: true } },
  },
]

export const ROTATIONS: readonly Quat[] = [
  IDENTITY,
  { x: 0, y: 1, z: 0, w: 0 },
  { x: 0.5, y: 0.5, z: 0.5, w: 0.5 },
  { x: 0.5, y: -0.5, z: 0.5, w: -0.5 },
  { x: -0.6, y: 0, z: 0.8, w: 0 },
  { x: 0.1, y: -0.2, z: 0.3, w: -0.927_361_849_549_57 },
]
