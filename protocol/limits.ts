/** Limits of everything on the wire and in a frame, with unit and reason. */

/** Both sides speak it. The server refuses a Hello with another version. */
export const PROTOCOL_VERSION = 4

/** Largest uint32: ticks, sequences, ids. */
export const UINT32_MAX = 4_294_967_295

/**
 * Bytes of a datagram that no network path fragments. Every packet keeps to it, except one that
 * carries a single larger command.
 */
export const PACKET_BYTES_MAX = 1_100
/** Bytes of the largest packet accepted: the most that a transport carries. */
export const PACKET_BYTES_ACCEPTED_MAX = 16_384
/** Bytes of one encoded command: a compound of 16 hulls of 64 points is 12.9 KB, and the packet around it needs room. */
export const COMMAND_BYTES_MAX = 15_360
/** Bytes of one ServerMessage assembled from parts: the largest definition or trimesh, and its framing. */
export const SERVER_MESSAGE_BYTES_MAX = 1_048_576
/** Bytes of a package's physics in a frame: 16 hulls are 13 KB, a static mesh of 10,000 vertices and triangles 200 KB. */
export const PACKAGE_BYTES_MAX = 262_144
/** SHA-256. */
export const PACKAGE_HASH_BYTES = 32
/** Capsules of an avatar's body. */
export const BODY_CAPSULES_MAX = 24
/** Bytes of a frame: 500 players' poses are 60 KB, 500 of the largest spawns at once 6.5 MB. */
export const FRAME_BYTES_MAX = 8_000_000
/** Inputs of a frame: 500 players with 32 each. Further inputs wait for the next tick. */
export const FRAME_INPUTS_MAX = 16_384
/**
 * Bytes of a lockstep message: the most that an ordered transport carries. The checkpoint of 500 avatars and 10,000
 * props is smaller.
 */
export const LOCKSTEP_MESSAGE_BYTES_MAX = 8_388_608

/** Inputs of each kind in one packet: what fits at 4 bytes for the smallest. */
export const PACKET_COMMANDS_MAX = 1_024
/** Move, pose and a drag of each of three hands. */
export const PACKET_LATEST_MAX = 5
export const PACKET_MESSAGES_MAX = 1_024

/** Characters (code points) of a player's name: what fits above a head. */
export const NAME_CHARACTERS_MAX = 32
/** Bytes of such a name in UTF-8. */
export const NAME_BYTES_MAX = 128
/** Characters of a prop's name (as in a realm definition), and its bytes in UTF-8. */
export const LABEL_CHARACTERS_MAX = 64
export const LABEL_BYTES_MAX = 256
/** Characters of a reason or a notice. */
export const TEXT_CHARACTERS_MAX = 1_000
/** Bytes of such a text in UTF-8. */
export const TEXT_BYTES_MAX = 4_000
/** Bytes of a realm definition as JSON: some 5,000 placed props. */
export const DEFINITION_BYTES_MAX = 1_000_000

/** Colliders of a prop. */
export const COLLIDERS_MAX = 16
/** Points of a convex hull: fewer have no volume, more cost too much to collide. */
export const HULL_POINTS_MIN = 4
export const HULL_POINTS_MAX = 64
/** Vertices and triangles of a static trimesh: what a room's furniture needs. */
export const TRIMESH_VERTICES_MAX = 32_768
export const TRIMESH_TRIANGLES_MAX = 32_768

/** Bones that a pose may carry (sim/types.ts BONES). */
export const POSE_BONES_MAX = 18
/** Head and two hands, 10 bytes each. */
export const POSE_FIXED_BYTES = 30
/** One bone's rotation. */
export const POSE_BONE_BYTES = 4
/**
 * How far from 1 the squared length of a unit quaternion may be: rounding to 32 bits leaves 1e-6, a careless client
 * 1e-4.
 */
export const QUATERNION_TOLERANCE = 1e-3

/** Bytes of a block of a snapshot (avatars or props). */
export const SNAPSHOT_BLOCK_BYTES_MAX = 16_384

/**
 * Metres, and metres a second, of your own avatar: far beyond the largest realm (10 km), and small enough that a
 * prediction from it stays finite. Its yaw is wrapped, or a definition's spawn yaw of at most 4 rad.
 */
export const OWN_METRES_MAX = 65_536
export const OWN_YAW_MAX = 4
