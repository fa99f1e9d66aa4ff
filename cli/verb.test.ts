import { expect, test } from 'vitest'
import { helpOf, parseVerb, UsageError, type Verb } from './verb.ts'

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

test('an unknown option is refused with its name, without advice about hyphens', () => {
  expect(() => parseVerb(VERB, ['--nonsense'])).toThrow(new UsageError("Unknown option '--nonsense'"))
})

test('long lines of the help are wrapped below their column', () => {
  const words = 'one two three four five six seven eight nine ten '.repeat(6).trim()
  const help = helpOf({ ...VERB, summary: words, options: { host: { type: 'string', help: words } } })
  const lines = help.split('\n')
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100)
  expect(lines.filter((line) => /^ {16}\w/.test(line)).length).toBeGreaterThan(2)
  expect(help.replace(/\s+/g, ' ')).toContain(`--host VALUE ${words}`)
})
