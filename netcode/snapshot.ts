/**
 * Snapshots: the quantised state at a tick as render clients are sent it, cut into parts that each fit a packet and
 * are readable without the others. A part has two blocks, `avatars` and `props`; either may be empty (no bytes).
 * All numbers little-endian; each line is one column of n values, one after the other without gaps.
 *
 *     avatars:  u16        n
 *               u32 × n    element
 *               u16 × n    x, low 16 bits      u8 × n   x, high 8 bits     (position, see below)
 *               u16 × n    y, low              u8 × n   y, high
 *               u16 × n    z, low              u8 × n   z, high
 *               u16 × n    yaw: 65536 steps a turn, 0 looks along -Z
 *               i16 × n    velocity x, mm/s    i16 × n  y               i16 × n  z      (clamped)
 *               u8  × n    flags: 1 grounded, 2 flying, 4 pose present
 *               u32 × n    bone mask; 0 without a pose
 *               then for each avatar with a pose, in order: 30 + 4 × (bones of its mask) bytes as in sim/pose.ts
 *     props:    u16        n
 *               u32 × n    element
 *               x, y, z    as above
 *               u32 × n    rotation, smallest three as in sim/pose.ts
 *               u8  × n    flags: 1 asleep
 *
 * Position: 24 bits of millimetres above the least corner of the realm's bounds minus MARGIN_METRES, so that what is
 * about to be brought back into the bounds can still be told; beyond, it is clamped. 16.7 km fit.
 * Error: position at most 0.5 mm a coordinate, yaw 0.003°, rotation at most 0.2°, velocity 0.5 mm/s a coordinate.
 *
 * Static props never move and are not in snapshots; a sleeping prop takes its turn once in SLEEPER_TURNS snapshots,
 * so that a lost one is made good within a second.
 */
import { countBones, packPose, packRotation, unpackPose, unpackRotation, type Pose } from '../sim/pose.ts'
import type { ElementId, Quat, RealmDefinition, Vec3 } from '../sim/types.ts'
import type { AvatarView, PropView } from '../sim/views.ts'
import { POSE_BONE_BYTES, POSE_FIXED_BYTES, type ProtocolError, type Result, type SnapshotPart } from '../protocol/index.ts'
import { SNAPSHOT_PART_BYTES_MAX } from './session/limits.ts'
import { column, ColumnReader, ColumnWriter } from './snapshot-columns.ts'

/** How far outside the realm's bounds positions are still exact, metres. */
export const MARGIN_METRES = 64
/** A sleeping prop is in every 20th snapshot: once a second at 20 Hz. */
export const SLEEPER_TURNS = 20

export type Bounds = RealmDefinition['bounds']

/** What a snapshot says of an avatar. */
export interface AvatarState {
  readonly element: ElementId
  /** The root: the point on the ground under the avatar. */
  readonly position: Vec3
  /** 0 to 2π */
  readonly yaw: number
  readonly velocity: Vec3
  readonly grounded: boolean
  readonly flying: boolean
  /** In root space; null before the first was sent. */
  readonly pose: Pose | null
}

/** What a snapshot says of a prop. */
export interface PropState {
  readonly element: ElementId
  readonly position: Vec3
  readonly rotation: Quat
  readonly asleep: boolean
}

export interface SnapshotStates {
  readonly avatars: readonly AvatarState[]
  readonly props: readonly PropState[]
}

const STEP_METRES = 0.001
const POSITION_STEPS = 2 ** 24 - 1
const YAW_STEPS = 65_536
const TURN = 2 * Math.PI
const COUNT_BYTES = 2
const AVATAR_BYTES = 4 + 9 + 2 + 6 + 1 + 4
const PROP_BYTES = 4 + 9 + 4 + 1
/** Bytes of a part around its two blocks. */
const PART_HEAD_BYTES = 24
const BLOCK_BYTES_MAX = SNAPSHOT_PART_BYTES_MAX - PART_HEAD_BYTES
const GROUNDED = 1
const FLYING = 2
const POSED = 4
const ASLEEP = 1

type Axis = 'x' | 'y' | 'z'
const AXES: readonly Axis[] = ['x', 'y', 'z']

interface PackedAvatar {
  readonly view: AvatarView
  readonly pose: Uint8Array
  readonly boneMask: number
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))

