import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDefinition } from '../../sim/index.ts'
import { ACTIVITIES } from './activities.ts'
import { arbitraryLink } from './networks.ts'
import { arbitraryRealm } from './realms.ts'
import { arbitrarySession } from './arbitrary-session.ts'
import { sessionFrames, type Session } from './session.ts'
import { shorterSessions } from './shrink.ts'

const sessions = fc.sample(arbitrarySession(), { numRuns: 300, seed: 1 })

/** The smallest session that still `fails`, and how many were tried. */
function shrunk(fails: (session: Session) => boolean): { readonly session: Session; readonly tries: number } {
  let tries = 0
  const property = fc.property(arbitrarySession(), (session) => (tries++, !fails(session)))
  const { counterexample } = fc.check(property, { seed: 1, numRuns: 1_000 })
  if (!counterexample) throw new Error('no session fails')
  return { session: counterexample[0], tries }
}

const doesType = (session: Session, ...types: readonly string[]): boolean => {
  const done = sessionFrames(session).flatMap(({ inputs }) => inputs.map(({ command }) => command.type))
  return types.every((type) => done.includes(type as never))
}

test('realms are valid definitions', () => {
  for (const realm of fc.sample(arbitraryRealm(), { numRuns: 200, seed: 1 }))
    expect(parseDefinition(JSON.parse(JSON.stringify(realm)))).toMatchObject({ ok: true })
})

test('sessions draw every activity, and each session leaves some out', () => {
  const all = Object.keys(ACTIVITIES)
  const drawn = sessions.map(({ segments }) => new Set(segments.map(({ activity }) => activity)))
  expect([...new Set(drawn.flatMap((set) => [...set]))].toSorted()).toEqual(all.toSorted())
  expect(drawn.filter((set) => set.size < all.length / 2).length).toBeGreaterThan(sessions.length / 3)
})

test('the same seed draws the same session', () => {
  const draw = () => fc.sample(arbitrarySession(), { numRuns: 3, seed: 5 })
  expect(draw()).toEqual(draw())
})

test('a session shrinks to the one segment that fails, to one player and to its own ticks', () => {
  const { session } = shrunk((each) => doesType(each, 'scale'))
  const [segment] = session.segments
  expect(session).toMatchObject({ players: 1, checkpointTick: 0, definition: { props: [] } })
  expect(session.segments.length).toBe(1)
  expect(segment?.acts.map(({ command }) => command.type)).toEqual(['scale'])
  expect(session.ticks).toBe(segment?.acts[0]?.tick)
})

test('a segment that must last shrinks no further than it must', () => {
  const long = ({ acts }: Session['segments'][number]): boolean => (acts.at(-1)?.tick ?? 0) - (acts[0]?.tick ?? 0) >= 10
  const { session } = shrunk(({ segments }) => segments.some((each) => each.activity === 'walk' && long(each)))
  const [first, last] = session.segments[0]?.acts ?? []
  expect(session.segments.length).toBe(1)
  expect((last?.tick ?? 0) - (first?.tick ?? 0)).toBeLessThan(20)
})

test('a session shrinks in a few hundred tries', () => {
  expect(shrunk((each) => doesType(each, 'grab', 'despawn', 'leave')).tries).toBeLessThan(400)
})

test('a session without anything has nothing left to shrink but its time and players', () => {
  const [any] = sessions
  if (!any) throw new Error('there is a session')
  const empty = {
    ...any,
    segments: [],
    players: 1,
    ticks: 1,
    checkpointTick: 0,
    definition: { ...any.definition, props: [] },
  }
  expect([...shorterSessions(empty)]).toEqual([])
})

test('links lose, delay, reorder and duplicate within the shares of their conditions', () => {
  for (const link of fc.sample(arbitraryLink(), { numRuns: 100, seed: 1 })) {
    expect(link.lossShare).toBeLessThanOrEqual(0.3)
    expect(link.duplicateShare).toBeLessThanOrEqual(0.1)
    expect(link.delayMs + link.jitterMs).toBeLessThanOrEqual(300)
  }
})
