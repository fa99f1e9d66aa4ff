import { expect, test } from 'vitest'
import { creditLine } from './credit.ts'

test('the line of a credit names the avatar, its authors, its copyright and its licences', () => {
  const credit = { title: 'Robot', authors: ['Ada', 'Mira'], copyright: '2025 Ada', licences: ['CC_BY', 'MIT'] }
  expect(creditLine(credit)).toBe('“Robot” by Ada, Mira. 2025 Ada. Licence: CC_BY, MIT')
})

test('the line of a credit leaves out what the file does not say', () => {
  expect(creditLine({ title: null, authors: ['Ada'], copyright: null, licences: [] })).toBe('This avatar by Ada.')
})
