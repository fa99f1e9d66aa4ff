/** Finds what touches a box among many, without the engine: sorted along one axis, the few very long ones apart. */
import { touches, type Box } from './boxes.ts'
import { max } from './maths.ts'

/** Longer than this along the axis, metres: a wall or a floor would make every search look far back. */
const LONG = 8

export class Sweep<T extends { readonly box: Box }> {
  readonly #axis: number
  readonly #sorted: readonly T[]
  readonly #long: readonly T[]
  /** Length of the longest in `sorted`. */
  readonly #reach: number

  constructor(all: readonly T[]) {
    this.#axis = widestAxis(all)
    const extent = ({ box }: T): number => at(box, this.#axis + 3) - at(box, this.#axis)
    const short = all.filter((item) => extent(item) <= LONG)
    this.#long = all.filter((item) => !(extent(item) <= LONG))
    // A stable sort: equal ones stay in the order given, which is that of ids.
    this.#sorted = short.toSorted((a, b) => at(a.box, this.#axis) - at(b.box, this.#axis))
    this.#reach = short.reduce((most, item) => max(most, extent(item)), 0)
  }

  /** Visits all whose boxes touch, until `visit` returns false. */
  around(box: Box, visit: (item: T) => boolean): void {
    const [from, to] = [at(box, this.#axis) - this.#reach, at(box, this.#axis + 3)]
    for (let i = this.#firstFrom(from); i < this.#sorted.length; i++) {
      const item = this.#sorted[i] as T
      if (at(item.box, this.#axis) > to) break
      if (touches(box, 0, item.box, 0) && !visit(item)) return
    }
    for (const item of this.#long) if (touches(box, 0, item.box, 0) && !visit(item)) return
  }

  /** Index of the first that begins at `from` or later. */
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

/** The axis along which the boxes are spread most: fewest overlap on it. */
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
