/**
 * The data that the simulation works on. Conventions (docs/architecture.md): metres, seconds, Y up, right-handed,
 * quaternions x y z w, angles in radians; a player's forward is -Z. Every number that enters in an input is
 * representable as a 32-bit float, so that the wire, the recording and the simulation agree on it.
 */

export interface Vec3 {
  readonly x: number
  readonly y: number
  readonly z: number
}

/** A unit quaternion. */
export interface Quat {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly w: number
}

/** A type with its `readonly` removed, for objects that are reused to avoid garbage. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Identity of a player in one realm instance, 1 to 2^32 - 1; 0 is the server itself. */
export type PlayerId = number
/** Number of a user, stable over logins and realms, 1 to 2^32 - 1; 0 is the realm itself. */
export type UserNumber = number
/** SHA-256 of a package's manifest: 64 lower-case hex digits. */
export type PackageHash = string
/**
 * Number of an address group, 0 to 2^32 - 1. The users behind one network address get the same number, so that
 * throw-away guests do not multiply what one person may fill. 0: the realm itself.
 */
export type ShareNumber = number
/** Identity of an element in one realm instance, 1 to 2^32 - 1, assigned in order of creation and never reused. */
export type ElementId = number

/** The geometry of a collider, in metres at scale 1. Capsules stand along their local Y. */
export type Shape =
  | { readonly type: 'box'; readonly halfExtents: Vec3 }
  | { readonly type: 'sphere'; readonly radius: number }
  | { readonly type: 'capsule'; readonly halfHeight: number; readonly radius: number }
  /** 4 to 64 points, flat x y z; their convex hull is the shape. */
  | { readonly type: 'convex'; readonly points: readonly number[] }
  /** Static props only. Flat x y z vertices and triples of indices. */
  | { readonly type: 'trimesh'; readonly vertices: readonly number[]; readonly indices: readonly number[] }

/** One shape at its place in the prop. */
export interface Collider {
  readonly shape: Shape
  readonly position: Vec3
  readonly rotation: Quat
}

/** How a prop moves: never, by physics, or only by commands. */
export type Motion = 'static' | 'dynamic' | 'kinematic'

/** The physical properties of a prop. Several colliders make a compound. */
export interface PropSpec {
  readonly name: string
  readonly motion: Motion
  readonly colliders: readonly Collider[]
  /** kg/m^3 */
  readonly density: number
  readonly friction: number
  readonly restitution: number
  /** 0xRRGGBB; clients without the prop's mesh draw it. */
  readonly color: number
}

/** The 18 humanoid bones, in the order in which poses carry them. Each bone's parent comes before it. */
export const BONES = [
  'hips',
  'spine',
  'chest',
  'upperChest',
  'neck',
  'head',
  'leftUpperArm',
  'leftLowerArm',
  'leftHand',
  'rightUpperArm',
  'rightLowerArm',
  'rightHand',
  'leftUpperLeg',
  'leftLowerLeg',
  'leftFoot',
  'rightUpperLeg',
  'rightLowerLeg',
  'rightFoot',
] as const
export type Bone = (typeof BONES)[number]
/** Index in BONES of each bone's parent; -1 for the hips. */
export const BONE_PARENTS: readonly number[] = [-1, 0, 1, 2, 3, 4, 3, 6, 7, 3, 9, 10, 0, 12, 13, 0, 15, 16]

/** A capsule that follows a bone: two points in the bone's space and a radius, metres. */
export interface BoneCapsule {
  /** Index in BONES. */
  readonly bone: number
  readonly a: Vec3
  readonly b: Vec3
  readonly radius: number
}

/**
 * An avatar's body. At rest all bones are unrotated (T-pose, facing -Z, feet at y = 0).
 * `offsets[i]` is bone i's origin in its parent's space (the hips': above the root, which stands on the ground).
 */
export interface AvatarBody {
  readonly name: string
  readonly offsets: readonly Vec3[]
  /** At most 24. */
  readonly capsules: readonly BoneCapsule[]
}

/** What the simulation knows of a package: a prop's spec or an avatar's body. */
export type PackagePhysics =
  | { readonly kind: 'object'; readonly prop: PropSpec }
  | { readonly kind: 'avatar'; readonly body: AvatarBody }

/** An avatar's body: a body by its index in the realm's definition, or an avatar's package. */
export type BodyChoice = number | PackageHash

/**
 * A pose as it is sent (format: sim/avatar/pose.ts), relative to the avatar's root: position on the ground, turned by
 * its yaw. It always has head and hands, and bone rotations where `boneMask` has the bone's bit (1 << index in BONES).
 */
