/**
 * The client's side of snapshots: keeps the states that may be baselines, and decodes records. A record without its
 * baseline is skipped, never guessed, and its packet is not acknowledged, so that the server uses another baseline.
 */
import type { ProtocolError, Result, SnapshotPart } from '../../protocol/index.ts'
import type { ElementId } from '../../sim/types.ts'
import { RecordReader } from './bytes.ts'
import { BASELINE_TICKS_MAX } from './history.ts'
import { readRecord, skipRecord } from './read.ts'
import {
  AVATAR_KINDS,
  BONES,
  JOINTS,
  componentKey,
  PROP,
  PROP_KINDS,
  ROOT,
  type ComponentKind,
  type Values,
} from './components.ts'

/** Components kept: more than 10,000 elements. A server that sends more is refused. */
const COMPONENTS_MAX = 65_536
/**
 * States are kept this much longer than a baseline may be old, so that a late packet still finds its baselines, ticks.
 */
const LATE_TICKS_MAX = 60
/** Ticks between two sweeps of unknown components. */
const SWEEP_TICKS = 600
/** A component unknown for this time belonged to a removed element, ticks: descriptions arrive within seconds. */
const UNKNOWN_TICKS_MAX = 3_600

/** A state of a component. */
export interface ComponentSample {
  readonly kind: ComponentKind
  readonly element: ElementId
  readonly tick: number
  readonly values: Values
}

interface DecodedState {
  readonly tick: number
  readonly values: Values
}

export interface DecodedPart {
  readonly samples: readonly ComponentSample[]
  /**
   * Records that were skipped because their baseline was missing. If there are any, the packet must not be
   * acknowledged.
   */
  readonly missing: number
}

export class SnapshotDecoder {
  /** States by tick, by component key. */
  readonly #components = new Map<number, DecodedState[]>()
  #newestTick = 0
  #sweptTick = 0
  /** Count for the part that is being read. */
  #missing = 0

  /** Number of states kept, of all components. */
  get states(): number {
    let sum = 0
    for (const { length } of this.#components.values()) sum += length
    return sum
  }

  /** The newest state of a component; null if there is none. */
  newest(element: ElementId, kind: ComponentKind): ComponentSample | null {
    const state = this.#components.get(componentKey(element, kind))?.at(-1)
    return state === undefined ? null : { kind, element, ...state }
  }

  /** Decodes a part. Returns its states, or an error if any of it is malformed. Never throws, whatever the bytes. */
  decode({ tick, avatars, props }: SnapshotPart): Result<DecodedPart> {
    const samples: ComponentSample[] = []
    const blocks: readonly [Uint8Array, readonly ComponentKind[]][] = [
      [avatars, AVATAR_KINDS],
      [props, PROP_KINDS],
    ]
    this.#missing = 0
    for (const [bytes, kinds] of blocks) {
      const from = new RecordReader(bytes)
      for (const kind of bytes.length === 0 ? [] : kinds) {
        const fault = this.#section(from, kind, tick, samples)
        if (fault !== null) return wrong(NAMES[kind], fault)
      }
      if (from.left > 0) return wrong(bytes === avatars ? 'avatars' : 'props', `${from.left} bytes are left over`)
    }
    for (const sample of samples) this.#store(sample)
    this.#newestTick = Math.max(this.#newestTick, tick)
    return this.#components.size > COMPONENTS_MAX
      ? wrong('snapshot', `more than ${COMPONENTS_MAX} components are shown`)
      : { ok: true, value: { samples, missing: this.#missing } }
  }

  /** Returns what is wrong with a section; null if nothing is. */
  #section(from: RecordReader, kind: ComponentKind, tick: number, samples: ComponentSample[]): string | null {
    const count = from.varint()
    // Each record has at least three bytes.
    if (count < 0 || count * 3 > from.left) return 'there are fewer records than their number says'
    let element = 0
    for (let i = 0; i < count; i += 1) {
      const gap = from.varint()
      element += gap
      if (gap < 1 || element > 0xffff_ffff) return `record ${i} names no element after the last`
      const age = from.u8()
      if (age > BASELINE_TICKS_MAX)
        return `the baseline of record ${i} is ${age} ticks old; at most ${BASELINE_TICKS_MAX} can be`
      const base = age === 0 ? null : this.#baseline(componentKey(element, kind), tick - age)
      if (age > 0 && base === null) {
        skipRecord(kind, from)
        this.#missing += 1
        if (from.over) return `record ${i} of element ${element} is cut short`
        continue
      }
      const values = readRecord(kind, from, base, age)
      if (values === null) return `record ${i} of element ${element} is malformed`
      samples.push({ kind, element, tick, values })
    }
    return null
  }

  #baseline(key: number, tick: number): Values | null {
    const states = this.#components.get(key) ?? []
    for (let i = states.length - 1; i >= 0; i -= 1) if (states[i]?.tick === tick) return states[i]?.values ?? null
    return null
  }

  #store({ kind, element, tick, values }: ComponentSample): void {
    const key = componentKey(element, kind)
    let states = this.#components.get(key)
    if (states === undefined) {
      states = []
      this.#components.set(key, states)
    }
    let at = states.length
    while (at > 0 && (states[at - 1]?.tick ?? 0) > tick) at -= 1
    if (states[at - 1]?.tick !== tick) states.splice(at, 0, { tick, values })
    const newest = states.at(-1)?.tick ?? 0
    while ((states[0]?.tick ?? newest) < newest - BASELINE_TICKS_MAX - LATE_TICKS_MAX) states.shift()
  }

  /** Forgets a removed element. */
  forget(element: ElementId): void {
    for (const kind of [ROOT, JOINTS, BONES, PROP] as const) this.#components.delete(componentKey(element, kind))
  }

  /** From time to time, forgets late states of removed elements. */
  sweep(isKnown: (element: ElementId) => boolean): void {
    if (this.#newestTick - this.#sweptTick < SWEEP_TICKS) return
    this.#sweptTick = this.#newestTick
    for (const [key, states] of this.#components)
      if ((states.at(-1)?.tick ?? 0) < this.#newestTick - UNKNOWN_TICKS_MAX && !isKnown(Math.floor(key / 4)))
        this.#components.delete(key)
  }
}

const NAMES = {
  [ROOT]: 'avatars.roots',
  [JOINTS]: 'avatars.joints',
  [BONES]: 'avatars.bones',
  [PROP]: 'props',
} as const

function wrong(where: string, message: string): Result<never> {
  return { ok: false, error: { reason: 'malformed', where, message } satisfies ProtocolError }
}
