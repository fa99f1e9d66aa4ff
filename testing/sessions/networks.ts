/** Arbitraries of network conditions, for `MemoryTransport` and for the plans of `simulate`. */
import fc from 'fast-check'
import type { LinkConditions } from '../../netcode/memory.ts'

const share = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 1_000 }).map((parts) => (max * parts) / 1_000),
  )

/** Conditions of one direction of a link: delay, order, loss, duplicates. Shrinks towards a perfect link. */
export function arbitraryLink(): fc.Arbitrary<LinkConditions> {
  return fc.record({
    delayMs: fc.nat(200),
    // Messages of unordered links overtake each other by it.
    jitterMs: fc.nat(100),
    lossShare: share(0.3),
    lossBurst: fc.integer({ min: 1, max: 5 }),
    duplicateShare: share(0.1),
    rateKbps: fc.oneof(fc.constant(Infinity), fc.integer({ min: 150, max: 800 })),
    queueMsMax: fc.integer({ min: 50, max: 800 }),
  })
}

export interface ArbitraryNetwork {
  /** Like WebSocket (true) or like WebRTC. */
  readonly ordered: boolean
  readonly conditions: LinkConditions
}

/** A player's network, as plans of `simulate` have them. */
export const arbitraryNetwork = (): fc.Arbitrary<ArbitraryNetwork> =>
  fc.record({ ordered: fc.boolean(), conditions: arbitraryLink() })
