/** Numbers of the traces: seeded choices, and values rounded so that another language writes the same text. */
import { type Move } from '../../netcode/client/prediction/prediction.ts'
import { type Quat, type Vec3 } from '../../sim/index.ts'
import { nextUint32, seedRandom } from '../../sim/maths/random.ts'

export const digits = (x: number): number => Number(x.toPrecision(9))
export const flat = ({ x, y, z }: Vec3): number[] => [digits(x), digits(y), digits(z)]
export const turned = ({ x, y, z, w }: Quat): number[] => [digits(x), digits(y), digits(z), digits(w)]
export const bit = (is: boolean): number => (is ? 1 : 0)

export class TraceDice {
  readonly #state: ReturnType<typeof seedRandom>

  constructor(seed: number) {
    this.#state = seedRandom(seed)
  }

  below(n: number): number {
    return nextUint32(this.#state) % n
  }

  between(low: number, high: number): number {
    return low + (nextUint32(this.#state) / 2 ** 32) * (high - low)
  }

  /** A third each forwards and backwards, with the fractions of a stick. */
  stick(): number {
    return [-1, 0, 1, Math.fround(this.between(-1, 1))][this.below(4)] ?? 0
  }

  move(mayFly: boolean): Move {
    return {
      type: 'move',
      x: this.stick(),
      y: this.stick(),
      z: this.stick(),
      yaw: Math.fround(this.between(-4, 4)),
      jump: this.below(4) === 0,
      run: this.below(2) === 0,
      fly: mayFly && this.below(4) === 0,
    }
  }
}
