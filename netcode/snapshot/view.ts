/**
 * What one client has been shown: for each strand the state in the newest acknowledged packet that carried it, which is
 * the baseline of what it is sent next. Chooses under the byte budget what goes into a packet.
 */
import { encodeSnapshotPart, OWN_BYTES_MAX, type Own } from '../../protocol/index.ts'
import type { ElementId } from '../../sim/types.ts'
import { SNAPSHOT_PART_BYTES_MAX } from '../session/limits.ts'
import type { OutgoingPart } from '../session/server-session.ts'
import { ByteWriter, varintBytes } from './bytes.ts'
import { distanceTo, levelOf, OWN, UPDATE_TICKS_MAX, viewFactor, type Eye, type Level } from './interest.ts'
import { isSettled, writeRecord } from './records.ts'
import type { SnapshotSource, Strand } from './source.ts'
import { BONES, JOINTS, KINDS, PROP, ROOT, YAW_STEPS, type Values } from './strands.ts'

/** A baseline may be this old, ticks: its age travels in 8 bits. What is older is sent whole. */
export const BASELINE_TICKS_MAX = 255
/** Bytes of a part around its records: tick, tags and lengths, the number of each block. */
const PART_HEAD_BYTES = 32
/** Candidates by how many quarters of their interval have passed; what has waited longer is in the last. */
const BUCKETS = 64
const BUCKETS_PER_INTERVAL = 4
/** Records that did not fit, after which a packet counts as full. */
const MISSES_MAX = 8
/** Ticks that something never shown counts as having waited. */
const FIRST_WAIT_TICKS = 60
/** Bounds of the wait for an acknowledgement, after which what rests is sent again, ticks. */
const RETRY_TICKS_MIN = 3
const RETRY_TICKS_MAX = 60
/** One and a half times as long as acknowledgements take, at 60 ticks a second. */
const RETRY_TICKS_PER_MS = 0.09
const TURN = 2 * Math.PI

/** What a client knows of one strand. */
interface Shown {
  readonly strand: Strand
  /** 0: nothing was sent. */
  sentTick: number
  /** What was sent last was the truth, as far as it is sent. */
  sentSettled: boolean
  /** When something else than the truth was sent last: until something newer is acknowledged it may be what is shown. */
  unsettledTick: number
  ackedTick: number
  acked: Values | null
  /** The client has all that changed up to this tick. */
  settledTick: number
}

interface Sent {
  readonly shown: Shown
  readonly values: Values
  readonly settled: boolean
}

/** A record in the scratch bytes. */
interface Chosen {
  readonly element: ElementId
  readonly start: number
  readonly end: number
}

/** Shared by all views of a thread: nothing in it outlives a call. */
const scratch = new ByteWriter(16_384)
const avatarsBlock = new ByteWriter(SNAPSHOT_PART_BYTES_MAX)
const propsBlock = new ByteWriter(SNAPSHOT_PART_BYTES_MAX)
const buckets: Shown[][] = Array.from({ length: BUCKETS }, () => [])

export class SnapshotView {
  readonly #bytesMax: number
  readonly #shown: (Shown | undefined)[] = []
  readonly #startTick: number

  /** `bytesMax`: of an encoded part. */
  constructor(tick: number, bytesMax: number = SNAPSHOT_PART_BYTES_MAX) {
    this.#startTick = tick
    this.#bytesMax = bytesMax
  }

  /** The next part for this client, seen from its avatar. `acknowledgementMs`: how long its acknowledgements take; `own`: its avatar exactly. */
  next(source: SnapshotSource, avatar: ElementId, acknowledgementMs: number, own: Own | null = null): OutgoingPart {
    this.#collect(source, avatar, RETRY_TICKS_MIN + Math.min(RETRY_TICKS_MAX, acknowledgementMs * RETRY_TICKS_PER_MS))
    const { tick } = source
    const { chosen, sent } = this.#fill(tick, own === null ? 0 : OWN_BYTES_MAX)
    const avatars = blockOf(avatarsBlock, [ROOT, JOINTS, BONES].map((kind) => chosen[kind] ?? []))
    const props = blockOf(propsBlock, [chosen[PROP] ?? []])
    return { bytes: encodeSnapshotPart({ tick, avatars, props, own }), arrived: () => arrived(sent, tick) }
  }

