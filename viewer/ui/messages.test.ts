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

test('a rejection has a message, even for an unknown reason', () => {
  expect(rejectionMessage('out-of-reach')).toBe('That is too far away. Walk closer.')
  expect(rejectionMessage('something-new')).toBe('The server rejected this: something-new.')
  expect(rejectionMessage('toString')).toBe('The server rejected this: toString.')
})

test('a connection error says what is wrong and what to do', () => {
  expect(connectErrorMessage({ reason: 'unreachable', message: 'the server at x does not answer' })).toBe(
    'The server at x does not answer. Check that the server is running and that you are online.',
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

test('the hash check shows checked ticks, the first mismatch, or the reason why it ended', () => {
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
