/**
 * The server's report about itself: GET /healthz, and what GET /v1/status is made of (its shape: http-contract/status.ts).
 */
import type { RealmStatus, ServerStatus } from '../../http-contract/index.ts'
import type { StoresState } from '../host/stores.ts'
import { HEALTHY_TICK_AGE_MS_MAX } from '../limits.ts'

export type { RealmStatus, ServerStatus }
export type ServicesStatus = Omit<ServerStatus, 'schema' | 'realms'>

/** Why a realm admits nobody. `starting` ends automatically; `stopping` and `down` need the operator. */
export interface Closure {
  readonly reason: 'starting' | 'stopping' | 'down'
  readonly words: string
}

/** A store that is away does not make the server unhealthy, because the realm runs without it. */
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

/** Health of a realm's recording. `isMissing`: ticks are written to a file that no restart would find. */
export interface RecordingHealth {
  readonly lost: number
  readonly isMissing: boolean
}

/** `tickAtMs`: when the realm's newest tick was reported. `problem`: why it does not run, if known. */
export function healthOf(
  { id, tick, warning }: Pick<RealmStatus, 'id' | 'tick' | 'warning'>,
  tickAtMs: number,
  nowMs: number,
  problem: string | null,
): Health {
  const tickAgeMs = Math.round(nowMs - tickAtMs)
  const late = tickAgeMs > HEALTHY_TICK_AGE_MS_MAX
  const reason = problem ?? (late ? `no tick for ${(tickAgeMs / 1_000).toFixed(1)} s` : null)
  return {
    ok: reason === null,
    realms: [{ id, ok: reason === null, tick, tickAgeMs, problem: reason, warning, recordingsLost: 0 }],
  }
}

/** A realm that ticks without a recording is unhealthy. */
export function withRecording({ realms, ...rest }: Health, { lost, isMissing }: RecordingHealth): Health {
  const checked = realms.map((realm) => {
    const problem =
      realm.problem ?? (isMissing ? 'the recording was deleted, and another could not be begun yet' : null)
    return { ...realm, ok: problem === null, problem, recordingsLost: lost }
  })
  return { ...rest, ok: checked.every(({ ok }) => ok), realms: checked }
}
