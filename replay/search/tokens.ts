/** Splits a query into tokens with their places. */
import { QueryError } from './query.ts'

export interface Token {
  readonly type: 'word' | 'quoted' | 'number' | 'sign'
  /** Without quotes; a word in lower case. */
  readonly value: string
  /** As in the query. */
  readonly text: string
  /** Characters from `start` to before `end`. */
  readonly start: number
  readonly end: number
}

/** Longest query, characters. */
const QUERY_CHARACTERS_MAX = 2_000
/** In this order: white space, quoted text, comparison, number that a word does not continue, word. */
const TOKEN = /(\s+|,)|"([^"]*)"|([<>]=?)|(\d+(?:\.\d+)?)(?=[a-z]*(?:$|[\s,<>"]))|([^\s"<>,]+)/giy

/** Throws QueryError if a quote is not closed or the query is too long. */
export function tokensOf(query: string): readonly Token[] {
  if (query.length > QUERY_CHARACTERS_MAX)
    throw new QueryError(
      `it has more than ${QUERY_CHARACTERS_MAX} characters`,
      query,
      QUERY_CHARACTERS_MAX,
      query.length,
    )
  const tokens: Token[] = []
  let at = 0
  while (at < query.length) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(query)
    if (!found) throw new QueryError('this quote is not closed', query, at, query.length)
    const [text, space, quoted, sign, number, word] = found
    const end = at + text.length
    if (space === undefined) {
      const type =
        quoted !== undefined ? 'quoted' : sign !== undefined ? 'sign' : number !== undefined ? 'number' : 'word'
      tokens.push({ type, value: quoted ?? sign ?? number ?? (word ?? '').toLowerCase(), text, start: at, end })
    }
    at = end
  }
  return tokens
}
