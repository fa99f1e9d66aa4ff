/**
 * Runs one realm instance. In each tick it receives what has come in, runs the Realm Core and sends what follows from
 * it.
 */
import { SAMPLE_EVERY_TICKS } from '../../replay/index.ts'
import { creationCost, hasRoom } from '../../sim/index.ts'
import { RecordingFault } from '../../storage/recordings/index.ts'
import type { Pulse } from '../both-threads/pulse.ts'
import { CATCH_UP_MS_MAX, STOP_MS_MAX } from '../limits.ts'
import { RealmMeters } from '../metrics/realm-meters.ts'
import { TickSplit } from '../metrics/tick-split.ts'
import {
  type ReportNote,
  PacketReader,
  type FromRealm,
  type LinkEvent,
  type ToRealm,
} from '../both-threads/realm-messages.ts'
import { ElementChangeTracker } from './replication/element-change-tracker.ts'
import { InteractionCenter } from './interaction-center.ts'
import { Observers } from './replication/observers.ts'
import { SendBuffer } from './replication/send-buffer.ts'
import { PackageAccess } from './package-access.ts'
import { RealmCore, type TickOutcome } from './realm-core.ts'
import { countsOf, RealmReporter } from './reports/realm-reporter.ts'
import type { RealmLog } from './recorder/realm-log-interface.ts'
import { Sessions } from './sessions/sessions.ts'
import { TickLoop, type TickTimer, type TickTiming } from './tick-loop.ts'

export interface RealmRunnerOptions {
  readonly log: RealmLog
  readonly timer: TickTimer
  /** Returns the next message that has come in, or undefined. */
  receive(): ToRealm | undefined
  post(message: FromRealm, transfer?: readonly ArrayBuffer[]): void
  readonly meters?: RealmMeters
  readonly pulse?: Pulse
  /** Called once a second. */
  onSecond?(): void
}

/** `stopping`: goodbyes are under way, until `deadlineMs` at most. */
type RunnerState =
  | { readonly state: 'running' }
  | { readonly state: 'stopping'; readonly reason: string; readonly deadlineMs: number }

export class RealmRunner {
  readonly #options: RealmRunnerOptions
  readonly #out = new SendBuffer()
  readonly #core: RealmCore
  readonly #sessions: Sessions
  readonly #observers: Observers
  readonly #loop: TickLoop
  readonly #center: InteractionCenter
  readonly #packageAccess: PackageAccess
  readonly #meters: RealmMeters
  readonly #split: TickSplit
  readonly #elementChanges: ElementChangeTracker
  readonly #reporter: RealmReporter
  #state: RunnerState = { state: 'running' }
  /** `disk-full`: ticks wait until there is room. A realm may have to stop while it waits. */
  #recording: 'writing' | 'disk-full' = 'writing'

