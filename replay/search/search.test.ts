import { expect, test } from 'vitest'
import { factsExample, type FactsExample } from './facts.fixture.ts'
import { mayMiss, Names, occurrenceText, parseQuery, QueryError, search } from './index.ts'

/** Ticks of each step of each match. */
function found(query: string, ...examples: readonly FactsExample[]): string[] {
  const recordings = examples.map((example, i) => ({ file: `${i}.owr`, facts: factsExample(example) }))
  return search(parseQuery(query), recordings).map(({ found: steps }) => steps.map(({ tick }) => tick).join(' '))
}

const life: FactsExample = {
  facts: [
    { tick: 10, kind: 'joined', player: 1 },
    { tick: 20, kind: 'joined', player: 2 },
    { tick: 100, kind: 'dropped', player: 1 },
    { tick: 400, kind: 'dropped', player: 2 },
    { tick: 500, kind: 'grabbed', player: 1, element: 9 },
    { tick: 505, kind: 'released', player: 1, element: 9, detail: 'hand' },
    { tick: 510, kind: 'grabbed', player: 2, element: 9 },
    { tick: 515, kind: 'rejected', player: 1, element: 9, detail: 'held-by-another', about: 'grab' },
    { tick: 520, kind: 'rejected', player: 3, element: 77, detail: 'unknown-element', about: 'grab' },
    { tick: 540, kind: 'released', player: 2, element: 9, detail: 'slipped' },
    { tick: 600, kind: 'grabbed', player: 2, element: 10 },
    { tick: 610, kind: 'returned', element: 10 },
    { tick: 700, kind: 'returned', player: 3 },
    { tick: 800, kind: 'note', detail: 'The sky fell', about: 'test.kind' },
  ],
  holds: [
    { player: 1, element: 9, from: 500, to: 505 },
    { player: 2, element: 9, from: 510, to: 540 },
    { player: 2, element: 10, from: 600, to: null },
  ],
}

test.each([
  ['joined', '10,20'],
  ['joins by ann', '10'],
  ['Ann joined', '10'],
  ['joined by 2', '20'],
  ['joined by user 12', '20'],
  ['rejected by "zoë lee"', '520'],
  ['rejected by z*', '520'],
  ['joined or dropped by Bob', '20,400'],
  ['grabbed ball', '500,510'],
  ['grabbed 10', '600'],
  ['grabbed of "cube" by Bob', '600'],
  ['rejected held-by-another', '515'],
  ['rejected reason unknown-element', '520'],
  ['rejected grab 77', '520'],
  ['released reason slipped', '540'],
  ['returned from outside the bounds', '610,700'],
  ['returned cube', '610'],
  ['returned 23', '700'],
  ['note "sky"', '800'],
  ['note test.kind', '800'],
  ['held by Bob', '510,600'],
  ['held ball by Bob for 0.4s', '510'],
  ['held for > 1s', '600'],
  ['held for < 100ms', '500'],
  ['held for 30 ticks', '510,600'],
] as const)('%s finds the ticks %s', (query, ticks) => {
  expect(found(query, life).join()).toBe(ticks)
})

test.each([
  ['dropped within 2s after join', '10 100'],
  ['joined then dropped', '10 100,20 400'],
  ['joined before dropped', '10 100,20 400'],
  ['joined within 2s then dropped', '10 100'],
  ['joined then within 2s dropped', '10 100'],
  ['joined then dropped within 2s', '10 100'],
  ['dropped after join', '10 100,20 400'],
  ['held by Ann then by Bob', '500 510'],
  ['held by Bob then by Ann', ''],
  ['grabbed then released', '500 505,510 540'],
  ['grabbed by Bob then released by anyone', '510 540'],
  ['released ball by Ann then grabbed cube by Bob', '505 600'],
  ['joined by Ann then joined by Bob', '10 20'],
  ['grabbed by Ann then rejected', '500 515'],
  ['held by Ann then released within 1s then rejected', '500 505 515'],
  ['joined then grabbed then rejected', '10 500 515'],
] as const)('the steps of "%s" are at %s', (query, ticks) => {
  expect(found(query, life).join()).toBe(ticks)
})

test('steps are about the same player and element unless each names its own', () => {
  const facts: FactsExample = {
    facts: [
      { tick: 1, kind: 'grabbed', player: 1, element: 9 },
      { tick: 2, kind: 'released', player: 2, element: 9 },
      { tick: 3, kind: 'released', player: 1, element: 10 },
      { tick: 4, kind: 'released', player: 1, element: 9 },
    ],
  }
  expect(found('grabbed then released', facts)).toEqual(['1 4'])
  expect(found('grabbed then released by anyone', facts)).toEqual(['1 2'])
  expect(found('grabbed then released anything', facts)).toEqual(['1 3'])
  expect(found('grabbed by Ann then released by Bob', facts)).toEqual(['1 2'])
})

test('events of one tick follow each other in their order', () => {
  const facts: FactsExample = {
    facts: [
      { tick: 5, kind: 'released', player: 1, element: 9 },
      { tick: 5, kind: 'grabbed', player: 1, element: 9 },
    ],
  }
  expect(found('released then grabbed', facts)).toEqual(['5 5'])
  expect(found('grabbed then released', facts)).toEqual([])
  expect(found('grabbed then grabbed', facts)).toEqual([])
})

