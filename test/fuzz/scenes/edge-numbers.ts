/**
 * Numbers at the edges of what the simulation accepts: its own limits, read from their modules, their neighbours, and
 * the ends of 32-bit floats.
 */
import * as definitions from '../../../sim/definition.ts'
import * as packages from '../../../sim/props/packages.ts'
import * as shapes from '../../../sim/props/shapes.ts'
import * as sim from '../../../sim/index.ts'
import { RANGES } from '../../../sim/limits/ranges.ts'
import { Dice } from '../../../bots/bot-behaviour.ts'

/**
 * Every number that these modules export is a limit that code may miss by one. A new limit is included automatically.
 */
const MODULES: readonly object[] = [shapes, packages, definitions, sim, ...Object.values(RANGES)]

const { fround } = Math
const bits = new DataView(new ArrayBuffer(4))

/** The 32-bit float that is `by` steps from a positive one. */
export function neighbour(x: number, by: number): number {
  bits.setFloat32(0, x)
  bits.setUint32(0, Math.max(0, bits.getUint32(0) + by))
  return bits.getFloat32(0)
}

export const LIMITS: readonly number[] = [
  ...new Set(
    MODULES.flatMap((module) => Object.values(module)).filter(
      (value): value is number => typeof value === 'number' && value > 0,
    ),
  ),
]

/** Smallest of all, largest subnormal, smallest normal, and small values that solvers divide by. */
const TINY = [1e-45, 1.1754942e-38, 1.1754944e-38, 1e-38, 1e-20, 1e-12, 1e-7, 1.0000001e-7, 1e-6, 1e-4, 1e-3, 0.01]
const PLAIN = [0.05, 0.1, 0.2, 0.5, 1, 2, 10, 20, 50, 64, 99, 100]
const HUGE = [100.00001, 1_000, 10_000, 65_536, 1e7, 1e10, 1e20, 3.4028235e38]

/** Positive: a limit itself, a step below it and a step above. */
const NEAR_LIMITS = LIMITS.flatMap((limit) => [fround(limit), neighbour(limit, -1), neighbour(limit, 1)])

/** Sizes that may be accepted. */
export const SIZES: readonly number[] = [...TINY, ...PLAIN, ...NEAR_LIMITS.filter((x) => x <= 110)].map(fround)
/** Everything that a field can hold. */
export const NUMBERS: readonly number[] = [
  0,
  -0,
  ...[...TINY, ...PLAIN, ...NEAR_LIMITS, ...HUGE].flatMap((x) => [x, -x]),
].map(fround)

/** Seeded choices of a scene. */
export class Draw extends Dice {
  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.unit() * count)
  }

  whole(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  of<T>(from: readonly T[]): T {
    const picked = this.pick(from)
    if (picked === undefined && from.length === 0) throw new Error('nothing to draw from')
    return picked as T
  }

  /** A random item, by weight. */
  weighted<T>(from: readonly (readonly [weight: number, value: T])[]): T {
    let at = this.unit() * from.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, value] of from) if ((at -= weight) < 0) return value
    return this.of(from)[1]
  }

  float(low: number, high: number): number {
    return fround(this.between(low, high))
  }

  /** A size between two sizes; every power of ten is equally likely. */
  spread(low: number, high: number): number {
    return fround(Math.exp(this.between(Math.log(low), Math.log(high))))
  }

  edge(): number {
    return this.of(NUMBERS)
  }
}
