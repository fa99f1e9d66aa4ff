// npm run bench -- [NAME...] [FILE...] [--json]
//
// Runs each benchmark in a process of its own; without a NAME, all of them. FILEs have a dot or a slash in their path.
import { execFileSync } from 'node:child_process'
import { bundle } from '../scripts/build/bundle.mjs'
import { importTypescript } from '../scripts/import-typescript.mjs'
import { readOptions, wrongUsage } from '../scripts/options.mjs'

const { BENCHMARKS } = await importTypescript('bench/benchmarks.ts')
const names = Object.keys(BENCHMARKS)
const list = names.map((name) => `${name.padEnd(16)}${BENCHMARKS[name]}\n`).join('')
const { values, positionals } = readOptions({ json: { type: 'boolean', default: false } }, Infinity, { details: list })
/** Arguments that are paths are for the benchmarks. */
const files = positionals.filter((arg) => /[./]/.test(arg))
const named = positionals.filter((arg) => !files.includes(arg))
const unknown = named.find((name) => !names.includes(name))
if (unknown !== undefined) wrongUsage(`there is no benchmark "${unknown}"; there are ${names.join(', ')}`)

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
/** Allocations of a tick are visible only if garbage is not collected in every tick. MiB. */
const flags = { tick: ['--min-semi-space-size=64', '--max-semi-space-size=64'] }
for (const name of named.length > 0 ? named : names) {
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
