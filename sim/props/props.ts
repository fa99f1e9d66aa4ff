/** Props: creates, scales and removes their bodies, and reads their motion from the physics engine. */
import { RAPIER, type RigidBody, type RigidBodyDesc, type World } from '../engine.ts'
import { abs, fround, froundQuat, froundVec, IDENTITY } from '../maths/maths.ts'
import { propRadius } from './extent.ts'
import { placeBox } from '../maths/boxes.ts'
import { checkProp, colliderDescs, Groups } from './shapes.ts'
import type { Package, Prop, Realm } from '../state/state.ts'
import { ascii, asciiJson } from '../state/bytes.ts'
import type { PackageHash, PlacedProp, PropSpec, Quat, RejectReason, ShareNumber, UserNumber, Vec3 } from '../types.ts'

const BODY: Record<PropSpec['motion'], () => RigidBodyDesc> = {
  static: () => RAPIER.RigidBodyDesc.fixed(),
  dynamic: () => RAPIER.RigidBodyDesc.dynamic(),
  kinematic: () => RAPIER.RigidBodyDesc.kinematicPositionBased(),
}

/** Damping of free props, 1/s: air and rolling resistance, so that a ball comes to rest. */
const LINEAR_DAMPING = 0.05
const ANGULAR_DAMPING = 0.4
/** Props smaller than this use continuous collision detection, so that they do not pass through walls. Metres. */
const CCD_RADIUS_MAX = 0.2
/** Above these speeds, m/s and rad/s, a body's numbers are about to overflow. A thrown prop has 20 m/s. */
const SPEED_MAX = 1_000
const SPIN_MAX = 1e6

export const motionFloats = (): Float32Array => new Float32Array(13)
export const positionOf = ({ motion: m }: Prop): Vec3 => ({ x: m[0] ?? 0, y: m[1] ?? 0, z: m[2] ?? 0 })
export const rotationOf = ({ motion: m }: Prop): Quat => ({ x: m[3] ?? 0, y: m[4] ?? 0, z: m[5] ?? 0, w: m[6] ?? 1 })

/** What all props of one kind share. */
export type PropTemplate = Pick<Prop, 'spec' | 'package' | 'identity'>

/** The template of a spec from JSON. JSON has no -0, and one sign can change a trajectory. */
export const templateFromJson = ({ engine }: Pick<Realm, 'engine'>, json: string): PropTemplate => ({
  spec: JSON.parse(json) as PropSpec,
  package: null,
  identity: engine.hash64(ascii(json)),
})

/** The template that a command names, or the reason why it cannot be used. */
export function templateOf(realm: Realm, wanted: PropSpec | PackageHash): PropTemplate | RejectReason {
  if (typeof wanted !== 'string') return checkProp(wanted) ?? templateFromJson(realm, asciiJson(wanted))
  const known = realm.packages.get(wanted)
  return known ? (templateOfPackage(known) ?? 'wrong-kind') : 'unknown-package'
}

/** Returns null for an avatar's package. */
export const templateOfPackage = ({ hash, physics, identity }: Package): PropTemplate | null =>
  physics.kind === 'object' ? { spec: physics.prop, package: hash, identity } : null

interface PropPlace extends Omit<PlacedProp, 'prop'> {
  readonly owner: UserNumber
  readonly share: ShareNumber
  readonly access: number
}

/** The fields of a prop that its body depends on. */
type BodyParts = Pick<Prop, 'spec' | 'scale' | 'radius' | 'frozen' | 'hold' | 'bonesPassUntil'>

/** Adds a prop's body and colliders to the world. Returns null if the engine finds no hull. */
export function createBody(world: World, prop: BodyParts, position: Vec3, rotation: Quat): RigidBody | null {
  const { spec, scale, radius, frozen, hold, bonesPassUntil } = prop
  const descs = colliderDescs(spec, scale)
  if (!descs) return null
  const isDynamic = spec.motion === 'dynamic'
  const stands = isDynamic && frozen !== null && frozen !== 'new'
  const body = world.createRigidBody(
    (stands ? BODY.static : BODY[spec.motion])()
      .setTranslation(position.x, position.y, position.z)
      .setRotation(rotation)
      .setLinearDamping(LINEAR_DAMPING)
      .setAngularDamping(ANGULAR_DAMPING)
      .setGravityScale(isDynamic && hold ? 0 : 1)
      .setCcdEnabled(isDynamic && radius < CCD_RADIUS_MAX),
  )
  for (const desc of descs)
    world.createCollider(isDynamic && (hold || bonesPassUntil) ? desc.setCollisionGroups(Groups.held) : desc, body)
  return body
}

