// npm run bench -- [NAME...] [FILE...] [--json]
//
// Runs each benchmark in a process of its own; without a NAME, all of them. FILEs are for the benchmark "capsules".
import { execFileSync } from 'node:child_process'
import { bundle } from '../scripts/build/bundle.mjs'
import { readOptions } from '../scripts/options.mjs'

const { values, positionals } = readOptions({ json: { type: 'boolean', default: false } }, Infinity)

await bundle(
  {
    bench: 'bench/main.ts',
    'transport-clients': 'bench/transport-clients.ts',
    'network-clients': 'bench/network-clients.ts',
    'webrtc-child': 'netcode/webrtc/child-process/child.ts',
  },
  'dist/bench',
)

const form = values.json ? ['--json'] : []
/** Arguments that are paths are for the benchmarks (capsules). */
const files = positionals.filter((arg) => /[./]/.test(arg))
const named = positionals.filter((arg) => !files.includes(arg))
const all = () =>
  execFileSync(process.execPath, ['dist/bench/bench.js', '--list'], { encoding: 'utf8' }).trim().split('\n')
/** Allocations of a tick are visible only if garbage is not collected in every tick. MiB. */
const flags = { tick: ['--min-semi-space-size=64', '--max-semi-space-size=64'] }
for (const name of named.length > 0 ? named : all()) {
  try {
    execFileSync(
      process.execPath,
      ['--enable-source-maps', ...(flags[name] ?? []), 'dist/bench/bench.js', name, ...files, ...form],
      { stdio: 'inherit' },
    )
  } catch (error) {
    process.exitCode = typeof error.status === 'number' ? error.status : 1
  }
}
