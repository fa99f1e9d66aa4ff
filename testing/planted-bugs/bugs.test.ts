import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { edited } from '../physics/copies.ts'
import { PLANTED_BUGS } from './bugs.ts'

test.each(PLANTED_BUGS)('the planted bug $name fits the sources', ({ edits }) => {
  expect(edits.length).toBeGreaterThan(0)
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
    expect(edited(file, source, edits)).not.toBe(source)
  }
})

test('at least twenty bugs are planted, and each has its own name', () => {
  expect(new Set(PLANTED_BUGS.map(({ name }) => name)).size).toBe(PLANTED_BUGS.length)
  expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(20)
})
