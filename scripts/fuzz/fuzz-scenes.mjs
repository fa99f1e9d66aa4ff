// npm run fuzz:scenes -- [--worlds N --ticks N --seed S --jobs N --json] | --world K | --case FILE [--save FILE
// --minimise]: random extreme scenes on the simulation only, in worker threads (docs/testing.md). Exits with 1 if a
// world ended, hung, had a slow step or a NaN, or continued differently from its checkpoint.
import { existsSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { importTypescript } from '../import-typescript.mjs'
import { readOptions, wholeNumber, wrongUsage } from '../options.mjs'

const text = (value) => ({ type: 'string', default: value })
const { values } = readOptions({
  worlds: text('1000'),
  ticks: text('200'),
  seed: text('1'),
  from: text('0'),
  jobs: text(String(availableParallelism())),
  'slow-ms': text('50'),
  'hang-ms': text('10000'),
  world: { type: 'string' },
  save: { type: 'string' },
  case: { type: 'string' },
  json: { type: 'boolean', default: false },
  minimise: { type: 'boolean', default: false },
})
const number = (name) => wholeNumber(name, values[name])
const jobs = wholeNumber('jobs', values.jobs, 1)
if (values.case !== undefined && !existsSync(values.case))
  wrongUsage(`--case is "${values.case}"; it takes a file that exists`)
const isSingle = values.world !== undefined || values.case !== undefined
if ((values.save !== undefined || values.minimise) && !isSingle)
  wrongUsage('--save and --minimise are for one world: give --world or --case too')
const [seed, ticks, slowMs, hangMs] = ['seed', 'ticks', 'slow-ms', 'hang-ms'].map(number)
const first = values.world === undefined ? number('from') : number('world')
const count = isSingle ? 1 : number('worlds')

await build({
  entryPoints: { 'scenes-worker': 'test/fuzz/scenes/worker.ts' },
  outdir: 'dist/fuzz',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
})

const { hasWorkedTooLong, threadCpuMs } = await importTypescript('server/both-threads/thread-time.ts')

/** Time between two looks at the workers, ms. */
const LOOK_MS = 250
/** Time between two lines of progress without a terminal, ms. */
const TELL_MS = 30_000
const startMs = performance.now()
let next = first
const reports = []
let saved = []
let definition = null

const again = (world) =>
  `npm run fuzz:scenes -- ${values.case === undefined ? `--seed ${seed} --world ${world}` : `--case ${String(values.case)}`}${ticks === 200 ? '' : ` --ticks ${ticks}`}`

function take(report) {
  reports.push(report)
  if (values.json) return
  for (const { kind, tick, message } of report.failures)
    process.stdout.write(
      `${clear()}world ${report.world} (${report.style}), tick ${tick}: ${kind}: ${message.slice(0, 300)}\n  again: ${again(report.world)}\n`,
    )
}

function shorten(list) {
  if (list === null) return process.stderr.write('nothing can be left out: it holds, or the engine itself trapped\n')
  saved = list
  return values.save === undefined ? process.stdout.write(`${json(list)}\n`) : undefined
}

const json = (inputs) => JSON.stringify(inputs, (_, value) => (value instanceof Uint8Array ? [...value] : value))
const clear = () => (process.stderr.isTTY ? '\r\u001B[K' : '')

/** The report of a world whose step hangs at `tick`. */
const hungReport = (world, tick) => ({
  world,
  style: '?',
  ticks: tick,
  commands: 0,
  spawned: 0,
  rejected: {},
  stepMs: hangMs,
  slowestMs: hangMs,
  slowestTick: tick,
  slowSteps: 1,
  checkpointBytes: 0,
  props: 0,
  failures: [
    { kind: 'hung', tick, message: `the step takes more than ${hangMs} ms of processor time; its thread was ended` },
  ],
  isSpoilt: true,
})

/** One thread. A hanging world is reported and its thread ended; a thread whose engine trapped is replaced too. */
const thread = () =>
  new Promise((resolve, reject) => {
    const beats = new Int32Array(new SharedArrayBuffer(12))
    const worker = new Worker(new URL('../../dist/fuzz/scenes-worker.js', import.meta.url), {
      workerData: {
        seed,
        ticks,
        slowMs,
        caseFile: values.case ?? null,
        tellsFrames: values.save !== undefined,
        minimises: values.minimise,
        beats,
      },
    })
    let world = null
    const cpuMs = () => (Atomics.load(beats, 2) === 0 ? null : threadCpuMs(Atomics.load(beats, 2)))
    const now = (beat) => ({ beats: beat, atMs: performance.now(), cpuMs: cpuMs() })
    let seen = now(-1)
    const isHanging = () =>
      hasWorkedTooLong({ clockMs: performance.now() - seen.atMs, cpuMs: [seen.cpuMs, cpuMs()] }, hangMs)
    const end = (value) => {
      clearInterval(watch)
      worker.removeAllListeners('exit')
      resolve(worker.terminate().then(() => value))
    }
    const give = () => {
      if (next >= first + count) return end('done')
      world = next++
      seen = now(-1)
      return worker.postMessage(world, [])
    }
    const watch = setInterval(() => {
      const beat = Atomics.load(beats, 0)
      if (world === null || beat !== seen.beats) seen = now(beat)
      else if (isHanging()) {
        take(hungReport(world, Atomics.load(beats, 1)))
        end('replace')
      }
    }, LOOK_MS)
    worker.on('message', (message) => {
      if (message.type === 'ready') give()
      else if (message.type === 'definition') ({ definition } = message)
      else if (message.type === 'shortest') shorten(message.list)
      else if (message.type === 'frame')
        saved.push(...message.frame.inputs.map((input) => ({ tick: message.frame.tick, input })))
      else {
        take(message.report)
        if (message.report.isSpoilt) end('replace')
        else give()
      }
    })
    worker.on('error', reject)
    worker.on('exit', (code) =>
      reject(new Error(`a thread ended with ${code} in world ${world}; again: ${again(world)}`)),
    )
  })

async function run() {
  if ((await thread()) === 'replace') await run()
}

const progress = () => {
  const seconds = (performance.now() - startMs) / 1000
  const bad = reports.filter(({ failures }) => failures.length > 0).length
  return `${reports.length} of ${count} worlds, ${bad} failed, ${seconds.toFixed(0)} s, ${reports.length === 0 ? '?' : Math.round(((count - reports.length) / reports.length) * seconds)} s left`
}
const teller = setInterval(
  () => process.stderr.write(process.stderr.isTTY ? `${clear()}${progress()}` : `${progress()}\n`),
  process.stderr.isTTY ? 500 : TELL_MS,
)
await Promise.all(Array.from({ length: Math.min(count, jobs) }, run))
clearInterval(teller)

const sum = (of) => reports.reduce((total, report) => total + of(report), 0)
const worst = (of) => reports.reduce((most, report) => (of(report) > of(most) ? report : most))
const failed = (kind) => reports.filter(({ failures }) => failures.some((failure) => failure.kind === kind)).length
const add = (into, rejected) => {
  for (const [reason, times] of Object.entries(rejected)) into[reason] = (into[reason] ?? 0) + times
  return into
}
const slowest = worst(({ slowestMs }) => slowestMs)
const largest = worst(({ checkpointBytes }) => checkpointBytes)
const report = {
  schema: 'otherworld/fuzz-scenes/1',
  seed,
  ticks,
  worlds: reports.length,
  seconds: (performance.now() - startMs) / 1000,
  commands: sum(({ commands }) => commands),
  spawned: sum(({ spawned }) => spawned),
  rejected: reports.reduce((into, { rejected }) => add(into, rejected), {}),
  ended: failed('ended'),
  hung: failed('hung'),
  unequal: failed('unequal'),
  nonFinite: failed('non-finite'),
  tooLarge: failed('too-large'),
  slowWorlds: failed('slow'),
  slowSteps: sum(({ slowSteps }) => slowSteps),
  stepMs: sum(({ stepMs }) => stepMs),
  slowestMs: slowest.slowestMs,
  slowestWorld: slowest.world,
  slowestTick: slowest.slowestTick,
  checkpointBytesMax: largest.checkpointBytes,
  checkpointBytesMaxWorld: largest.world,
  failures: reports.flatMap(({ world, style, failures }) =>
    failures.map((failure) => ({ world, style, ...failure, again: again(world) })),
  ),
}
report.styles = reports.reduce((styles, each) => {
  const style = (styles[each.style] ??= { worlds: 0, failed: 0, spawned: 0, stepMs: 0, slowestMs: 0 })
  style.worlds += 1
  style.failed += each.failures.length > 0 ? 1 : 0
  style.spawned += each.spawned
  style.stepMs += each.stepMs
  style.slowestMs = Math.max(style.slowestMs, each.slowestMs)
  return styles
}, {})

if (values.save !== undefined) {
  writeFileSync(values.save, json(saved))
  if (definition?.id) writeFileSync(`${String(values.save)}.definition.json`, JSON.stringify(definition))
}
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
else {
  const row = (...cells) =>
    process.stdout.write(
      `${cells[0].padEnd(10)}${cells
        .slice(1)
        .map((cell) => cell.padStart(12))
        .join('')}\n`,
    )
  process.stdout.write(clear())
  row('style', 'worlds', 'failed', 'spawned', 'ms a step', 'slowest ms')
  for (const [style, { worlds, failed: bad, spawned, stepMs, slowestMs }] of Object.entries(report.styles))
    row(style, String(worlds), String(bad), String(spawned), (stepMs / worlds / ticks).toFixed(3), slowestMs.toFixed(1))
  const rejected = Object.entries(report.rejected)
    .toSorted((a, b) => b[1] - a[1])
    .map(([reason, times]) => `${reason} ${times}`)
    .join(', ')
  process.stdout.write(
    `seed ${seed}: ${report.worlds} worlds of ${ticks} ticks in ${report.seconds.toFixed(0)} s; ${report.commands} inputs, ${report.spawned} spawned; rejected: ${rejected || 'nothing'}\n`,
  )
  process.stdout.write(
    `ended ${report.ended}, hung ${report.hung}, restored unequal ${report.unequal}, numbers that are none ${report.nonFinite}, checkpoints too large ${report.tooLarge}; `,
  )
  process.stdout.write(
    `steps over ${slowMs} ms ${report.slowSteps} in ${report.slowWorlds} worlds, slowest ${report.slowestMs.toFixed(1)} ms (world ${report.slowestWorld}, tick ${report.slowestTick}); `,
  )
  process.stdout.write(
    `largest checkpoint ${(report.checkpointBytesMax / 1e6).toFixed(2)} MB (world ${report.checkpointBytesMaxWorld})\n`,
  )
}
process.exitCode = report.failures.length === 0 ? 0 : 1
