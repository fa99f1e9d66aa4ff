import { fc, test as each } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { DEFAULT_DEFINITION } from './default-realm.ts'
import { parseDefinition, parseProp } from './definition.ts'
import { nameFault, shownName } from './name.ts'

test.each([
  ['the Hangul filler', '\u3164'],
  ['the half-width filler', '\uFFA0'],
  ['the initial filler', '\u115F'],
  ['the medial filler', '\u1160'],
  ['Braille without dots', '\u2800'],
  ['a soft hyphen', '\u00AD'],
  ['a grapheme joiner', '\u034F'],
  ['a Khmer vowel of old', '\u17B4'],
  ['a zero-width space', '\u200B'],
  ['a right-to-left override', '\u202E'],
  ['a word joiner', '\u2060'],
  ['a byte order mark', '\uFEFF'],
  ['a note without a head', '\u{1D159}'],
  ['a blank of hieroglyphs', '\u{13441}'],
  ['a Khitan filler', '\u{16FE4}'],
  ['a tag', '\u{E0041}'],
  ['an object replacement', '\uFFFC'],
  ['a private character', '\uE000'],
  ['half a character', '\uD800'],
  ['a line break', '\n'],
])('NAM-1: a name of %s is refused, and names lose it', (_, character) => {
  expect(nameFault(character, 32)).toMatch(/^has a character that cannot be seen \(U\+[0-9A-F]{4,5}\)$/)
  expect(nameFault(`a${character}b`, 32)).toMatch(/cannot be seen/)
  expect(shownName(character)).toBe('')
  expect(shownName(`a${character}b`)).toBe(character === '\n' ? 'a b' : 'ab')
})

test.each([
  ['Ada'],
  ['Zoë Łukasiewicz'],
  ['李小龍'],
  ['محمد'],
  ['ประยุทธ์'],
  ['हिन्दी'],
  ['한글'],
  ['👩‍🚀'],
  ['❤️‍🔥'],
  ['👍🏽'],
  ['1️⃣'],
  ['葛\u{E0100}城'],
  ['🇺🇦'],
  ['x'.repeat(32)],
  ['!'],
])('the name %s is accepted unchanged', (name) => {
  expect(nameFault(name, 32)).toBeNull()
  expect(shownName(name)).toBe(name)
})

test.each([
  ['', /has 0 characters; 1 to 32/],
  ['x'.repeat(33), /has 33 characters/],
  [`${'👍'.repeat(32)}x`, /has too many characters|has 33 characters/],
  ['x'.repeat(65), /has too many characters/],
  [' a', /spaces at its ends/],
  ['a ', /spaces at its ends/],
  ['a\u00A0b', /U\+00A0/],
  ['a\u3000b', /U\+3000/],
  ['\u0301', /by itself/],
  ['\u{E0100}', /cannot be seen/],
  ['a\u200Db', /U\+200D/],
  ['\u3164\uFE0F', /U\+3164/],
  [' \uFE0F', /U\+FE0F/],
])('the name %j is refused with a message', (name, words) => {
  expect(nameFault(name, 32)).toMatch(words)
})

test('NAM-2: a realm definition applies the rule to its realm, bodies and props, and each error has its place', () => {
  const [body] = DEFAULT_DEFINITION.bodies
  const [placed] = DEFAULT_DEFINITION.props
  if (!body || !placed) throw new Error('the default realm has bodies and props')
  const json = {
    ...DEFAULT_DEFINITION,
    name: '\u3164',
    bodies: [{ ...body, name: 'a\u2800' }],
    props: [{ ...placed, prop: { ...placed.prop, name: '' } }],
  }
  const read = parseDefinition(JSON.parse(JSON.stringify(json)))
  expect(read.ok ? [] : read.errors.map(({ where, message }) => `${where}: ${message.replace(/.*: it /, '')}`)).toEqual(
    [
      '/name: has a character that cannot be seen (U+3164)',
      '/bodies/0/name: has a character that cannot be seen (U+2800)',
      '/props/0/prop/name: has 0 characters; 1 to 64 are allowed',
    ],
  )
})

test('a prop stored under a name from before the rule is restored under an allowed name', () => {
  const prop = { ...DEFAULT_DEFINITION.props[0]?.prop }
  expect(['Ada\u00A0box ', '\u3164'].map((name) => parseProp({ ...prop, name })?.name)).toEqual(['Ada box', 'unnamed'])
})

const EDGES = [
  '\u3164',
  '\uFE0F',
  '\u200D',
  '👩',
  '🏽',
  ' ',
  '\u00A0',
  '\t',
  '\u0301',
  'e',
  '\u1100',
  '\u1161',
  '\u2800',
  '\uD83D',
  '\uDE00',
  '\u{E0100}',
  '\u202E',
  '葛',
  '\u{1FC00}',
]

each.prop(
  [
    fc.oneof(
      fc.string({ unit: fc.constantFrom(...EDGES), maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
    ),
  ],
  { numRuns: 2_000 },
)('a normalised name is empty or allowed, and normalising it again changes nothing', (typed) => {
  const shown = shownName(typed)
  expect(shownName(shown)).toBe(shown)
  const fault = nameFault(shown, 1_000)
  if (fault !== null) expect(fault).toMatch(/^has 0 characters|^has no character that can be seen by itself$/)
})
