// Measures the house: sizes, unused exports, test files in product modules, hand-written retries, timeouts and intervals.
//   node scripts/house.mjs [REF...]                      the working tree, or each git ref in a column, to compare them
//   node scripts/house.mjs sentences --seed N [REF]      thirty random sentences of the docs
// A ref is checked out into a temporary git worktree. `--json` prints one object.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOptions, wholeNumber, wrongUsage } from './options.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** A folder with more files than this is called flat. */
const FLAT_FILES = 25
const SENTENCES = 30
/** Modules whose files are not product code. */
const TEST_ROOMS = /^(?:test|testing|fuzz|drills|bench|scripts|fixtures|docs|godot-bridge\/(?:test|bench|tools))\//
const TEST_NAME = /\.(?:test|suite|fixture|fake)\.m?ts$/
/** Names of test-only files before they had to say so. */
const OLD_TEST_NAME = /(?:^|\/)(?:[\w-]*contract|samples|fixture|fakes|test-\w+|build-child|build-worker)\.ts$/
const NOT_OURS = /(?:^|\/)generated\/|^fixtures\/|package-lock|\/corpus\//

const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()
const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/** Calls `use` with a folder that holds the ref; the working tree without one. */
function withTree(ref, use) {
  if (ref === null) return use(ROOT)
  const folder = mkdtempSync(join(tmpdir(), 'otherworld-house-'))
  try {
    git('worktree', 'add', '--detach', '--force', folder, ref)
    return use(folder)
  } finally {
    git('worktree', 'remove', '--force', folder)
    rmSync(folder, { recursive: true, force: true })
  }
}

