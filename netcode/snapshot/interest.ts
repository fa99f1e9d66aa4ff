/**
 * How often a client is told of what: levels by distance, the rates of each strand in them. Under the byte budget the
 * strands whose interval has passed most often go first, near ones sooner, so that what does not fit makes intervals
 * longer and leaves nobody out.
 */
/** Ticks between two sendings of root, joints, bones, prop, while they change; 60 are a second. */
export type Intervals = readonly [root: number, joints: number, bones: number, prop: number]

export interface Level {
  /** Up to this distance. */
  readonly metres: number
  readonly intervals: Intervals
  /** Under the budget what is near goes first: what has waited counts so many times. */
  readonly urgency: number
}

/** All bones near; head and hands farther; then little more than the root. */
export const LEVELS: readonly Level[] = [
  { metres: 4, intervals: [3, 6, 6, 3], urgency: 3 },
  { metres: 8, intervals: [6, 9, 15, 6], urgency: 1.5 },
  { metres: 16, intervals: [9, 24, 45, 12], urgency: 1 },
  { metres: 40, intervals: [18, 45, 120, 24], urgency: 1 },
  { metres: Infinity, intervals: [30, 120, 300, 45], urgency: 1 },
]
/** One's own: the root is corrected often, the pose is known. */
export const OWN: Level = { metres: 0, intervals: [3, 12, 24, 3], urgency: 3 }
/** What is held matters to everyone near. */
const HELD: Level = { metres: 16, intervals: [3, 3, 3, 3], urgency: 3 }
const FARTHEST: Level = { metres: Infinity, intervals: [30, 120, 300, 45], urgency: 1 }

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
  /** Where it looks, level. */
  readonly forwardX: number
  readonly forwardZ: number
}

export interface Seen {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly held: boolean
}

/** How often something at a place matters to an eye. */
export function levelOf(distance: number, held: boolean): Level {
  if (held && distance <= HELD.metres) return HELD
  for (const level of LEVELS) if (distance <= level.metres) return level
  return FARTHEST
}

export const distanceTo = ({ x, y, z }: Eye, to: Seen): number => Math.sqrt((to.x - x) * (to.x - x) + (to.y - y) * (to.y - y) + (to.z - z) * (to.z - z))

/** What intervals are multiplied by: longer behind the back. */
export function viewFactor({ x, z, forwardX, forwardZ }: Eye, to: Seen, distance: number): number {
  const isSeen = distance <= AROUND_METRES || (to.x - x) * forwardX + (to.z - z) * forwardZ >= distance * VIEW_COSINE
  return isSeen ? 1 : BEHIND_FACTOR
}
