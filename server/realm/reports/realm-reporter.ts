/**
 * Reports once a second how a realm is doing: its status for the main thread, metrics, and overload for the operator.
 */
import { elementCount, type Realm } from '../../../sim/index.ts'
import { OVERLOAD_NOTE_MS, OVERLOAD_SHARE_MAX, STATISTICS_MS } from '../../limits.ts'
import type { RealmMeters } from '../../metrics/realm-meters.ts'
import type { FromRealm } from '../../both-threads/realm-messages.ts'
import type { InteractionCenter } from '../interaction-center.ts'
import type { Observers } from '../replication/observers.ts'
import type { RealmCore } from '../realm-core.ts'
import type { RealmLog } from '../recorder/realm-log-interface.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { TickTiming } from '../tick-loop.ts'
import { TickRecorder, type TickStatistics } from './tick-statistics.ts'

/** Time between two statuses, ms. */
const STATUS_MS = 1_000

export interface RealmReporterOptions {
  readonly log: RealmLog
  readonly core: RealmCore
  readonly center: InteractionCenter
  readonly sessions: Sessions
  readonly observers: Observers
  readonly meters: RealmMeters
  readonly nowMs: number
  post(message: FromRealm): void
  /** True while no tick can run because the disk is full. */
  isStalled(): boolean
  onSecond?(): void
}

export class RealmReporter {
  readonly #options: RealmReporterOptions
  readonly #statistics: TickRecorder
  #statusAtMs = -Infinity
  /** Counts at the last look for overload. */
  #counted: { readonly atMs: number; readonly overruns: number; readonly ticks: number }

  constructor(options: RealmReporterOptions) {
    this.#options = options
    this.#statistics = new TickRecorder(options.log.realm.definition.tickRate, STATISTICS_MS)
    this.#counted = { atMs: options.nowMs, overruns: 0, ticks: 0 }
  }

  /** Call after each tick. */
  ticked(timing: TickTiming, nowMs: number): void {
    this.#statistics.add(timing)
    if (nowMs - this.#statusAtMs < STATUS_MS) return
    this.#statusAtMs = nowMs
    const statistics = this.#statistics.read(nowMs)
    this.#postStatus(statistics)
    this.#reportOverload(statistics, nowMs)
    this.#sampleMeters()
    this.#options.onSecond?.()
  }

  #postStatus({ ticks: _ticks, ...statistics }: TickStatistics): void {
    const { log, core, sessions, observers, post } = this.#options
    post({
      type: 'status',
      status: {
        id: log.realm.definition.id,
        tick: core.tick,
        stateHash: core.stateHash,
        ...countsOf(log.realm),
        ...statistics,
        observers: observers.count,
        connections: sessions.connected,
        epoch: log.epoch,
        warning: log.space().checkpoints.warning,
      },
    })
  }

  #sampleMeters(): void {
    const { log, center, sessions, observers, meters, isStalled } = this.#options
    const { realm } = log
    const { recordedBytes, freeBytes, checkpoints } = log.space()
    meters.checkpoints(checkpoints, (realm.tick - checkpoints.tick) / realm.definition.tickRate)
    meters.recorded(recordedBytes)
    meters.sample(realm, {
      ...sessions.load,
      observers: observers.count,
      elements: elementCount(realm),
      inputBacklog: center.backlog,
      isSpaceLow: log.isSpaceLow(),
      isLost: log.isLost(),
      isStalled: isStalled(),
      freeBytes,
    })
  }

  /**
   * Sends a note for each ten seconds in which more than a few ticks were too long. A single one is only in the status.
   */
  #reportOverload({ overruns, ticks, delayedMs }: TickStatistics, nowMs: number): void {
    const before = this.#counted
    if (nowMs - before.atMs < OVERLOAD_NOTE_MS) return
    const slow = overruns - before.overruns
    const all = ticks - before.ticks
    this.#counted = { atMs: nowMs, overruns, ticks }
    if (slow <= all * OVERLOAD_SHARE_MAX) return
    const { tickRate } = this.#options.log.realm.definition
    this.#options.post({
      type: 'note',
      isWarning: true,
      text: `overloaded: ${slow} of ${all} ticks took longer than ${(1_000 / tickRate).toFixed(1)} ms; the realm is ${Math.round(delayedMs)} ms behind the clock since its start`,
    })
  }
}

/** The figures of a realm's state that a status reports. */
export const countsOf = (realm: Realm): { readonly players: number; readonly elements: number } => ({
  players: realm.players.size,
  elements: elementCount(realm),
})