  /** Sorts what may be sent into the buckets. */
  #collect(source: SnapshotSource, avatar: ElementId, retryTicks: number): void {
    const eye = eyeOf(source, avatar)
    for (const bucket of buckets) bucket.length = 0
    for (const row of source.rows) {
      // Distances are measured only for what has something to say.
      let level: Level | null = null
      let factor = 1
      for (const strand of row.strands) {
        const shown = this.#shownOf(strand)
        if (shown.acked !== null && shown.settledTick >= strand.changedTick) continue
        if (level === null) {
          const distance = distanceTo(eye, row)
          level = row.element === avatar ? OWN : levelOf(distance, row.held)
          factor = viewFactor(eye, row, distance)
        }
        this.#offer(shown, level.intervals[strand.kind] * factor, level.urgency, source.tick, retryTicks)
      }
    }
  }

  #offer(shown: Shown, wanted: number, urgency: number, tick: number, retryTicks: number): void {
    const { strand, sentTick, sentSettled } = shown
    const isPatient = sentSettled && sentTick >= strand.changedTick
    const interval = isPatient ? Math.max(wanted, retryTicks) : wanted
    const waited = sentTick === 0 ? FIRST_WAIT_TICKS + tick - this.#startTick : tick - sentTick
    const isOverdue = waited >= UPDATE_TICKS_MAX && (strand.kind === ROOT || strand.kind === PROP)
    if (waited < interval && !isOverdue) return
    const bucket = isOverdue && sentTick !== 0 ? BUCKETS - 1 : Math.min(BUCKETS - 1, Math.floor((waited / interval) * urgency * BUCKETS_PER_INTERVAL))
    buckets[bucket]?.push(shown)
  }

  #shownOf(strand: Strand): Shown {
    const known = this.#shown[strand.slot]
    if (known?.strand === strand) return known
    const shown: Shown = { strand, sentTick: 0, sentSettled: false, unsettledTick: 0, ackedTick: 0, acked: null, settledTick: -1 }
    this.#shown[strand.slot] = shown
    return shown
  }

  /** Writes records, those that waited longest first, until the packet is full; `taken`: bytes that are spoken for. */
  #fill(tick: number, taken: number): { readonly chosen: readonly Chosen[][]; readonly sent: Sent[] } {
    const chosen = KINDS.map((): Chosen[] => [])
    const sent: Sent[] = []
    let room = this.#bytesMax - PART_HEAD_BYTES - taken
    let misses = 0
    scratch.at = 0
    for (let i = BUCKETS - 1; i >= 0; i -= 1) {
      for (const shown of buckets[i] ?? []) {
        if (misses >= MISSES_MAX) return { chosen, sent }
        const start = scratch.at
        const values = write(shown, tick)
        if (values === null) continue
        const bytes = scratch.at - start + varintBytes(shown.strand.element)
        if (bytes > room) {
          scratch.at = start
          misses += 1
          continue
        }
        room -= bytes
        chosen[shown.strand.kind]?.push({ element: shown.strand.element, start, end: scratch.at })
        sent.push(noteSent(shown, values, tick))
      }
    }
    return { chosen, sent }
  }
}

/** Writes the age of the baseline and the record; null: the client knows it all already. */
function write(shown: Shown, tick: number): Values | null {
  const { strand, acked, ackedTick, sentTick } = shown
  const { kind, values } = strand
  // Where a later state is on its way, the client has to hear that the former is right again.
  if (acked !== null && sentTick <= ackedTick && isSettled(kind, acked, values)) {
    shown.settledTick = tick
    return null
  }
  const age = tick - ackedTick
  const isUsable = acked !== null && age > 0 && age <= BASELINE_TICKS_MAX
  scratch.u8(isUsable ? age : 0)
  return writeRecord(kind, scratch, isUsable ? acked : null, values, age)
}

function noteSent(shown: Shown, values: Values, tick: number): Sent {
  const settled = isSettled(shown.strand.kind, values, shown.strand.values)
  shown.sentTick = tick
  shown.sentSettled = settled
  if (!settled) shown.unsettledTick = tick
  return { shown, values, settled }
}

/** A packet was acknowledged: the client has what it carried, unless it has something newer. */
function arrived(sent: readonly Sent[], tick: number): void {
  for (const { shown, values, settled } of sent) {
    if (tick <= shown.ackedTick) continue
    shown.acked = values
    shown.ackedTick = tick
    shown.settledTick = settled && tick > shown.unsettledTick ? tick : -1
  }
}

function eyeOf(source: SnapshotSource, avatar: ElementId): Eye {
  const row = source.row(avatar)
  const yaw = ((row?.strands[0]?.values[3] ?? 0) / YAW_STEPS) * TURN
  return { x: row?.x ?? 0, y: row?.y ?? 0, z: row?.z ?? 0, forwardX: -Math.sin(yaw), forwardZ: -Math.cos(yaw) }
}

const NO_BYTES = new Uint8Array(0)

/** Sections one after the other: their number of records, then the records by element. Valid until the next. */
function blockOf(to: ByteWriter, sections: readonly Chosen[][]): Uint8Array {
  if (sections.every(({ length }) => length === 0)) return NO_BYTES
  to.at = 0
  for (const section of sections) {
    let last = 0
    to.varint(section.length)
    for (const { element, start, end } of section.toSorted((a, b) => a.element - b.element)) {
      to.varint(element - last)
      to.copy(scratch.buffer, start, end)
      last = element
    }
  }
  return to.buffer.subarray(0, to.at)
}
