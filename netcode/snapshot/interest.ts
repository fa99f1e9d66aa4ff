/**
 * How often a client is told of what: levels by distance, the intervals of each component in them. What has waited most of
 * its intervals goes first, due or not, until the packet is full: where there is more to say than room, all intervals
 * grow alike, and where there is room they shrink.
 */
/** Ticks between two sendings of root, joints, bones, prop, while they change; 60 are a second. */
export type Intervals = readonly [root: number, joints: number, bones: number, prop: number]

export interface DetailLevel {
  /** Up to this distance. */
  readonly metres: number
  readonly intervals: Intervals
}

const FARTHEST: DetailLevel = { metres: Infinity, intervals: [30, 144, 288, 48] }

/** All bones near; head and hands farther; then little more than the root. */
export const DETAIL_LEVELS: readonly DetailLevel[] = [
  { metres: 4, intervals: [3, 3, 3, 6] },
  { metres: 8, intervals: [4, 18, 30, 9] },
  { metres: 16, intervals: [6, 36, 80, 18] },
  { metres: 40, intervals: [12, 72, 144, 36] },
  FARTHEST,
]
/** One's own: it is predicted and its pose is known, but for what the server made of it. */
export const OWN_INTERVALS: Intervals = [3, 24, 48, 3]
/** What is held, was just let go or is near somebody and awake has this share of its interval. */
const TOUCHED_SHARE = 1 / 2
/** No interval is shorter, ticks: a client is sent a packet so often. */
const INTERVAL_TICKS_MIN = 3

/** Roots and props that change are sent this often, ticks, however many there are and however far: once a second. */
export const UPDATE_TICKS_MAX = 60

/** Behind the back, intervals are twice as long: one can turn round quickly, and then it is looked at. */
const BEHIND_FACTOR = 2
/** Nearer than this, everything counts as in view, metres. */
const AROUND_METRES = 3
/** Cosine of half the angle that counts as in view: 75°, wider than headsets and screens show. */
const VIEW_COSINE = 0.26

/** What is saved; the benchmark turns savings off one by one to show what each is worth. */
export interface Savings {
  /** What the deadbands are multiplied by; 0: every number that changes is sent. */
  readonly deadband: number
  /** False: everything is as near. */
  readonly levels: boolean
  readonly behindFactor: number
  /** False: what changed much goes no sooner than what changed little. */
  readonly urgency: boolean
  /** False: every record is whole. */
  readonly deltas: boolean
}

export const SAVINGS: Savings = { deadband: 1, levels: true, behindFactor: BEHIND_FACTOR, urgency: true, deltas: true }

/** From where a client looks: a place, and where to, level. */
export class Viewpoint {
  x = 0
  y = 0
  z = 0
  forwardX = 0
  forwardZ = -1

  distance(x: number, y: number, z: number): number {
    const dx = x - this.x
    const dy = y - this.y
    const dz = z - this.z
    return Math.sqrt(dx * dx + dy * dy + dz * dz)
  }

  /** Whether a place at this distance counts as in view. */
  isInView(x: number, z: number, distance: number): boolean {
    return (
      distance <= AROUND_METRES || (x - this.x) * this.forwardX + (z - this.z) * this.forwardZ >= distance * VIEW_COSINE
    )
  }
}

/** The level of a distance. */
export function levelOf(distance: number): DetailLevel {
  for (const level of DETAIL_LEVELS) if (distance <= level.metres) return level
  return FARTHEST
}

/** An interval, ticks, shorter for what is touched. */
export const shareOf = (interval: number, touched: boolean): number =>
  touched ? Math.max(INTERVAL_TICKS_MIN, interval * TOUCHED_SHARE) : interval
