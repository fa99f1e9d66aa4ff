/**
 * Delta debugging: the algorithm ddmin of Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
 * IEEE Transactions on Software Engineering 28(2), 2002. Finds few of many items that still fail together.
 */

export interface MinimiseProgress {
  /** Calls of `fails` so far. Answers from the cache do not count. */
  readonly tries: number
  /** Items that are left. */
  readonly items: number
}

export interface MinimiseOptions {
  /** Stop after so many calls of `fails`. */
  readonly triesMax?: number
  readonly signal?: AbortSignal
  onProgress?(progress: MinimiseProgress): void
}

export interface Minimised<T> {
  /** In their original order. */
  readonly items: readonly T[]
  readonly tries: number
  /** True if none of the items can be left out alone (1-minimal). False if the limit or the signal ended the search. */
  readonly minimal: boolean
}

class Limit extends Error {}

/** Tries subsets, each only once. */
class Trials<T> {
  tries = 0
  readonly #all: readonly T[]
  readonly #fails: (items: readonly T[]) => boolean | Promise<boolean>
  readonly #options: MinimiseOptions
  readonly #known = new Map<string, boolean>()

  constructor(all: readonly T[], fails: (items: readonly T[]) => boolean | Promise<boolean>, options: MinimiseOptions) {
    this.#all = all
    this.#fails = fails
    this.#options = options
    this.#known.set(all.map((_, i) => i).join(), true)
  }

  itemsOf(indices: readonly number[]): T[] {
    return indices.map((i) => this.#all[i] as T)
  }

  async fail(indices: readonly number[], left: number): Promise<boolean> {
    const key = indices.join()
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const { triesMax = Infinity, signal, onProgress } = this.#options
    if (this.tries >= triesMax || signal?.aborted) throw new Limit()
    const failed = await this.#fails(this.itemsOf(indices))
    this.tries++
    this.#known.set(key, failed)
    onProgress?.({ tries: this.tries, items: failed ? indices.length : left })
    return failed
  }
}

/** `indices` in `count` parts of almost equal length, none of them empty. */
function partsOf(indices: readonly number[], count: number): number[][] {
  const at = (part: number): number => Math.floor((part * indices.length) / count)
  return Array.from({ length: count }, (_, part) => indices.slice(at(part), at(part + 1)))
}

/**
 * The items without those that `fails` does not need. `fails` must be true of all items, and this is not tried. It is
 * called with subsets in the original order, the empty one first, and never twice with the same. It may be
 * nondeterministic or depend on more than single items: then the result still failed when it was tried.
 */
export async function minimise<T>(
  all: readonly T[],
  fails: (items: readonly T[]) => boolean | Promise<boolean>,
  options: MinimiseOptions = {},
): Promise<Minimised<T>> {
  const trials = new Trials(all, fails, options)
  let left = all.map((_, i) => i)
  let minimal = true
  try {
    if (await trials.fail([], left.length)) left = []
    let count = Math.min(2, left.length)
    while (left.length > 1) {
      const smaller = await reduced(trials, left, count)
      if (smaller) {
        left = smaller.indices
        count = Math.min(left.length, smaller.count)
      } else if (count < left.length) count = Math.min(left.length, count * 2)
      else break
    }
  } catch (error) {
    if (!(error instanceof Limit)) throw error
    minimal = false
  }
  return { items: trials.itemsOf(left), tries: trials.tries, minimal }
}

/** A part that fails, or what is left without a part; null if neither fails. With the number of parts to try next. */
async function reduced<T>(
  trials: Trials<T>,
  left: readonly number[],
  count: number,
): Promise<{ readonly indices: number[]; readonly count: number } | null> {
  const parts = partsOf(left, count)
  for (const part of parts) if (await trials.fail(part, left.length)) return { indices: part, count: 2 }
  // With two parts, each is the other's complement.
  if (count <= 2) return null
  for (const part of parts) {
    const out = new Set(part)
    const indices = left.filter((i) => !out.has(i))
    if (await trials.fail(indices, left.length)) return { indices, count: Math.max(count - 1, 2) }
  }
  return null
}
