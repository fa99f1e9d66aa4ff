/** Runs one realm instance: on each tick takes what came in, runs the core, hands out what follows from it. */
import { SAMPLE_EVERY_TICKS } from '../../replay/index.ts'
import { creationWork, elementCount, hasRoom, type Realm } from '../../sim/index.ts'
import { RecordingFault } from '../../storage/recordings/index.ts'
import { InteractionCenter } from './interaction-center.ts'
import { RealmMeters } from '../metrics/realm-meters.ts'
import { TickSplit } from '../metrics/tick-split.ts'
import { CATCH_UP_MS_MAX, OVERLOAD_NOTE_MS, OVERLOAD_SHARE_MAX, STATISTICS_MS, STOP_MS_MAX } from '../limits.ts'
import { PackageAccess } from './package-access.ts'
import { Observers } from './observers.ts'
import { ElementChangeTracker } from './element-change-tracker.ts'
import { Outbound } from './outbound.ts'
import { RealmCore, type TickOutcome } from './realm-core.ts'
import type { RunningLog } from './running-log.ts'
import { PacketReader, type FromRealm, type LinkEvent, type ToRealm } from '../realm-messages.ts'
import { Sessions } from './sessions.ts'
import { TickRecorder, type TickStatistics } from './tick-statistics.ts'
import { TickLoop, type TickTimer, type TickTiming } from './tick-loop.ts'
import type { Pulse } from '../host/watchdog.ts'

export interface RealmRunnerOptions {
  readonly log: RunningLog
  readonly timer: TickTimer
  /** What has come in since the last call; undefined: nothing more. */
  receive(): ToRealm | undefined
  post(message: FromRealm, transfer?: readonly ArrayBuffer[]): void
  readonly meters?: RealmMeters
  readonly pulse?: Pulse
  /** Once a second. */
  onSecond?(): void
}

/** Time between two statuses, ms. */
const STATUS_MS = 1_000

export class RealmRunner {
  readonly #options: RealmRunnerOptions
  readonly #out = new Outbound()
  readonly #core: RealmCore
  readonly #sessions: Sessions
  readonly #observers: Observers
  readonly #loop: TickLoop
  readonly #statistics: TickRecorder
  readonly #center: InteractionCenter
  readonly #packageAccess: PackageAccess
  readonly #meters: RealmMeters
  readonly #split: TickSplit
  readonly #watch: ElementChangeTracker
  #stopAtMs: number | null = null
  #stopReason = ''
  #statusAtMs = -Infinity
  /** What the operator was last told about overload. */
  #told = { atMs: 0, overruns: 0, ticks: 0 }
  #isStalled = false

