// Shows that docs/protocol.md suffices: the reader was written from that page alone, and reads what the server wrote.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesOf, SessionListener, play } from './reader-listener.ts'
import {
  at,
  fromR26,
  fromR32,
  MalformedError,
  protoOf,
  readClientPacket,
  readServerPacket,
  Schema,
  slotOf,
  toR32,
} from './reader.ts'
import type { Input, Quat, Snapshot, Vec3 } from './reader.ts'
import { SnapshotReader } from './reader-snapshots.ts'
import { type NamedVector, type SnapshotStep, type Vectors, type Session, type Definition } from './fixture-types.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = read('docs/protocol.md')
const schema = new Schema(page)
const vectors = JSON.parse(read('fixtures/protocol/vectors.json')) as Vectors
const session = JSON.parse(read('fixtures/protocol/session.json')) as Session
const stepOf = ({ tick, avatars, props }: SnapshotStep): Snapshot => ({
  tick,
  avatars: bytesOf(avatars),
  props: bytesOf(props),
})
const quoted = ({ name, rules }: NamedVector): string => `${rules.join(', ')}: ${name}`

const { listener, sent, trips } = play(schema, session.packets)

// The angle between two rotations, radians; q and −q are the same.
function angle(a: Quat, b: Quat): number {
  const dot = Math.abs(a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w)
  return 2 * Math.acos(Math.min(1, dot / Math.hypot(a.x, a.y, a.z, a.w) / Math.hypot(b.x, b.y, b.z, b.w)))
}

const DEGREE = Math.PI / 180

describe('the page itself', () => {
  const rules = [...page.matchAll(/^\*\*([A-Z]{3}-\d+)\*\*/gm)].map(([, rule]) => rule ?? '')

  it('has each rule once, and only references to existing rules', () => {
    expect(rules.length).toBeGreaterThan(60)
    expect(rules.filter((rule, index) => rules.indexOf(rule) !== index)).toEqual([])
    const named = [...page.matchAll(new RegExp(`\\b(?:${rules.map((rule) => rule.slice(0, 3)).join('|')})-\\d+`, 'g'))]
    expect(named.map(([rule]) => rule).filter((rule) => !rules.includes(rule))).toEqual([])
    const shown: NamedVector[] = [...vectors.messages, ...vectors.refused, ...vectors.snapshots]
    expect(shown.flatMap((vector) => vector.rules).filter((rule) => !rules.includes(rule))).toEqual([])
  })

  it('has the schema of the repository in appendix A', () => {
    expect(protoOf(page)).toBe(read('protocol/otherworld.proto'))
  })
})

describe('messages', () => {
  for (const vector of vectors.messages) {
    it(quoted(vector), () => {
      const bytes = bytesOf(vector.hex)
      expect(schema.says(vector.message, bytes)).toEqual(vector.says)
      if (vector.message === 'ClientPacket') expect(readClientPacket(schema, bytes).packet).toBeGreaterThan(0)
      if (vector.message === 'ServerPacket') expect(readServerPacket(schema, bytes).packet).toBeGreaterThan(0)
    })
  }

  for (const vector of vectors.refused) {
    it(`${quoted(vector)} is refused`, () => {
      expect(vector.message).toBe('ClientPacket')
      expect(() => readClientPacket(schema, bytesOf(vector.hex))).toThrow(MalformedError)
    })
  }

  it('PKT-1, VER-2: unknown fields are ignored, and absent numbers are 0', () => {
    // Field 100, two bytes.
    expect(readClientPacket(schema, bytesOf('0801a206020102'))).toMatchObject({ packet: 1, ackPacket: 0, commands: [] })
  })
})

describe('rotations', () => {
  const close = (a: Quat, b: Quat, step: number): void => {
    const sign = Math.sign(a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w)
    for (const c of ['x', 'y', 'z', 'w'] as const) expect(Math.abs(a[c] * sign - b[c])).toBeLessThan(step)
  }

  it('POS-2: a quaternion gives the bits, and the bits give the quaternion back', () => {
    for (const { quaternion, bits } of vectors.rotations) {
      expect(toR32(quaternion)).toBe(bits)
      close(fromR32(bits), quaternion, 0.002)
    }
  })

  it('SNP-2: the 26 bits of a bone give its quaternion', () => {
    for (const { quaternion, bits } of vectors.bones) close(fromR26(bits), quaternion, 1e-9)
  })
})

