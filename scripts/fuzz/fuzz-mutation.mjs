// npm run fuzz:mutation -- [--packets N] [--seed S] [--processes P] [--targets a,b] [--json]
//
// Mutated packets, for every decoder and for both ends of a session. All changes come from the seed; a failure is printed
// with its bytes. Exits with 1 on a failure.
import { fork } from 'node:child_process'
import { readOptions, someOf, wholeNumber } from '../options.mjs'
import { bundleMutate } from './fuzz-bundle.mjs'

const text = (value) => ({ type: 'string', default: value })
const { values } = readOptions({
  packets: text('100000'),
  seed: text('1'),
  processes: text('2'),
  targets: text(''),
  json: { type: 'boolean', default: false },
})
const packetsTotal = wholeNumber('packets', values.packets)
const seed = wholeNumber('seed', values.seed)
const processes = wholeNumber('processes', values.processes, 1)
/** Inputs of one job: figures are printed often, and a growing process is noticed. */
const JOB_INPUTS = 250_000
/**
 * Maximum memory of a process, bytes: engine, seeds, and uncollected garbage. A leak of a byte per input would exceed
 * it.
 */
const HEAP_BYTES_MAX = 400_000_000

await bundleMutate()
const workers = Array.from({ length: processes }, () =>
  fork('dist/fuzz/mutate-worker.js', [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
)
for (const worker of workers)
  worker.on('exit', (code, signal) => {
    if (code !== 0) throw new Error(`A process ended: ${signal ?? code}.`)
  })
const message = (worker) =>
  new Promise((resolve) => {
    worker.once('message', resolve)
  })

const readies = await Promise.all(workers.map(message))
const names = someOf(
  'targets',
  values.targets,
  readies[0].targets.map(({ name }) => name),
)
const targets = readies[0].targets.filter(({ name }) => names.includes(name))

/** The jobs of all targets in turn, so that no target waits for the end. */
function jobsOf(packets) {
  const shares = targets.reduce((sum, { share }) => sum + share, 0)
  const jobs = targets.flatMap(({ name, share }) => {
    const inputs = Math.ceil((packets * share) / shares)
    return Array.from({ length: Math.ceil(inputs / JOB_INPUTS) }, (_, i) => ({
      target: name,
      round: i,
      count: Math.min(JOB_INPUTS, inputs - i * JOB_INPUTS),
    }))
  })
  return jobs.toSorted((a, b) => a.round - b.round).map((job, i) => ({ ...job, seed: seed * 1_000_003 + i }))
}

const jobs = jobsOf(packetsTotal)
const all = jobs.reduce((sum, { count }) => sum + count, 0)
const sums = new Map(
  targets.map(({ name }) => [
    name,
    { target: name, inputs: 0, accepted: 0, milliseconds: 0, slowestMs: 0, failures: [] },
  ]),
)
const startMs = performance.now()
let done = 0
let heapBytesMax = 0

function take({ target, inputs, accepted, milliseconds, slowestMs, failures, heapBytes }) {
  const sum = sums.get(target)
  sum.inputs += inputs
  sum.accepted += accepted
  sum.milliseconds += milliseconds
  sum.slowestMs = Math.max(sum.slowestMs, slowestMs)
  sum.failures.push(...failures)
  heapBytesMax = Math.max(heapBytesMax, heapBytes)
  if (heapBytes > HEAP_BYTES_MAX) sum.failures.push({ message: `the heap grew to ${heapBytes} bytes`, hex: '' })
  done += inputs
  const seconds = (performance.now() - startMs) / 1000
  if (process.stderr.isTTY)
    process.stderr.write(
      `\r${done.toLocaleString('en')} of ${all.toLocaleString('en')}, ${Math.round(((all - done) / done) * seconds)} s left   `,
    )
}

await Promise.all(
  workers.map(async (worker) => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      worker.send(job)
      take(await message(worker))
    }
    worker.disconnect()
  }),
)
const seconds = (performance.now() - startMs) / 1000
const rows = [...sums.values()]
const failures = rows.flatMap(({ target, failures: found }) => found.map((failure) => ({ target, ...failure })))
const report = {
  schema: 'otherworld/mutate/1',
  seed,
  packets: done,
  accepted: rows.reduce((sum, { accepted }) => sum + accepted, 0),
  seconds,
  perSecond: done / seconds,
  heapBytesMax,
  failures,
  targets: rows,
}
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
else {
  const row = (...cells) =>
    process.stdout.write(
      `${cells[0].padEnd(20)}${cells
        .slice(1)
        .map((cell) => cell.padStart(14))
        .join('')}\n`,
    )
  row('target', 'inputs', 'accepted', 'per second', 'slowest ms', 'failures')
  for (const { target, inputs, accepted, milliseconds, slowestMs, failures: found } of rows)
    row(
      target,
      String(inputs),
      `${((100 * accepted) / inputs).toFixed(1)} %`,
      ((inputs / milliseconds) * 1000).toFixed(0),
      slowestMs.toFixed(2),
      String(found.length),
    )
  process.stdout.write(
    `${done.toLocaleString('en')} mutated inputs in ${seconds.toFixed(0)} s (${(done / seconds).toFixed(0)} a second), heap at most ${(heapBytesMax / 1e6).toFixed(0)} MB\n`,
  )
  for (const { target, message: what, hex } of failures)
    process.stdout.write(`\nFAILURE in ${target}: ${what}\n  bytes: ${hex.slice(0, 4_000)}\n`)
}
process.exitCode = failures.length === 0 ? 0 : 1