  constructor(options: RealmRunnerOptions) {
    const { log, timer } = options
    const { realm } = log
    const { tickRate } = realm.definition
    this.#options = options
    this.#packageAccess = new PackageAccess({
      post: (message) => options.post(message),
      knows: (hash) => realm.packages.has(hash),
      hasRoom: (characters) => hasRoom(realm, characters),
      uidOf: (player) => this.#sessions.uidOf(player),
      nowMs: () => timer.nowMs(),
    })
    const center = new InteractionCenter({
      rights: this.#packageAccess,
      creationWork: (command) => creationWork(realm, command),
    })
    this.#center = center
    this.#meters = options.meters ?? new RealmMeters()
    this.#split = new TickSplit(() => timer.nowMs())
    this.#told.atMs = timer.nowMs()
    this.#core = new RealmCore({
      realm,
      log,
      center,
      sampleTicks: SAMPLE_EVERY_TICKS,
      laps: this.#split,
      ...(options.pulse ? { pulse: options.pulse } : {}),
    })
    const closedTo = (): string | null =>
      log.isSpaceLow() || this.#isStalled
        ? "The server's disk is almost full: nobody new is let in until its operator has made room."
        : null
    this.#sessions = new Sessions(
      {
        realm,
        center,
        packageAccess: this.#packageAccess,
        out: this.#out,
        sequences: log.sequences.all,
        absences: log.sequences.absences,
        undelivered: log.undelivered,
        removalNotices: log.removalNotices,
        meters: this.#meters,
        note: (text) => this.#note(text),
        closedTo,
      },
      timer.nowMs(),
    )
    log.trackUndelivered(() => this.#sessions.undelivered)
    this.#watch = new ElementChangeTracker(realm, (changes) => options.post({ type: 'elements', changes }))
    this.#observers = new Observers({ out: this.#out, realm, epoch: log.epoch })
    this.#statistics = new TickRecorder(tickRate, STATISTICS_MS)
    this.#loop = new TickLoop({
      tickRate,
      catchUpMsMax: CATCH_UP_MS_MAX,
      timer,
      tick: () => this.#tick(),
      onTiming: (timing) => this.#timed(timing),
    })
  }

  /** Ticks until it is told to stop, then seals the recording. Rejects with what broke the realm. */
  async run(): Promise<void> {
    await this.#loop.run()
    this.#watch.finish()
    await this.#options.log.close()
  }

  #tick(): void {
    const split = this.#split
    split.begin()
    const nowMs = this.#options.timer.nowMs()
    for (let message = this.#options.receive(); message !== undefined; message = this.#options.receive())
      this.#take(message, nowMs)
    const outcome = this.#runCore()
    if (outcome) {
      this.#meters.stepped(outcome.frame.inputs.length, outcome.events)
      this.#sessions.ticked(outcome, nowMs)
      this.#observers.ticked(outcome, nowMs)
      split.lap('encode')
      this.#core.checkpointIfDue()
      this.#options.log.rollIfDue()
      split.lap('record')
      this.#watch.ticked()
    } else this.#sessions.keepAlive(nowMs)
    this.#hand(outcome)
    split.lap('send')
    if (this.#stopAtMs !== null && (this.#sessions.parted || nowMs >= this.#stopAtMs)) this.#loop.stop()
  }

  /** Null where the disk is full: the tick waits, with its inputs, until there is room. */
  #runCore(): TickOutcome | null {
    try {
      const outcome = this.#core.run()
      if (this.#isStalled) this.#note('there is room on the disk again: the realm ticks on')
      this.#isStalled = false
      return outcome
    } catch (error) {
      if (!(error instanceof RecordingFault) || error.reason !== 'no-space') throw error
      if (!this.#isStalled) this.#note(`the realm stands still until there is room on the disk: ${error.message}`)
      this.#isStalled = true
      return null
    }
  }

  // --- what comes in

  #take(message: ToRealm, nowMs: number): void {
    if (message.type === 'stop') return this.#stop(message.reason, nowMs)
    if (message.type === 'package-answer') return this.#packageAccess.answered(message)
    if (message.type === 'resend-elements') return this.#watch.forget()
    const packets = new PacketReader(message.bytes)
    for (const event of message.events) {
      if (event.type === 'grant') this.#sessions.grant(event.uid, event.granted)
      else if (event.type !== 'received') this.#linkChanged(event, nowMs)
      else {
        const bytes = packets.next(event.length)
        if (this.#observers.has(event.link)) this.#observers.received(event.link, bytes, nowMs)
        else this.#sessions.received(event.link, bytes, nowMs)
      }
    }
    return undefined
  }

  #linkChanged(event: Exclude<LinkEvent, { readonly type: 'received' | 'grant' }>, nowMs: number): void {
    if (event.type === 'closed') {
      this.#observers.closed(event.link)
      this.#sessions.closed(event.link, nowMs)
    } else if (this.#stopAtMs !== null) this.#out.close(event.link, this.#stopReason)
    else if (event.claims.role === 'observer') this.#observers.opened(event.link, event.peer.ordered, nowMs)
    else this.#sessions.opened(event.link, event.claims, event.granted, nowMs)
  }

  #stop(reason: string, nowMs: number): void {
    this.#stopAtMs = nowMs + STOP_MS_MAX
    this.#stopReason = reason
    this.#sessions.goodbye(reason, nowMs)
    this.#observers.goodbye(reason)
  }

  // --- what goes out

  /** Everything that follows from the tick, and only now: the log has it. */
  #hand(outcome: TickOutcome | null): void {
    const batch = this.#out.flush()
    const { tick, stateHash } = this.#core
    this.#options.post(
      { type: 'tick', tick, stateHash, advanced: outcome !== null, ...countsOf(this.#options.log.realm), ...batch },
      batch.links.length === 0 ? [] : [batch.bytes.buffer],
    )
  }

  #timed(timing: TickTiming): void {
    this.#statistics.add(timing)
    this.#meters.ticked(timing, this.#split)
    const nowMs = this.#options.timer.nowMs()
    if (nowMs - this.#statusAtMs < STATUS_MS) return
    this.#statusAtMs = nowMs
    const { realm, epoch } = this.#options.log
    const { ticks, ...read } = this.#statistics.read(nowMs)
    this.#options.post({
      type: 'status',
      status: {
        id: realm.definition.id,
        tick: this.#core.tick,
        stateHash: this.#core.stateHash,
        ...countsOf(realm),
        ...read,
        observers: this.#observers.count,
        connections: this.#sessions.connected,
        epoch,
        warning: this.#options.log.space().checkpoints.warning,
      },
    })
    this.#tellOverload({ ...read, ticks }, nowMs)
    this.#sample()
    this.#options.onSecond?.()
  }

  #sample(): void {
    const { realm } = this.#options.log
    const { recordedBytes, freeBytes, checkpoints } = this.#options.log.space()
    this.#meters.checkpoints(checkpoints, (realm.tick - checkpoints.tick) / realm.definition.tickRate)
    this.#meters.recorded(recordedBytes)
    this.#meters.sample(realm, {
      ...this.#sessions.load,
      observers: this.#observers.count,
      elements: elementCount(realm),
      inputBacklog: this.#center.backlog,
      isSpaceLow: this.#options.log.isSpaceLow(),
      isLost: this.#options.log.isLost(),
      isStalled: this.#isStalled,
      freeBytes,
    })
  }

  /** Each ten seconds in which more than a few ticks were too long; a single hiccup is in the status alone. */
  #tellOverload({ overruns, ticks, delayedMs }: TickStatistics, nowMs: number): void {
    if (nowMs - this.#told.atMs < OVERLOAD_NOTE_MS) return
    const slow = overruns - this.#told.overruns
    const all = ticks - this.#told.ticks
    this.#told = { atMs: nowMs, overruns, ticks }
    if (slow <= all * OVERLOAD_SHARE_MAX) return
    const { tickRate } = this.#options.log.realm.definition
    this.#note(
      `overloaded: ${slow} of ${all} ticks took longer than ${(1_000 / tickRate).toFixed(1)} ms; the realm is ${Math.round(delayedMs)} ms behind the clock since its start`,
    )
  }

  #note(text: string): void {
    this.#options.post({ type: 'note', text })
  }
}

/** What the status says of a realm's state beside its tick and hash. */
export const countsOf = (realm: Realm): { readonly players: number; readonly elements: number } => ({
  players: realm.players.size,
  elements: elementCount(realm),
})
