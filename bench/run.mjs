// npm run bench [-- NAME... [FILE...]] [-- --json]: bundles the benchmarks and runs each in a process of its own.
import { execFileSync } from 'node:child_process'
import { bundle } from '../scripts/build/bundle.mjs'

await bundle(
  {
    bench: 'bench/main.ts',
    'transport-clients': 'bench/transport-clients.ts',
    'network-clients': 'bench/network-clients.ts',
    'webrtc-child': 'netcode/webrtc/child-process/child.ts',
  },
  'dist/bench',
)

const args = process.argv.slice(2)
const form = args.includes('--json') ? ['--json'] : []
/** Arguments that are paths are for the benchmarks (capsules). */
const files = args.filter((arg) => /[./]/.test(arg))
const named = args.filter((arg) => arg !== '--json' && !files.includes(arg))
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
