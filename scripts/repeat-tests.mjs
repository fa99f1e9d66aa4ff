// node scripts/repeat-tests.mjs [--runs N] [--busy K] [--busy-runs M] [--workers W] [--stop] [GROUP | FILE ...]
//
// Runs unit and system tests N times, to find faults that occur now and then. Prints for each run how long it took and which
// tests failed. Exits with 1 if any did. Build first: tests of processes start what is in dist/.
//
//   GROUP          outside: WebRTC, WebSocket, HTTP, threads and processes (default)
//   FILE           test files, as Vitest takes them
//   --runs N       number of runs, default 20
//   --busy K       number of loops beside the runs that each keep a core busy, default 0
//   --busy-runs M  only the last M runs have them, default all
//   --workers W    test files at once; default VITEST_MAX_WORKERS, or one for each core
//   --stop         ends after the first run that fails
//   --list         prints the files of the group and ends
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions, wholeNumber } from './options.mjs'
import { GROUPS } from './test-groups.mjs'

/** Printed lines of each failure, and characters of each line. */
const LINES_MAX = 60
const WIDTH_MAX = 300

/** The running Vitest, the leader of a process group with its workers. It ends with this process. */
let running = null

/** Ends Vitest and its workers: a signal to Vitest only would leave workers behind that are busy. */
function endRunning() {
  if (running === null) return
  try {
    process.kill(-running.pid, 'SIGKILL')
  } catch {
    // It has ended
  }
}

const loops = []
function setBusy(count) {
  while (loops.length > count) loops.pop().kill('SIGKILL')
  while (loops.length < count) loops.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
}

/** One run of Vitest: seconds, number of passed tests, names of failed tests, and Vitest's output about them. */
async function runOnce(files, report, workers) {
  const startMs = performance.now()
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'unit',
    '--project',
    'system',
    ...(workers === undefined ? [] : [`--maxWorkers=${workers}`]),
    '--reporter=json',
    '--reporter=default',
    `--outputFile=${report}`,
    ...files,
  ]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, NO_COLOR: '1' },
  })
  running = child
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      said += text
    })
  const code = await new Promise((resolve) => {
    child.once('close', resolve)
  })
  running = null
  const seconds = (performance.now() - startMs) / 1_000
  const failed = []
  let passed = 0
  if (existsSync(report)) {
    const told = JSON.parse(readFileSync(report, 'utf8'))
    rmSync(report)
    passed = told.numPassedTests
    for (const { name, message, assertionResults } of told.testResults) {
      const path = name.replace(`${process.cwd()}/`, '')
      if (message) failed.push(`${path} as a whole`)
      for (const { status, fullName } of assertionResults) if (status === 'failed') failed.push(`${path} › ${fullName}`)
    }
  }
  // An error outside of every test, or after its end, is in no test's results
  if (code !== 0 && failed.length === 0)
    failed.push(`an error outside of the tests, or Vitest's own: it ended with ${code}`)
  return {
    seconds,
    passed,
    failed,
    words:
      failed.length === 0 ? '' : shortened(said.slice(Math.max(0, said.search(/⎯ (?:Failed|Unhandled)/) - 20)).trim()),
  }
}

/** Vitest's output with each failure shortened: the diff of a long text would hide the others. */
function shortened(words) {
  const cut = (failure) => {
    const lines = failure.split('\n').map((line) => (line.length > WIDTH_MAX ? `${line.slice(0, WIDTH_MAX)} …` : line))
    const left = lines.length - LINES_MAX
    return left <= 0 ? lines.join('\n') : `${lines.slice(0, LINES_MAX).join('\n')}\n… ${left} more lines\n`
  }
  return words
    .split(/^(?= ?FAIL )/m)
    .map(cut)
    .join('')
}

function row({ run, busy, seconds, passed, failed }) {
  return [
    `${run}`.padStart(3),
    `${busy}`.padStart(4),
    seconds.toFixed(0).padStart(7),
    loadavg()[0].toFixed(1).padStart(5),
    `${passed}`.padStart(6),
    `${failed.length}`.padStart(6),
  ].join('  ')
}

async function main() {
  const { values, positionals } = readOptions(
    {
      runs: { type: 'string', default: '20' },
      busy: { type: 'string', default: '0' },
      'busy-runs': { type: 'string' },
      workers: { type: 'string' },
      stop: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
    Infinity,
  )
  const runs = wholeNumber('runs', values.runs, 1)
  const busy = wholeNumber('busy', values.busy, 0)
  const busyRuns = values['busy-runs'] === undefined ? runs : wholeNumber('busy-runs', values['busy-runs'], 0)
  const workers = values.workers === undefined ? undefined : wholeNumber('workers', values.workers, 1)
  const named = positionals.length === 0 ? ['outside'] : positionals
  const files = (await Promise.all(named.map((name) => GROUPS[name]?.() ?? [name]))).flat()
  if (values.list) return void process.stdout.write(`${files.join('\n')}\n`)

  const folder = mkdtempSync(join(tmpdir(), 'otherworld-repeat-'))
  process.on('exit', () => {
    setBusy(0)
    endRunning()
    rmSync(folder, { recursive: true, force: true })
  })
  for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }))
    process.on(signal, () => process.exit(128 + number))
  process.stdout.write(`${files.length} files\nrun  busy  seconds   load  passed  failed\n`)
  const failures = new Map()
  let green = 0
  for (let run = 1; run <= runs; run++) {
    setBusy(run > runs - busyRuns ? busy : 0)
    const result = await runOnce(files, join(folder, 'report.json'), workers)
    process.stdout.write(`${row({ run, busy: loops.length, ...result })}\n`)
    for (const name of result.failed) failures.set(name, [...(failures.get(name) ?? []), run])
    if (result.words !== '') process.stdout.write(`${result.words.replace(/^/gm, '     ')}\n`)
    if (result.failed.length === 0) green += 1
    else if (values.stop) break
  }
  setBusy(0)
  process.stdout.write(`\n${green} of ${runs} runs green\n`)
  for (const [name, where] of failures) process.stdout.write(`${name}: in run ${where.join(', ')}\n`)
  process.exitCode = green === runs ? 0 : 1
}

await main()
