// Bundles the simulation into one file that needs no other, so that it can be kept and run beside other versions.
import { build } from 'esbuild'

const PHYSICS = '@dimforge/rapier3d-deterministic-compat'
const SIMULATION_SOURCE = 'replay/versions/simulation-module.ts'

/**
 * Replaces the physics package by a copy of its exports. The exports of a module cannot be replaced, and those of the copy
 * can: by another build of the package.
 */
const replaceablePhysics = {
  name: 'replaceable-physics',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^${PHYSICS}$`) }, ({ namespace, path }) =>
      namespace === 'physics' ? undefined : { path, namespace: 'physics' },
    )
    onLoad({ filter: /.*/, namespace: 'physics' }, () => ({
      contents: `import * as physics from '${PHYSICS}'\nexport default { ...physics }`,
      resolveDir: process.cwd(),
    }))
  },
}

/** `plugins`: more of esbuild's, for a variant. */
export const bundleSimulation = (outfile, plugins = []) =>
  build({
    entryPoints: [SIMULATION_SOURCE],
    outfile,
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import'],
    target: 'es2022',
    format: 'esm',
    logLevel: 'warning',
    plugins: [...plugins, replaceablePhysics],
  })
