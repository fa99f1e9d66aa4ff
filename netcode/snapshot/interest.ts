/**
 * How often a client is told of what: levels by distance, the rates of each strand in them. Under the byte budget the
 * strands whose interval has passed most often go first, so that what does not fit makes all intervals longer in the
 * same measure and leaves nobody out.
 */
import type { Kind } from './strands.ts'

/** Ticks between two sendings of root, joints, bones, prop, while they change; 60 are a second. */
export type Intervals = readonly [root: number, joints: number, bones: number, prop: number]

export interface Level {
  /** Up to this distance. */
  readonly metres: number
  readonly intervals: Intervals
}

/** All bones near; head and hands farther; then little more than the root. */
export const LEVELS: readonly Level[] = [
  { metres: 4, intervals: [3, 6, 6, 3] },
  { metres: 8, intervals: [6, 9, 15, 6] },
  { metres: 16, intervals: [9, 24, 45, 12] },
  { metres: 40, intervals: [18, 45, 120, 24] },
  { metres: Infinity, intervals: [30, 120, 300, 45] },
]
/** One's own: the root is corrected often, the pose is known. */
const OWN: Intervals = [3, 12, 24, 3]
/** What is held matters to everyone near. */
const HELD_METRES = 16
const HELD_INTERVAL_TICKS = 3

/** Roots and props that change are sent this often, ticks, however many there are and however far: once a second. */
export const UPDATE_TICKS_MAX = 60

/** Behind the back, intervals are twice as long: one can turn round quickly, and then it is looked at. */
const BEHIND_FACTOR = 2
/** Nearer than this, everything counts as in view, metres. */
const AROUND_METRES = 3
/** Cosine of half the angle that counts as in view: 75°, wider than headsets and screens show. */
const VIEW_COSINE = 0.26

/** From where a client looks. */
export interface Eye {
  readonly x: number
  readonly y: number
  readonly z: number
  /** Radians, 0 looks along -Z. */
  readonly yaw: number
}

export interface Seen {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly held: boolean
}

export const ownInterval = (kind: Kind): number => OWN[kind]

/** Calls for an element's intervals at once: distance and view are the same for all its strands. */
export function intervalsOf(eye: Eye, forwardX: number, forwardZ: number, { x, y, z, held }: Seen): { readonly intervals: Intervals; readonly factor: number; readonly propTicks: number } {
  const dx = x - eye.x
  const dz = z - eye.z
  const distance = Math.sqrt(dx * dx + dz * dz + (y - eye.y) * (y - eye.y))
  let level = 0
  while (distance > (LEVELS[level]?.metres ?? Infinity)) level += 1
  const intervals = LEVELS[level]?.intervals ?? OWN
  const isSeen = distance <= AROUND_METRES || dx * forwardX + dz * forwardZ >= distance * VIEW_COSINE
  return { intervals, factor: isSeen ? 1 : BEHIND_FACTOR, propTicks: held && distance <= HELD_METRES ? HELD_INTERVAL_TICKS : intervals[3] }
}
