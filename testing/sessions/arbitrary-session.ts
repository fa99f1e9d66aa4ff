/**
 * The arbitrary of sessions. A session consists of segments, such as a walk or a carried prop. It shrinks as a person would
 * cut it: less time, fewer segments, fewer players, shorter segments, fewer props.
 */
import fc from 'fast-check'
import type { RealmDefinition } from '../../sim/index.ts'
import { ACTIVITIES, type Activity } from './activities.ts'
import { arbitraryRealm } from './realms.ts'
import type { Segment, Session } from './session.ts'
import { shorterSessions, type ShrinkStage } from './shrink.ts'

export interface SessionOptions {
  /** At most. Default 4. */
  readonly players?: number
  /** Default 120. */
  readonly ticks?: number
  /** Segments, at most. Default 16. */
  readonly segments?: number
  readonly realms?: fc.Arbitrary<RealmDefinition>
  /** What players do. Default: all activities. */
  readonly activities?: readonly Activity[]
}

/** The first id after plane and marker. */
const FIRST_ELEMENT = 3
/** Elements that may be spawned while segments still name them. */
const SPAWNED_MAX = 5

/** How far from the middle of the realm props are carried, on each axis, metres: beyond the edge of a narrow realm. */
const CARRIED_METRES = 9

/** All permissions, those of a guest, or a random set. */
const arbitraryPermissions = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(31, 23) },
  { weight: 1, arbitrary: fc.nat(31) },
)

function drawn({
  players: playersMax = 4,
  ticks = 120,
  segments = 16,
  realms = arbitraryRealm(),
  activities = Object.keys(ACTIVITIES) as Activity[],
}: SessionOptions): fc.Arbitrary<Session> {
  return fc
    .record({
      definition: realms,
      players: fc.integer({ min: 1, max: playersMax }),
      permissions: arbitraryPermissions,
      // Swarm testing (Groce et al., ISSTA 2012): each session leaves out about half of the activities.
      swarm: fc.subarray([...activities], { minLength: 1 }),
      checkpointTick: fc.integer({ min: 0, max: ticks - 1 }),
      // In two of three sessions all want the same prop.
      wanted: fc.oneof({ weight: 2, arbitrary: fc.nat() }, { weight: 1, arbitrary: fc.constant(null) }),
    })
    .chain(({ swarm, wanted, ...session }) => {
      const { length } = session.definition.props
      const own = { min: FIRST_ELEMENT, max: FIRST_ELEMENT + Math.max(0, length - 1) }
      const element = fc.oneof(
        {
          weight: 3,
          arbitrary: wanted === null ? fc.integer(own) : fc.constant(own.min + (wanted % Math.max(1, length))),
        },
        { weight: 1, arbitrary: fc.integer({ min: FIRST_ELEMENT, max: own.max + session.players + SPAWNED_MAX }) },
      )
      const options = { players: session.players, ticks, element, extent: CARRIED_METRES }
      const segment = fc.oneof(
        ...swarm.map((activity) => ACTIVITIES[activity](options).map((acts): Segment => ({ activity, acts }))),
      )
      return fc
        .array(segment, { minLength: segments >> 2, maxLength: segments, size: 'max' })
        .map((list): Session => ({ ...session, ticks, segments: list }))
    })
}

class SessionArbitrary extends fc.Arbitrary<Session> {
  readonly #drawn: fc.Arbitrary<Session>

  constructor(options: SessionOptions) {
    super()
    this.#drawn = drawn(options)
  }
  override generate(random: fc.Random): fc.Value<Session> {
    // Without fast-check's bias to small values: activities have their own extremes, and small sessions find little.
    return new fc.Value(this.#drawn.generate(random, undefined).value, undefined)
  }
  override canShrinkWithoutContext(value: unknown): value is Session {
    return typeof value === 'object' && value !== null && 'segments' in value
  }
  override shrink(value: Session, context: unknown): fc.Stream<fc.Value<Session>> {
    return fc
      .stream(shorterSessions(value, context as ShrinkStage | undefined))
      .map(({ session, stage }) => new fc.Value(session, stage))
  }
}

/** Sessions in random realms. */
export const arbitrarySession = (options: SessionOptions = {}): fc.Arbitrary<Session> => new SessionArbitrary(options)
