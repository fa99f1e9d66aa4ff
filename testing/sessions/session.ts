/** Sessions: what players do in a realm over some ticks, as data. */
import type { InputFrame, RealmDefinition } from '../../sim/index.ts'
import { framesOf, joinsOf, type FrameOrder, type ScheduledCommand } from '../scenario.ts'
import type { Activity } from './activities.ts'

/** Commands that belong together, in the order of ticks. */
export interface Segment {
  readonly activity: Activity
  readonly acts: readonly ScheduledCommand[]
}

export interface Session {
  readonly definition: RealmDefinition
  /** Players 1 to this join at tick 1. */
  readonly players: number
  /** Their permissions, bits of Permission. */
  readonly permissions: number
  readonly ticks: number
  readonly segments: readonly Segment[]
  /** The tick at which properties take a checkpoint. */
  readonly checkpointTick: number
}

/** The frames of a session. */
export function sessionFrames(session: Session, order?: FrameOrder): InputFrame[] {
  const { players, permissions, ticks, segments } = session
  const acts = [...joinsOf(players, permissions), ...segments.flatMap((segment) => segment.acts)]
  return framesOf({ ticks, acts: acts.filter(({ tick }) => tick <= ticks) }, order)
}
