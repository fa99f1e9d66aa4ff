/** What the server tells about itself: GET /v1/status and GET /healthz. */
import type { StoresState } from '../host/stores.ts'
import type { UploadStage } from '../uploads/status.ts'
import { HEALTHY_TICK_AGE_MS_MAX } from '../limits.ts'

/** Of one realm instance; times in milliseconds over the last 10 s. */
export interface RealmStatus {
  readonly id: string
  readonly tick: number
  /** Of the state at `tick`: 16 lower-case hex digits. */
  readonly stateHash: string
  readonly players: number
  readonly elements: number
  readonly tickMsP50: number
  readonly tickMsP99: number
  /** Ticks that took longer than a tick, since the worker's start. */
  readonly overruns: number
  readonly tickMsMax: number
  /** By how much the schedule was moved because of overload, since the worker's start. */
  readonly delayedMs: number
  readonly observers: number
  readonly connections: number
  /** Starts of the realm's log so far: each start of server or worker opens a new one. */
  readonly epoch: number
  /** Times that the worker was started again after it died, since the server's start. */
  readonly restarts: number
  /** Things, avatars and frames that recoveries took out because the simulation failed with them, since the server's start. */
  readonly quarantined: number
  /** What the operator should see to while the realm goes on; null: nothing. */
  readonly warning: string | null
}

/** Of what people bring: where it is kept, what is under way. */
export interface ThingsStatus extends StoresState {
  /** Uploads that are not settled by stage; those that wait for their turn, and those that are worked on. */
  readonly uploads: {
    readonly stages: Readonly<Partial<Record<UploadStage, number>>>
    readonly queue: number
    readonly busy: number
  }
  /** What waits for the archive: records of users and sessions; elements of realms. */
  readonly backlog: { readonly records: number; readonly elements: number }
}

export interface ServerStatus extends ThingsStatus {
  readonly schema: 'otherworld/status/1'
  readonly realms: readonly RealmStatus[]
}

/** Why a realm lets nobody in: `starting` passes by itself, `stopping` and `down` wait for the operator. */
export interface Closure {
  readonly reason: 'starting' | 'stopping' | 'down'
  readonly words: string
}

/** Stores that are away make nothing unhealthy: the realm goes on without them. */
export interface Health extends Partial<StoresState> {
  readonly ok: boolean
  readonly realms: readonly {
    readonly id: string
    readonly ok: boolean
    readonly tick: number
    readonly tickAgeMs: number
    readonly problem: string | null
    readonly warning: string | null
    /** Times that the recording was deleted while the realm wrote it, since the server's start. */
    readonly recordingsLost: number
  }[]
}

/** How a realm's recording does: `isMissing` while what is written stands in no file that a restart finds. */
export interface RecordingHealth {
  readonly lost: number
  readonly isMissing: boolean
}

/** `tickAtMs`: when the realm's newest tick was heard of; `problem`: why it does not run, if that is known. */
export function healthOf(
  { id, tick, warning }: Pick<RealmStatus, 'id' | 'tick' | 'warning'>,
  tickAtMs: number,
  nowMs: number,
  problem: string | null,
): Health {
  const tickAgeMs = Math.round(nowMs - tickAtMs)
  const late = tickAgeMs > HEALTHY_TICK_AGE_MS_MAX
  const said = problem ?? (late ? `no tick for ${(tickAgeMs / 1_000).toFixed(1)} s` : null)
  return {
    ok: said === null,
    realms: [{ id, ok: said === null, tick, tickAgeMs, problem: said, warning, recordingsLost: 0 }],
  }
}

/** A realm that ticks and is not recorded is not healthy. */
export function withRecording({ realms, ...rest }: Health, { lost, isMissing }: RecordingHealth): Health {
  const told = realms.map((realm) => {
    const problem =
      realm.problem ?? (isMissing ? 'the recording was deleted, and another could not be begun yet' : null)
    return { ...realm, ok: problem === null, problem, recordingsLost: lost }
  })
  return { ...rest, ok: told.every(({ ok }) => ok), realms: told }
}
