// npm run drill -- NAME [options]: bundles and runs a drill, which rehearses a failure on a real server and prints figures:
//   kill-transport [--kills N --bots N --pause S --json]     hostile [--connects N --bots N --seed S --json]
//   store-away [--seconds N --bots N --store s3|disk|all --json]: s3 needs Ceph's radosgw (test/environments/radosgw.ts)
//   archive-away [--seconds N --bots N --how freeze|stop|kill --seed S --json]
//   recovery [--rounds N --fault trap|loop --things N --json]
//   locks [--races N --processes N --pairs N --json]: pairs need the rights to make namespaces
//   guest [--seed S --seconds N --guests N --bots N --only PHASES --from ADDRESS --fresh --json]
//   hostile-uploads [--bots N --seconds S --senders N --files DIR --json]
// Exits with 1 where something was lost. The server is built before.
import { execFileSync, spawnSync } from 'node:child_process'
import { build } from 'esbuild'

const [name = '', ...args] = process.argv.slice(2)
const names = [
  'kill-transport',
  'hostile',
  'guest',
  'recovery',
  'store-away',
  'archive-away',
  'hostile-uploads',
  'locks',
]
if (!names.includes(name)) {
  process.stderr.write(`There is no drill "${name}"; there are ${names.join(', ')}.\n`)
  process.exit(2)
}
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
