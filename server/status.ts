/** What the server tells about itself: GET /v1/status and GET /healthz. */
import type { StoresState } from './stores.ts'
import type { UploadStage } from './uploads/status.ts'
import { HEALTHY_TICK_AGE_MS_MAX } from './limits.ts'

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
}

/** Of what people bring: where it is kept, what is under way. */
export interface ThingsStatus extends StoresState {
  /** Uploads that are not settled by stage; those that wait for their turn, and those that are worked on. */
  readonly uploads: { readonly stages: Readonly<Partial<Record<UploadStage, number>>>; readonly queue: number; readonly busy: number }
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
  readonly realms: readonly { readonly id: string; readonly ok: boolean; readonly tick: number; readonly tickAgeMs: number; readonly problem: string | null }[]
}

/** `tickAtMs`: when the realm's newest tick was heard of; `problem`: why it does not run, if that is known. */
export function healthOf(id: string, tick: number, tickAtMs: number, nowMs: number, problem: string | null): Health {
  const tickAgeMs = Math.round(nowMs - tickAtMs)
  const late = tickAgeMs > HEALTHY_TICK_AGE_MS_MAX
  const said = problem ?? (late ? `no tick for ${(tickAgeMs / 1_000).toFixed(1)} s` : null)
  return { ok: said === null, realms: [{ id, ok: said === null, tick, tickAgeMs, problem: said }] }
}
