/**
 * One client's view: for each component the tick of the newest state that the client acknowledged, which is the
 * baseline of the next one. Chooses what goes into a packet within the byte budget.
 */
import { encodeSnapshotPart, OWN_BYTES_MAX, type OwnState } from '../../protocol/index.ts'
import type { ElementId } from '../../sim/types.ts'
import { SNAPSHOT_PART_BYTES_MAX } from '../session/limits.ts'
import type { OutgoingPart } from '../session/server/server-session.ts'
import { varintBytes } from './bytes.ts'
import { BASELINE_TICKS_MAX, grown, NO_TICK, type History } from './history.ts'
import { levelOf, DETAIL_LEVELS, OWN_INTERVALS, shareOf, UPDATE_TICKS_MAX, type Intervals } from './interest.ts'
import type { Roster } from './roster.ts'
import { BUCKETS, type SnapshotScratch } from './scratch.ts'
import type { SnapshotSource } from './source.ts'
import { URGENCY_MAX } from './urgency.ts'
import { AVATAR_KINDS, PROP, PROP_KINDS, ROOT, TURN, YAW_STEPS, type ComponentKind } from './components.ts'

/**
 * Bytes of a part around its records: tick, tags and lengths; for each section its number of records and the surplus of
 * one large gap.
 */
const PART_HEAD_BYTES = 14
const SECTION_HEAD_BYTES = 6
/** Buckets for one interval of waiting. */
const BUCKETS_PER_INTERVAL = 16
/** Records that did not fit, after which a packet counts as full. */
const MISSES_MAX = 24
/** Least bytes of a record, including its element. */
const RECORD_BYTES_MIN = 3
/** Waiting time, ticks, of a component that was never sent. */
const FIRST_WAIT_TICKS = 60
/** A component goes first this long before it has waited too long, ticks: two turns may be missed. */
const SOON_TICKS = 6
/** Bounds of the time without an acknowledgement, after which a resting component is sent again, ticks. */
const RETRY_TICKS_MIN = 3
const RETRY_TICKS_MAX = 60
/** One and a half times the acknowledgement delay, at 60 ticks a second. */
const RETRY_TICKS_PER_MS = 0.09

const SLOTS_FIRST = 1_024

/** Candidates below this share of the least that was chosen last are skipped. */
const CUT_SHARE = 0.9
/** Sends between two updates of all distances: 150 ms. */
const LOOK_SENDS = 3

const slotOf = (row: number, kind: ComponentKind): number => row * 4 + kind

export class SnapshotBuilder {
  readonly #bytesMax: number
  readonly #startTick: number
  /**
   * By slot: the tick since which its component exists, and the ticks of its newest states sent and acknowledged;
   * NO_TICK if none.
   */
  #born = new Int32Array(0)
  #sent = new Int32Array(0)
  #acked = new Int32Array(0)
  /** By slot: ticks between two sends. */
  #intervals = new Float32Array(0)
  #sends = 0
  /** Nothing far below this bucket was chosen for the last packet. */
  #cut = 0

  /** `bytesMax` limits an encoded part. */
  constructor(tick: number, bytesMax: number = SNAPSHOT_PART_BYTES_MAX) {
    this.#startTick = tick
    this.#bytesMax = bytesMax
  }

  /**
   * The next part for this client, seen from its avatar. `acknowledgementMs`: the delay of its acknowledgements; `own`:
   * its avatar's exact state.
   */
  nextPart(
    source: SnapshotSource,
    avatar: ElementId,
    acknowledgementMs: number,
    own: OwnState | null = null,
  ): OutgoingPart {
    const { scratch } = source
    this.#ensureCapacity(Math.max(source.avatars.rows, source.props.rows) * 4, scratch)
    this.#lookAt(source, avatar)
    scratch.first.fill(-1)
    const retryTicks = RETRY_TICKS_MIN + Math.min(RETRY_TICKS_MAX, acknowledgementMs * RETRY_TICKS_PER_MS)
    for (const kind of AVATAR_KINDS) this.#offerAll(source, source.avatars, kind, retryTicks)
    this.#offerAll(source, source.props, PROP, retryTicks)
    this.#choose(source, this.#bytesMax - PART_HEAD_BYTES - (own === null ? 0 : OWN_BYTES_MAX))
    const { tick } = source
    const slots = scratch.sent.slice(0, scratch.sentCount)
    const avatars = blockOf(source, source.avatars, AVATAR_KINDS)
    const props = blockOf(source, source.props, PROP_KINDS)
    for (const slot of slots) scratch.chosenAt[slot] = -1
    return {
      bytes: encodeSnapshotPart({ tick, avatars, props, own }),
      acknowledged: () => this.#acknowledge(slots, tick),
    }
  }

