import { expect, test } from 'vitest'
import { parseVerb, UsageError, type Verb } from './verb.ts'

const VERB: Verb = {
  name: 'probe',
  summary: 'A verb for tests.',
  options: { host: { type: 'string', help: 'an address', default: '127.0.0.1' } },
  run: () => Promise.resolve(0),
}

test('an option without a value after the equals sign is refused with its name', () => {
  expect(() => parseVerb(VERB, ['--host='])).toThrow(
    new UsageError('--host is empty; give it a value, or leave the option out'),
  )
})

test('an option that is left out has its default', () => {
  expect(parseVerb(VERB, []).text('host')).toBe('127.0.0.1')
})