function writePositions(writer: ColumnWriter, items: readonly { readonly position: Vec3 }[], bounds: Bounds): void {
  for (const axis of AXES) {
    const steps = items.map(({ position }) => clamp(Math.round((position[axis] - bounds.min[axis] + MARGIN_METRES) / STEP_METRES), 0, POSITION_STEPS))
    for (const step of steps) writer.u16(step & 0xffff)
    for (const step of steps) writer.u8(step >>> 16)
  }
}

function writeAvatars(packed: readonly PackedAvatar[], bounds: Bounds): Uint8Array {
  const writer = new ColumnWriter(packed.reduce((sum, { pose }) => sum + AVATAR_BYTES + pose.length, COUNT_BYTES))
  const views = packed.map(({ view }) => view)
  writer.u16(packed.length)
  for (const { id } of views) writer.u32(id)
  writePositions(writer, views, bounds)
  for (const { yaw } of views) writer.u16(Math.round((yaw / TURN) * YAW_STEPS) & (YAW_STEPS - 1))
  for (const axis of AXES) for (const { velocity } of views) writer.i16(clamp(Math.round(velocity[axis] * 1_000), -32_768, 32_767))
  for (const { grounded, flying, pose } of views) writer.u8((grounded ? GROUNDED : 0) | (flying ? FLYING : 0) | (pose === null ? 0 : POSED))
  for (const { boneMask } of packed) writer.u32(boneMask)
  for (const { pose } of packed) writer.block(pose)
  return writer.bytes
}

function writeProps(views: readonly PropView[], bounds: Bounds): Uint8Array {
  const writer = new ColumnWriter(COUNT_BYTES + views.length * PROP_BYTES)
  writer.u16(views.length)
  for (const { id } of views) writer.u32(id)
  writePositions(writer, views, bounds)
  for (const { rotation } of views) writer.u32(packRotation(rotation))
  for (const { asleep } of views) writer.u8(asleep ? ASLEEP : 0)
  return writer.bytes
}

const NO_BYTES = new Uint8Array(0)

function packAvatar(view: AvatarView): PackedAvatar {
  if (view.pose === null) return { view, pose: NO_BYTES, boneMask: 0 }
  const { bytes, boneMask } = packPose(view.pose)
  return { view, pose: bytes, boneMask }
}

/** Items in runs whose bytes stay within a part. */
function runs<T>(items: readonly T[], bytesOf: (item: T) => number): T[][] {
  const out: T[][] = []
  let room = 0
  for (const item of items) {
    const bytes = bytesOf(item)
    if (bytes > room || out.length === 0) {
      out.push([])
      room = BLOCK_BYTES_MAX - COUNT_BYTES
    }
    room -= bytes
    out.at(-1)?.push(item)
  }
  return out
}

/**
 * The state at `tick` in parts of at most SNAPSHOT_PART_BYTES_MAX bytes each once encoded; made once for all clients.
 * `turn` counts the snapshots and says whose turn it is among the sleeping props.
 */
export function encodeSnapshot(tick: number, avatars: readonly AvatarView[], props: readonly PropView[], bounds: Bounds, turn: number): SnapshotPart[] {
  const moving = props.filter(({ id, spec, asleep }) => spec.motion !== 'static' && (!asleep || (id + turn) % SLEEPER_TURNS === 0))
  const blocks = [
    ...runs(avatars.map(packAvatar), ({ pose }) => AVATAR_BYTES + pose.length).map((run) => ({ avatars: writeAvatars(run, bounds), props: NO_BYTES })),
    ...runs(moving, () => PROP_BYTES).map((run) => ({ avatars: NO_BYTES, props: writeProps(run, bounds) })),
  ]
  // An empty world has a tick too.
  if (blocks.length === 0) blocks.push({ avatars: NO_BYTES, props: NO_BYTES })
  return joinSmall(blocks).map((block, part, { length }) => ({ tick, part, parts: length, ...block }))
}

/** The last avatars and the first props share a part where they fit. */
function joinSmall(blocks: { avatars: Uint8Array; props: Uint8Array }[]): { avatars: Uint8Array; props: Uint8Array }[] {
  const border = blocks.findIndex(({ props }) => props.length > 0)
  const before = blocks[border - 1]
  const after = blocks[border]
  if (before === undefined || after === undefined || before.avatars.length + after.props.length > BLOCK_BYTES_MAX) return blocks
  return [...blocks.slice(0, border - 1), { avatars: before.avatars, props: after.props }, ...blocks.slice(border + 1)]
}

