/**
 * Snapshots: what a render client is told of the realm at a tick, in one part that fits a packet. A part holds records
 * of what changed and is due; it stands alone. All numbers are little-endian; `varint` is 7 bits a byte, low ones first.
 *
 * An element has strands, each with a baseline, a rate and samples of its own:
 *
 *     root     x y z (steps of 1 mm), yaw (65536 a turn), velocity x y z (steps of 20 mm/s), flags 1 grounded 2 flying
 *     joints   head, left hand, right hand: x y z (mm, root space), rotation
 *     bones    which bones are sent (18 bits), a rotation for each
 *     prop     x y z (steps of 1 mm), rotation, asleep
 *
 *     avatars: section of roots, section of joints, section of bones; or no bytes
 *     props:   section of props; or no bytes
 *     section: varint number of records, then the records by element
 *     record:  varint  element, as the difference to the last record's, the first to 0
 *              u8      age of the baseline in ticks; 0: none, and everything is said whole
 *              then by strand, where "mode" is 0 no change, 1 i8 change, 2 i16 change, 3 u24 whole:
 *     root     u8 mask: bits 0-1 mode of x and z, 2-3 mode of y, 4 yaw, 5 velocity, 6 flags
 *              x z y by mode, against the baseline's + floor(velocity × age / 3); u16 yaw; i16 × 3 velocity; u8 flags
 *     joints   u8 mask: 2 bits a joint: 0 as before, 1 i8 × 3 change in steps of 2 mm and u16 change of rotation,
 *              2 i16 × 3 and u32 rotation
 *     bones    u24 mask: bits 0-17 bones that changed, 18 a second mask follows, 19 the bones that are sent follow
 *              u24 those of them that are whole; u24 bones that are sent; each changed bone: u32 if whole, else u16 change
 *     prop     u8 mask: bits 0-1 mode of x y z, 2-3 rotation (0 as before, 1 u16 change, 2 u32), 4 asleep
 *              x y z by mode; rotation
 *
 * Rotation: u32 smallest three as in sim/pose.ts. Its change in 16 bits: bit 15 says steps of 4, then three times 5 bits,
 * offset by 16, are added to the three components, which stay within 0 to 1023; the largest stays the largest.
 * Position: 24 bits of millimetres above the least corner of the realm's bounds minus MARGIN_METRES, so that what is
 * about to be brought back into the bounds can still be told; beyond, it is clamped. 16.7 km fit.
 *
 * Baseline: the state of the same strand in the newest packet that the client acknowledged and that carried it (id
 * Software, "Quake III networking"); the age names its tick. It is at most BASELINE_TICKS_MAX old. A receiver keeps the
 * states of that long, and does not acknowledge a packet of which it lacks a baseline: the server goes on from another,
 * within BASELINE_TICKS_MAX from none. What the client has, within the error below, is not sent again.
 *
 * Error: root and prop positions 0.5 mm a coordinate, yaw 0.003°, velocity 10 mm/s, rotations 0.2°. Joints 3 mm and
 * 0.4°, since a change that small is not sent. While something moves, 0.5° more, where its change took steps of 4.
 *
 * Which records: netcode/snapshot/interest.ts. Static props never move and are not in snapshots.
 */
export { MARGIN_METRES, type BonesState, type Bounds, type JointsState, type Kind, type PropState, type RootState } from './snapshot/strands.ts'
export { SnapshotSource } from './snapshot/source.ts'
export { BASELINE_TICKS_MAX, SnapshotView } from './snapshot/view.ts'
export { OwnWatch } from './snapshot/own.ts'
export { SnapshotDecoder, STRANDS_MAX, type Decoded, type Sample } from './snapshot/decoder.ts'
export { LEVELS, UPDATE_TICKS_MAX, type Level } from './snapshot/interest.ts'
