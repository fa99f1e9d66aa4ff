/** Finds the worst habits of our English, which docs/STYLE.md lists, in comments, docs and test names. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean)
const read = (path: string): string[] => readFileSync(`${root}/${path}`, 'utf8').split('\n')

/** Files whose comments and test names follow the guide. Add a room when its comments are done; never remove one. */
const SOURCES = /^(?:viewer|cli|test\/house)\/.*\.ts$/
/** Pages that follow the guide. docs/decisions are records of their time. */
const PAGES = /^(?:README|CONTRIBUTING|docs\/(?!STYLE|api|protocol)[\w-]+)\.md$/

const COMMENT = String.raw`^\s*(?:##|/\*\*|//|\*) `
/** Forbidden beginnings of comments, and words that have a plain replacement. */
const COMMENT_HABITS = [
  new RegExp(`${COMMENT}(?:Of|Who|Whoever) `),
  new RegExp(`${COMMENT}.*\\b(?:anew|in words|is told|are told|let go|by itself)\\b`),
]
const TEST_HABITS = [
  /^\s*test\(['"`](?:who|whoever) /,
  /^\s*test\(['"`].*\b(?:anew|in words|is told|are told|let go)\b/,
]
const PAGE_HABITS = [/\b(?:whoever|one's own|anew|in words)\b/i, /(?:^|\. )Who [a-z]+ [^?]*\.$/]

/** Returns lines that show a habit, as `path:line: text`. */
function found(paths: readonly string[], habits: readonly RegExp[]): readonly string[] {
  return paths.flatMap((path) =>
    read(path).flatMap((line, i) =>
      habits.some((habit) => habit.test(line)) ? [`${path}:${i + 1}: ${line.trim()}`] : [],
    ),
  )
}

describe('docs/STYLE.md', () => {
  test('comments have a subject and use plain words', () => {
    const sources = tracked.filter((path) => SOURCES.test(path) && path !== 'test/house/style.test.ts')
    expect(found(sources, COMMENT_HABITS)).toEqual([])
  })

  test('test names use plain words', () => {
    const tests = tracked.filter((path) => SOURCES.test(path) && path.endsWith('.test.ts'))
    expect(found(tests, TEST_HABITS)).toEqual([])
  })

  test('pages use plain words', () => {
    expect(
      found(
        tracked.filter((path) => PAGES.test(path)),
        PAGE_HABITS,
      ),
    ).toEqual([])
  })

  test.each(['/** Of the path below /v1. */', '## Who sends head and hands', '// It is asked for anew.'])(
    'a comment like "%s" is found',
    (line) => {
      expect(COMMENT_HABITS.some((habit) => habit.test(line))).toBe(true)
    },
  )
})
