// Finds the unit and system tests that depend on more than their own process, by their imports, direct or indirect.
import { execFileSync } from 'node:child_process'
import { build } from 'esbuild'

/** Modules that involve other processes, threads, sockets or native code, which may have ended before the next line. */
const OUTSIDE = /^(?:node:)?(?:child_process|worker_threads|cluster|net|http|dgram)$|^(?:ws|node-datachannel)$/

export const GROUPS = { outside: outsideTests }

/** Unit and system tests of WebRTC, WebSocket, HTTP, threads and processes; paths from the root. */
async function outsideTests() {
  const tests = execFileSync('git', ['ls-files', '*/*.test.ts'], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '' && !path.startsWith('test/e2e/'))
  const { metafile } = await build({
    entryPoints: tests,
    bundle: true,
    write: false,
    outdir: 'dist',
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  return tests.filter((path) => reaches(metafile.inputs, path))
}

function reaches(inputs, test) {
  const seen = new Set()
  const left = [test]
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    for (const { path: imported, external } of inputs[path]?.imports ?? []) {
      if (!external) left.push(imported)
      else if (OUTSIDE.test(imported)) return true
    }
  }
  return false
}
