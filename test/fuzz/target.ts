/** Fuzz targets: one decoder or state machine each, behind one call that takes bytes. */

/**
 * `quick` leaves out checks that cost more than the decoder, for runs of many millions of which some are `whole`, the
 * default.
 */
export type Depth = 'quick' | 'whole'

export interface FuzzTarget {
  /** Also the name of its folder in test/fuzz/corpus. */
  readonly name: string
  /**
   * Returns true if the bytes were accepted. Throws if a promise is broken: a decoder that throws, a form that is not
   * canonical, a queue beyond its limit.
   */
  run(bytes: Uint8Array, depth?: Depth): boolean | Promise<boolean>
  /** Corrects checksums or signatures, so that the code behind them is reached too. May return other bytes. */
  repair?(bytes: Uint8Array): Uint8Array
  /** Share of mutated inputs, lower if one costs much more than a packet; 1 by default. */
  readonly share?: number
}

/** A promise of the code under test that does not hold. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise'
}

export function promise(holds: boolean, what: string): void {
  if (!holds) throw new BrokenPromise(what)
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** Bytes of the length before each record of a sequence: uint16, little-endian. */
const LENGTH_BYTES = 2
/** Records read from a sequence: enough for a conversation, few enough to keep an input cheap. */
const RECORDS_MAX = 64

/** Several packets as one input. */
export function joinRecords(records: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(records.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0))
  const view = new DataView(out.buffer)
  let at = 0
  for (const record of records) {
    view.setUint16(at, record.length, true)
    out.set(record, at + LENGTH_BYTES)
    at += LENGTH_BYTES + record.length
  }
  return out
}

/** The packets of an input; the last may be cut. Any bytes give some packets. */
export function splitRecords(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = []
  for (let at = 0; at + LENGTH_BYTES <= bytes.length && records.length < RECORDS_MAX;) {
    const end = at + LENGTH_BYTES + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0)
    records.push(bytes.subarray(at + LENGTH_BYTES, end))
    at = end
  }
  return records
}
