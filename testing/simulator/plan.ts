/** The faults of a simulated world and their times, drawn from its seed before it begins. */
import type { LinkConditions } from '../../netcode/memory.ts'
import { BEHAVIOURS, Dice, type BehaviourName } from '../../bots/bot-behaviour.ts'

/** `player`: index in the plan's players. Times in ms. */
export type PlannedFault =
  | { readonly type: 'conditions'; readonly player: number; readonly conditions: Partial<LinkConditions> }
  | { readonly type: 'blackout'; readonly player: number; readonly ms: number }
  | { readonly type: 'address'; readonly player: number; readonly network: number; readonly noticed: boolean }
  | { readonly type: 'crash'; readonly player: number; readonly ms: number }
  | { readonly type: 'leave'; readonly player: number }
  | { readonly type: 'slow-reader'; readonly player: number; readonly ms: number; readonly rateKbps: number }
  | { readonly type: 'kill'; readonly what: 'worker' | 'process' | 'power'; readonly downMs: number }
  | { readonly type: 'kill-in-write'; readonly writes: number }
  | { readonly type: 'full-disk'; readonly ms: number; readonly bytesLeft: number }
  | { readonly type: 'bad-sync' }
  | { readonly type: 'stall'; readonly ms: number }
  | { readonly type: 'transports' }
  | { readonly type: 'restart'; readonly downMs: number }

export type FaultType = PlannedFault['type']

export interface PlannedPlayer {
  readonly behaviour: BehaviourName
  readonly joinAtMs: number
  /** Networks that it may use. */
  readonly networks: readonly { readonly ordered: boolean; readonly conditions: Partial<LinkConditions> }[]
}

export interface Plan {
  readonly players: readonly PlannedPlayer[]
  readonly peerDelayMs: number
  readonly faults: readonly { readonly atMs: number; readonly fault: PlannedFault }[]
  /** Time of the last fault, ms. */
  readonly calmAtMs: number
  readonly segmentBytesMax: number
}

export interface PlanOptions {
  /** Default: 3 to 7, by the seed. */
  readonly players?: number
  /** Seconds with faults; default 12. */
  readonly seconds?: number
  /** Only faults of these types; default: all types. */
  readonly faults?: readonly FaultType[]
}

const WEIGHTS: Readonly<Record<FaultType, number>> = {
  conditions: 4,
  blackout: 3,
  address: 3,
  crash: 2,
  leave: 1,
  'slow-reader': 2,
  kill: 3,
  'kill-in-write': 2,
  'full-disk': 2,
  'bad-sync': 1,
  stall: 2,
  transports: 1,
  restart: 1,
}

/** When the first player may join, simulated ms. */
export const START_MS = 10_000
const FAULTS: readonly [number, number] = [4, 10]

/**
 * Draws what happens in the world of a seed: its players, their networks, and the faults. The same seed gives the same plan.
 *
 * @example
 * ```ts
 * import { planOf, simulate } from 'otherworld/testing'
 *
 * const plan = planOf(1, { players: 2, seconds: 3, faults: [] })
 * const stalled = { ...plan, faults: [{ atMs: plan.calmAtMs - 1_000, fault: { type: 'stall', ms: 300 } as const }] }
 * const report = await simulate(1, { plan: stalled })
 * if (report.kills !== 0) throw new Error('a stall kills nothing')
 * ```
 */
export function planOf(seed: number, options: PlanOptions = {}): Plan {
  const dice = new Dice(seed)
  const whole = (low: number, high: number): number => Math.floor(dice.between(low, high + 1))
  const calmAtMs = START_MS + (options.seconds ?? 12) * 1_000
  const count = options.players ?? whole(3, 7)
  const players = Array.from({ length: count }, (): PlannedPlayer => ({
    behaviour: dice.pick(BEHAVIOURS) ?? 'mixed',
    joinAtMs: START_MS + dice.between(100, 3_000),
    networks: Array.from({ length: 2 }, () => ({ ordered: dice.chance(0.3), conditions: conditionsOf(dice) })),
  }))
  const kinds = (Object.keys(WEIGHTS) as FaultType[]).filter(
    (type) => options.faults === undefined || options.faults.includes(type),
  )
  const bag = kinds.flatMap((type) => Array.from({ length: WEIGHTS[type] }, () => type))
  const faults = Array.from({ length: kinds.length === 0 ? 0 : whole(...FAULTS) }, () => {
    const type = dice.pick(bag) ?? 'stall'
    return { atMs: dice.between(START_MS + 1_500, calmAtMs - 500), fault: faultOf(type, dice, count) }
  })
  return {
    players,
    faults: faults.toSorted((a, b) => a.atMs - b.atMs),
    calmAtMs,
    peerDelayMs: dice.between(0, 60),
    segmentBytesMax: whole(60_000, 400_000),
  }
}

function conditionsOf(dice: Dice): Partial<LinkConditions> {
  const bad = dice.chance(0.3)
  const delayMs = dice.between(0, bad ? 200 : 60)
  return {
    delayMs,
    jitterMs: dice.between(0, bad ? 100 : 25),
    lossShare: dice.chance(0.4) ? 0 : dice.between(0, bad ? 0.15 : 0.03),
    lossBurst: dice.chance(0.5) ? 1 : dice.between(1, 5),
    duplicateShare: dice.chance(0.6) ? 0 : dice.between(0, 0.05),
    ...(dice.chance(0.2) ? { rateKbps: dice.between(150, 800), queueMsMax: dice.between(50, 800) } : {}),
  }
}

function faultOf(type: FaultType, dice: Dice, players: number): PlannedFault {
  const player = Math.floor(dice.unit() * players)
  switch (type) {
    case 'conditions':
      return { type, player, conditions: conditionsOf(dice) }
    case 'blackout':
      return { type, player, ms: dice.pick([300, 2_000, 2_000, 2_000, 6_500]) ?? 2_000 }
    case 'address':
      return { type, player, network: dice.chance(0.5) ? 1 : 0, noticed: dice.chance(0.5) }
    case 'crash':
      return { type, player, ms: dice.between(100, 7_000) }
    case 'leave':
      return { type, player }
    case 'slow-reader':
      return { type, player, ms: dice.between(1_000, 4_000), rateKbps: dice.between(15, 60) }
    case 'kill':
      return {
        type,
        what: dice.pick(['worker', 'process', 'process', 'power', 'power']) ?? 'process',
        downMs: dice.between(50, 2_500),
      }
    case 'kill-in-write':
      return { type, writes: Math.floor(dice.between(0, 12)) }
    case 'full-disk':
      return { type, ms: dice.between(200, 3_500), bytesLeft: Math.floor(dice.between(0, 3_000)) }
    case 'bad-sync':
      return { type }
    case 'stall':
      return { type, ms: dice.between(20, 1_500) }
    case 'transports':
      return { type }
    case 'restart':
      return { type, downMs: dice.between(100, 2_000) }
  }
}