describe('snapshots', () => {
  const modes = new Set<string>()

  for (const vector of vectors.snapshots) {
    it(quoted(vector), () => {
      const reader = new SnapshotReader()
      for (const step of vector.steps) {
        expect(reader.read(stepOf(step))).toEqual({ states: step.states, missing: step.missing ?? 0 })
      }
      for (const mode of reader.modes) modes.add(mode)
    })
  }

  it('SNP-5: the vectors and the session show every mode of N, Y, V, P, T and B', () => {
    for (const mode of listener.snapshots.modes) modes.add(mode)
    expect([...modes].toSorted()).toEqual([
      'B0',
      'B1',
      'B2',
      'B3',
      'N0',
      'N1',
      'N2',
      'N3',
      'P0',
      'P1',
      'P2',
      'T0',
      'T1',
      'T2',
      'T3',
      'V0',
      'V1',
      'V2',
      'V3',
      'Y0',
      'Y1',
      'Y2',
    ])
  })

  it('SNP-8: a block cut short or with a byte too many is malformed', () => {
    for (const step of vectors.snapshots.flatMap(({ steps }) => steps.slice(0, 1))) {
      for (const part of ['avatars', 'props'] as const) {
        const bytes = bytesOf(step[part])
        for (const length of [...bytes.keys()].slice(1)) {
          const cut = { ...stepOf(step), [part]: bytes.subarray(0, length) }
          expect(() => new SnapshotReader().read(cut)).toThrow(MalformedError)
        }
        const longer = { ...stepOf(step), [part]: Uint8Array.of(...bytes, 0) }
        expect(() => new SnapshotReader().read(longer)).toThrow(MalformedError)
      }
    }
  })

  it('SNP-5, SNP-8: a first record not whole, an element twice, a bone outside the set: malformed', () => {
    const nothing = new Uint8Array()
    for (const props of ['01030000', '0203018000018000']) {
      expect(() => new SnapshotReader().read({ tick: 9, avatars: nothing, props: bytesOf(props) })).toThrow(
        MalformedError,
      )
    }
    const outside = bytesOf('00000105000f00000010010000037f7f7f037f7f7f')
    expect(() => new SnapshotReader().read({ tick: 9, avatars: outside, props: nothing })).toThrow(/SNP-8: a bone/)
  })

  it('SNP-9: a snapshot that arrives twice and late gives its states again, and not the newest', () => {
    const steps = vectors.snapshots[0]?.steps.slice(0, 4) ?? []
    const reader = new SnapshotReader()
    for (const step of [...steps.slice(0, 3), ...steps.slice(1, 2), ...steps.slice(0, 1)]) {
      expect(reader.read(stepOf(step))).toEqual({ states: step.states, missing: 0 })
    }
    for (const { element, strand, numbers } of steps[2]?.states ?? []) {
      expect(reader.newest(strand, element)).toEqual(numbers)
    }
    expect(steps[3] && reader.read(stepOf(steps[3]))).toEqual({ states: steps[3]?.states, missing: 0 })
  })
})

describe('a listening client', () => {
  const notice = (text: string): object => ({ notice: { text } })
  const packetOf = (packet: number, firstMessage: number, messages: object[]): Uint8Array =>
    schema.encode('ServerPacket', { packet, firstMessage, messages })

  it('MSG-1, MSG-2, MSG-3: messages that overlap, out of order and in parts, are handled once and in order', () => {
    const client = new SessionListener(schema)
    const added = schema.encode('ServerMessage', { avatarAdded: { element: 7, player: 3, name: 'Ada' } })
    const part = (from: number, to?: number): object => ({
      part: { bytes: added.subarray(from, to), last: to === undefined },
    })
    client.receive(packetOf(1, 3, [part(0, 4), part(4)]))
    expect([client.ackMessage, client.acknowledgement.ackPacket, client.avatars.size]).toEqual([0, 1, 0])
    client.receive(packetOf(2, 1, [{ welcome: { protocol: 4 } }, { elementRemoved: { element: 7 } }, part(0, 4)]))
    expect([client.ackMessage, client.avatars.get(7)?.name]).toEqual([4, 'Ada'])
    client.receive(packetOf(3, 2, [{ elementRemoved: { element: 7 } }, part(0, 4), part(4), notice('a')]))
    expect([client.ackMessage, client.avatars.size]).toEqual([5, 1])
    client.receive(packetOf(4, 5 + 513, [notice('too far ahead')]))
    expect(client.acknowledgement).toEqual({ ackPacket: 3, ackBits: 3 })
  })

  it('SNP-7: a packet with a missing baseline is not acknowledged, even if it is the newest', () => {
    const client = new SessionListener(schema)
    client.receive(packetOf(1, 1, [{ welcome: { protocol: 4 } }]))
    const step = vectors.snapshots[0]?.steps[1]
    if (step === undefined) throw new Error('no steps')
    client.receive(schema.encode('ServerPacket', { packet: 2, snapshot: stepOf(step) }))
    expect(client.missing).toBe(8)
    expect(client.acknowledgement).toEqual({ ackPacket: 1, ackBits: 0 })
    client.receive(schema.encode('ServerPacket', { packet: 3 }))
    expect(client.acknowledgement).toEqual({ ackPacket: 3, ackBits: 2 })
  })

  it('PKT-3: a repeated packet, or one more than 32 below, is dropped; one far ahead ends the connection', () => {
    const client = new SessionListener(schema)
    expect(client.receive(packetOf(40, 0, []))?.packet).toBe(40)
    expect(client.receive(packetOf(40, 0, []))).toBeUndefined()
    expect(client.receive(packetOf(7, 0, []))).toBeUndefined()
    expect(client.receive(packetOf(8, 0, []))?.packet).toBe(8)
    expect(() => client.receive(packetOf(40 + 65537, 0, []))).toThrow(MalformedError)
  })
})

