/** Builds a program's entry for tests, so that they run the current code and not the last build. */
import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const FOLDER = fileURLToPath(new URL('../../.tmp', import.meta.url))

/**
 * Resolves with the path of the built `entry`, a URL of a TypeScript file. It is in the repository, so that it finds its
 * packages, under `name` with the hash of its content: concurrent test files share one file, which is always complete.
 */
export async function buildEntry(entry: URL, name: string): Promise<string> {
  const built = await build({
    entryPoints: [fileURLToPath(entry)],
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  })
  const code = built.outputFiles[0]?.text ?? ''
  const path = `${FOLDER}/${name}-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(`${path}.${process.pid}`, code)
  renameSync(`${path}.${process.pid}`, path)
  return path
}