test('rates count events and inputs of one player within a time', () => {
  const rejected = Array.from({ length: 30 }, (_, i) => ({
    tick: 100 + 5 * i,
    kind: 'rejected' as const,
    player: i % 3 === 0 ? 2 : 1,
    detail: 'hand-empty',
    about: 'release',
  }))
  const facts: FactsExample = { facts: rejected, inputs: { 1: [10, 200, 300, 10], 2: [5, 5, 5, 150] } }
  expect(found('rejections > 7 per 1s by Ann', facts)).toEqual(['105'])
  expect(found('rejections by Bob > 7 per 1s', facts)).toEqual([])
  expect(found('rejected hand-empty > 3 per 1s', facts)).toEqual(['100', '105'])
  expect(found('rejected out-of-reach > 3 per 1s', facts)).toEqual([])
  expect(found('inputs > 100 per 1s', facts)).toEqual(['61', '181'])
  expect(found('inputs > 450 per 2s by Ann', facts)).toEqual(['61'])
  expect(found('inputs > 100 per 1s by Ann then rejections > 7 per 1s', facts)).toEqual([])
})

test('recordings that continue each other are searched as one, and others are not', () => {
  const first: FactsExample = {
    origin: { lastTick: 100, lastHash: 'a'.repeat(16) },
    facts: [{ tick: 90, kind: 'joined', player: 1 }],
    holds: [{ player: 1, element: 9, from: 95, to: null }],
  }
  const second: FactsExample = {
    origin: { segment: 2, startTick: 100, startHash: 'a'.repeat(16), lastTick: 900 },
    facts: [{ tick: 110, kind: 'dropped', player: 1 }],
    holds: [{ player: 1, element: 9, from: 100, to: 800, heldBefore: true }],
  }
  const alien: FactsExample = { ...second, origin: { ...second.origin, startHash: 'b'.repeat(16) } }
  expect(found('joined then dropped', second, first)).toEqual(['90 110'])
  expect(found('held for 11s', first, second)).toEqual(['95'])
  expect(found('joined then dropped', first, alien)).toEqual([])
  expect(found('joined', first, first)).toEqual(['90', '90'])
  const matches = search(parseQuery('joined then dropped'), [
    { file: 'two', facts: factsExample(second) },
    { file: 'one', facts: factsExample(first) },
  ])
  expect(matches.map(({ file, found: steps }) => [file, ...steps.map(({ at }) => at.file)])).toEqual([
    ['two', 'one', 'two'],
  ])
})

test.each([
  ['grabed by Ann', 1, 'did you mean "grabbed"'],
  ['', 1, 'an event is missing here'],
  ['joined by', 10, 'the name or the number of a player is missing here'],
  ['joined then', 12, 'an event is missing here'],
  ['rejected reason out-of-rech', 17, 'did you mean "out-of-reach"'],
  ['joined reason hand', 15, 'only "rejected", "released" and "frozen" have a reason'],
  ['joined within 2 after dropped', 17, 'the unit of 2 is missing here'],
  ['joined within 2s dropped', 18, 'after "within" and a time comes "then" or "after"'],
  ['joined for 2s', 8, 'only "held" lasts for a time'],
  ['joined ball', 8, '"joined" is about a player'],
  ['inputs by Ann', 1, 'inputs are counted'],
  ['inputs > 5 per 500ms', 1, 'in whole seconds'],
  ['rejections < 5 per 1s', 12, 'a rate is compared with ">"'],
  ['rejections > 5 in 1s', 16, '"per" and a time are missing here'],
  ['joined by "Ann', 11, 'this quote is not closed'],
  ['joined by Ann Lee', 15, '"joined" is about a player; write "by Lee"'],
  ['held or joined', 1, '"held" stands on its own'],
  ['a then', 1, '"a" is not an event'],
  ['joined after left then dropped', 19, '"after" joins two steps only'],
] as const)('the error of "%s" points at character %i', (query, character, message) => {
  try {
    parseQuery(query)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(QueryError)
    expect((error as QueryError).message).toContain(message)
    expect((error as QueryError).start + 1).toBe(character)
    expect((error as QueryError).explanation).toContain(`${' '.repeat(character + 1)}^`)
  }
})

test('a query knows whether missing events could matter to it', () => {
  const facts = factsExample({ missing: 'another version' })
  expect(mayMiss(parseQuery('joined then left'), facts)).toBe(false)
  expect(mayMiss(parseQuery('inputs > 5 per 1s'), facts)).toBe(false)
  expect(mayMiss(parseQuery('joined then grabbed'), facts)).toBe(true)
  expect(mayMiss(parseQuery('held by Ann'), facts)).toBe(true)
  expect(mayMiss(parseQuery('rejections > 5 per 1s'), facts)).toBe(true)
  expect(mayMiss(parseQuery('held by Ann'), factsExample({}))).toBe(false)
})

test('each match reads as a sentence', () => {
  const sentences = (query: string): string[] =>
    search(parseQuery(query), [{ file: 'a', facts: factsExample(life) }]).flatMap(({ found: steps, facts }) =>
      steps.map((step) => occurrenceText(step, new Names(facts), 'rejections')),
    )
  expect(sentences('grabbed ball by Ann')).toEqual(['Ann grabbed "ball" (element 9)'])
  expect(sentences('held by Bob')).toEqual([
    'Bob held "ball" (element 9) for 0.5 s',
    'Bob held "cube" (element 10) for at least 90.0 s',
  ])
  expect(sentences('rejected grab 77')).toEqual(['grab by Zoë Lee was rejected: unknown-element (element 77)'])
  expect(sentences('released reason slipped')).toEqual(['Bob released "ball" (element 9) (it slipped from the hand)'])
  expect(sentences('dropped by Ann')).toEqual(['Ann dropped: the connection was lost'])
})