export interface PackedPose {
  /** Three of 10 bytes: head, left hand, right hand; then 4 bytes for each bone of the mask, lowest bit first. */
  readonly bytes: Uint8Array
  readonly boneMask: number
}

/** Permissions of a player, as bits. */
export const Permission = { spawn: 1, grab: 2, scale: 4, manage: 8, fly: 16 } as const
/** All bits of Permission together. */
export const PERMISSIONS_MAX = 31

/**
 * Access rules of a prop: 2 bits of its `access` byte for each of ACTS, lowest first. By default everyone drags and
 * scales, and its owner and managers despawn. "Everyone" means everyone with the act's own permission, if the act has
 * one.
 */
export const Access = { default: 0, everyone: 1, ownerAndManagers: 2, owner: 3 } as const
export const ACTS = ['drag', 'scale', 'despawn'] as const
export type Act = (typeof ACTS)[number]
/** Largest access byte. */
export const ACCESS_MAX = 63

/** The hand that holds. A desktop pointer is a hand of its own. */
export const Hand = { left: 0, right: 1, pointer: 2 } as const
export type HandId = 0 | 1 | 2

/** Why the server refuses a player's command before the simulation sees it. */
export const REFUSALS = ['unknown-package', 'not-permitted', 'archive-away', 'package-limit', 'invalid-value'] as const
export type Refusal = (typeof REFUSALS)[number]

/** An intent. A join without a `share` is alone in its address group. `join`, `leave`, `teleport`, `permit` and `package` come only from the server (player 0). */
export type Command =
  | {
      readonly type: 'join'
      readonly player: PlayerId
      readonly user: UserNumber
      readonly share?: ShareNumber
      readonly name: string
      readonly body: number
      readonly permissions: number
    }
  | { readonly type: 'leave'; readonly player: PlayerId }
  | { readonly type: 'teleport'; readonly player: PlayerId; readonly position: Vec3; readonly yaw: number }
  | { readonly type: 'permit'; readonly player: PlayerId; readonly permissions: number }
  /**
   * Stays in effect until the next one. `x`, `z`: wished direction in the player's own frame, each -1 to 1 (-z is
   * forward); `y`: up and down while flying; `yaw`: the heading itself, about +Y, 0 looks along -Z.
   */
  | {
      readonly type: 'move'
      readonly x: number
      readonly y: number
      readonly z: number
      readonly yaw: number
      readonly jump: boolean
      readonly run: boolean
      readonly fly: boolean
    }
  | { readonly type: 'pose'; readonly pose: PackedPose }
  /** `owner` is the user for whom the server spawns the prop. A player's spawn names 0 and is owned by its user. */
  | {
      readonly type: 'spawn'
      readonly prop: PropSpec | PackageHash
      readonly position: Vec3
      readonly rotation: Quat
      readonly scale: number
      readonly access: number
      readonly owner: UserNumber
    }
  | { readonly type: 'despawn'; readonly element: ElementId }
  | { readonly type: 'grab'; readonly element: ElementId; readonly hand: HandId }
  /** Target of the held prop: the element's own transform, world space. */
  | { readonly type: 'drag'; readonly hand: HandId; readonly position: Vec3; readonly rotation: Quat }
  | { readonly type: 'release'; readonly hand: HandId }
  | { readonly type: 'scale'; readonly element: ElementId; readonly scale: number }
  /**
   * Adds a package's physics to the realm, before its first use. For a package that the realm has, it marks it as used
   * again.
   */
  | { readonly type: 'package'; readonly hash: PackageHash; readonly physics: PackagePhysics }
  /**
   * Changes an avatar's body in place. `player` names the avatar if the server sends it; a player's own input names 0.
   */
  | { readonly type: 'wear'; readonly player: PlayerId; readonly body: BodyChoice }
  | { readonly type: 'access'; readonly element: ElementId; readonly access: number }
  /** The server's replacement for a player's command that it refuses. A replay rejects it with the same reason. */
  | { readonly type: 'refused'; readonly reason: Refusal }
export type CommandType = Command['type']

/** One intent of a player, or of the server if `player` is 0. `sequence` counts up per player, 1 to 2^32 - 1. */
export interface Input {
  readonly player: PlayerId
  readonly sequence: number
  readonly command: Command
}

/** All inputs that the server sealed for one tick, in canonical order: server's first, then by player, then by sequence. */
export interface InputFrame {
  readonly tick: number
  readonly inputs: readonly Input[]
}

/** Why an input was rejected. */
export const REJECT_REASONS = [
  'unknown-player',
  'already-joined',
  'realm-full',
  'server-only',
  'unknown-element',
  'not-movable',
  'held-by-another',
  'hand-full',
  'hand-empty',
  'out-of-reach',
  'scale-out-of-range',
  'size-out-of-range',
  'mass-out-of-range',
  'degenerate-shape',
  'trimesh-not-static',
  'mesh-too-large',
  'element-limit',
  'share-limit',
  'state-limit',
  'too-crowded',
  'unknown-body',
  'wrong-kind',
  ...REFUSALS,
] as const
export type RejectReason = (typeof REJECT_REASONS)[number]

