/** Makes facts by hand, for tests of queries. */
import { columnsOf, type Fact, type HoldFacts, type RecordingFacts } from './facts.ts'

export interface FactsExample {
  readonly facts?: readonly (Pick<Fact, 'tick' | 'kind'> & Partial<Fact>)[]
  readonly holds?: readonly (Pick<HoldFacts, 'element' | 'player' | 'from' | 'to'> & Partial<HoldFacts>)[]
  readonly origin?: Partial<RecordingFacts['origin']>
  readonly missing?: string
  /** Inputs of each second, by player. */
  readonly inputs?: Readonly<Record<number, readonly number[]>>
}

/** Ann is player 1, user 11; Bob is player 2, user 12; "Zoë Lee" is player 3. The ball is element 9, the cube 10. */
export function factsExample({ facts = [], holds = [], origin, missing, inputs = {} }: FactsExample): RecordingFacts {
  const player = (id: number, name: string) => {
    const counts = Uint16Array.from(inputs[id] ?? [])
    return {
      player: id,
      user: 10 + id,
      name,
      element: 20 + id,
      joined: null,
      left: null,
      inputs: counts.reduce((sum, count) => sum + count, 0),
      seconds: { from: 0, counts },
    }
  }
  const prop = (element: number, name: string) => ({
    element,
    name,
    package: null,
    owner: 0,
    spawned: null,
    by: 0,
    ended: null,
  })
  return {
    origin: {
      realm: 'yard',
      epoch: 1,
      segment: 1,
      startTick: 0,
      lastTick: 6000,
      startHash: '0'.repeat(16),
      lastHash: '1'.repeat(16),
      tickRate: 60,
      createdAt: '2026-01-01T00:00:00Z',
      engine: 'e'.repeat(64),
      simVersion: 5,
      ...origin,
    },
    eventsTo: missing === undefined ? (origin?.lastTick ?? 6000) : 0,
    missing: missing ?? null,
    replayedBy: { engine: 'e'.repeat(64), version: 5 },
    players: [player(1, 'Ann'), player(2, 'Bob'), player(3, 'Zoë Lee')],
    props: [prop(9, 'ball'), prop(10, 'cube')],
    holds: holds.map((hold) => ({ hand: 2, heldBefore: false, ...hold })),
    facts: columnsOf(facts.map((fact) => ({ player: 0, element: 0, detail: '', about: '', ...fact }))),
  }
}
