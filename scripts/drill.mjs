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
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { build } from 'esbuild'
import { oneOf, readOptions, wholeNumber, wrongUsage } from './options.mjs'

const numberFrom = (min) => (name, text) => wholeNumber(name, text, min)
const word =
  (...allowed) =>
  (name, text) =>
    oneOf(name, text, allowed)
const folder = (name, text) => {
  if (!existsSync(text)) wrongUsage(`--${name} is "${text}"; it takes a folder that exists`)
}
const address = (name, text) => {
  if (isIP(text) === 0) wrongUsage(`--${name} is "${text}"; it takes an IP address of this machine`)
}
/** The drill itself checks the value. */
const unchecked = () => undefined

/** Options of each drill that take a value, and their checks. */
const DRILLS = {
  'kill-transport': { kills: numberFrom(1), bots: numberFrom(1), pause: numberFrom(0), seed: numberFrom(0) },
  hostile: { connects: numberFrom(1), bots: numberFrom(2), seed: numberFrom(0) },
  'store-away': {
    seconds: numberFrom(5),
    bots: numberFrom(1),
    store: word('s3', 'disk', 'all'),
    seed: numberFrom(0),
  },
  'archive-away': {
    seconds: numberFrom(1),
    bots: numberFrom(1),
    how: word('freeze', 'stop', 'kill'),
    seed: numberFrom(0),
  },
  recovery: { rounds: numberFrom(1), fault: word('trap', 'loop'), things: numberFrom(1) },
  locks: { races: numberFrom(0), processes: numberFrom(1), pairs: numberFrom(0) },
  guest: {
    seed: numberFrom(0),
    seconds: numberFrom(1),
    guests: numberFrom(1),
    bots: numberFrom(1),
    only: unchecked,
    'tick-ms-max': numberFrom(1),
    from: address,
  },
  'hostile-uploads': { bots: numberFrom(1), seconds: numberFrom(1), senders: numberFrom(1), files: folder },
}
const [name = '', ...args] = process.argv.slice(2)
const known = `there are ${Object.keys(DRILLS).join(', ')}`
if (name === '') wrongUsage(`name a drill; ${known}`)
if (!name.startsWith('-') && !Object.hasOwn(DRILLS, name)) wrongUsage(`there is no drill "${name}"; ${known}`)
const checks = DRILLS[name] ?? {}
const options = Object.keys(checks).map((option) => [option, { type: 'string' }])
const flags = ['json', ...(name === 'guest' ? ['fresh'] : [])].map((flag) => [flag, { type: 'boolean' }])
const { values } = readOptions(Object.fromEntries([...options, ...flags]), 0, {
  args: name.startsWith('-') ? process.argv.slice(2) : args,
})
for (const [option, check] of Object.entries(checks)) if (values[option] !== undefined) check(option, values[option])
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