/** Why a prop is frozen. */
export type FreezeCause = 'work' | 'unstable'

/**
 * What a step reports. Every input except `move`, `pose` and `drag` ends in exactly one event with its player and
 * sequence; those three only if they are rejected. A prop that slips from a hand, or may no longer be held, is
 * `released` with sequence 0.
 */
export type SimEvent =
  | {
      readonly type: 'joined'
      readonly player: PlayerId
      readonly sequence: number
      readonly joined: PlayerId
      readonly element: ElementId
    }
  | {
      readonly type: 'left'
      readonly player: PlayerId
      readonly sequence: number
      readonly left: PlayerId
      readonly element: ElementId
    }
  | { readonly type: 'teleported'; readonly player: PlayerId; readonly sequence: number; readonly moved: PlayerId }
  | { readonly type: 'permitted'; readonly player: PlayerId; readonly sequence: number; readonly changed: PlayerId }
  | { readonly type: 'packaged'; readonly player: PlayerId; readonly sequence: number; readonly hash: PackageHash }
  | {
      readonly type: 'bodyChanged'
      readonly player: PlayerId
      readonly sequence: number
      readonly changed: PlayerId
      readonly element: ElementId
    }
  | {
      readonly type: 'spawned' | 'despawned' | 'grabbed' | 'released' | 'scaled' | 'accessChanged'
      readonly player: PlayerId
      readonly sequence: number
      readonly element: ElementId
    }
  | {
      readonly type: 'rejected'
      readonly player: PlayerId
      readonly sequence: number
      readonly command: CommandType
      readonly reason: RejectReason
    }
  /** An element left the realm's bounds and was put back. */
  | { readonly type: 'returned'; readonly element: ElementId }
  /**
   * A prop stands still until the physics budget has room (`work`), or until a player grabs it (`unstable`: its numbers
   * were not finite).
   */
  | { readonly type: 'frozen'; readonly element: ElementId; readonly owner: UserNumber; readonly cause: FreezeCause }
  | { readonly type: 'thawed'; readonly element: ElementId }
  /** A prop whose owner has left was removed, by the realm's rule. */
  | { readonly type: 'expired'; readonly element: ElementId; readonly owner: UserNumber }

/** A prop that is in the realm from genesis. */
export interface PlacedProp {
  readonly prop: PropSpec
  readonly position: Vec3
  readonly rotation: Quat
  readonly scale: number
}

/** Everything that genesis depends on. The recording's header contains it as JSON. */
export interface RealmDefinition {
  readonly id: string
  readonly name: string
  /** uint32 */
  readonly seed: number
  readonly tickRate: number
  readonly gravity: Vec3
  /** An element that leaves this box is returned at rest: an avatar to the spawn, a prop to where it was spawned. */
  readonly bounds: { readonly min: Vec3; readonly max: Vec3 }
  /** Half extents of the quad plane that is the ground, at y = 0. */
  readonly ground: { readonly x: number; readonly z: number }
  /** Players start within `radius` of `position`. */
  readonly spawn: { readonly position: Vec3; readonly yaw: number; readonly radius: number }
  /** How far from its avatar's head a player may grab or drag. */
  readonly reach: number
  /** Permissions of players who join, bits of Permission. */
  readonly permissions: number
  readonly playersMax: number
  readonly elementsMax: number
  /** Physics cost of one tick, in the units of sim/limits/physics-cost.ts. Props that exceed it are frozen. */
  readonly workMax: number
  /** Bytes of a checkpoint that spawned props may take, by the estimate of sim/limits/prop-limits.ts. */
  readonly stateBytesMax: number
  /** The rule for props of players who have left, except managers. */
  readonly leftBehind: {
    /** How long they are kept in any case. */
    readonly seconds: number
    /**
     * `when-full`: then they may be removed, the longest left first, if a spawn finds no room; `always`: then they are
     * removed.
     */
    readonly remove: 'never' | 'when-full' | 'always'
  }
  /** Bodies that a join may name by index; the first is the default. */
  readonly bodies: readonly AvatarBody[]
  readonly props: readonly PlacedProp[]
}

/** The stages of a step, in their order; phase hashes are taken after each. Recordings contain the names: never rename one. */
export const PHASES = ['upkeep', 'inputs', 'bounds', 'locomotion', 'bones', 'holds', 'work', 'physics'] as const
export type Phase = (typeof PHASES)[number]