/**
 * Adds a checked prop to the realm. Returns null if the engine finds no hull in it. A dynamic prop moves once the tick
 * has room in its physics budget.
 */
export function createProp(realm: Realm, template: PropTemplate, placed: PropPlace): Prop | null {
  const { spec } = template
  const [position, rotation, scale] = [froundVec(placed.position), froundQuat(placed.rotation), fround(placed.scale)]
  const whole = {
    ...template,
    scale,
    radius: propRadius(spec.colliders) * scale,
    frozen: spec.motion === 'dynamic' ? ('new' as const) : null,
    hold: null,
    bonesPassUntil: 0,
  }
  const body = createBody(realm.world, whole, position, rotation)
  if (!body) return null
  const { owner, share, access } = placed
  const prop: Prop = {
    id: realm.nextElement++,
    ...whole,
    owner,
    share,
    ownerLeftTick: 0,
    access,
    home: { position, rotation },
    body,
    motion: motionFloats(),
    box: new Float64Array(6),
    asleep: false,
    broken: false,
  }
  readMotion(prop)
  realm.props.set(prop.id, prop)
  return prop
}

export function removeProp(realm: Realm, prop: Prop): void {
  realm.world.removeRigidBody(prop.body)
  realm.props.delete(prop.id)
}

/**
 * Changes a prop's scale: its colliders are created again, and its mass follows by density. The scale has been checked.
 */
export function rescaleProp(realm: Realm, prop: Prop, scale: number): boolean {
  const descs = colliderDescs(prop.spec, scale)
  if (!descs) return false
  for (let i = prop.body.numColliders() - 1; i >= 0; i--) realm.world.removeCollider(prop.body.collider(i), true)
  const filter = prop.hold || prop.bonesPassUntil ? Groups.held : null
  for (const desc of descs)
    realm.world.createCollider(
      filter === null || prop.spec.motion !== 'dynamic' ? desc : desc.setCollisionGroups(filter),
      prop.body,
    )
  prop.scale = scale
  prop.radius = propRadius(prop.spec.colliders) * scale
  placeBox(prop.spec, prop.motion, scale, prop.box)
  return true
}

/** Sets what a dynamic prop collides with. */
export function setGroups(prop: Prop, collisionGroups: number): void {
  if (prop.spec.motion !== 'dynamic') return
  for (let i = 0; i < prop.body.numColliders(); i++) prop.body.collider(i).setCollisionGroups(collisionGroups)
}

/** Moves a prop to a place, at rest. */
export function placeProp(prop: Prop, position: Vec3, rotation: Quat): void {
  prop.body.setTranslation(position, true)
  prop.body.setRotation(rotation, true)
  if (prop.spec.motion !== 'dynamic') return
  prop.body.setLinvel({ x: 0, y: 0, z: 0 }, true)
  prop.body.setAngvel({ x: 0, y: 0, z: 0 }, true)
}

const V = { x: 0, y: 0, z: 0 }
const Q = { ...IDENTITY }

/** Copies the body's 13 floats. */
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

const scratch = motionFloats()

/** True if all numbers are finite and slow enough to stay so. NaN and Infinity make every comparison false. */
function isSound(m: Float32Array): boolean {
  for (let i = 0; i < 7; i++) if (!(abs(m[i] ?? NaN) < 1e6)) return false
  for (let i = 7; i < 13; i++) if (!(abs(m[i] ?? NaN) < (i < 10 ? SPEED_MAX : SPIN_MAX))) return false
  return true
}

/**
 * Reads a prop's motion from its body. Bodies that slept or were frozen before and after are skipped, because nothing
 * about them changed. An unsound motion is not copied: the prop becomes `broken`, and the next step repairs it.
 */
export function readMotion(prop: Prop): void {
  const asleep = prop.frozen === null || prop.frozen === 'new' ? prop.body.isSleeping() : true
  if (asleep && prop.asleep) return
  readBody(prop.body, scratch)
  // The engine disables a body in which it finds NaN. Nothing would ever touch it again.
  prop.broken = !isSound(scratch) || !prop.body.isEnabled()
  if (prop.broken) return
  prop.asleep = asleep
  prop.motion.set(scratch)
  placeBox(prop.spec, prop.motion, prop.scale, prop.box)
}
