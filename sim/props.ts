/** Props: creating, scaling and removing their bodies, and reading where physics has taken them. */
import { RAPIER, type RigidBody, type RigidBodyDesc } from './engine.ts'
import { fround, froundQuat, froundVec, IDENTITY, isFiniteNumber } from './maths.ts'
import { propRadius } from './extent.ts'
import { checkProp, colliderDescs, Groups, RADIUS_MAX, RADIUS_MIN, SCALE_MAX, SCALE_MIN } from './shapes.ts'
import { SimulationFault, type Package, type Prop, type Realm } from './state.ts'
import { ascii, keptJson } from './bytes.ts'
import type { PackageHash, PlacedProp, PropSpec, Quat, RejectReason, UserNumber, Vec3 } from './types.ts'

const BODY: Record<PropSpec['motion'], () => RigidBodyDesc> = {
  static: () => RAPIER.RigidBodyDesc.fixed(),
  dynamic: () => RAPIER.RigidBodyDesc.dynamic(),
  kinematic: () => RAPIER.RigidBodyDesc.kinematicPositionBased(),
}

/** Damping of free props: what air and rolling take, so that a ball comes to rest. 1/s */
const LINEAR_DAMPING = 0.05
const ANGULAR_DAMPING = 0.4

export const motionFloats = (): Float32Array => new Float32Array(13)
export const positionOf = ({ motion: m }: Prop): Vec3 => ({ x: m[0] ?? 0, y: m[1] ?? 0, z: m[2] ?? 0 })
export const rotationOf = ({ motion: m }: Prop): Quat => ({ x: m[3] ?? 0, y: m[4] ?? 0, z: m[5] ?? 0, w: m[6] ?? 1 })

/** Why a prop cannot have this scale, or null. */
export function checkScale(spec: PropSpec, scale: number): RejectReason | null {
  if (!isFiniteNumber(scale)) return 'invalid-value'
  const radius = propRadius(spec) * scale
  return scale >= SCALE_MIN && scale <= SCALE_MAX && radius >= RADIUS_MIN && radius <= RADIUS_MAX ? null : 'scale-out-of-range'
}

function attachColliders(realm: Realm, spec: PropSpec, body: RigidBody, scale: number): boolean {
  const descs = colliderDescs(spec, scale)
  if (!descs) return false
  for (const desc of descs) realm.world.createCollider(desc, body)
  return true
}

/** What a prop is made of, as state keeps it. */
export type PropMake = Pick<Prop, 'spec' | 'package' | 'identity'>

/** The make that a spec's kept JSON is of. JSON has no -0, and one sign can turn a trajectory. */
export const keptMake = ({ engine }: Pick<Realm, 'engine'>, json: string): PropMake =>
  ({ spec: JSON.parse(json) as PropSpec, package: null, identity: engine.hash64(ascii(json)) })

/** The make that a command names, or why there is none that a prop can have. */
export function makeOf(realm: Realm, wanted: PropSpec | PackageHash): PropMake | RejectReason {
  if (typeof wanted !== 'string') return checkProp(wanted) ?? keptMake(realm, keptJson(wanted))
  const known = realm.packages.get(wanted)
  return known ? packageMake(known) ?? 'wrong-kind' : 'unknown-package'
}

/** Null where the package is none of a prop. */
export const packageMake = ({ hash, physics, identity }: Package): PropMake | null =>
  physics.kind === 'object' ? { spec: physics.prop, package: hash, identity } : null

export interface PropPlace extends Omit<PlacedProp, 'prop'> {
  readonly owner: UserNumber
  readonly access: number
}

/** Puts a checked prop into the realm; null where the engine finds no hull in it. */
export function createProp(realm: Realm, make: PropMake, placed: PropPlace): Prop | null {
  const { spec } = make
  const [position, rotation, scale] = [froundVec(placed.position), froundQuat(placed.rotation), fround(placed.scale)]
  const desc = BODY[spec.motion]()
    .setTranslation(position.x, position.y, position.z)
    .setRotation(rotation)
    .setLinearDamping(LINEAR_DAMPING)
    .setAngularDamping(ANGULAR_DAMPING)
    .setCcdEnabled(spec.motion === 'dynamic' && propRadius(spec) * scale < 0.2)
  const body = realm.world.createRigidBody(desc)
  if (!attachColliders(realm, spec, body, scale)) {
    realm.world.removeRigidBody(body)
    return null
  }
  const prop: Prop = {
    id: realm.nextElement++,
    ...make,
    owner: placed.owner,
    access: placed.access,
    home: { position, rotation },
    body,
    scale,
    radius: propRadius(spec) * scale,
    motion: motionFloats(),
    asleep: false,
    hold: null,
    bonesPassUntil: 0,
  }
  readMotion(realm, prop)
  realm.props.set(prop.id, prop)
  return prop
}

export function removeProp(realm: Realm, prop: Prop): void {
  realm.world.removeRigidBody(prop.body)
  realm.props.delete(prop.id)
}

/** Gives a prop another size: colliders are made anew, mass follows by density. The scale is checked already. */
export function rescaleProp(realm: Realm, prop: Prop, scale: number): boolean {
  const descs = colliderDescs(prop.spec, scale)
  if (!descs) return false
  for (let i = prop.body.numColliders() - 1; i >= 0; i--) realm.world.removeCollider(prop.body.collider(i), true)
  const filter = prop.hold || prop.bonesPassUntil ? Groups.held : null
  for (const desc of descs) realm.world.createCollider(filter === null || prop.spec.motion !== 'dynamic' ? desc : desc.setCollisionGroups(filter), prop.body)
  prop.scale = scale
  prop.radius = propRadius(prop.spec) * scale
  return true
}

/** Sets who a dynamic prop collides with. */
export function setGroups(prop: Prop, collisionGroups: number): void {
  if (prop.spec.motion !== 'dynamic') return
  for (let i = 0; i < prop.body.numColliders(); i++) prop.body.collider(i).setCollisionGroups(collisionGroups)
}

/** Puts a prop somewhere, at rest. */
export function placeProp(prop: Prop, position: Vec3, rotation: Quat): void {
  prop.body.setTranslation(position, true)
  prop.body.setRotation(rotation, true)
  if (prop.spec.motion !== 'dynamic') return
  prop.body.setLinvel({ x: 0, y: 0, z: 0 }, true)
  prop.body.setAngvel({ x: 0, y: 0, z: 0 }, true)
}

const V = { x: 0, y: 0, z: 0 }
const Q = { ...IDENTITY }

/** Copies the body's 13 floats. A number that is none stops the realm. */
export function readBody(body: RigidBody, m: Float32Array): void {
  body.translation(V)
  m[0] = V.x
  m[1] = V.y
  m[2] = V.z
  body.rotation(Q)
  m[3] = Q.x
  m[4] = Q.y
  m[5] = Q.z
  m[6] = Q.w
  body.linvel(V)
  m[7] = V.x
  m[8] = V.y
  m[9] = V.z
  body.angvel(V)
  m[10] = V.x
  m[11] = V.y
  m[12] = V.z
}

/** Brings a prop's motion up to date. Bodies that slept before and after are left out: nothing about them changed. */
export function readMotion(realm: Realm, prop: Prop): void {
  const asleep = prop.body.isSleeping()
  if (asleep && prop.asleep) return
  prop.asleep = asleep
  readBody(prop.body, prop.motion)
  let sum = 0
  for (const x of prop.motion) sum += x
  if (!isFiniteNumber(sum)) throw new SimulationFault(realm.tick, `prop ${prop.id} (${prop.spec.name}) has a number that is none: ${prop.motion.join(' ')}`)
}
