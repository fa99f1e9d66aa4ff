/** Runs one benchmark and prints its report. */
import { ratioToGoal, tableOf, type BenchReport } from './report.ts'

const BENCHMARKS: Readonly<Record<string, () => Promise<{ run(files: readonly string[]): Promise<BenchReport> }>>> = {
  sim: () => import('./sim.ts'),
  tick: () => import('./tick.ts'),
  replay: () => import('./replay.ts'),
  snapshots: () => import('./snapshots.ts'),
  prediction: () => import('./prediction.ts'),
  tremble: () => import('./tremble.ts'),
  codec: () => import('./codec.ts'),
  transports: () => import('./transports.ts'),
  network: () => import('./network.ts'),
  assets: () => import('./assets.ts'),
  capsules: () => import('./capsules.ts'),
  'godot-position': () => import('./godot-position.ts'),
  'godot-frame': () => import('./godot-frame.ts'),
  'godot-show': () => import('./godot-show.ts'),
}

const [name = '', ...rest] = process.argv.slice(2)
const files = rest.filter((arg) => arg !== '--json')
const load = BENCHMARKS[name]
if (name === '--list') process.stdout.write(`${Object.keys(BENCHMARKS).join('\n')}\n`)
else if (load) {
  const report = await (await load()).run(files)
  const json = {
    schema: 'otherworld/bench/1',
    ...report,
    rows: report.rows.map((row) => ({ ...row, ratioToGoal: ratioToGoal(row) })),
  }
  process.stdout.write(rest.includes('--json') ? `${JSON.stringify(json)}\n` : `${tableOf(report)}\n`)
} else {
  process.stderr.write(`there is no benchmark "${name}"; there are: ${Object.keys(BENCHMARKS).join(', ')}\n`)
  process.exitCode = 2
}