function readPositions(reader: ColumnReader, count: number, bounds: Bounds): Vec3[] {
  const [xs, ys, zs] = AXES.map((axis) => {
    const low = column(count, () => reader.u16())
    return low.map((value) => (reader.u8() * 65_536 + value) * STEP_METRES + bounds.min[axis] - MARGIN_METRES)
  })
  return Array.from({ length: count }, (_, i) => ({ x: xs?.[i] ?? 0, y: ys?.[i] ?? 0, z: zs?.[i] ?? 0 }))
}

function wrong(where: string, message: string): Result<never> {
  return { ok: false, error: { reason: 'malformed', where, message } satisfies ProtocolError }
}

function readCount(reader: ColumnReader, bytesEach: number): number | null {
  const count = reader.left < COUNT_BYTES ? -1 : reader.u16()
  return count < 0 || reader.left < count * bytesEach ? null : count
}

function readAvatars(bytes: Uint8Array, bounds: Bounds): Result<AvatarState[]> {
  if (bytes.length === 0) return { ok: true, value: [] }
  const reader = new ColumnReader(bytes)
  const count = readCount(reader, AVATAR_BYTES)
  if (count === null) return wrong('avatars', 'the columns are shorter than their number says')
  const elements = column(count, () => reader.u32())
  const positions = readPositions(reader, count, bounds)
  const yaws = column(count, () => (reader.u16() / YAW_STEPS) * TURN)
  const [vx, vy, vz] = AXES.map(() => column(count, () => reader.i16() / 1_000))
  const flags = column(count, () => reader.u8())
  const masks = column(count, () => reader.u32())
  const states: AvatarState[] = []
  for (const [i, element] of elements.entries()) {
    const posed = ((flags[i] ?? 0) & POSED) !== 0
    const pose = posed ? readPose(reader, masks[i] ?? 0) : null
    if (posed && pose === null) return wrong(`avatars[${i}]`, 'the pose does not fit its bone mask')
    states.push({
      element, position: positions[i] ?? { x: 0, y: 0, z: 0 }, yaw: yaws[i] ?? 0, velocity: { x: vx?.[i] ?? 0, y: vy?.[i] ?? 0, z: vz?.[i] ?? 0 },
      grounded: ((flags[i] ?? 0) & GROUNDED) !== 0, flying: ((flags[i] ?? 0) & FLYING) !== 0, pose,
    })
  }
  return reader.left === 0 ? { ok: true, value: states } : wrong('avatars', `${reader.left} bytes are left over`)
}

function readPose(reader: ColumnReader, boneMask: number): Pose | null {
  const length = POSE_FIXED_BYTES + POSE_BONE_BYTES * countBones(boneMask)
  return reader.left < length ? null : unpackPose({ bytes: reader.block(length), boneMask })
}

function readProps(bytes: Uint8Array, bounds: Bounds): Result<PropState[]> {
  if (bytes.length === 0) return { ok: true, value: [] }
  const reader = new ColumnReader(bytes)
  const count = readCount(reader, PROP_BYTES)
  if (count === null) return wrong('props', 'the columns are shorter than their number says')
  const elements = column(count, () => reader.u32())
  const positions = readPositions(reader, count, bounds)
  const rotations = column(count, () => unpackRotation(reader.u32()))
  const flags = column(count, () => reader.u8())
  if (reader.left > 0) return wrong('props', `${reader.left} bytes are left over`)
  const states = elements.map((element, i) => ({
    element, position: positions[i] ?? { x: 0, y: 0, z: 0 }, rotation: rotations[i] ?? { x: 0, y: 0, z: 0, w: 1 }, asleep: ((flags[i] ?? 0) & ASLEEP) !== 0,
  }))
  return { ok: true, value: states }
}

/** The states in one part; never throws, whatever the bytes. */
export function decodeSnapshot(part: SnapshotPart, bounds: Bounds): Result<SnapshotStates> {
  const avatars = readAvatars(part.avatars, bounds)
  if (!avatars.ok) return avatars
  const props = readProps(part.props, bounds)
  if (!props.ok) return props
  return { ok: true, value: { avatars: avatars.value, props: props.value } }
}
