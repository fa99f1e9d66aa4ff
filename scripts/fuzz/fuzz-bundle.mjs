// Bundles what scripts/fuzz/fuzz.mjs and scripts/fuzz/fuzz-mutation.mjs run: all of our code and protobufjs, so that
// the fuzzer instruments both.
import { build } from 'esbuild'

const common = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' }
const external = ['@dimforge/*', 'effect', 'effect/*', 'jose', 'node-datachannel', 'ws']

/** The processes of scripts/fuzz/fuzz-mutation.mjs. */
export const bundleMutate = () =>
  build({
    ...common,
    format: 'esm',
    packages: 'external',
    entryPoints: ['test/fuzz/mutate-worker.ts'],
    outdir: 'dist/fuzz',
  })

/** The fuzzer loads it with require. */
export const bundleFuzz = () =>
  build({
    ...common,
    format: 'cjs',
    external,
    entryPoints: { entry: 'test/fuzz/entry.ts' },
    outdir: 'dist/fuzz',
    outExtension: { '.js': '.cjs' },
  })
