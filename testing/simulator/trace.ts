/** The events of a simulated world: a hash of all of them, and the last lines as text. */

/** Lines kept for the report of a failure. */
const LINES_MAX = 400

export class Trace {
  #high = 0x811c9dc5
  #low = 0x01000193
  readonly lines: string[] = []

  /** FNV-1a (Fowler, Noll, Vo) over the values, twice with different starts. */
  number(value: number): void {
    const whole = Math.round(value * 1_000) | 0
    this.#high = Math.imul(this.#high ^ whole, 0x01000193)
    this.#low = Math.imul(this.#low ^ (whole + 0x9e37), 0x01000193)
  }

  bytes(bytes: Uint8Array): void {
    let high = this.#high
    for (const byte of bytes) high = Math.imul(high ^ byte, 0x01000193)
    this.#high = high
    this.#low = Math.imul(this.#low ^ bytes.length, 0x01000193)
  }

  log(nowMs: number, text: string): void {
    this.number(nowMs)
    for (let i = 0; i < text.length; i++) this.number(text.charCodeAt(i))
    this.lines.push(`${(nowMs / 1_000).toFixed(3)} s  ${text}`)
    if (this.lines.length > LINES_MAX) this.lines.shift()
  }

  /** 16 hex digits. */
  get hash(): string {
    return [this.#high, this.#low].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('')
  }
}
