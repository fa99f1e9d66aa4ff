// npm run soak -- [--minutes 30] [--count 30] [--seed 1] [--json]
//
// Runs a server for 2 to 10000 minutes with 4 to 200 bots and reports whether its memory grows (docs/testing.md). Build first.
import { spawnSync } from 'node:child_process'
import { bundle } from './build/bundle.mjs'
import { readOptions, wholeNumber } from './options.mjs'

const { values } = readOptions({
  minutes: { type: 'string', default: '30' },
  count: { type: 'string', default: '30' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
})
wholeNumber('minutes', values.minutes, 2, 10_000)
wholeNumber('count', values.count, 4, 200)
wholeNumber('seed', values.seed)

await bundle({ soak: 'test/soak/main.ts' }, 'dist/soak')
process.exitCode =
  spawnSync(process.execPath, ['--enable-source-maps', 'dist/soak/soak.js', ...process.argv.slice(2)], {
    stdio: 'inherit',
  }).status ?? 1
