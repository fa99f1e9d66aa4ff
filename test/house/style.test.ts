/** Finds the worst habits of our English, which docs/STYLE.md lists, in comments, docs and test names. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean)
const read = (path: string): string[] => readFileSync(`${root}/${path}`, 'utf8').split('\n')

/** Files whose comments and test names follow the guide. Add a module when its comments are done; never remove one. */
const SOURCES =
  /^(?:viewer|cli|sim|protocol|packages|http|http-contract|netcode|replay|ingest|server|storage|bots|testing|bench|scripts|test)\/(?!generated).*\.(?:ts|mjs)$|^godot-bridge\/(?!.*\/generated\/).*\.gd$/
/**
 * All pages for people. docs/STYLE.md quotes what it replaces; the pages in fixtures/ are generated with the files
 * beside them.
 */
const PAGES = /^(?!docs\/STYLE|fixtures\/)[\w./-]+\.md$/
/** Limits of a sentence on a page: its words, and its clauses that begin with "which", "that" or "who". */
const SENTENCE_WORDS_MAX = 40
const SENTENCE_CLAUSES_MAX = 3

const COMMENT = String.raw`^\s*(?:##?|/\*\*|//|\*) `
/** Forbidden beginnings of comments, and words that have a plain replacement. */
const COMMENT_HABITS = [
  new RegExp(`${COMMENT}(?:Of|Who|Whoever) `),
  new RegExp(`${COMMENT}.*\\b(?:anew|in words|is told|are told|let go|by itself)\\b`),
]
const TEST_HABITS = [
  /^\s*test\(['"`](?:who|whoever) /,
  /^\s*test\(['"`].*\b(?:anew|in words|is told|are told|let go)\b/,
  /^func test_(?:who|whoever|what)_(?!is_the_)/,
  /^func test_\w*(?:anew|in_words|(?:is|are)_told|let_go|_of_ones?_own)(?:_|\()/,
]
const PAGE_HABITS = [
  /^(?:Of|Who|Whoever|What|Whose) (?!you get:)[^?]*[.:;]$/,
  /\b(?:whoever|whatever|whosoever|one's|oneself|anew|in words|by itself|(?<!there )is none|be it|likewise|thereof|thereby|all the same)\b/i,
  /\b(?:is|are|was|were) (?:told|said|heard|let in|let go|brought)\b/,
  /\b(?:goes|go|went) on(?! its own)\b|\bso (?:many|long) (?!as|that)/,
  /\bstands? (?:in|there|beside|at|under|below)\b|\bas far as\b|\bfor whom\b|\bthe (?:former|latter)\b/,
  /\b(?:things|lines? of a network)\b(?! happen|:)|\bwhere (?:that|one|there) (?:is|are|was)\b/,
]

/** Returns lines that show a habit, as `path:line: text`. */
function found(paths: readonly string[], habits: readonly RegExp[]): readonly string[] {
  return paths.flatMap((path) =>
    read(path).flatMap((line, i) =>
      habits.some((habit) => habit.test(line)) ? [`${path}:${i + 1}: ${line.trim()}`] : [],
    ),
  )
}

/** Returns the sentences of a page, its lists and its tables, without code, headings and pictures. */
function sentencesOf(path: string): readonly string[] {
  const text = read(path)
    .join('\n')
    .replace(/```[\s\S]*?```/g, '')
    .replace(/``[^`]+``|`[^`]*`/g, 'X')
    .replace(/\]\([^)]*\)/g, ']')
    .replace(/^(?:#|!|<|\|---).*$/gm, '')
    .replace(/^\s*(?:[-*]|\d+\.)\s+/gm, '\n\n')
    .replace(/(?<!\\)\|/g, '\n\n')
  return text.split(/\n\s*\n/).flatMap((paragraph) =>
    paragraph
      .replace(/\s+/g, ' ')
      .split(/(?<=[.!?]\*?) (?=[A-Z*“[(])/)
      .map((sentence) => sentence.trim())
      .filter((sentence) => sentence !== ''),
  )
}

/** Returns the sentences of all pages for which `isBad` is true, as `path: sentence`. */
const sentencesThat = (isBad: (sentence: string) => boolean): readonly string[] =>
  tracked
    .filter((path) => PAGES.test(path))
    .flatMap((path) =>
      sentencesOf(path)
        .filter(isBad)
        .map((sentence) => `${path}: ${sentence}`),
    )

describe('docs/STYLE.md', () => {
  test('comments have a subject and use plain words', () => {
    const sources = tracked.filter((path) => SOURCES.test(path) && path !== 'test/house/style.test.ts')
    expect(found(sources, COMMENT_HABITS)).toEqual([])
  })

  test('test names use plain words', () => {
    const tests = tracked.filter((path) => SOURCES.test(path) && /(?:\.test\.ts|_test\.gd)$/.test(path))
    expect(found(tests, TEST_HABITS)).toEqual([])
  })

  test('pages use plain words, and no sentence without a subject', () => {
    expect(sentencesThat((sentence) => PAGE_HABITS.some((habit) => habit.test(sentence)))).toEqual([])
  })

  test(`sentences of pages have at most ${SENTENCE_WORDS_MAX} words and ${SENTENCE_CLAUSES_MAX} relative clauses`, () => {
    const words = (sentence: string): number => sentence.split(' ').filter((word) => /\w/.test(word)).length
    const clauses = (sentence: string): number => (sentence.match(/\b(?:which|that|who|whose)\b/g) ?? []).length
    // Lists of links and of names are no sentences.
    const isProse = (sentence: string): boolean => !/ · |(?:, X){4}/.test(sentence)
    expect(sentencesThat((sentence) => isProse(sentence) && words(sentence) > SENTENCE_WORDS_MAX)).toEqual([])
    expect(sentencesThat((sentence) => clauses(sentence) > SENTENCE_CLAUSES_MAX)).toEqual([])
  })

  test.each(['/** Of the path below /v1. */', '## Who sends head and hands', '# It is asked for anew.'])(
    'a comment like "%s" is found',
    (line) => {
      expect(COMMENT_HABITS.some((habit) => habit.test(line))).toBe(true)
    },
  )
})
