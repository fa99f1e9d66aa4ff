import { expect, test } from 'vitest'
import { creditOf } from './credit.ts'

test('the credit of a VRM 1.0 has its title, authors, copyright and licences', () => {
  const meta = {
    name: 'Robot',
    authors: ['Ada', 'Mira'],
    copyrightInformation: '2025 Ada',
    licenseUrl: 'https://vrm.dev/licenses/1.0/',
    otherLicenseUrl: 'https://example.org/licence',
  }
  expect(creditOf({ extensions: { VRMC_vrm: { meta } } })).toEqual({
    title: 'Robot',
    authors: ['Ada', 'Mira'],
    copyright: '2025 Ada',
    licences: ['https://vrm.dev/licenses/1.0/', 'https://example.org/licence'],
  })
})

test('the credit of a VRM 0 has its title, author and licence', () => {
  const meta = { title: 'Robot', author: 'Ada', licenseName: 'CC_BY', otherLicenseUrl: '' }
  expect(creditOf({ extensions: { VRM: { meta } } })).toEqual({
    title: 'Robot',
    authors: ['Ada'],
    copyright: null,
    licences: ['CC_BY'],
  })
})

test('a VRM 0 with another licence is credited with the address of that licence', () => {
  const meta = { title: 'Robot', licenseName: 'Other', otherLicenseUrl: 'https://example.org/licence' }
  expect(creditOf({ extensions: { VRM: { meta } } })?.licences).toEqual(['https://example.org/licence'])
})

test('texts of a credit have one line, no control characters and at most 200 characters', () => {
  const meta = {
    name: ' a\n\u202eb\u0000 ',
    authors: ['x'.repeat(1_000), 7, null, ...Array.from({ length: 99 }, () => 'y')],
  }
  const credit = creditOf({ extensions: { VRMC_vrm: { meta } } })
  expect(credit?.title).toBe('a b')
  expect(credit?.authors).toEqual(['x'.repeat(200), ...Array.from({ length: 5 }, () => 'y')])
})

test('a file without meta data has no credit', () => {
  for (const extensions of [undefined, {}, { VRM: null }, { VRMC_vrm: { meta: 'Ada' } }, { VRM: { meta: {} } }])
    expect(creditOf({ extensions })).toBeNull()
})
