/** Read-only views of a realm: plain values, in the order of ids. */
import { fround, ScratchQuat, ScratchVec } from '../maths/maths.ts'
import { evaluatePose, PoseMixer, type Pose } from '../avatar/pose.ts'
import { restHeadHeight } from '../avatar/skeleton.ts'
import { MARKER_ID, MARKER_POSITION, PLANE_ID, type Avatar, type Prop, type Realm } from './state.ts'
import type {
  ElementId,
  FreezeCause,
  HandId,
  Mutable,
  PackageHash,
  PlayerId,
  PropSpec,
  Quat,
  UserNumber,
  Vec3,
} from '../types.ts'

export interface AvatarView {
  readonly id: ElementId
  readonly player: PlayerId
  readonly user: UserNumber
  readonly name: string
  /** Index in the definition's bodies; 0 if the body is from a package. */
  readonly body: number
  /** Hash of the package of the body; null if the realm defines it. */
  readonly package: PackageHash | null
  readonly scale: number
  /** Height of its head at rest above the root, at its scale. */
  readonly headMetres: number
  readonly permissions: number
  /** The root on the ground. */
  readonly position: Vec3
  readonly yaw: number
  readonly velocity: Vec3
  readonly grounded: boolean
  readonly flying: boolean
  /** The pose at this tick in root space; null before the first pose. */
  readonly pose: Pose | null
  readonly boneMask: number
  /** Sequence of the last `move` that this state includes. */
  readonly moveSequence: number
}

export interface PropView {
  readonly id: ElementId
  readonly spec: PropSpec
  readonly position: Vec3
  readonly rotation: Quat
  readonly linvel: Vec3
  readonly angvel: Vec3
  readonly scale: number
  /** 0: nobody. */
  readonly holder: PlayerId
  readonly hand: HandId
  /** Hash of the prop's package; null without one. */
  readonly package: PackageHash | null
  /** 0: the realm itself. */
  readonly owner: UserNumber
  /** Access level for each of ACTS, packed. */
  readonly access: number
  readonly asleep: boolean
  /** Why the prop stands still whatever touches it; null if it is not frozen. */
  readonly frozen: FreezeCause | null
}

/** An avatar's body in the form of views and messages. */
export function bodyView({
  bodyChoice,
  scale,
  body,
}: Pick<Avatar, 'bodyChoice' | 'scale' | 'body'>): Pick<AvatarView, 'body' | 'package' | 'scale' | 'headMetres'> {
  const headMetres = fround(restHeadHeight(body))
  return typeof bodyChoice === 'number'
    ? { body: bodyChoice, package: null, scale, headMetres }
    : { body: 0, package: bodyChoice, scale, headMetres }
}

const avatarView = (a: Avatar, tick: number, mixer?: PoseMixer): AvatarView => ({
  id: a.id,
  player: a.player,
  user: a.user,
  name: a.name,
  ...bodyView(a),
  permissions: a.permissions,
  position: a.position,
  yaw: a.yaw,
  velocity: a.velocity,
  grounded: a.grounded,
  flying: a.flying,
  pose: a.track && evaluatePose(a.track, tick, mixer),
  boneMask: a.boneMask,
  moveSequence: a.moveSequence,
})

/** Vectors of a view that iterators overwrite. */
interface ViewVectors {
  readonly position: ScratchVec
  readonly rotation: ScratchQuat
  readonly linvel: ScratchVec
  readonly angvel: ScratchVec
}

const newViewVectors = (): ViewVectors => ({
  position: new ScratchVec(),
  rotation: new ScratchQuat(),
  linvel: new ScratchVec(),
  angvel: new ScratchVec(),
})

function propView(p: Prop, into: ViewVectors): PropView {
  const { position, rotation, linvel, angvel } = into
  readVec(p.motion, 0, position)
  readVec(p.motion, 3, rotation)
  rotation.w = p.motion[6] ?? 1
  readVec(p.motion, 7, linvel)
  readVec(p.motion, 10, angvel)
  return {
    id: p.id,
    spec: p.spec,
    package: p.package,
    position,
    rotation,
    linvel,
    angvel,
    scale: p.scale,
    holder: p.hold?.player ?? 0,
    hand: p.hold?.hand ?? 0,
    owner: p.owner,
    access: p.access,
    asleep: p.asleep,
    frozen: p.frozen === 'new' ? null : p.frozen,
  }
}

