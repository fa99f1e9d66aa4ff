import { expect, test } from 'vitest'
import { cleanName, describe as describeError } from './index.ts'

test.each([
  ['  Ada   Lovelace ', 'Ada Lovelace'],
  ['e\u0301', 'é'],
  ['👩‍🚀', '👩‍🚀'],
  ['a\u200Bb', 'ab'],
  ['a\u200Db\u3164', 'ab'],
])('NAM-2: a typed name is normalised: %j', (typed, expected) => {
  expect(cleanName(typed)).toStrictEqual({ ok: true, value: expected })
})

test.each(['', '   ', '\u200B', '\u0000', '\u3164', '\u2800', 'x'.repeat(33), '\u0301'])(
  'a name that is not allowed is rejected with a message: %j',
  (typed) => {
    const result = cleanName(typed)
    expect(result.ok ? '' : describeError(result.error)).toMatch(/^name: /)
  },
)

test.each(['   ', '\u200B', '\u3164', '\u2800\u3164'])('a name that draws nothing is not called empty: %j', (typed) => {
  const result = cleanName(typed)
  expect(result.ok ? '' : result.error.message).toBe('has no character that can be seen; 1 to 32 are allowed')
})
