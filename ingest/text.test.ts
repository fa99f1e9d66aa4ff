import { expect, test } from 'vitest'
import { mib } from './text.ts'

test('a size is rounded up, so that it never looks like a limit that it exceeds', () => {
  expect(mib(25 << 20)).toBe('25.0 MiB')
  expect(mib((25 << 20) + 1)).toBe('25.1 MiB')
})
