// Bundles everything that runs in Node, for the product and for the benchmarks.
import { build } from 'esbuild'

/** `entryPoints`: source by name of the bundle. */
export const bundle = (entryPoints, outdir) =>
  build({
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  })
