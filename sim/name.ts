/**
 * Names that people read: of players, props, bodies, packages and realms. One rule for all (docs/protocol.md, NAM-1): a name
 * has something to see, and nothing hidden that could make it look like another's, or like none.
 */

/** Drawn as nothing or as a box, though Unicode calls them symbols, letters or marks: the blank of Braille, of notes, of hieroglyphs and of Khitan, and the two replacement characters. */
const BLANK = '\\u2800\\u{1D159}\\u{13441}\\u{13442}\\u{16FE4}\\uFFFC\\uFFFD'
/** Control, format, surrogate and private characters, what breaks lines, and all that Unicode says to draw as nothing (fillers of Hangul among them). */
const UNDRAWN = `\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}${BLANK}`
const EMOJI = '[\\p{Extended_Pictographic}\\p{Emoji_Modifier}]'
/** A joiner between two emoji makes one of them. */
const JOINER = `(?<=${EMOJI}\\uFE0F?)\\u200D(?=\\p{Extended_Pictographic})`
/** A variation selector says how the character before it is drawn: as an emoji, or as a form of an ideograph. */
const VARIATION = `(?<=(?![${UNDRAWN}])[\\p{L}\\p{N}\\p{P}\\p{S}])[\\uFE00-\\uFE0F\\u180B-\\u180D\\u180F\\u{E0100}-\\u{E01EF}]`
const HIDDEN = new RegExp(`(?!${JOINER}|${VARIATION})[${UNDRAWN}]`, 'u')
const EACH_HIDDEN = new RegExp(HIDDEN.source, 'gu')
/** A mark alone has nothing to stand on. */
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u
/** Most names: quick to accept. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/

/** Describes what is wrong with a name of at most so many characters (code points); null where it is one. */
export function nameFault(name: string, charactersMax: number): string | null {
  // A character has at most two of UTF-16: what is far too long is not looked at.
  const characters = name.length > 2 * charactersMax ? 'too many' : Array.from(name).length
  if (typeof characters === 'string' || characters < 1 || characters > charactersMax)
    return `has ${characters} characters; 1 to ${charactersMax} are allowed`
  if (PLAIN.test(name)) return null
  const hidden = HIDDEN.exec(name)?.[0] ?? /[^\S ]/u.exec(name)?.[0]
  if (hidden !== undefined)
    return `has a character that cannot be seen (U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')})`
  if (name !== name.trim()) return 'has spaces at its ends'
  return SEEN.test(name) ? null : 'has no character that can be seen by itself'
}

/** A name as it was typed, brought into the form that is shown: without hidden characters, white space as one space, NFC. It may be empty, or too long. */
export const shownName = (typed: string): string =>
  typed
    .replaceAll(/[^\S\uFEFF]+/gu, ' ')
    .replaceAll(EACH_HIDDEN, '')
    .replaceAll(/ +/g, ' ')
    .trim()
    .normalize('NFC')