const filesOf = (tree) =>
  execFileSync('git', ['ls-files'], { cwd: tree, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '' && !NOT_OURS.test(path) && existsSync(join(tree, path)))

/** Folders with their own files, the largest first. */
function folders(code) {
  const counts = new Map()
  for (const path of code) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
  return [...counts].toSorted(([, a], [, b]) => b - a)
}

const BEGIN =
  /^(\s*)(?:export )?(?:default )?(?:(?:async )?function\b|const \w+(?:: [^=]+)? = (?:async )?\([^)]*\)[^=]*=>|(?:static |private |protected |public |readonly |async |get |set )*#?\w+\([^)]*\)?[^;]*\{?$)/
const KEYWORD = /^\s*(?:if|for|while|switch|catch|return|else|do|try|test|describe|it|expect)\b/

/** Lengths of functions, by indentation: from a line that begins one to the closing line at the same depth. */
function functionLengths(text) {
  const lines = text.split('\n')
  return lines.flatMap((line, at) => {
    const begin = BEGIN.exec(line)
    if (begin === null || KEYWORD.test(line) || !/[{(]\s*$/.test(line)) return []
    const indent = begin[1] ?? ''
    const after = lines.slice(at + 1).find((next) => next.startsWith(indent) && !next.startsWith(`${indent} `))
    // A line that ends with "(" begins a function only if its parameters end with a block. Otherwise it is a call.
    if (/\(\s*$/.test(line) && !/\{\s*$/.test(after ?? '')) return []
    const end = lines.findIndex(
      (next, i) => i > at && next.startsWith(`${indent}}`) && !/^\s*\}\s*[:)]?.*\{\s*$/.test(next),
    )
    return end < 0 ? [] : [end - at + 1]
  })
}

/** Hand-written retries, timeouts and intervals. Comment lines do not count. */
const BY_HAND = {
  setInterval: /\bsetInterval\(/,
  setTimeout: /\bsetTimeout\(/,
  'Promise.race': /\bPromise\.race\(/,
  'loops with attempts': /\b(?:for|while)\b.*\b(?:attempt|attempts|tries|retries)\b/i,
}

function byHand(code, read) {
  const lines = code.flatMap((path) => read(path).split('\n')).filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line))
  return Object.fromEntries(
    Object.entries(BY_HAND).map(([name, pattern]) => [name, lines.filter((line) => pattern.test(line)).length]),
  )
}

/** Exports that knip finds no use of; null where it cannot run. */
function unusedExports(tree) {
  if (!existsSync(join(tree, 'node_modules'))) symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
  const args = [
    'knip',
    '--no-exit-code',
    '--reporter',
    'json',
    '--include',
    'exports,types',
    '--config',
    join(ROOT, 'knip.json'),
  ]
  const { stdout, status } = spawnSync('npx', args, { cwd: tree, encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0) return null
  const { issues } = JSON.parse(stdout)
  return issues.reduce((sum, { exports = [], types = [] }) => sum + exports.length + types.length, 0)
}

function measure(tree) {
  const read = (path) => readFileSync(join(tree, path), 'utf8')
  const code = filesOf(tree).filter((path) => /\.(?:ts|mjs|gd)$/.test(path))
  const product = code.filter((path) => !TEST_ROOMS.test(path))
  const own = product.filter((path) => !TEST_NAME.test(path) && !OLD_TEST_NAME.test(path))
  const typescript = own.filter((path) => path.endsWith('.ts'))
  const lengths = typescript.flatMap((path) => functionLengths(read(path))).toSorted((a, b) => a - b)
  const widths = typescript
    .flatMap((path) =>
      read(path)
        .split('\n')
        .map((line) => line.length),
    )
    .filter((width) => width > 0)
  const sizes = own.map((path) => read(path).split('\n').length).toSorted((a, b) => a - b)
  const flat = folders(code).filter(([, count]) => count > FLAT_FILES)
  const share = (limit) => `${((100 * widths.filter((width) => width > limit).length) / widths.length).toFixed(2)} %`
  return {
    'product files': own.length,
    'lines in a file: median, p90, max': [percentile(sizes, 0.5), percentile(sizes, 0.9), sizes.at(-1)].join(', '),
    'lines in a function: median, p90, p99, max': [0.5, 0.9, 0.99, 1].map((at) => percentile(lengths, at)).join(', '),
    'functions over 70 lines': lengths.filter((length) => length > 70).length,
    'lines over 120, over 160 characters': `${share(120)}, ${share(160)}`,
    'longest line': widths.reduce((longest, width) => Math.max(longest, width), 0),
    'largest folder': folders(code)[0]?.join(' '),
    [`folders with over ${FLAT_FILES} files`]: flat.map(([folder, count]) => `${folder} ${count}`).join('; ') || 'none',
    'test-only files in product modules that do not say so': product.filter(
      (path) => OLD_TEST_NAME.test(path) && !TEST_NAME.test(path),
    ).length,
    'exports that nobody uses': unusedExports(tree) ?? 'knip is not installed',
    ...byHand(typescript, read),
  }
}

/** Sentences of the pages for people: no code, no tables, no headings. */
function sentencesOf(tree) {
  const pages = filesOf(tree).filter((path) =>
    /^(?:README\.md|docs\/[\w-]+\.md|godot-bridge\/(?:README\.md|docs\/[\w-]+\.md))$/.test(path),
  )
  return pages.flatMap((path) => {
    const text = readFileSync(join(tree, path), 'utf8')
      .replace(/```[\s\S]*?```/g, '')
      .replace(/^(?:#|\||!|<).*$/gm, '')
      .replace(/^\s*(?:[-*]|\d+\.)\s+/gm, '\n\n')
    return text.split(/\n\s*\n/).flatMap((paragraph) =>
      paragraph
        .replace(/\s+/g, ' ')
        .split(/(?<=[.!?])\s+(?=[A-Z*`“])/)
        .map((sentence) => sentence.trim())
        .filter((sentence) => sentence.split(' ').length > 4)
        .map((sentence) => ({ path, sentence })),
    )
  })
}

/** Mulberry32: the same seed picks the same sentences. */
function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function printSentences(seed, ref) {
  const all = withTree(ref, sentencesOf)
  const next = random(seed)
  console.log(`${SENTENCES} of ${all.length} sentences, seed ${seed}, ${ref ?? 'working tree'}\n`)
  for (let i = 0; i < SENTENCES && all.length > 0; i += 1) {
    const { path, sentence } = all.splice(Math.floor(next() * all.length), 1)[0]
    console.log(`${i + 1}. ${sentence}\n   ${path}`)
  }
}

function requireRef(ref) {
  if (spawnSync('git', ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { cwd: ROOT }).status !== 0)
    wrongUsage(`git has no commit "${ref}"`)
}

function main() {
  const { values: options, positionals: words } = readOptions(
    { seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } },
    Infinity,
  )
  for (const ref of words.filter((word) => word !== 'sentences')) requireRef(ref)
  if (words[0] === 'sentences') return printSentences(wholeNumber('seed', options.seed), words[1] ?? null)
  const refs = words.length > 0 ? words : [null]
  const columns = refs.map((ref) => [ref ?? 'working tree', withTree(ref, measure)])
  if (options.json) return console.log(JSON.stringify(Object.fromEntries(columns), null, 2))
  for (const name of Object.keys(columns[0][1])) {
    console.log(name)
    for (const [ref, values] of columns) console.log(`  ${ref.padEnd(14)}${values[name]}`)
  }
}

main()
