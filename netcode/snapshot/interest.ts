/**
 * Interest management: how often a client gets which component, by levels of distance. The component that has waited
 * most of its interval goes first, due or not, until the packet is full. So all intervals grow alike if there is too
 * much to send, and shrink if there is room.
 */
/** Ticks between two sends of a changing root, joints, bones and prop; 60 are a second. */
export type Intervals = readonly [root: number, joints: number, bones: number, prop: number]

export interface DetailLevel {
  /** Largest distance of the level. */
  readonly metres: number
  readonly intervals: Intervals
}

const FARTHEST: DetailLevel = { metres: Infinity, intervals: [30, 144, 288, 48] }

/** Near avatars get all bones; farther ones head and hands; the rest little more than the root. */
export const DETAIL_LEVELS: readonly DetailLevel[] = [
  { metres: 4, intervals: [3, 3, 3, 6] },
  { metres: 8, intervals: [4, 18, 30, 9] },
  { metres: 16, intervals: [6, 36, 80, 18] },
  { metres: 40, intervals: [12, 72, 144, 36] },
  FARTHEST,
]
/** The own avatar is predicted and its pose is known; only the server's corrections matter. */
export const OWN_INTERVALS: Intervals = [3, 24, 48, 3]
/** A prop that is held, was just released, or is awake near somebody gets this share of its interval. */
const TOUCHED_SHARE = 1 / 2
/** Least interval, ticks: a client gets a packet this often. */
const INTERVAL_TICKS_MIN = 3

/** Changing roots and props are sent this often, ticks, however many there are and however far: once a second. */
export const UPDATE_TICKS_MAX = 60

/** Factor of intervals behind the client's back: a player can turn round quickly. */
const BEHIND_FACTOR = 2
/** Everything nearer than this counts as in view, metres. */
const AROUND_METRES = 3
/** Cosine of half the angle that counts as in view: 75°, wider than headsets and screens show. */
const VIEW_COSINE = 0.26

/** Bandwidth savings; the benchmark switches them off one by one to show what each is worth. */
export interface Savings {
  /** Factor of the deadbands; 0: every changed number is sent. */
  readonly deadband: number
  /** If false, everything counts as near. */
  readonly levels: boolean
  readonly behindFactor: number
  /** If false, large changes are not sent sooner than small ones. */
  readonly urgency: boolean
  /** If false, every record is whole. */
  readonly deltas: boolean
}

export const SAVINGS: Savings = { deadband: 1, levels: true, behindFactor: BEHIND_FACTOR, urgency: true, deltas: true }

/** A client's point of view: a place and a horizontal direction. */
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

  /** True if a place at this distance counts as in view. */
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

/** An interval, ticks; shorter for touched props. */
export const shareOf = (interval: number, touched: boolean): number =>
  touched ? Math.max(INTERVAL_TICKS_MIN, interval * TOUCHED_SHARE) : interval
