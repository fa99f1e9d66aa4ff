/**
 * Checkpoints: the complete state as bytes, valid for one engine build. Layout, little-endian: "OWCP", u32 sim version,
 * u64 xxHash64 of all that follows; then blobs (u32 length, bytes): the realm's own state, the physics engine's state.
 * Many states with a flipped bit would restore and then trap, so the hash is checked before anything is read.
 */
import { assert, defined } from '../assert.ts'
import { placeBox } from '../maths/boxes.ts'
import { ByteReader, ByteWriter, asciiJson } from './bytes.ts'
import { bodyOf, newAvatar } from '../avatar/avatars.ts'
import { createController, restoreWorld, type Engine, type RigidBody, type World } from '../engine.ts'
import { POSE_FLOATS, readPose } from '../avatar/pose.ts'
import { packageFromJson } from '../props/packages.ts'
import { templateFromJson, motionFloats, templateOfPackage, readMotion, type PropTemplate } from '../props/props.ts'
import { SIM_VERSION } from '../realm.ts'
import { writeAvatar, writeProp, writeRealm } from './serialise.ts'
import { propRadius } from '../props/extent.ts'
import type { Avatar, Hold, Prop, Realm } from './state.ts'
import type { BodyChoice, HandId, PackageHash, RealmDefinition } from '../types.ts'

const MAGIC = 0x5043574f
/** Length of a package's hash. */
const HASH_CHARACTERS = 64

