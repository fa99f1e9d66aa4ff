/** The server's status report. */
import * as Schema from 'effect/Schema'
import { UPLOAD_STAGES } from './uploads.ts'

/** One realm instance; times in milliseconds over the last 10 s. */
export const RealmStatus = Schema.Struct({
  id: Schema.String,
  tick: Schema.Finite,
  /** The state's hash at `tick`: 16 lower-case hex digits. */
  stateHash: Schema.String,
  players: Schema.Finite,
  elements: Schema.Finite,
  tickMsP50: Schema.Finite,
  tickMsP99: Schema.Finite,
  /** Ticks that took longer than a tick's time, since the worker's start. */
  overruns: Schema.Finite,
  tickMsMax: Schema.Finite,
  /** Total delay of the schedule by overload, since the worker's start. */
  delayedMs: Schema.Finite,
  observers: Schema.Finite,
  connections: Schema.Finite,
  /** Starts of the realm's log so far: each start of server or worker opens a new one. */
  epoch: Schema.Finite,
  /** Restarts of the worker after it died, since the server's start. */
  restarts: Schema.Finite,
  /** Props, avatars and frames that recoveries removed because the simulation failed with them, since the server's start. */
  quarantined: Schema.Finite,
  /** A warning for the operator while the realm keeps running; null if there is none. */
  warning: Schema.NullOr(Schema.String),
}).annotate({ identifier: 'RealmStatus' })
export type RealmStatus = typeof RealmStatus.Type

export const StoreState = Schema.Struct({
  kind: Schema.String,
  state: Schema.Literals(['up', 'away', 'broken']),
  /** Unix time, ms. */
  sinceMs: Schema.Finite,
}).annotate({ identifier: 'StoreState' })
export type StoreState = typeof StoreState.Type

export const ServerStatus = Schema.Struct({
  schema: Schema.Literal('otherworld/status/1'),
  realms: Schema.Array(RealmStatus),
  archive: StoreState,
  assets: StoreState,
  /** Unsettled uploads by stage; how many wait for their turn, and how many are worked on. */
  uploads: Schema.Struct({
    stages: Schema.Struct(
      Object.fromEntries(UPLOAD_STAGES.map((stage) => [stage, Schema.optionalKey(Schema.Finite)])) as Readonly<
        Record<(typeof UPLOAD_STAGES)[number], Schema.optionalKey<typeof Schema.Finite>>
      >,
    ),
    queue: Schema.Finite,
    busy: Schema.Finite,
  }),
  /** Items that wait for the archive: records of users and sessions; elements of realms. */
  backlog: Schema.Struct({ records: Schema.Finite, elements: Schema.Finite }),
}).annotate({ identifier: 'ServerStatus' })
export type ServerStatus = typeof ServerStatus.Type
