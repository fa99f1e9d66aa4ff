/**
 * Finds the boxes that touch a box, without the engine: a list sorted along one axis, with the few very long boxes
 * apart.
 */
import { touches, type Box } from './boxes.ts'
import { max } from './maths.ts'

/** Longer boxes go into a separate list, metres: a wall or a floor would make every search reach far back. */
const LONG = 8

export class Sweep<T extends { readonly box: Box }> {
  readonly #axis: number
  readonly #sorted: readonly T[]
  readonly #long: readonly T[]
  /** Length of the longest box in `sorted`. */
  readonly #reach: number

  constructor(all: readonly T[]) {
    this.#axis = widestAxis(all)
    const extent = ({ box }: T): number => at(box, this.#axis + 3) - at(box, this.#axis)
    const short = all.filter((item) => extent(item) <= LONG)
    this.#long = all.filter((item) => !(extent(item) <= LONG))
    // A stable sort: equal boxes stay in the given order, which is the order of ids.
    this.#sorted = short.toSorted((a, b) => at(a.box, this.#axis) - at(b.box, this.#axis))
    this.#reach = short.reduce((most, item) => max(most, extent(item)), 0)
  }

  /** Visits all items whose boxes touch `box`, until `visit` returns false. */
  around(box: Box, visit: (item: T) => boolean): void {
    const [from, to] = [at(box, this.#axis) - this.#reach, at(box, this.#axis + 3)]
    for (let i = this.#firstFrom(from); i < this.#sorted.length; i++) {
      const item = this.#sorted[i] as T
      if (at(item.box, this.#axis) > to) break
      if (touches(box, 0, item.box, 0) && !visit(item)) return
    }
    for (const item of this.#long) if (touches(box, 0, item.box, 0) && !visit(item)) return
  }

  /** Index of the first box that starts at `from` or later. */
  #firstFrom(from: number): number {
    let [low, high] = [0, this.#sorted.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (at((this.#sorted[middle] as T).box, this.#axis) < from) low = middle + 1
      else high = middle
    }
    return low
  }
}

const at = (box: Box, i: number): number => box[i] as number

/** The axis along which the boxes are spread most, and so overlap least. */
function widestAxis(all: readonly { readonly box: Box }[]): number {
  const spread = [0, 1, 2].map((axis) => {
    let [sum, squares] = [0, 0]
    for (const { box } of all) {
      const centre = (at(box, axis) + at(box, axis + 3)) / 2
      sum += centre
      squares += centre * centre
    }
    return squares - (sum * sum) / max(all.length, 1)
  }) as [number, number, number]
  if (spread[0] >= spread[1] && spread[0] >= spread[2]) return 0
  return spread[2] >= spread[1] ? 2 : 1
}
