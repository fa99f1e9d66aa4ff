/** The state of a running realm. Only `step` changes it; all other code reads it through views. */
import type { CharacterController, Engine, RapierCollider, RigidBody, World } from '../engine.ts'
import type { Box } from '../maths/boxes.ts'
import type { PoseTrack } from '../avatar/pose.ts'
import type { RandomState } from '../maths/random.ts'
import type {
  AvatarBody,
  BodyChoice,
  ElementId,
  FreezeCause,
  HandId,
  PackageHash,
  PackagePhysics,
  PlayerId,
  PropSpec,
  Quat,
  RealmDefinition,
  ShareNumber,
  SimEvent,
  UserNumber,
  Vec3,
} from '../types.ts'

/** The last `move` of a player; it holds until the next. */
export interface Intent {
  x: number
  y: number
  z: number
  jump: boolean
  run: boolean
  fly: boolean
}

export interface Avatar {
  readonly id: ElementId
  readonly player: PlayerId
  readonly user: UserNumber
  readonly share: ShareNumber
  readonly name: string
  bodyChoice: BodyChoice
  /** How much larger the avatar is than the body that `bodyChoice` names. */
  scale: number
  /** The body that `bodyChoice` names, at the avatar's scale. */
  body: AvatarBody
  permissions: number
  /** The root: the point of the ground under the avatar. */
  position: Vec3
  yaw: number
  velocity: Vec3
  grounded: boolean
  flying: boolean
  intent: Intent
  /** Sequence of the last `move`, so that a client knows which of its moves a state includes. */
  moveSequence: number
  track: PoseTrack | null
  /** The track's two poses in the form of the state bytes. */
  readonly trackFloats: Float32Array
  boneMask: number
  capsule: RigidBody
  capsuleCollider: RapierCollider
  /**
   * A kinematic body for each capsule that is close to a dynamic prop, and null for other capsules; null if there are
   * none.
   */
  bones: (RigidBody | null)[] | null
}

export interface Prop {
  readonly id: ElementId
  readonly spec: PropSpec
  /** The package of the spec; null without a package. */
  readonly package: PackageHash | null
  /** xxHash64 of the spec's JSON, or the package's identity. It represents the spec in state hashes. */
  readonly identity: bigint
  readonly owner: UserNumber
  /** The address group that the prop counts in: its owner's at the spawn. */
  readonly share: ShareNumber
  /** The tick since which its owner has been away; 0 if the owner is here or is a manager. */
  ownerLeftTick: number
  /** Access level for each of ACTS, packed. */
  access: number
  readonly home: { readonly position: Vec3; readonly rotation: Quat }
  body: RigidBody
  scale: number
  /** Radius around the body's origin that contains all colliders at the prop's scale, metres. */
  radius: number
  /** Position, rotation, linear and angular velocity after the last step: 13 floats. */
  readonly motion: Float32Array
  /** Axis-aligned world box of the prop. */
  readonly box: Box
  asleep: boolean
  /**
   * Why the prop stands still whatever touches it. `new`: it was spawned, scaled or grabbed, and moves once the tick
   * has room in its physics budget.
   */
  frozen: FreezeCause | 'new' | null
  /**
   * True if its motion was not finite after the last step. `motion` has the last finite one, and the next step repairs
   * the prop.
   */
  broken: boolean
  hold: Hold | null
  /** Until this tick bones pass through the prop, so that the releasing hand does not kick it away. 0: they do not. */
  bonesPassUntil: number
}

/** A package in the realm. */
export interface Package {
  readonly hash: PackageHash
  readonly physics: PackagePhysics
  /** `physics` as JSON, as state bytes keep it. */
  readonly json: string
  /** xxHash64 of hash and JSON. */
  readonly identity: bigint
}

export interface Hold {
  readonly player: PlayerId
  readonly hand: HandId
  position: Vec3
  rotation: Quat
  /** The hand's speed, smoothed over its drags, m/s. A throw starts with it. */
  velocity: Vec3
  dragTick: number
}

export interface Realm {
  readonly engine: Engine
  readonly definition: RealmDefinition
  world: World
  controller: CharacterController
  readonly random: RandomState
  /** The last tick that was stepped; 0 at genesis. */
  tick: number
  nextElement: ElementId
  /** In the order of ids. */
  readonly avatars: Map<ElementId, Avatar>
  /** In the order of ids. */
  readonly props: Map<ElementId, Prop>
  /** Oldest first. */
  readonly packages: Map<PackageHash, Package>
  /** Avatar of each player. */
  readonly players: Map<PlayerId, Avatar>
  /** Events of the current step so far. */
  events: SimEvent[]
}

/** A trap in the physics engine or a NaN: a bug. Do not step the realm again. */
export class SimulationFault extends Error {
  readonly tick: number
  constructor(tick: number, message: string, options?: ErrorOptions) {
    super(`tick ${tick}: ${message}`, options)
    this.name = 'SimulationFault'
    this.tick = tick
  }
}

/** Ids of the two elements that every realm has. */
export const PLANE_ID = 1
export const MARKER_ID = 2
/** Position of the marker, which faces +Z. */
export const MARKER_POSITION: Vec3 = { x: 0, y: 0, z: 1 }
