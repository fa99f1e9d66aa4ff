/** Bytes over the last second, from counts at any time. */
const WINDOW_MS = 1_000
const SLOTS = 10

export class Rate {
  #total = 0
  readonly #slots: { at: number; bytes: number }[] = Array.from({ length: SLOTS }, () => ({ at: -1, bytes: 0 }))

  get total(): number {
    return this.#total
  }

  add(bytes: number, nowMs: number): void {
    this.#total += bytes
    const at = Math.floor((nowMs / WINDOW_MS) * SLOTS)
    const slot = this.#slots[((at % SLOTS) + SLOTS) % SLOTS]
    if (slot === undefined) return
    if (slot.at !== at) {
      slot.at = at
      slot.bytes = 0
    }
    slot.bytes += bytes
  }

  /** Bytes per second over the last second. */
  perSecond(nowMs: number): number {
    const at = Math.floor((nowMs / WINDOW_MS) * SLOTS)
    return this.#slots.reduce((sum, slot) => (slot.at > at - SLOTS ? sum + slot.bytes : sum), 0)
  }
}
