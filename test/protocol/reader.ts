// A reader of the protocol, written only from docs/protocol.md. It imports nothing of the product, so what it cannot do
// the document does not say. It quotes the document's rules.
import protobuf from 'protobufjs'

export interface Vec3 {
  x: number
  y: number
  z: number
}
export interface Quat extends Vec3 {
  w: number
}
export interface Collider {
  box?: { halfExtents: Vec3 | null }
  sphere?: { radius: number }
  capsule?: { halfHeight: number; radius: number }
  convex?: { points: number[] }
  trimesh?: { vertices: number[]; indices: number[] }
  position: Vec3 | null
  rotation: Quat | null
}
export interface PropSpec {
  name: string
  motion: string
  colliders: Collider[]
}
export interface Input {
  sequence: number
  command?: string
  move?: Vec3 & { yaw: number }
  pose?: { bytes: Uint8Array; boneMask: number }
  drag?: { hand: number; position: Vec3 | null; rotation: Quat | null }
  spawn?: {
    prop: PropSpec | null
    position: Vec3 | null
    rotation: Quat | null
    scale: number
    package: Uint8Array
    access: number
  }
  despawn?: { element: number }
  grab?: { element: number; hand: number }
  release?: { hand: number }
  scale?: { element: number; scale: number }
  wear?: { body: number; package: Uint8Array }
  access?: { element: number; access: number }
}
export interface ClientPacket {
  packet: number
  ackPacket: number
  ackBits: number
  ackMessage: number
  commands: Input[]
  latest: Input[]
  clientTimeMs: number
  hello?: { protocol: number; mode: string; body: number }
  goodbye?: { reason: string }
}
export interface Snapshot {
  tick: number
  avatars: Uint8Array
  props: Uint8Array
}
export interface Welcome {
  protocol: number
  realm: string
  tick: number
  tickRate: number
  player: number
  avatar: number
  definition: string
  resumed: boolean
  sequence: number
  ackCommand: number
}
export interface AvatarAdded {
  element: number
  player: number
  name: string
  body: number
}
export interface PropAdded {
  element: number
  prop: PropSpec | null
  scale: number
  holder: number
  position: Vec3 | null
  rotation: Quat | null
}
export interface ServerMessage {
  message?: string
  welcome?: Welcome
  avatarAdded?: AvatarAdded
  propAdded?: PropAdded
  elementRemoved?: { element: number }
  propChanged?: { element: number; scale: number; holder: number }
  commandDone?: { sequence: number }
  commandRejected?: { sequence: number; reason: string }
  part?: { bytes: Uint8Array; last: boolean }
}
export interface ServerPacket {
  packet: number
  ackPacket: number
  ackBits: number
  ackCommand: number
  firstMessage: number
  messages: ServerMessage[]
  clientTimeMs: number
  clientTimeAgeMs: number
  snapshot: Snapshot | null
  goodbye?: { reason: string }
}
interface Kinds {
  ClientPacket: ClientPacket
  ServerPacket: ServerPacket
  ServerMessage: ServerMessage
}

// Errors for which a receiver ends the connection: PKT-8, SNP-8.
export class MalformedError extends Error {}

export function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new MalformedError(what)
}

export function at(numbers: readonly number[], index: number): number {
  const number = numbers[index]
  if (number === undefined) throw new Error(`no number ${index}`)
  return number
}

// --- the schema, from appendix A

export function protoOf(document: string): string {
  const block = /```proto\n([\s\S]*?)```/.exec(document)?.[1]
  if (block === undefined) throw new Error('the document has no schema')
  return block
}

// Section 16: fields with their default value are left out.
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const unset = (field: unknown): boolean => field === 0 || field === '' || field === false
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, field]) => [name, plain(field)] as const)
      .filter(([, field]) => !unset(field)),
  )
}

export class Schema {
  readonly #root: protobuf.Root

  constructor(document: string) {
    this.#root = protobuf.parse(protoOf(document)).root
  }

