/** Metrics that a realm's thread counts, and those that it samples once a second. */
import type { Realm, SimEvent } from '../../sim/index.ts'
import type { RecordingHealth } from '../http/status.ts'
import type { TickTiming } from '../realm/tick-loop.ts'
import { REALM_FAMILIES, THREAD_FAMILIES } from './families.ts'
import { MetricTable } from './table.ts'
import type { TickSplit } from './tick-split.ts'

/** Buffers of one realm and of its thread: shared memory of both threads. */
export interface MeterBuffers {
  readonly realm: SharedArrayBuffer
  readonly thread: SharedArrayBuffer
}

/** Figures that the realm's state does not contain. */
export interface RealmLoad {
  readonly connected: number
  readonly joinsWaiting: number
  readonly observers: number
  readonly elements: number
  readonly inputBacklog: number
  readonly messagesQueued: number
  readonly messagesQueuedMost: number
  readonly isSpaceLow: boolean
  readonly isStalled: boolean
  readonly isLost: boolean
  readonly freeBytes: number
}

export class RealmMeters {
  readonly realm: MetricTable<typeof REALM_FAMILIES>
  readonly thread: MetricTable<typeof THREAD_FAMILIES>
  #recordedBytes = 0
  #checkpointsSkipped = 0

  constructor(buffers?: MeterBuffers) {
    this.realm = new MetricTable(REALM_FAMILIES, buffers?.realm)
    this.thread = new MetricTable(THREAD_FAMILIES, buffers?.thread)
  }

  get buffers(): MeterBuffers {
    return { realm: this.realm.buffer, thread: this.thread.buffer }
  }

  ticked({ workMs, lateMs, overrun, delayMs }: TickTiming, split: TickSplit): void {
    const { realm } = this
    realm.observe('tick', workMs / 1_000)
    split.end((part, ms) => realm.observe('tickPart', ms / 1_000, part))
    if (overrun) realm.add('overruns')
    if (delayMs > 0) realm.add('delay', delayMs / 1_000)
    realm.set('late', lateMs / 1_000)
  }

  /** Counts a tick's inputs and their outcomes. */
  stepped(inputs: number, events: readonly SimEvent[]): void {
    this.realm.add('inputs', inputs)
    for (const event of events) {
      if (event.type === 'frozen') this.realm.count('propsFroze', event.cause)
      else if (event.type === 'expired') this.realm.add('propsExpired')
      else if (event.type === 'rejected') this.realm.count('commandsRejected', event.reason)
      else if ('sequence' in event && event.sequence !== 0 && event.player !== 0) this.realm.add('commandsDone')
    }
  }

  synced(ms: number): void {
    this.realm.observe('sync', ms / 1_000)
  }

  /** The recording was deleted. `sample` reports when another has begun. */
  lost(): void {
    this.realm.add('recordingsLost')
    this.realm.set('recordingMissing', 1)
  }

  get recordings(): RecordingHealth {
    return { lost: this.realm.read('recordingsLost')[0] ?? 0, isMissing: this.realm.read('recordingMissing')[0] === 1 }
  }

  /** `bytes`: written since the thread began. */
  recorded(bytes: number): void {
    this.realm.add('recordingBytes', bytes - this.#recordedBytes)
    this.#recordedBytes = bytes
  }

  /** `ageSeconds`: age of the last written checkpoint, in realm time. */
  checkpoints({ bytes, skipped }: { readonly bytes: number; readonly skipped: number }, ageSeconds: number): void {
    this.realm.set('checkpointAge', ageSeconds)
    this.realm.set('checkpointBytes', bytes)
    this.realm.add('checkpointsSkipped', skipped - this.#checkpointsSkipped)
    this.#checkpointsSkipped = skipped
  }

  /** Call it once a second. */
  sample(realm: Realm, load: RealmLoad): void {
    const { realm: table } = this
    let moving = 0
    let awake = 0
    let frozen = 0
    for (const { spec, asleep, frozen: cause } of realm.props.values()) {
      if (spec.motion === 'static') continue
      moving++
      if (cause !== null) frozen++
      if (!asleep) awake++
    }
    table.set('players', realm.players.size)
    table.set('props', moving)
    table.set('propsAwake', awake)
    table.set('propsFrozen', frozen)
    table.set('elements', load.elements)
    table.set('connected', load.connected)
    table.set('joinsWaiting', load.joinsWaiting)
    table.set('observers', load.observers)
    table.set('inputBacklog', load.inputBacklog)
    table.set('messagesQueued', load.messagesQueued)
    table.set('messagesQueuedMost', load.messagesQueuedMost)
    if (Number.isFinite(load.freeBytes)) table.set('diskFree', load.freeBytes)
    table.set('diskLow', load.isSpaceLow ? 1 : 0)
    table.set('recordingMissing', load.isLost ? 1 : 0)
    table.set('stalled', load.isStalled ? 1 : 0)
  }
}
