// npm run soak -- --minutes 30 --count 30 [--seed 1] [--json]: bundles test/soak and runs it. Needs `npm run build`.
import { spawnSync } from 'node:child_process'
import { bundle } from './build/bundle.mjs'

await bundle({ soak: 'test/soak/main.ts' }, 'dist/soak')
process.exitCode =
  spawnSync(process.execPath, ['--enable-source-maps', 'dist/soak/soak.js', ...process.argv.slice(2)], {
    stdio: 'inherit',
  }).status ?? 1