  // PKT-1: absent numbers are 0, absent lists empty.
  decode<Kind extends keyof Kinds>(kind: Kind, bytes: Uint8Array): Kinds[Kind] {
    const type = this.#root.lookupType(`otherworld.${kind}`)
    return type.toObject(decode(type, bytes), { defaults: true, enums: String, oneofs: true }) as Kinds[Kind]
  }

  says(kind: string, bytes: Uint8Array): unknown {
    const type = this.#root.lookupType(`otherworld.${kind}`)
    return plain(type.toObject(decode(type, bytes), { enums: String }))
  }

  encode(kind: string, message: object): Uint8Array {
    const type = this.#root.lookupType(`otherworld.${kind}`)
    return type.encode(type.fromObject(message)).finish()
  }
}

function decode(type: protobuf.Type, bytes: Uint8Array): protobuf.Message {
  try {
    return type.decode(bytes)
  } catch (error) {
    throw new MalformedError(String(error))
  }
}

// --- rotations

const HALF = Math.SQRT1_2

// POS-2
export function toR32(quaternion: Quat): number {
  const { x, y, z, w } = quaternion
  const all = [x, y, z, w]
  const sizes = all.map(Math.abs)
  const largest = sizes.indexOf(Math.max(...sizes))
  const sign = at(all, largest) < 0 ? -1 : 1
  let bits = largest
  for (const [index, c] of all.entries()) {
    if (index === largest) continue
    bits = bits * 1024 + Math.min(1023, Math.max(0, Math.round((((c * sign) / HALF + 1) / 2) * 1023)))
  }
  return bits
}

export function unpack(bits: number, width: number): number[] {
  const low = 2 ** width - 1
  return [bits >>> (3 * width), (bits >>> (2 * width)) & low, (bits >>> width) & low, bits & low]
}

export function pack(largest: number, three: readonly number[], width: number): number {
  return three.reduce((bits, n) => bits * 2 ** width + n, largest)
}

function fromThree(bits: number, width: number, read: (n: number) => number): Quat {
  const [largest, ...three] = unpack(bits, width).map((n, index) => (index === 0 ? n : read(n)))
  const rest = three.reduce((sum, c) => sum + c * c, 0)
  const all = three.toSpliced(largest ?? 0, 0, Math.sqrt(Math.max(0, 1 - rest)))
  return { x: at(all, 0), y: at(all, 1), z: at(all, 2), w: at(all, 3) }
}

export const fromR32 = (bits: number): Quat => fromThree(bits, 10, (n) => ((2 * n) / 1023 - 1) * HALF)
export const fromR26 = (bits: number): Quat => fromThree(bits, 8, (n) => ((n - 127) / 127) * HALF)

// --- checks of a receiver

const VECTOR_ZERO = { x: 0, y: 0, z: 0 }

function checkVector(vector: Vec3 | null, what: string): void {
  must(Object.values(vector ?? VECTOR_ZERO).every(Number.isFinite), `${what} is not finite`)
}

// Conventions: the squared length is 1 within 0.001. An absent rotation has length 0.
function checkRotation(rotation: Quat | null, what: string): void {
  const { x, y, z, w } = rotation ?? { ...VECTOR_ZERO, w: 0 }
  must(Math.abs(x * x + y * y + z * z + w * w - 1) <= 0.001, `${what} is not of length 1`)
}

// LIM-1
function checkProp(prop: PropSpec): void {
  must(Array.from(prop.name).length <= 64, 'LIM-1: the name of a prop')
  must(prop.colliders.length <= 16, 'LIM-1: colliders')
  for (const { convex, trimesh, position, rotation } of prop.colliders) {
    checkVector(position, 'position of a collider')
    checkRotation(rotation, 'rotation of a collider')
    if (convex !== undefined) {
      must(convex.points.length % 3 === 0 && convex.points.length >= 12 && convex.points.length <= 192, 'LIM-1: hull')
    }
    if (trimesh === undefined) continue
    must(trimesh.vertices.length % 3 === 0 && trimesh.vertices.length <= 3 * 32768, 'LIM-1: vertices')
    must(trimesh.indices.length % 3 === 0 && trimesh.indices.length <= 3 * 32768, 'LIM-1: triangles')
  }
}