  constructor(options: RealmRunnerOptions) {
    const { log, timer } = options
    const { realm, epoch } = log
    const nowMs = timer.nowMs()
    this.#options = options
    this.#meters = options.meters ?? new RealmMeters()
    this.#split = new TickSplit(() => timer.nowMs())
    this.#packageAccess = new PackageAccess({
      post: (message) => options.post(message),
      knows: (hash) => realm.packages.has(hash),
      hasRoom: (characters) => hasRoom(realm, characters),
      uidOf: (player) => this.#sessions.uidOf(player),
      nowMs: () => timer.nowMs(),
    })
    this.#center = new InteractionCenter({
      rights: this.#packageAccess,
      creationCost: (command) => creationCost(realm, command),
    })
    this.#core = new RealmCore({
      realm,
      log,
      center: this.#center,
      sampleTicks: SAMPLE_EVERY_TICKS,
      laps: this.#split,
      ...(options.pulse ? { pulse: options.pulse } : {}),
    })
    this.#sessions = this.#makeSessions(nowMs)
    log.trackUndelivered(() => this.#sessions.undelivered)
    this.#elementChanges = new ElementChangeTracker(realm, (changes) => options.post({ type: 'elements', changes }))
    this.#observers = new Observers({ out: this.#out, realm, epoch })
    this.#reporter = this.#makeReporter(nowMs)
    this.#loop = new TickLoop({
      tickRate: realm.definition.tickRate,
      catchUpMsMax: CATCH_UP_MS_MAX,
      timer,
      tick: () => this.#tick(),
      onTiming: (timing) => this.#onTiming(timing),
    })
  }

  #makeSessions(nowMs: number): Sessions {
    const { log } = this.#options
    const closedTo = (): string | null =>
      log.isSpaceLow() || this.#recording === 'disk-full'
        ? "The server's disk is almost full: nobody new is admitted until its operator frees space."
        : null
    return new Sessions(
      {
        realm: log.realm,
        log,
        center: this.#center,
        packageAccess: this.#packageAccess,
        out: this.#out,
        meters: this.#meters,
        note: (text) => this.#note(text),
        closedTo,
      },
      nowMs,
    )
  }

  #makeReporter(nowMs: number): RealmReporter {
    const { log, post, onSecond } = this.#options
    return new RealmReporter({
      log,
      core: this.#core,
      center: this.#center,
      sessions: this.#sessions,
      observers: this.#observers,
      meters: this.#meters,
      nowMs,
      post: (message) => post(message),
      isStalled: () => this.#recording === 'disk-full',
      ...(onSecond ? { onSecond } : {}),
    })
  }

  /** Ticks until a `stop` message, then closes the recording. Rejects with the error that broke the realm. */
  async run(): Promise<void> {
    await this.#loop.run()
    this.#elementChanges.finish()
    await this.#options.log.close()
  }

  #tick(): void {
    const split = this.#split
    split.begin()
    const nowMs = this.#options.timer.nowMs()
    for (let message = this.#options.receive(); message !== undefined; message = this.#options.receive())
      this.#receive(message, nowMs)
    const outcome = this.#runCore()
    if (outcome) {
      this.#meters.stepped(outcome.frame.inputs.length, outcome.events)
      this.#sessions.ticked(outcome, nowMs)
      this.#observers.ticked(outcome, nowMs)
      split.lap('encode')
      this.#core.checkpointIfDue()
      this.#options.log.rollIfDue()
      split.lap('record')
      this.#elementChanges.ticked()
    } else this.#sessions.keepAlive(nowMs)
    this.#postTick(outcome)
    split.lap('send')
    if (this.#state.state === 'stopping' && (this.#sessions.parted || nowMs >= this.#state.deadlineMs))
      this.#loop.stop()
  }

  /** Returns null while the disk is full. The tick waits with its inputs until there is room. */
  #runCore(): TickOutcome | null {
    try {
      const outcome = this.#core.run()
      if (this.#recording === 'disk-full') this.#note('there is room on the disk again: the realm ticks on')
      this.#recording = 'writing'
      return outcome
    } catch (error) {
      if (!(error instanceof RecordingFault) || error.reason !== 'no-space') throw error
      if (this.#recording === 'writing')
        this.#note(`the realm does not tick until there is room on the disk: ${error.message}`, 'warning')
      this.#recording = 'disk-full'
      return null
    }
  }

  // --- messages of the main thread

  #receive(message: ToRealm, nowMs: number): void {
    if (message.type === 'stop') return this.#stop(message.reason, nowMs)
    if (message.type === 'package-answer') return this.#packageAccess.receiveAnswer(message)
    if (message.type === 'resend-elements') return this.#elementChanges.resendAll()
    const packets = new PacketReader(message.bytes)
    for (const event of message.events) {
      if (event.type === 'grant') this.#sessions.grant(event.uid, event.granted)
      else if (event.type !== 'received') this.#receiveLinkChange(event, nowMs)
      else {
        const bytes = packets.next(event.length)
        if (this.#observers.has(event.link)) this.#observers.received(event.link, bytes, nowMs)
        else this.#sessions.received(event.link, bytes, nowMs)
      }
    }
    return undefined
  }

  #receiveLinkChange(event: Exclude<LinkEvent, { readonly type: 'received' | 'grant' }>, nowMs: number): void {
    if (event.type === 'closed') {
      this.#observers.closed(event.link)
      this.#sessions.closed(event.link, nowMs)
    } else if (this.#state.state === 'stopping') this.#out.close(event.link, this.#state.reason)
    else if (event.claims.role === 'observer') this.#observers.opened(event.link, event.peer.ordered, nowMs)
    else this.#sessions.opened(event.link, event.claims, event.granted, nowMs)
  }

  #stop(reason: string, nowMs: number): void {
    this.#state = { state: 'stopping', reason, deadlineMs: nowMs + STOP_MS_MAX }
    this.#sessions.goodbye(reason, nowMs)
    this.#observers.goodbye(reason)
  }

  // --- messages to the main thread

  /** Posts all that follows from the tick. Call it only when the log has the tick. */
  #postTick(outcome: TickOutcome | null): void {
    const batch = this.#out.flush()
    const { tick, stateHash } = this.#core
    this.#options.post(
      { type: 'tick', tick, stateHash, advanced: outcome !== null, ...countsOf(this.#options.log.realm), ...batch },
      batch.links.length === 0 ? [] : [batch.bytes.buffer],
    )
  }

  #onTiming(timing: TickTiming): void {
    this.#meters.ticked(timing, this.#split)
    this.#reporter.ticked(timing, this.#options.timer.nowMs())
  }

  #note(...[text, level]: Parameters<ReportNote>): void {
    this.#options.post({ type: 'note', text, ...(level === 'warning' ? { isWarning: true } : {}) })
  }
}
