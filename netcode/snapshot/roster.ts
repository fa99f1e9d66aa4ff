/** The existing avatars or props, each with a row for its lifetime, and the data that determines its priority. */
import { defined } from '../../sim/assert.ts'
import type { ElementId, Vec3 } from '../../sim/types.ts'

const ROWS_FIRST = 64

export class Roster {
  readonly #rows = new Map<ElementId, number>()
  readonly #free: number[] = []
  /** Rows in the order of elements. */
  readonly order: number[] = []
  /** Element id by row. */
  elements = new Float64Array(0)
  x = new Float64Array(0)
  y = new Float64Array(0)
  z = new Float64Array(0)
  touched = new Uint8Array(0)
  #seenTick = new Int32Array(0)
  /** Number of rows ever used at once. */
  #count = 0
  #removed: number[] = []

  /** Upper bound of rows: they are 0 to this minus one. */
  get rows(): number {
    return this.#count
  }

  /** The row of an element; -1 if it does not exist. */
  rowOf(element: ElementId): number {
    return this.#rows.get(element) ?? -1
  }

  /** Records that an element exists at a tick. Returns its row. */
  place(element: ElementId, { x, y, z }: Vec3, tick: number): number {
    const row = this.#rows.get(element) ?? this.#add(element)
    this.x[row] = x
    this.y[row] = y
    this.z[row] = z
    this.#seenTick[row] = tick
    return row
  }

  #elementOf(row: number): ElementId {
    return defined(this.elements[row], 'a row in use has an element')
  }

  #add(element: ElementId): number {
    const row = this.#free.pop() ?? this.#count++
    if (row >= this.elements.length) this.#grow(row)
    this.#rows.set(element, row)
    this.elements[row] = element
    this.touched[row] = 0
    let at = this.order.length
    while (at > 0 && this.#elementOf(defined(this.order[at - 1], 'the order of rows has no holes')) > element) at -= 1
    this.order.splice(at, 0, row)
    return row
  }

  #grow(row: number): void {
    const size = Math.max(ROWS_FIRST, this.elements.length * 2, row + 1)
    const floats = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(size)
      to.set(from)
      return to
    }
    this.elements = floats(this.elements)
    this.x = floats(this.x)
    this.y = floats(this.y)
    this.z = floats(this.z)
    const touched = new Uint8Array(size)
    touched.set(this.touched)
    this.touched = touched
    const seen = new Int32Array(size)
    seen.set(this.#seenTick)
    this.#seenTick = seen
  }

  /** Removes elements that were not recorded at `tick`. Returns their rows, valid until the next call. */
  sweep(tick: number): readonly number[] {
    this.#removed.length = 0
    for (const row of this.order) if (this.#seenTick[row] !== tick) this.#removed.push(row)
    for (const row of this.#removed) {
      this.#rows.delete(this.#elementOf(row))
      this.order.splice(this.order.indexOf(row), 1)
      this.#free.push(row)
    }
    return this.#removed
  }

  /** True if an element's vertical axis is this near to a place, within an avatar's height. */
  isNear({ x, y, z }: Vec3, metres: number): boolean {
    for (const row of this.order) {
      const dx = x - (this.x[row] ?? 0)
      const dz = z - (this.z[row] ?? 0)
      if (dx * dx + dz * dz > metres * metres) continue
      const dy = y - (this.y[row] ?? 0)
      if (dy > -1 && dy < 3) return true
    }
    return false
  }
}
