/**
 * Snapshots: the state of a realm at a tick as a render client gets it, in one part that fits a packet. A part holds
 * records of what changed and can be decoded alone. Numbers are little-endian; `varint` is 7 bits a byte, low ones
 * first.
 *
 * An element has components, each with its own baseline and send rate. The state of a component is a row of integers:
 *
 *     root     x y z (steps of 1 mm), yaw (4096 a turn), velocity x y z (steps of 20 mm/s), flags 1 grounded 2 flying
 *     joints   head, left hand, right hand: x y z (steps of 2 mm, root space), rotation (R32)
 *     bones    which bones are sent (18 bits), a rotation (R26) for each of them
 *     prop     x y z (steps of 1 mm), rotation (R32), velocity x y z (steps of 20 mm/s), flags 1 asleep
 *
 *     R32      smallest three as in sim/avatar/pose.ts: bits 30-31 which of x y z w is largest, then 10 bits for each other
 *     R26      bits 24-25 which of x y z w is largest, then 8 bits for each other, 0 to 254 over -1/sqrt(2) to 1/sqrt(2)
 *
 * States are exact and the same for all: a client with the record of tick T has the server's state at T.
 * A record is the state at the part's tick as a change since the state at an earlier tick, its baseline, or whole.
 *
 *     avatars: section of roots, section of joints, section of bones; or no bytes
 *     props:   section of props; or no bytes
 *     section: varint number of records, then the records by element
 *     record:  varint  element, as the difference to the last record's, the first to 0; at least 1
 *              u8      age of the baseline in ticks, at most 127; 0: none, and the state is sent whole
 *              then by component:
 *     root     u8 mask: bits 0-1 N of x and z, 2-3 N of y, 4-5 yaw (0 as before, 1 i8 change modulo 4096, 2 u16 whole),
 *              6-7 V; then N of x, N of z, N of y, yaw, V
 *     joints   u16 mask: for each joint, lowest bits first, 2 bits position (0 as before, 1 i8 × 3 changes, 2 i16 × 3 whole)
 *              and 2 bits T; then for each joint its position and T
 *     bones    u32, u8 mask: 2 bits B for each bone, bits 0-31 the first 16 bones, bits 32-35 the last two; bit 36: which
 *              bones are sent follows (u24); then B of each bone. A bone that was not sent before has B 3
 *     prop     u8 mask: bits 0-1 N of x and z, 2-3 N of y, 4-5 T, 6-7 V; then N of x, N of z, N of y, T, V
 *
 *     N        coordinate: 0 as expected, 1 i8 change from that, 2 i16 change, 3 u24 whole; expected is the baseline's plus
 *              floor(the baseline's velocity × age / 3)
 *     V        velocity and flags: 0 as before, 1 i8 × 2 changes of x and z, 2 i8 × 3 changes of x, z and y, 3 i16 × 3 x y z
 *              whole and u8 flags; changes leave the flags as they are
 *     T        rotation of 32 bits: 0 as before; the same number is largest and, 1: u16, three times 5 bits, highest
 *              first, less 16, are added to the others, 2: i8 × 3 are; 3: u32 whole
 *     B        rotation of 26 bits: 0 as before; the same number is largest and, 1: u16 as in T, 2: u8 × 3 the others
 *              whole; 3: u8 which is largest, u8 × 3 the others
 *
 * The length of a record follows from its masks alone, so a receiver without its baseline can skip it.
 *
 * Position: 24 bits of millimetres above the least corner of the realm's bounds minus MARGIN_METRES, so that an element
 * about to be returned into the bounds can still be sent; positions beyond are clamped. 16.7 km fit.
 *
 * Baseline: the newest state of the component that the client acknowledged (id Software, "Quake III networking"), at most
 * BASELINE_TICKS_MAX ticks old. A receiver keeps states that long, and does not acknowledge a packet if it lacks
 * a baseline; it uses the rest. Acknowledged states are not sent again until they change.
 *
 * Error: a number changes when the truth has left it by more than half a step and a deadband (netcode/snapshot/quantise.ts).
 * So positions are within 1 mm a coordinate, yaw 0.1°, velocity 25 mm/s, joints 1.5 mm and 0.5°, props' rotation 0.5°,
 * bones 2° at the worst and 0.4° as a mean.
 *
 * Which records: netcode/snapshot/interest.ts. Static props never move and are not in snapshots.
 */
export { type Bounds } from './snapshot/components.ts'
export { SnapshotSource } from './snapshot/source.ts'
export { BASELINE_TICKS_MAX } from './snapshot/history.ts'
export { SnapshotBuilder } from './snapshot/snapshot-builder.ts'
export { OwnMoveTracker } from './snapshot/own-move-tracker.ts'
export { SnapshotDecoder, type ComponentSample } from './snapshot/decoder.ts'
export { SAVINGS, UPDATE_TICKS_MAX, type Savings } from './snapshot/interest.ts'
