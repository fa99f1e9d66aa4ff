/** Builds the WebRTC child for tests, so that they run the current code. */
import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Resolves with the path of the built child. It is in the repository, so that it finds its packages, under a name with
 * the hash of its content: concurrent test files share one file, which is always complete.
 */
export async function buildChild(): Promise<string> {
  const entry = fileURLToPath(new URL('child.ts', import.meta.url))
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
  const path = `${folder}/webrtc-child-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${path}.${process.pid}`, code)
  renameSync(`${path}.${process.pid}`, path)
  return path
}
