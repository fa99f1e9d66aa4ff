/** Imports a TypeScript module into a script: esbuild bundles it first, because Node does not read TypeScript. */
import { rmSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** `path` is relative to the root of the repository. Resolves with the module. */
export async function importTypescript(path) {
  const outfile = `${ROOT}node_modules/.otherworld-${process.pid}-${path.replaceAll(/\W/g, '-')}.mjs`
  await build({
    entryPoints: [`${ROOT}${path}`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
  try {
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(outfile)
  }
}
