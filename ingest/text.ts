/** Cleans text from an upload, so that it can be stored, shown and compared. */
import { shownName } from '../sim/name.ts'

/** At most `count` characters (code points). */
export const firstCharacters = (text: string, count: number): string =>
  Array.from(text.slice(0, 2 * count))
    .slice(0, count)
    .join('')

/** Control, format, direction and unassigned characters, and line breaks. */
const UNSEEN = /[\p{C}\u2028\u2029]/gu
/** Characters of text that are read before it is cut; normalisation makes some longer. */
const LOOK_MAX = 1_000

/** Text for display (the rule of names, sim/name.ts), at most `charactersMax` characters. */
export const plainText = (text: string, charactersMax: number): string =>
  shownName(firstCharacters(shownName(text.slice(0, LOOK_MAX)), charactersMax))

/** As plainText, with compatibility forms (full width, ligatures) as plain letters. */
export const plainName = (text: string, charactersMax: number): string =>
  plainText(text.slice(0, LOOK_MAX).normalize('NFKC'), charactersMax)

/** A size for a message, rounded up, so that a size above a limit never looks like the limit. */
export const mib = (bytes: number): string => `${(Math.ceil((10 * bytes) / (1 << 20)) / 10).toFixed(1)} MiB`

/** For a message: at most 80 characters, with invisible ones marked. */
export function clipped(text: string): string {
  const clean = text.slice(0, 200).replaceAll(UNSEEN, '\u{fffd}')
  const short = firstCharacters(clean, 79)
  return short.length < clean.length ? `${short}…` : clean
}
