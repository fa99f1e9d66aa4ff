// npm run fuzz -- [--seconds N] [--targets a,b] [--merge]
//
// Coverage-guided fuzzing (Jazzer.js, libFuzzer) of every decoder for N seconds in total, starting with the committed
// corpus and real traffic of a small realm. --merge then writes inputs that reached new code back into test/fuzz/corpus,
// minimised (--seconds 0: those of the last run). Exits with 1 if something was found, with 2 if it cannot run here.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { readOptions, someOf, wholeNumber } from '../options.mjs'
import { bundleFuzz } from './fuzz-bundle.mjs'
import { minimise } from './fuzz-minimise.mjs'
import { fuzzerNode } from './fuzz-runtime.mjs'

const { values } = readOptions({
  seconds: { type: 'string', default: '60' },
  targets: { type: 'string', default: '' },
  merge: { type: 'boolean', default: false },
  'if-possible': { type: 'boolean', default: false },
})
const secondsTotal = wholeNumber('seconds', values.seconds)
const WORK = resolve('.tmp/fuzz')
const ENTRY = 'dist/fuzz/entry.cjs'
/** Longest input, bytes: a few packets. Longer inputs only repeat, and the committed corpus stays small. */
const INPUT_BYTES_MAX = 6_000
/** Longest input of the committed corpus, bytes, so that it stays below 1 MB. */
const KEPT_BYTES_MAX = 4_000
/** Time of one input, s, before it counts as a finding. */
const INPUT_SECONDS_MAX = 5
const RSS_MB_MAX = 2_048

function runtime() {
  try {
    return fuzzerNode()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exit(values['if-possible'] ? 0 : 2)
  }
}
const node = runtime()
await bundleFuzz()
const { targets, seeds, take } = createRequire(import.meta.url)(resolve(ENTRY))
const names = someOf(
  'targets',
  values.targets,
  targets.map(({ name }) => name),
)
const wanted = targets.filter(({ name }) => names.includes(name))

function folder(...path) {
  const made = join(WORK, ...path)
  mkdirSync(made, { recursive: true })
  return made
}

async function writeSeeds() {
  for (const [name, list] of await seeds()) {
    const at = folder('seeds', name)
    for (const bytes of list) writeFileSync(join(at, createHash('sha1').update(bytes).digest('hex')), bytes)
  }
}

/** Runs the fuzzer on one target. Returns its output, and whether it found something. */
function jazzer({ name, isAsync }, folders, flags) {
  const args = [
    'node_modules/@jazzer.js/core/dist/cli.js',
    ENTRY,
    ...folders,
    '-i',
    'dist/fuzz',
    '-e',
    'node_modules',
    ...(isAsync ? [] : ['--sync']),
    '--',
    `-max_len=${INPUT_BYTES_MAX}`,
    `-timeout=${INPUT_SECONDS_MAX}`,
    `-rss_limit_mb=${RSS_MB_MAX}`,
    `-artifact_prefix=${folder('found')}/${name}-`,
    ...flags,
  ]
  const { status, stderr } = spawnSync(node[0], [...node.slice(1), ...args], {
    encoding: 'utf8',
    env: { ...process.env, FUZZ_TARGET: name },
    maxBuffer: 1e9,
  })
  return { status, words: stderr }
}

const corpusOf = (name) => resolve('test/fuzz/corpus', name)
const last = (words, pattern) => [...words.matchAll(pattern)].at(-1)?.[1] ?? '?'

function fuzz(target, seconds) {
  const committed = existsSync(corpusOf(target.name)) ? [corpusOf(target.name)] : []
  const { status, words } = jazzer(
    target,
    [folder('new', target.name), ...committed, folder('seeds', target.name)],
    [`-max_total_time=${seconds}`, '-print_final_stats=1'],
  )
  const isFound = status !== 0
  process.stdout.write(
    `${target.name.padEnd(20)} ${last(words, /^stat::number_of_executed_units:\s*(\d+)/gm).padStart(9)} inputs  cov ${last(words, /cov: (\d+)/g).padStart(5)}  features ${last(words, /ft: (\d+)/g).padStart(6)}  corpus ${last(words, /corp: (\d+)/g).padStart(4)}${isFound ? '  FOUND' : ''}\n`,
  )
  if (isFound) process.stdout.write(`${words.split('\n').slice(-40).join('\n')}\n`)
  return isFound
}

/** Rewrites the corpus: those of the committed, new and real inputs that together reach everything. */
async function merge({ name }) {
  const folders = [corpusOf(name), join(WORK, 'new', name), join(WORK, 'seeds', name)].filter(existsSync)
  const kept = (await minimise(take, name, folders))
    .map((path) => readFileSync(path))
    .filter(({ length }) => length <= KEPT_BYTES_MAX)
  rmSync(corpusOf(name), { recursive: true, force: true })
  mkdirSync(corpusOf(name), { recursive: true })
  for (const bytes of kept)
    writeFileSync(join(corpusOf(name), createHash('sha1').update(bytes).digest('hex').slice(0, 16)), bytes)
  process.stdout.write(`${name.padEnd(20)} ${kept.length} inputs in the corpus\n`)
}

if (secondsTotal > 0) rmSync(WORK, { recursive: true, force: true })
await writeSeeds()
const each = Math.max(1, Math.floor(secondsTotal / wanted.length))
let found = 0
if (secondsTotal > 0) for (const target of wanted) if (fuzz(target, each)) found += 1
if (values.merge) for (const target of wanted) await merge(target)
if (found > 0)
  process.stdout.write(`Finds are in ${folder('found')}. Each becomes a named test and a file in test/fuzz/corpus.\n`)
process.exitCode = found > 0 ? 1 : 0
