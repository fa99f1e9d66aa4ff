/** Counts each player's inputs, in each second of a recording. */
import type { InputFrame, PlayerId } from '../../sim/index.ts'
import type { Recording } from '../recording.ts'
import type { PlayerFacts } from './facts.ts'

const COUNT_MAX = 0xffff

export class InputCounter {
  readonly #startTick: number
  readonly #tickRate: number
  readonly #counts = new Map<PlayerId, Map<number, number>>()
  #countedTo: number

  constructor({ startTick, header }: Recording) {
    this.#startTick = startTick
    this.#tickRate = header.tickRate
    this.#countedTo = startTick
  }

  /** Counts the inputs of a tick. A tick that was counted before is left out. */
  count({ tick, inputs }: InputFrame): void {
    if (tick <= this.#countedTo) return
    this.#countedTo = tick
    const second = Math.floor((tick - this.#startTick - 1) / this.#tickRate)
    for (const { player } of inputs) {
      let counts = this.#counts.get(player)
      if (!counts) this.#counts.set(player, (counts = new Map()))
      counts.set(second, (counts.get(second) ?? 0) + 1)
    }
  }

  of(player: PlayerId): Pick<PlayerFacts, 'inputs' | 'seconds'> {
    const counts = this.#counts.get(player) ?? new Map<number, number>()
    // Seconds were counted in their order.
    const seconds = [...counts.keys()]
    const [from = 0, last = -1] = [seconds[0], seconds.at(-1)]
    let inputs = 0
    for (const count of counts.values()) inputs += count
    return {
      inputs,
      seconds: {
        from,
        counts: Uint16Array.from({ length: last - from + 1 }, (_, i) => Math.min(COUNT_MAX, counts.get(from + i) ?? 0)),
      },
    }
  }
}
