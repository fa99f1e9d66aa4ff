// npm run drill -- NAME [options]
//
// Rehearses a failure on a real server and prints figures. Builds first. Exits with 1 if something was lost.
//
//   kill-transport [--kills N --bots N --pause S --seed S --json]
//   hostile [--connects N --bots N --seed S --json]
//   store-away [--seconds N --bots N --store s3|disk|all --seed S --json]: s3 needs Ceph's radosgw
//   archive-away [--seconds N --bots N --how freeze|stop|kill --seed S --json]
//   recovery [--rounds N --fault trap|loop --things N --json]
//   locks [--races N --processes N --pairs N --json]: pairs need the rights to make namespaces
//   guest [--seed S --seconds N --guests N --bots N --only PHASES --tick-ms-max N --from ADDRESS --fresh --json]
//   hostile-uploads [--bots N --seconds S --senders N --files DIR --json]
import { execFileSync, spawnSync } from 'node:child_process'
import { build } from 'esbuild'
import { readOptions, wrongUsage } from './options.mjs'

/** Options of each drill that take a value. */
const DRILLS = {
  'kill-transport': ['kills', 'bots', 'pause', 'seed'],
  hostile: ['connects', 'bots', 'seed'],
  'store-away': ['seconds', 'bots', 'store', 'seed'],
  'archive-away': ['seconds', 'bots', 'how', 'seed'],
  recovery: ['rounds', 'fault', 'things'],
  locks: ['races', 'processes', 'pairs'],
  guest: ['seed', 'seconds', 'guests', 'bots', 'only', 'tick-ms-max', 'from'],
  'hostile-uploads': ['bots', 'seconds', 'senders', 'files'],
}
const [name = '', ...args] = process.argv.slice(2)
const known = `there are ${Object.keys(DRILLS).join(', ')}`
if (name === '') wrongUsage(`name a drill; ${known}`)
if (!name.startsWith('-') && !Object.hasOwn(DRILLS, name)) wrongUsage(`there is no drill "${name}"; ${known}`)
const options = (DRILLS[name] ?? []).map((option) => [option, { type: 'string' }])
const flags = ['json', ...(name === 'guest' ? ['fresh'] : [])].map((flag) => [flag, { type: 'boolean' }])
readOptions(Object.fromEntries([...options, ...flags]), 0, name.startsWith('-') ? process.argv.slice(2) : args)
execFileSync('node', ['scripts/build/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] })
await build({
  entryPoints: [`test/drills/${name}.ts`],
  outdir: 'dist/drills',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
})
process.exit(
  spawnSync(process.execPath, ['--enable-source-maps', `dist/drills/${name}.js`, ...args], { stdio: 'inherit' })
    .status ?? 1,
)