/** Why a prop stands still; null if it is not frozen or does not exist. */
export function frozenCause(realm: Pick<Realm, 'props'>, element: ElementId): FreezeCause | null {
  const cause = realm.props.get(element)?.frozen ?? null
  return cause === 'new' ? null : cause
}

function readVec(from: Float32Array, at: number, into: Mutable<Vec3>): void {
  into.x = from[at] ?? 0
  into.y = from[at + 1] ?? 0
  into.z = from[at + 2] ?? 0
}

export const avatars = (realm: Realm): readonly AvatarView[] =>
  [...realm.avatars.values()].map((a) => avatarView(a, realm.tick))
export const props = (realm: Realm): readonly PropView[] =>
  [...realm.props.values()].map((p) => propView(p, newViewVectors()))

/** Iterates over the avatars without garbage. Each view is valid until the next. */
export function* iterateAvatars(realm: Realm): Generator<AvatarView> {
  const mixer = new PoseMixer()
  for (const a of realm.avatars.values()) yield avatarView(a, realm.tick, mixer)
}

/** Iterates over the props without garbage. Each view is valid until the next. */
export function* iterateProps(realm: Realm): Generator<PropView> {
  const motion = newViewVectors()
  for (const p of realm.props.values()) yield propView(p, motion)
}

/** Marker, plane, avatars and props together. */
export const elementCount = (realm: Realm): number => 2 + realm.avatars.size + realm.props.size

/** One number or string of the state, by name, for diffs. */
export interface Field {
  readonly element: ElementId
  readonly field: string
  readonly value: number | string
}

/** All leaves of `value`, with `path` in front. */
function* leaves(element: ElementId, path: string, value: unknown): Generator<Field> {
  if (typeof value === 'number' || typeof value === 'string') yield { element, field: path, value }
  else if (typeof value === 'boolean') yield { element, field: path, value: value ? 1 : 0 }
  else if (value !== null && typeof value === 'object')
    for (const [key, part] of Object.entries(value)) yield* leaves(element, path ? `${path}.${key}` : key, part)
}

/** Every field of the state, with elements in the order of ids. Element 0 is the realm itself. */
export function* fields(realm: Realm): Generator<Field> {
  yield { element: 0, field: 'tick', value: realm.tick }
  yield { element: 0, field: 'nextElement', value: realm.nextElement }
  yield* leaves(0, 'random', [...realm.random])
  yield { element: PLANE_ID, field: 'kind', value: 'plane' }
  yield* leaves(MARKER_ID, 'position', MARKER_POSITION)
  for (const { hash, identity } of realm.packages.values())
    yield { element: 0, field: `packages.${hash}`, value: identity.toString(16).padStart(16, '0') }
  for (const avatar of realm.avatars.values()) yield* avatarFields(avatar)
  for (const prop of realm.props.values()) yield* propFields(prop)
}

/** The fields of one avatar or prop; none if there is no such element. */
export function* elementFields(realm: Realm, element: ElementId): Generator<Field> {
  const avatar = realm.avatars.get(element)
  const prop = realm.props.get(element)
  if (avatar) yield* avatarFields(avatar)
  if (prop) yield* propFields(prop)
}

function* avatarFields(a: Avatar): Generator<Field> {
  const {
    id,
    player,
    user,
    bodyChoice,
    scale,
    permissions,
    position,
    yaw,
    velocity,
    grounded,
    flying,
    intent,
    moveSequence,
    track,
  } = a
  yield* leaves(id, '', {
    player,
    user,
    bodyChoice,
    scale,
    permissions,
    position,
    yaw,
    velocity,
    grounded,
    flying,
    intent,
    moveSequence,
    track,
  })
  yield { element: id, field: 'boneBodies', value: a.bones?.map((bone, i) => (bone ? i : '')).join(' ') ?? '' }
}

function* propFields(p: Prop): Generator<Field> {
  const { id: _id, spec: _spec, ...view } = propView(p, newViewVectors())
  yield* leaves(p.id, '', {
    ...view,
    name: p.spec.name,
    hold: p.hold,
    bonesPassUntil: p.bonesPassUntil,
    share: p.share,
    ownerLeftTick: p.ownerLeftTick,
  })
}
