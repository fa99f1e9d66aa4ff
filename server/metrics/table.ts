/**
 * Metrics as numbers in one array, so that counting on the hot path is one addition. The array may be shared between a
 * realm's thread, which writes, and the main thread, which reads. The counts of a thread that died stay, so counters
 * never fall.
 */

/** One metric, with a row of numbers for each value of its label. */
export interface Family {
  /** Name by the conventions of Prometheus: base units, `_total` for counters. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly label: string | null
  /** All values of the label, or one nameless row if there is no label. Unknown values count in the last row. */
  readonly rows: readonly string[]
  /** Upper bounds of a histogram, ascending. The last bucket has no bound and is not listed. */
  readonly buckets: readonly number[]
}

const NONE: readonly string[] = ['']

export const counter = (
  name: string,
  help: string,
  label: string | null = null,
  rows: readonly string[] = NONE,
): Family => ({ name, type: 'counter', help, label, rows, buckets: [] })
export const gauge = (name: string, help: string): Family => ({
  name,
  type: 'gauge',
  help,
  label: null,
  rows: NONE,
  buckets: [],
})
export const histogram = (
  name: string,
  help: string,
  buckets: readonly number[],
  label: string | null = null,
  rows: readonly string[] = NONE,
): Family => ({ name, type: 'histogram', help, label, rows, buckets })

/** Number of slots of one row. A histogram has one for each bucket, one for the bucket without a bound, and the sum. */
const slotsOf = ({ type, buckets }: Family): number => (type === 'histogram' ? buckets.length + 2 : 1)

export type Families = Readonly<Record<string, Family>>

export class MetricTable<F extends Families> {
  readonly families: F
  /** Pass it to the thread on the other side. */
  readonly buffer: SharedArrayBuffer
  readonly #values: Float64Array
  readonly #at: Readonly<Record<string, number>>

  /** Two tables with the same families and buffer show the same numbers. */
  constructor(families: F, buffer?: SharedArrayBuffer) {
    const at: Record<string, number> = {}
    let slots = 0
    for (const [key, family] of Object.entries(families)) {
      at[key] = slots
      slots += family.rows.length * slotsOf(family)
    }
    this.families = families
    this.#at = at
    this.buffer = buffer ?? new SharedArrayBuffer(slots * Float64Array.BYTES_PER_ELEMENT)
    this.#values = new Float64Array(this.buffer)
  }

  /** Returns the row of a label's value; the last row for an unknown value. */
  rowOf(key: keyof F & string, value: string): number {
    const rows = this.families[key]?.rows ?? NONE
    const row = rows.indexOf(value)
    return row === -1 ? rows.length - 1 : row
  }

  /** Adds `amount` to a counter. */
  add(key: keyof F & string, amount = 1, row = 0): void {
    const slot = (this.#at[key] ?? 0) + row
    this.#values[slot] = (this.#values[slot] ?? 0) + amount
  }

  /** Adds one for the label's value. */
  count(key: keyof F & string, value: string): void {
    this.add(key, 1, this.rowOf(key, value))
  }

  set(key: keyof F & string, value: number): void {
    this.#values[this.#at[key] ?? 0] = value
  }

  /** Adds a value to a histogram. */
  observe(key: keyof F & string, value: number, row = 0): void {
    const family = this.families[key]
    if (!family) return
    const { buckets } = family
    const start = (this.#at[key] ?? 0) + row * slotsOf(family)
    let bucket = 0
    while (bucket < buckets.length && value > (buckets[bucket] ?? 0)) bucket++
    this.#values[start + bucket] = (this.#values[start + bucket] ?? 0) + 1
    const sum = start + buckets.length + 1
    this.#values[sum] = (this.#values[sum] ?? 0) + value
  }

  /** Returns the numbers of one row. For a histogram: its buckets, then the sum. */
  read(key: keyof F & string, row = 0): Float64Array {
    const family = this.families[key]
    if (!family) return new Float64Array()
    const start = (this.#at[key] ?? 0) + row * slotsOf(family)
    return this.#values.slice(start, start + slotsOf(family))
  }
}
