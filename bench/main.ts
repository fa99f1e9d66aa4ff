/** Runs one benchmark and prints its report. */
import { ratioToGoal, tableOf, type Report } from './report.ts'

const BENCHMARKS: Readonly<Record<string, () => Promise<{ run(): Promise<Report> }>>> = {
  sim: () => import('./sim.ts'),
  tick: () => import('./tick.ts'),
  replay: () => import('./replay.ts'),
  snapshots: () => import('./snapshots.ts'),
  prediction: () => import('./prediction.ts'),
  codec: () => import('./codec.ts'),
  transports: () => import('./transports.ts'),
  network: () => import('./network.ts'),
  assets: () => import('./assets.ts'),
}

const [name = '', form] = process.argv.slice(2)
const load = BENCHMARKS[name]
if (name === '--list') process.stdout.write(`${Object.keys(BENCHMARKS).join('\n')}\n`)
else if (load) {
  const report = await (await load()).run()
  const json = { schema: 'otherworld/bench/1', ...report, rows: report.rows.map((row) => ({ ...row, ratioToGoal: ratioToGoal(row) })) }
  process.stdout.write(form === '--json' ? `${JSON.stringify(json)}\n` : `${tableOf(report)}\n`)
} else {
  process.stderr.write(`there is no benchmark "${name}"; there are: ${Object.keys(BENCHMARKS).join(', ')}\n`)
  process.exitCode = 2
}
