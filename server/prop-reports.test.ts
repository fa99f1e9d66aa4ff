import { expect, test } from 'vitest'
import type { SimEvent } from '../sim/index.ts'
import { PROP_REPORT_MS } from './limits.ts'
import { PropReports } from './prop-reports.ts'

function make() {
  const [toOwners, toOperator]: [[number, string][], string[]] = [[], []]
  return { toOwners, toOperator, reports: new PropReports({ notify: (user, text) => void toOwners.push([user, text]), note: (text) => void toOperator.push(text) }) }
}

const frozen = (element: number, owner: number, cause: 'work' | 'unstable'): SimEvent => ({ type: 'frozen', element, owner, cause })

test('an owner is told how many props stand still and what to do, the operator whose they are', () => {
  const { toOwners, toOperator, reports } = make()
  reports.stepped([frozen(4, 7, 'unstable'), frozen(5, 7, 'unstable')], 0)
  expect(toOwners).toEqual([[7, '2 props of yours could not be simulated and stay where they last were. Grab or scale them to try again.']])
  expect(toOperator).toEqual(['2 props of user 7 had numbers that are not finite; they were put back and stand still'])
})

test('what the realm owns is told to the operator alone', () => {
  const { toOwners, toOperator, reports } = make()
  reports.stepped([frozen(4, 0, 'work')], 0)
  expect(toOwners).toEqual([])
  expect(toOperator).toEqual(['1 prop of the realm stands still: physics work is over the realm\'s workMax'])
})

test('a pile that freezes tick after tick is told once in a while, with the sum', () => {
  const { toOwners, toOperator, reports } = make()
  for (let tick = 0; tick <= 120; tick++) reports.stepped([frozen(tick, 7, 'work')], (tick * 1_000) / 60)
  expect(PROP_REPORT_MS).toBe(2_000)
  expect(toOperator).toHaveLength(2)
  expect(toOwners[1]?.[1]).toContain('120 props of yours stopped moving')
})

test('props that went while their owner was away are told apart', () => {
  const { toOperator, reports } = make()
  reports.stepped([{ type: 'expired', element: 3, owner: 9 }], 0)
  expect(toOperator).toEqual(['1 prop of user 9 was removed: the owner has left, and the realm\'s leftBehind rule lets it go'])
})
