import { expect, test } from 'vitest'
import { verdictOf } from '../app/lockstep.ts'
import {
  fallbackMessage,
  kilobytes,
  peopleMessage,
  connectErrorMessage,
  rejectionMessage,
  sentence,
} from './messages.ts'

test('sentences begin and end as sentences', () => {
  expect(sentence('left')).toBe('Left.')
  expect(sentence(' Is it running? ')).toBe('Is it running?')
  expect(sentence('')).toBe('')
})

test('a refusal is put in words, also one that this page does not know', () => {
  expect(rejectionMessage('out-of-reach')).toBe('That is too far away: walk closer.')
  expect(rejectionMessage('something-new')).toBe('The server refused: something-new.')
  expect(rejectionMessage('toString')).toBe('The server refused: toString.')
})

test('a problem names itself and what to do', () => {
  expect(connectErrorMessage({ reason: 'unreachable', message: 'the server at x does not answer' })).toBe(
    'The server at x does not answer. Check that the server runs and that you are online.',
  )
  expect(fallbackMessage({ reason: 'refused', message: '' })).toMatch(
    /^WebRTC is not possible here, so you are connected over WebSocket\./,
  )
  expect(fallbackMessage({ reason: 'udp-blocked', message: '' })).toMatch(/^UDP seems to be blocked on this network/)
  expect(fallbackMessage({ reason: 'no-loopback', message: '' })).toMatch(
    /^Firefox does not use WebRTC on loopback addresses/,
  )
})

test('figures are short', () => {
  expect(kilobytes(12_345)).toBe('12.3 kB/s')
  expect(peopleMessage(1)).toBe('One person is here.')
})

test('agreement is told with the ticks it rests on, a mismatch with its first tick, an end with its reason', () => {
  const progress = { type: 'progress', tick: 9, ticksChecked: 1_234, mismatches: 0, firstMismatchTick: null } as const
  expect(verdictOf(progress)).toEqual({ state: 'agree', text: '✓ 1,234 ticks checked: all hashes agree.' })
  expect(verdictOf({ ...progress, mismatches: 2, firstMismatchTick: 77 })).toMatchObject({
    state: 'mismatch',
    text: expect.stringMatching(/^✗ 2 of 1,234 ticks differ, the first at tick 77\./),
  })
  expect(verdictOf({ ...progress, ticksChecked: 0 }).state).toBe('starting')
  expect(verdictOf({ type: 'stopped', reason: 'no observers.', final: true, ticksChecked: 3 })).toEqual({
    state: 'failed',
    text: 'The check ended: no observers.',
  })
})