/** The bytes are not a checkpoint that `restore` can continue from. */
export class CheckpointError extends Error {
  readonly reason: 'not-a-checkpoint' | 'other-version' | 'corrupt'
  constructor(reason: CheckpointError['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CheckpointError'
    this.reason = reason
  }
}

/**
 * The templates of all props: first the packages, then each other spec once. Each prop is written as an index into
 * `table`.
 */
interface TemplateTable {
  readonly table: string[]
  readonly indexOf: Map<bigint, number>
}

function makeTable(realm: Realm): TemplateTable {
  const table: string[] = []
  const indexOf = new Map<bigint, number>()
  for (const { identity, hash, json } of realm.packages.values()) {
    indexOf.set(identity, table.length)
    table.push(hash + json)
  }
  for (const prop of realm.props.values()) {
    if (indexOf.has(prop.identity)) continue
    assert(prop.package === null, 'the realm has the package of every prop')
    indexOf.set(prop.identity, table.length)
    table.push(asciiJson(prop.spec))
  }
  return { table, indexOf }
}

/** Bodies are numbered like those of the definition, followed by the packages. */
function bodyIndices({ definition, packages }: Realm): ReadonlyMap<BodyChoice, number> {
  const choices: BodyChoice[] = [...definition.bodies.keys(), ...packages.keys()]
  return new Map(choices.map((choice, i) => [choice, i]))
}

function writeOwn(w: ByteWriter, realm: Realm): void {
  const { table, indexOf } = makeTable(realm)
  const bodyIndexOf = bodyIndices(realm)
  writeRealm(w, realm)
  w.u32(table.length)
  for (const template of table) w.ascii(template)
  for (const avatar of realm.avatars.values()) {
    w.u32(avatar.id)
    w.u32(avatar.player)
    w.u32(avatar.user)
    w.text(avatar.name)
    w.u32(defined(bodyIndexOf.get(avatar.bodyChoice), "the realm has every avatar's body"))
    writeAvatar(w, avatar)
    w.f64(avatar.capsule.handle)
    for (const bone of avatar.bones ?? []) if (bone) w.f64(bone.handle)
  }
  for (const prop of realm.props.values()) {
    w.u32(prop.id)
    w.u32(defined(indexOf.get(prop.identity), 'every prop has a template'))
    w.u32(prop.owner)
    w.vec(prop.home.position)
    w.quat(prop.home.rotation)
    writeProp(w, prop)
    w.f64(prop.body.handle)
  }
}

const bodyWriter = new ByteWriter()
const fileWriter = new ByteWriter()

/** The complete state bytes of a realm between two steps. */
export function checkpoint(realm: Realm): Uint8Array {
  writeOwn(bodyWriter.reset(), realm)
  const content = fileWriter.reset()
  content.blob(bodyWriter.bytes)
  content.blob(realm.world.takeSnapshot())
  const out = new Uint8Array(16 + content.bytes.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, SIM_VERSION, true)
  view.setBigUint64(8, realm.engine.hash64(content.bytes), true)
  out.set(content.bytes, 16)
  return out
}

function rigidBodyOf(world: World, handle: number): RigidBody {
  if (!world.bodies.contains(handle))
    throw new CheckpointError('corrupt', `the checkpoint names a body (${handle}) that its physics does not hold`)
  return world.getRigidBody(handle)
}

/** `packages` holds hashes in the order in which `bodyIndices` numbers them. */
function readAvatar(r: ByteReader, realm: Realm, packages: readonly PackageHash[]): Avatar {
  const [id, player, user, name, index] = [r.u32(), r.u32(), r.u32(), r.text(), r.u32()]
  const { bodies } = realm.definition
  const bodyChoice = index < bodies.length ? index : (packages[index - bodies.length] ?? '')
  const [permissions, share, scale] = [r.u32(), r.u32(), r.f32()]
  const body = bodyOf(realm, bodyChoice, scale)
  if (typeof body === 'string')
    throw new CheckpointError('corrupt', `the checkpoint's avatar ${id} has body ${index} at scale ${scale}: ${body}`)
  const init = { id, player, user, name, bodyChoice, scale, body, permissions, share }
  const root = { position: r.vec(), yaw: r.f32(), velocity: r.vec() }
  const intent = r.vec()
  const bits = r.u8()
  const bit = (i: number): boolean => (bits & (1 << i)) !== 0
  const [boneBodies, moveSequence] = [r.u32(), r.u32()]
  const floats = new Float32Array(2 * POSE_FLOATS)
  let [boneMask, track]: [number, Avatar['track']] = [0, null]
  if (bit(5)) {
    boneMask = r.u32()
    const [start, durationTicks] = [r.u32(), r.u32()]
    r.floats(floats)
    const [from, to] = [
      readPose(floats.subarray(0, POSE_FLOATS), boneMask),
      readPose(floats.subarray(POSE_FLOATS), boneMask),
    ]
    track = { from, to, start, durationTicks }
  }
  const avatar = newAvatar(init, rigidBodyOf(realm.world, r.f64()))
  const bones = body.capsules.map((_, i) => (boneBodies & (1 << i) ? rigidBodyOf(realm.world, r.f64()) : null))
  avatar.trackFloats.set(floats)
  return Object.assign(avatar, root, {
    grounded: bit(0),
    flying: bit(1),
    intent: { ...intent, jump: bit(2), run: bit(3), fly: bit(4) },
    moveSequence,
    boneMask,
    track,
    bones: boneBodies ? bones : null,
  })
}

function readHold(r: ByteReader): Hold {
  const [player, hand] = [r.u32(), r.u8() as HandId]
  return { player, hand, position: r.vec(), rotation: r.quat(), velocity: r.vec(), dragTick: r.u32() }
}

const frozenOf = (bits: number): Prop['frozen'] =>
  bits & 4 ? 'work' : bits & 8 ? 'unstable' : bits & 16 ? 'new' : null

/** `templates` has one item for each entry of the table; null for an avatar's package. */
function readProp(r: ByteReader, realm: Realm, templates: readonly (PropTemplate | null)[]): Prop {
  const [id, index, owner] = [r.u32(), r.u32(), r.u32()]
  const template = templates[index]
  if (!template)
    throw new CheckpointError('corrupt', `the checkpoint's prop ${id} names template ${index} of ${templates.length}`)
  const home = { position: r.vec(), rotation: r.quat() }
  const [scale, access] = [r.f32(), r.u8()]
  const bits = r.u8()
  const [bonesPassUntil, share, ownerLeftTick] = [r.u32(), r.u32(), r.u32()]
  const motion = motionFloats()
  const broken = (bits & 32) !== 0
  if (broken) r.floats(motion)
  const hold = bits & 2 ? readHold(r) : null
  const body = rigidBodyOf(realm.world, r.f64())
  const radius = propRadius(template.spec.colliders) * scale
  const prop: Prop = {
    id,
    ...template,
    owner,
    share,
    ownerLeftTick,
    access,
    home,
    body,
    scale,
    radius,
    motion,
    box: new Float64Array(6),
    asleep: false,
    frozen: frozenOf(bits),
    broken,
    hold,
    bonesPassUntil,
  }
  readMotion(prop)
  // A broken body has no usable motion. The realm's own state has the last sound motion.
  if (broken) {
    prop.asleep = (bits & 1) !== 0
    placeBox(prop.spec, motion, scale, prop.box)
  }
  return prop
}

/** Reads an entry of the table. A package is also added to the realm. */
function readTemplate(entry: string, realm: Realm, isPackage: boolean): PropTemplate | null {
  if (!isPackage) return templateFromJson(realm, entry)
  const known = packageFromJson(realm, entry.slice(0, HASH_CHARACTERS), entry.slice(HASH_CHARACTERS))
  realm.packages.set(known.hash, known)
  return templateOfPackage(known)
}

function readOwn(r: ByteReader, engine: Engine, definition: RealmDefinition, world: World): Realm {
  const [tick, nextElement] = [r.u32(), r.u32()]
  const random = Uint32Array.of(r.u32(), r.u32(), r.u32(), r.u32())
  const [avatarCount, propCount, packageCount] = [r.u32(), r.u32(), r.u32()]
  const realm: Realm = {
    engine,
    definition,
    world,
    controller: createController(world),
    random,
    tick,
    nextElement,
    avatars: new Map(),
    props: new Map(),
    packages: new Map(),
    players: new Map(),
    events: [],
  }
  const templates = Array.from({ length: r.u32() }, (_, i) => readTemplate(r.ascii(), realm, i < packageCount))
  const packages = [...realm.packages.keys()]
  for (let i = 0; i < avatarCount; i++) {
    const avatar = readAvatar(r, realm, packages)
    realm.avatars.set(avatar.id, avatar)
    realm.players.set(avatar.player, avatar)
  }
  for (let i = 0; i < propCount; i++) {
    const prop = readProp(r, realm, templates)
    realm.props.set(prop.id, prop)
  }
  return realm
}

/** Checks the hash of a checkpoint and splits it into the realm's own state and the physics engine's. */
function open(engine: Engine, bytes: Uint8Array): { own: Uint8Array; physics: Uint8Array } {
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 24 || head.getUint32(0, true) !== MAGIC)
    throw new CheckpointError('not-a-checkpoint', 'these bytes are not a checkpoint')
  const version = head.getUint32(4, true)
  if (version !== SIM_VERSION)
    throw new CheckpointError(
      'other-version',
      `the checkpoint is of simulation version ${version}, this is version ${SIM_VERSION}`,
    )
  const content = bytes.subarray(16)
  if (engine.hash64(content) !== head.getBigUint64(8, true))
    throw new CheckpointError('corrupt', 'the checkpoint does not match its hash')
  const r = new ByteReader(content)
  return { own: r.blob(), physics: r.blob() }
}

/**
 * Restores the realm of a checkpoint; further steps give bit-identical states. Pass the definition that the realm was
 * created with. Throws CheckpointError, and frees what it allocated.
 */
export function restore(engine: Engine, definition: RealmDefinition, bytes: Uint8Array): Realm {
  const { own, physics } = open(engine, bytes)
  const world = restoreWorld(physics)
  try {
    return readOwn(new ByteReader(own), engine, definition, world)
  } catch (error) {
    world.free()
    if (error instanceof CheckpointError) throw error
    throw new CheckpointError('corrupt', `the checkpoint's state is damaged: ${String(error)}`, { cause: error })
  }
}
