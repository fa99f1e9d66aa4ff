/**
 * What a copy of the simulation gets from its host: the globals of JavaScript that differ between machines and runs. A
 * copy in a hostile host must give the same states as one in this process. So a property finds code that depends on its
 * host without a second machine.
 */

/** Globals that a copy of the simulation sees instead of the process's own. */
export interface Host {
  readonly Math: Math
  readonly Date: DateConstructor
  readonly performance: { now(): number }
  readonly Buffer: { allocUnsafe(bytes: number): Uint8Array; allocUnsafeSlow(bytes: number): Uint8Array }
}

export const OWN_HOST: Host = { Math, Date, performance, Buffer }

/** Functions whose last bits ECMAScript leaves to the engine (ECMA-262, The Math Object). */
const APPROXIMATE = [
  'acos',
  'acosh',
  'asin',
  'asinh',
  'atan',
  'atan2',
  'atanh',
  'cbrt',
  'cos',
  'cosh',
  'exp',
  'expm1',
  'hypot',
  'log',
  'log10',
  'log1p',
  'log2',
  'pow',
  'sin',
  'sinh',
  'tan',
  'tanh',
] as const

/** A day and some, ms. */
const CLOCK_AHEAD_MS = 100_000_003
/** What fresh memory contains. */
const GARBAGE = 0xa5

/** Error of approximate functions, relative: the last bit of a 32-bit float, so that states show it soon. */
const ERROR = 2 ** -24

type Approximate = (...args: number[]) => number

function hostileMath(): Math {
  const changed: Record<string, unknown> = {}
  for (const name of Object.getOwnPropertyNames(Math)) changed[name] = Math[name as keyof Math]
  for (const name of APPROXIMATE) {
    const exact = Math[name] as Approximate
    changed[name] = (...args: number[]) => exact(...args) * (1 + ERROR)
  }
  changed['random'] = () => (Math.random() + 0.5) % 1
  return changed as unknown as Math
}

function hostileDate(): DateConstructor {
  return class HostileDate extends Date {
    constructor(...args: readonly unknown[]) {
      super(...((args.length > 0 ? args : [HostileDate.now()]) as [number]))
    }
    static override now(): number {
      return Date.now() + CLOCK_AHEAD_MS
    }
  } as unknown as DateConstructor
}

/**
 * Approximate functions of Math have a small error, clocks are ahead, Math.random has other numbers, and memory that
 * nobody has initialised contains garbage.
 */
export function hostileHost(): Host {
  const garbage = (bytes: number): Uint8Array => Buffer.alloc(bytes, GARBAGE)
  return {
    Math: hostileMath(),
    Date: hostileDate(),
    performance: { now: () => 3 * performance.now() + CLOCK_AHEAD_MS },
    Buffer: { allocUnsafe: garbage, allocUnsafeSlow: garbage },
  }
}
