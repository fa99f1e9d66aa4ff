/** Puts recordings in order: those that continue each other are one chain. */
import type { RecordingFacts } from './facts.ts'

interface Named<F> {
  readonly file: F
  readonly facts: RecordingFacts
}

/** Recordings of one realm; each begins with the state in which the one before ends. */
export type Chain<F> = readonly Named<F>[]

/** A recording continues another if its starting state is the last of the other: the same tick and the same hash. */
export function chainsOf<F>(recordings: readonly Named<F>[]): Chain<F>[] {
  const ends = new Map<string, Named<F>[]>()
  const chains: Named<F>[][] = []
  const chainOf = new Map<Named<F>, Named<F>[]>()
  for (const one of recordings.toSorted(byTime)) {
    const { realm, startTick, startHash, lastTick, lastHash } = one.facts.origin
    // Each recording is continued by one other: a copy of that begins its own chain.
    const before = ends.get(`${realm} ${startTick} ${startHash}`)?.shift()
    const chain = before && startTick > 0 ? (chainOf.get(before) ?? []) : []
    if (chain.length === 0) chains.push(chain)
    chain.push(one)
    chainOf.set(one, chain)
    const end = `${realm} ${lastTick} ${lastHash}`
    ends.set(end, [...(ends.get(end) ?? []), one])
  }
  return chains
}

const byTime = <F>({ facts: { origin: a } }: Named<F>, { facts: { origin: b } }: Named<F>): number =>
  a.realm < b.realm
    ? -1
    : a.realm > b.realm
      ? 1
      : a.epoch - b.epoch || a.segment - b.segment || a.startTick - b.startTick || a.lastTick - b.lastTick
