/** Hints for words that a user may have misspelt. */

/** The number of single-character edits from one word to the other (Levenshtein, 1966). */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++)
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}

/** The word of a list that is at most two edits away; null if there is none. */
export function nearest(word: string, words: readonly string[]): string | null {
  const ranked = words
    .map((known) => ({ known, distance: edits(word, known) }))
    .toSorted((a, b) => a.distance - b.distance)
  return ranked[0] && ranked[0].distance <= 2 ? ranked[0].known : null
}

/** Known words in a message. */
const SHOWN_MAX = 20

/** What a message says about a word that is unknown: the nearest of the known words, and these. `are`: "the fields are". */
export function knownText(word: string, known: readonly string[], are: string): string {
  if (known.length === 0) return ''
  const near = nearest(word, known)
  const more = known.length > SHOWN_MAX ? `, and ${known.length - SHOWN_MAX} more` : ''
  return `${near === null ? '' : `; did you mean "${near}"?`}; ${are} ${known.slice(0, SHOWN_MAX).join(', ')}${more}`
}