  #ensureCapacity(slots: number, scratch: SnapshotScratch): void {
    const size = Math.max(SLOTS_FIRST, slots * 2)
    if (slots > this.#born.length) {
      this.#born = grown(this.#born, size)
      this.#sent = grown(this.#sent, size)
      this.#acked = grown(this.#acked, size)
      const intervals = new Float32Array(size)
      intervals.set(this.#intervals)
      this.#intervals = intervals
    }
    scratch.ensureCapacity(slots, size)
  }

  /** From time to time, updates the intervals of all components by distance and view. */
  #lookAt(source: SnapshotSource, avatar: ElementId): void {
    this.#sends += 1
    if (this.#sends % LOOK_SENDS !== 1) return
    lookFrom(source, avatar)
    const ownRow = source.avatars.rowOf(avatar)
    this.#measure(source, source.avatars, AVATAR_KINDS, ownRow)
    this.#measure(source, source.props, PROP_KINDS, -1)
  }

  #measure(
    { savings, scratch: { eye } }: SnapshotSource,
    roster: Roster,
    kinds: readonly ComponentKind[],
    ownRow: number,
  ): void {
    for (const row of roster.order) {
      const x = roster.x[row] ?? 0
      const z = roster.z[row] ?? 0
      const distance = eye.distance(x, roster.y[row] ?? 0, z)
      const intervals = row === ownRow ? OWN_INTERVALS : savings.levels ? levelOf(distance).intervals : NEAREST
      const factor = eye.isInView(x, z, distance) ? 1 : savings.behindFactor
      for (const kind of kinds) this.#intervals[slotOf(row, kind)] = intervals[kind] * factor
    }
  }

  /** Puts the candidates into the buckets. */
  #offerAll(source: SnapshotSource, roster: Roster, kind: ComponentKind, retryTicks: number): void {
    const {
      savings,
      tick,
      scratch: { first, following },
    } = source
    const history = source.histories[kind]
    const { changed, born } = history
    for (const row of roster.order) {
      const slot = slotOf(row, kind)
      if (this.#born[slot] !== born[row]) this.#resetSlot(slot, born[row] ?? NO_TICK)
      if ((this.#acked[slot] ?? 0) >= (changed[row] ?? NO_TICK)) continue
      const interval = shareOf(this.#intervals[slot] ?? 0, roster.touched[row] === 1)
      const bucket = this.#bucket(history, slot, interval, tick, retryTicks, savings.urgency)
      if (bucket < 0) continue
      following[slot] = first[bucket] ?? -1
      first[bucket] = slot
    }
  }

  /** The bucket of a changed component; -1 if it waits. */
  #bucket(
    history: History,
    slot: number,
    interval: number,
    tick: number,
    retryTicks: number,
    urgency: boolean,
  ): number {
    const row = slot >> 2
    const [sentTick, ackedTick] = [this.#sent[slot] ?? NO_TICK, this.#acked[slot] ?? NO_TICK]
    // A state without acknowledgement for this long counts as lost.
    const hasTick = ackedTick < sentTick && tick - sentTick > retryTicks ? ackedTick : sentTick
    if (hasTick >= (history.changed[row] ?? NO_TICK)) return -1
    const isMover = history.kind === ROOT || history.kind === PROP
    if (isMover && sentTick !== NO_TICK && tick - sentTick >= UPDATE_TICKS_MAX - SOON_TICKS) return BUCKETS - 1
    const waited = hasTick === NO_TICK ? FIRST_WAIT_TICKS + tick - this.#startTick : tick - hasTick
    const share = (waited / interval) * BUCKETS_PER_INTERVAL
    if (hasTick === NO_TICK || !urgency) return Math.min(BUCKETS - 2, Math.floor(share))
    // It would not be chosen, however urgent it is.
    if (share * URGENCY_MAX < this.#cut) return -1
    return Math.min(BUCKETS - 2, Math.floor(share * history.urgency(row, tick, hasTick)))
  }

  /** Resets a slot for another component. */
  #resetSlot(slot: number, born: number): void {
    this.#born[slot] = born
    this.#sent[slot] = NO_TICK
    this.#acked[slot] = NO_TICK
    if ((this.#intervals[slot] ?? 0) === 0) this.#intervals[slot] = NEAREST[(slot & 3) as ComponentKind]
  }

  /** Chooses records, those that waited longest first, until the packet is full. */
  #choose(source: SnapshotSource, bytesMax: number): void {
    const heads = (source.avatars.order.length > 0 ? 3 : 0) + (source.props.order.length > 0 ? 1 : 0)
    const gaps = [gapBytes(source.avatars), gapBytes(source.props)] as const
    let room = bytesMax - heads * SECTION_HEAD_BYTES - spareBytes(source.avatars) * 3 - spareBytes(source.props)
    let misses = 0
    const { scratch } = source
    const { first, following, chosenAt, chosenBytes, sent } = scratch
    scratch.sentCount = 0
    this.#cut = 0
    for (let bucket = BUCKETS - 1; bucket >= 0; bucket -= 1) {
      for (let slot = first[bucket] ?? -1; slot >= 0; slot = following[slot] ?? -1) {
        if (room < RECORD_BYTES_MIN || misses >= MISSES_MAX) {
          this.#cut = bucket * CUT_SHARE
          return
        }
        const bytes = this.#record(source, slot)
        const taken = bytes + ((slot & 3) === PROP ? gaps[1] : gaps[0])
        if (taken > room) {
          misses += 1
          chosenAt[slot] = -1
          continue
        }
        room -= taken
        this.#sent[slot] = source.tick
        chosenBytes[slot] = bytes
        sent[scratch.sentCount++] = slot
      }
    }
  }

  /** Encodes the record of a component. Returns its bytes. */
  #record(source: SnapshotSource, slot: number): number {
    const [kind, row, acked] = [(slot & 3) as ComponentKind, slot >> 2, this.#acked[slot] ?? NO_TICK]
    const age = source.tick - acked
    const baseTick =
      acked !== NO_TICK && age > 0 && age <= BASELINE_TICKS_MAX && source.savings.deltas ? acked : NO_TICK
    source.scratch.chosenAt[slot] = source.record(kind, row, baseTick)
    return source.histories[kind].recordBytes(row, baseTick === NO_TICK ? 0 : age)
  }

  /** A packet was acknowledged: the client has its states, unless it has newer ones. */
  #acknowledge(slots: Uint32Array, tick: number): void {
    for (const slot of slots)
      if ((this.#born[slot] ?? 0) <= tick && (this.#acked[slot] ?? 0) < tick) this.#acked[slot] = tick
  }
}

const NEAREST: Intervals = DETAIL_LEVELS[0]?.intervals ?? OWN_INTERVALS

/** Sets the point of view to an avatar. */
function lookFrom(source: SnapshotSource, avatar: ElementId): void {
  const {
    avatars,
    histories: [roots],
    tick,
    scratch: { eye },
  } = source
  const row = avatars.rowOf(avatar)
  const yaw = row < 0 ? 0 : ((roots.states[roots.at(row, tick) + 3] ?? 0) / YAW_STEPS) * TURN
  eye.x = avatars.x[row] ?? 0
  eye.y = avatars.y[row] ?? 0
  eye.z = avatars.z[row] ?? 0
  eye.forwardX = -Math.sin(yaw)
  eye.forwardZ = -Math.cos(yaw)
}

/** Difference of the first and the last element id. */
const spread = ({ order, elements }: Roster): number =>
  (elements[order.at(-1) ?? 0] ?? 0) - (elements[order[0] ?? 0] ?? 0)
/** Above this difference every gap is counted as a large one. */
const SPREAD_WIDE = 4_096
/** Bytes that a record's element is counted with. */
const gapBytes = (roster: Roster): number => (spread(roster) < SPREAD_WIDE ? 1 : varintBytes(spread(roster)))
/** Additional bytes of gaps in a section. */
const spareBytes = (roster: Roster): number => (spread(roster) < SPREAD_WIDE ? spread(roster) >> 7 : 0)

const NO_BYTES = new Uint8Array(0)

/** Sections one after another: their number of records, then the records by element. Valid until the next packet. */
function blockOf(source: SnapshotSource, { order, elements }: Roster, kinds: readonly ComponentKind[]): Uint8Array {
  const { block, chosenAt, chosenBytes } = source.scratch
  const start = kinds === AVATAR_KINDS ? 0 : block.at
  block.at = start
  let total = 0
  for (const kind of kinds) {
    let count = 0
    for (const row of order) if ((chosenAt[slotOf(row, kind)] ?? -1) >= 0) count += 1
    total += count
    block.varint(count)
    let last = 0
    for (const row of order) {
      const slot = slotOf(row, kind)
      const at = chosenAt[slot] ?? -1
      if (at < 0) continue
      const element = elements[row] ?? 0
      block.varint(element - last)
      block.copy(source.records.buffer, at, at + (chosenBytes[slot] ?? 0))
      last = element
    }
  }
  return total === 0 ? NO_BYTES : block.buffer.subarray(start, block.at)
}