function checkInput({ sequence, move, pose, drag, spawn, despawn, grab, release, scale, wear, access }: Input): void {
  must(sequence >= 1, 'INP-1: sequences begin at 1')
  if (move !== undefined) {
    must([move.x, move.y, move.z].every((n) => Math.abs(n) <= 1) && Math.abs(move.yaw) <= 10000, 'INP-6: a move')
  }
  if (pose !== undefined) {
    must(pose.boneMask < 2 ** 18, 'POS-3: there are 18 bones')
    const bones = pose.boneMask.toString(2).replaceAll('0', '').length
    must(pose.bytes.length === 30 + 4 * bones, 'POS-1: bytes of a pose')
  }
  for (const hand of [drag?.hand, grab?.hand, release?.hand]) must((hand ?? 0) <= 2, 'INP-8: a hand nobody has')
  for (const element of [despawn?.element, grab?.element, scale?.element, access?.element])
    must(element !== 0, 'there is no element 0')
  for (const placed of [drag, spawn]) {
    if (placed === undefined) continue
    checkVector(placed.position, 'position')
    checkRotation(placed.rotation, 'rotation')
  }
  for (const named of [spawn?.package, wear?.package])
    must([0, 32].includes(named?.length ?? 0), 'INP-13: bytes of a package')
  for (const bits of [spawn?.access, access?.access]) must((bits ?? 0) < 2 ** 6, 'INP-15: an access byte')
  if (spawn === undefined) return
  must((spawn.package.length === 0) !== (spawn.prop === null), 'INP-9: a spawn of a spec or of a package')
  if (spawn.prop !== null) checkProp(spawn.prop)
}

const rises = (inputs: readonly Input[]): boolean =>
  inputs.every(({ sequence }, index) => index === 0 || sequence > (inputs[index - 1]?.sequence ?? 0))

const COMMANDS = ['spawn', 'despawn', 'grab', 'release', 'scale', 'wear', 'access']
const LATEST = ['move', 'pose', 'drag']
export const slotOf = ({ command, drag }: Input): string => `${command ?? ''} ${drag?.hand ?? ''}`

export function readClientPacket(schema: Schema, bytes: Uint8Array): ClientPacket {
  const packet = schema.decode('ClientPacket', bytes)
  const { commands, latest } = packet
  must(packet.packet >= 1, 'PKT-3: packets are numbered from 1')
  must(commands.length <= 1024 && latest.length <= 5, 'LIM-1: inputs in a packet')
  must(
    commands.every(({ command }) => COMMANDS.includes(command ?? '')),
    'INP-2: that is no command',
  )
  must(
    latest.every(({ command }) => LATEST.includes(command ?? '')),
    'INP-3: that is not of latest-wins',
  )
  must(new Set(latest.map(slotOf)).size === latest.length, 'INP-3: two of one slot')
  must(rises(commands) && rises(latest), 'INP-1: sequences rise')
  for (const input of [...commands, ...latest]) checkInput(input)
  must(
    commands.every((command) => schema.encode('Input', command).length <= 15360),
    'LIM-1: one command',
  )
  must(bytes.length <= (commands.length === 1 ? 16384 : 1100), 'PKT-2: a packet')
  must((packet.goodbye?.reason ?? '').length <= 1000, 'LIM-1: a reason')
  must(packet.hello === undefined || commands.length + latest.length === 0, 'SES-1: inputs beside a Hello')
  return packet
}

export function readServerPacket(schema: Schema, bytes: Uint8Array): ServerPacket {
  const packet = schema.decode('ServerPacket', bytes)
  must(bytes.length <= 1100, 'PKT-2: a packet')
  must(packet.packet >= 1, 'PKT-3: packets are numbered from 1')
  must(
    packet.messages.every(({ message }) => message !== undefined),
    'VER-2: a message of an unknown kind',
  )
  must(packet.messages.length === 0 || packet.firstMessage >= 1, 'MSG-1: messages are numbered from 1')
  return packet
}