function expectWorld(client: SessionListener): void {
  const { min } = (JSON.parse(client.welcome?.definition ?? '') as Definition).bounds
  const place = (numbers: readonly number[]): Vec3 => ({
    x: at(numbers, 0) / 1000 + min.x - 64,
    y: at(numbers, 1) / 1000 + min.y - 64,
    z: at(numbers, 2) / 1000 + min.z - 64,
  })
  const near = (a: Vec3, b: Vec3, error: number): void => {
    for (const axis of ['x', 'y', 'z'] as const) expect(Math.abs(a[axis] - b[axis])).toBeLessThanOrEqual(error + 1e-6)
  }
  expect([...client.avatars.keys()].toSorted()).toEqual(session.end.avatars.map(({ element }) => element).toSorted())
  for (const avatar of session.end.avatars) {
    expect(client.avatars.get(avatar.element)).toMatchObject({ player: avatar.player, name: avatar.name })
    const root = client.snapshots.newest('root', avatar.element) ?? []
    near(place(root), avatar.position, 0.001)
    expect(Math.abs(Math.sin(((at(root, 3) / 4096) * 2 * Math.PI - avatar.yaw) / 2) * 2)).toBeLessThan(0.1 * DEGREE)
    const [x, y, z] = client.snapshots.newest('joints', avatar.element) ?? []
    near({ x: (x ?? NaN) * 0.002, y: (y ?? NaN) * 0.002, z: (z ?? NaN) * 0.002 }, avatar.head, 0.0015)
    const [set, ...rotations] = client.snapshots.newest('bones', avatar.element) ?? []
    for (const [bone, rotation] of avatar.bones.entries()) {
      expect(((set ?? 0) >>> bone) & 1).toBe(rotation === null ? 0 : 1)
      if (rotation !== null) expect(angle(fromR26(at(rotations, bone)), rotation)).toBeLessThan(2 * DEGREE)
    }
  }
  expect([...client.props.keys()].toSorted()).toEqual(session.end.props.map(({ element }) => element).toSorted())
  for (const prop of session.end.props) {
    const added = client.props.get(prop.element)
    expect(added).toMatchObject({ scale: prop.scale, holder: prop.holder, prop: { name: prop.name } })
    const state = client.snapshots.newest('prop', prop.element) ?? []
    near(place(state), prop.position, 0.001)
    expect(angle(fromR32(at(state, 3)), prop.rotation)).toBeLessThan(0.5 * DEGREE)
  }
}

