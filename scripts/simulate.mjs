// npm run simulate -- [--seeds N] [--from N] [--processes N] | --seed N [--lines]
//
// Runs simulated worlds in parallel processes and checks their invariants (docs/testing.md). Exits with 1 if one was violated.
//
//   --seeds N      number of worlds, default 50
//   --from N       first seed, default 1
//   --processes N  default: one fewer than there are cores
//   --seed N       only this world
//   --lines        prints what happened in it
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { build } from 'esbuild'
import { readOptions, wholeNumber } from './options.mjs'

const { values } = readOptions({
  seeds: { type: 'string', default: '50' },
  from: { type: 'string', default: '1' },
  seed: { type: 'string' },
  processes: { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
  lines: { type: 'boolean', default: false },
})
const first = values.seed === undefined ? wholeNumber('from', values.from) : wholeNumber('seed', values.seed)
const count = values.seed === undefined ? wholeNumber('seeds', values.seeds) : 1
const processes = wholeNumber('processes', values.processes, 1)

await build({
  entryPoints: { simulate: 'testing/simulator/child.ts' },
  outdir: 'dist/simulate',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
})

const startMs = performance.now()
const failed = []
const totals = { seeds: 0, ticks: 0, commandsLogged: 0, kills: 0 }
let next = first

/** One process runs seed after seed. If it dies, the current seed has failed. */
const run = () =>
  new Promise((resolve) => {
    let seed = null
    const child = fork('dist/simulate/simulate.js', [], { execArgv: ['--enable-source-maps'] })
    const give = () => {
      if (next >= first + count) return child.send('end')
      seed = next++
      return child.send({ seed })
    }
    child.on('message', (report) => {
      for (const key of Object.keys(totals)) totals[key] += key === 'seeds' ? 1 : report[key]
      if (report.violations.length > 0) tell(report)
      else if (values.seed !== undefined)
        console.log(
          `seed ${report.seed}: all held; ${report.ticks} ticks, ${report.commandsLogged} commands, ${report.kills} kills, trace ${report.trace}`,
        )
      if (values.lines) console.log(report.lines.join('\n'))
      seed = null
      give()
    })
    child.on('exit', (code) => {
      if (seed !== null) {
        failed.push(seed)
        console.log(`seed ${seed}: the simulator ended with code ${code}; again: npm run simulate -- --seed ${seed}`)
      }
      resolve(seed === null ? undefined : run())
    })
    give()
  })

const tell = ({ seed, violations }) => {
  failed.push(seed)
  for (const { invariant, tick, atMs, message } of violations)
    console.log(`seed ${seed}, tick ${tick}, ${(atMs / 1000).toFixed(1)} s: ${invariant}: ${message}`)
  console.log(`  again: npm run simulate -- --seed ${seed} --lines`)
}

await Promise.all(Array.from({ length: Math.min(count, processes) }, run))
const seconds = (performance.now() - startMs) / 1000
console.log(
  `${totals.seeds} seeds from ${first} in ${seconds.toFixed(0)} s: ${totals.ticks} ticks, ${totals.commandsLogged} commands, ${totals.kills} kills; ${failed.length === 0 ? 'all held' : `failed: ${failed.toSorted((a, b) => a - b).join(' ')}`}`,
)
process.exitCode = failed.length === 0 ? 0 : 1
