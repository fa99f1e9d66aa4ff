import { expect, test } from 'vitest'
import type { FreezeCause, SimEvent } from '../../../sim/index.ts'
import { PROP_REPORT_MS } from '../../limits.ts'
import { PropReports } from './prop-reports.ts'

function make() {
  const [toOwners, toOperator]: [[number, string][], string[]] = [[], []]
  const still = new Map<number, FreezeCause>()
  const reports = new PropReports({
    frozenCause: (element) => still.get(element) ?? null,
    notify: (user, text) => void toOwners.push([user, text]),
    note: (text) => void toOperator.push(text),
  })
  const freeze = (element: number, owner: number, cause: FreezeCause): SimEvent => {
    still.set(element, cause)
    return { type: 'frozen', element, owner, cause }
  }
  return { toOwners, toOperator, still, reports, freeze }
}

test('an owner gets the number of frozen props and what to do, and the operator gets their owner', () => {
  const { toOwners, toOperator, reports, freeze } = make()
  reports.stepped([freeze(4, 7, 'unstable'), freeze(5, 7, 'unstable')], 0)
  reports.stepped([], PROP_REPORT_MS)
  expect(toOwners).toEqual([
    [7, '2 props of yours could not be simulated and stay where they last were. Grab or scale them to try again.'],
  ])
  expect(toOperator).toEqual(['2 props of user 7 could not be simulated; they were put back and are frozen'])
})

test('frozen props of the realm are reported to the operator only', () => {
  const { toOwners, toOperator, reports, freeze } = make()
  reports.stepped([freeze(4, 0, 'work')], 0)
  reports.stepped([], PROP_REPORT_MS)
  expect(toOwners).toEqual([])
  expect(toOperator).toEqual([
    "1 prop of the realm is frozen: contacts cost more than the realm's workMax; have some removed, or set it higher",
  ])
})

test('a prop that freezes and thaws again and again counts once, or not at all if it moves in the end', () => {
  const { toOwners, still, reports, freeze } = make()
  for (let tick = 0; tick < 60; tick++) reports.stepped([freeze(3, 7, 'work'), freeze(4, 7, 'work')], tick * 16)
  still.delete(4)
  reports.stepped([], PROP_REPORT_MS)
  expect(toOwners).toEqual([
    [7, '1 prop of yours is frozen: too many props touch each other here. Remove it, or move it away.'],
  ])
})

test('props that were removed after their owner had left are reported to the operator', () => {
  const { toOwners, toOperator, reports } = make()
  reports.stepped([{ type: 'expired', element: 3, owner: 9 }], 0)
  reports.stepped([], PROP_REPORT_MS)
  expect(toOwners).toEqual([])
  expect(toOperator).toEqual([
    "1 prop of user 9 was removed: the owner has left, and the realm's leftBehind rule removes it",
  ])
})