describe('a captured session, as the client receives it', () => {
  it('SES-3: its first message is the Welcome, in parts', () => {
    const { welcome } = listener
    expect(welcome).toMatchObject({ protocol: 4, tickRate: session.tickRate, resumed: false, sequence: 0 })
    const definition = JSON.parse(welcome?.definition ?? '') as Definition
    expect(definition).toMatchObject({ id: welcome?.realm, tickRate: welcome?.tickRate })
    expect(definition.bodies[0]?.offsets.length).toBe(18)
    expect(listener.avatars.get(welcome?.avatar ?? 0)?.player).toBe(welcome?.player)
  })

  it('MSG-4, SNP-3, SNP-4, SNP-7: at the end the client has the state of the server', () => {
    expect(listener.missing).toBe(0)
    expectWorld(listener)
  })

  it('MSG-6, INP-10: each command has one outcome', () => {
    const answers = [...listener.answers].map(([sequence, answer]) => ({ sequence, ...answer }))
    expect(answers.toSorted((a, b) => a.sequence - b.sequence)).toEqual(session.end.commands)
  })

  it('PKT-3, PKT-4, MSG-2: repeated and reordered packets change nothing', () => {
    const mixed = new SessionListener(schema)
    for (const [index, { from, hex }] of session.packets.entries()) {
      // Before the client's next packet: a later packet may refer to a baseline that it acknowledged.
      const next = session.packets[index + 1]
      if (from === 'server' && next?.from === 'server') mixed.receive(bytesOf(next.hex))
      if (from === 'server') mixed.receive(bytesOf(hex))
    }
    expect(mixed.repeats).toBeGreaterThan(listener.repeats)
    expect(mixed.missing).toBe(0)
    expectWorld(mixed)
    expect(mixed.answers).toEqual(listener.answers)
    expect(mixed.acknowledgement).toEqual(listener.acknowledgement)
  })

  it('CLK-1: round trips are those of the network', () => {
    expect(trips.length).toBeGreaterThan(50)
    expect(Math.min(...trips)).toBeGreaterThan(0)
    expect(Math.max(...trips)).toBeLessThan(400)
  })
})

describe('a captured session, as the client sends it', () => {
  it('PKT-3, PKT-4, MSG-2: the client numbers its packets, and acknowledges what it received', () => {
    expect(listener.repeats).toBeGreaterThan(0)
    expect(sent.map(({ packet }) => packet.packet)).toEqual(sent.map((_, index) => index + 1))
    for (const {
      packet: { ackPacket, ackBits, ackMessage },
      acknowledged,
    } of sent) {
      const { ackPacket: highest, ackBits: bits, ackMessage: messages } = acknowledged
      expect({ ackPacket, ackBits, ackMessage }).toEqual({ ackPacket: highest, ackBits: bits, ackMessage: messages })
    }
    expect(Math.max(...listener.taken)).toBeLessThanOrEqual(sent.length)
  })

  it('SES-1, PKT-2, PKT-7: each packet has a Hello until the Welcome, is small, and follows within 250 ms', () => {
    for (const [index, { packet, bytes, atMs, acknowledged }] of sent.entries()) {
      expect(packet.hello?.protocol).toBe(acknowledged.joined ? undefined : 4)
      expect(bytes.length).toBeLessThanOrEqual(1100)
      // One step of the client's clock, and one of the capture's.
      expect(atMs - (sent[index - 1]?.atMs ?? 0)).toBeLessThanOrEqual(250 + 2 * 17)
    }
  })

  it('INP-1, INP-2: each command is in every packet until it is acknowledged, always unchanged', () => {
    const made = new Map<number, Input>()
    for (const {
      packet: { commands },
      acknowledged,
    } of sent) {
      for (const command of commands) {
        expect(made.get(command.sequence) ?? command).toEqual(command)
        made.set(command.sequence, command)
      }
      const pending = [...made.keys()].filter((sequence) => sequence > acknowledged.ackCommand)
      expect(commands.map(({ sequence }) => sequence)).toEqual(pending)
    }
    expect([...made.keys()]).toEqual(session.end.commands.map(({ sequence }) => sequence))
    expect(listener.ackCommand).toBe(Math.max(...made.keys()))
  })

  it('INP-3, PKT-5: each latest-wins input is sent until a packet with it is acknowledged', () => {
    const slots = new Map<string, { input: Input; packets: number[] }>()
    for (const {
      packet: { packet, latest },
      acknowledged,
    } of sent) {
      for (const input of latest) {
        const slot = slots.get(slotOf(input))
        expect(input.sequence).toBeGreaterThanOrEqual(slot?.input.sequence ?? 0)
        if (slot?.input.sequence === input.sequence) expect(input).toEqual(slot.input)
        else slots.set(slotOf(input), { input, packets: [] })
        slots.get(slotOf(input))?.packets.push(packet)
      }
      for (const { input, packets } of slots.values()) {
        const taken = packets.some((number) => acknowledged.taken.has(number))
        expect(latest.some(({ sequence }) => sequence === input.sequence)).toBe(!taken)
      }
    }
    expect([...slots.keys()].toSorted()).toEqual(['drag 1', 'pose '])
  })
})
