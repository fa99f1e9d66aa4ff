/** A map of bounded size: beyond it the entry that was used longest ago is forgotten. */
export class LruMap<K, V> {
  /** The entry used longest ago comes first. */
  readonly #entries = new Map<K, V>()
  readonly #sizeMax: number

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
  }

  get size(): number {
    return this.#entries.size
  }

  /** Reading an entry uses it. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  /** The value without using the entry. */
  peek(key: K): V | undefined {
    return this.#entries.get(key)
  }

  /** Returns the entry that was forgotten for it, if any. */
  set(key: K, value: V): readonly [K, V] | undefined {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#sizeMax) return undefined
    for (const oldest of this.#entries) {
      this.#entries.delete(oldest[0])
      return oldest
    }
    return undefined
  }

  delete(key: K): boolean {
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  keys(): IterableIterator<K> {
    return this.#entries.keys()
  }

  values(): IterableIterator<V> {
    return this.#entries.values()
  }
}
