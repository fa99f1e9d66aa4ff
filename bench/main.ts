/** Runs one benchmark and prints its report: `NAME [FILE...] [--json]`. */
import type { BenchmarkName } from './benchmarks.ts'
import { ratioToGoal, tableOf, type BenchReport } from './report.ts'

const LOADERS: Readonly<Record<BenchmarkName, () => Promise<{ run(files: readonly string[]): Promise<BenchReport> }>>> =
  {
    sim: () => import('./sim.ts'),
    tick: () => import('./tick.ts'),
    replay: () => import('./replay.ts'),
    bisect: () => import('./bisect.ts'),
    seek: () => import('./seek.ts'),
    properties: () => import('./properties.ts'),
    search: () => import('./search.ts'),
    why: () => import('./why.ts'),
    snapshots: () => import('./snapshots.ts'),
    prediction: () => import('./prediction.ts'),
    tremble: () => import('./tremble.ts'),
    codec: () => import('./codec.ts'),
    transports: () => import('./transports.ts'),
    network: () => import('./network.ts'),
    assets: () => import('./assets.ts'),
    capsules: () => import('./capsules.ts'),
    'godot-position': () => import('./godot-position.ts'),
    'godot-tremble': () => import('./godot-tremble.ts'),
    'godot-frame': () => import('./godot-frame.ts'),
    'godot-show': () => import('./godot-show.ts'),
  }

const [name = '', ...rest] = process.argv.slice(2)
const files = rest.filter((arg) => arg !== '--json')
const load = Object.entries(LOADERS).find(([known]) => known === name)?.[1]
if (load === undefined) throw new Error(`there is no benchmark "${name}"`)
const report = await (await load()).run(files)
const json = {
  schema: 'otherworld/bench/1',
  ...report,
  rows: report.rows.map((row) => ({ ...row, ratioToGoal: ratioToGoal(row) })),
}
process.stdout.write(rest.includes('--json') ? `${JSON.stringify(json)}\n` : `${tableOf(report)}\n`)
