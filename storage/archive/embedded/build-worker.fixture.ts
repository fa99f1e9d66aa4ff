/** Builds the embedded database's thread for tests, so that they run the current code and not the last build. */
import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Resolves with the path of the built thread. It lies in the repository, where its packages are found, under a name
 * made of its content.
 */
export async function buildArchiveWorker(): Promise<string> {
  const entry = fileURLToPath(new URL('embedded-worker.ts', import.meta.url))
  const built = await build({
    entryPoints: [entry],
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  })
  const code = built.outputFiles[0]?.text ?? ''
  const folder = fileURLToPath(new URL('../../../.tmp', import.meta.url))
  const path = `${folder}/archive-worker-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${path}.${process.pid}`, code)
  renameSync(`${path}.${process.pid}`, path)
  return path
}
