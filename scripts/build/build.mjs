// Builds everything that runs into dist/: Node bundles (esbuild), the empty embedded database, the live page.
//   node scripts/build/build.mjs [--if-changed] With `--if-changed`, which `npm start` uses, it does nothing if dist/
//   was built from the current sources.
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readOptions } from '../options.mjs'
import { isBuilt, SOURCES_FILE, sourcesHash } from './build-sources.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ENTRIES = {
  cli: 'cli/main.ts',
  'realm-worker': 'server/realm/worker.ts',
  'archive-worker': 'storage/archive/embedded/embedded-worker.ts',
  'webrtc-child': 'netcode/webrtc/child-process/child.ts',
  'ingest-child': 'ingest/process/ingest-child.ts',
  'lockstep-worker': 'bots/lockstep-worker.ts',
  'replay-worker': 'cli/workers/replay-worker.ts',
  'fuzz-worker': 'cli/workers/fuzz-worker.ts',
  testing: 'testing/index.ts',
}

const { values } = readOptions({ 'if-changed': { type: 'boolean', default: false } })
process.chdir(ROOT)
if (!values['if-changed'] || !isBuilt()) {
  requireWritable()
  await build()
}

function requireWritable() {
  try {
    accessSync(existsSync('dist') ? 'dist' : '.', constants.W_OK)
  } catch (error) {
    const why = existsSync('dist/node') ? 'the sources are not those that dist/ was built from' : 'it is not built yet'
    process.stderr.write(
      `Otherworld must be built, as ${why}, and this user may not write to ${ROOT} (${error.code}).\n  Run \`npm run build\` there as the user who installed it; the server itself needs to write to its data directory alone.\n`,
    )
    process.exit(1)
  }
}

async function build() {
  const sources = sourcesHash()
  // Until everything is built, dist/ must not count as built, whatever ends this process.
  rmSync(SOURCES_FILE, { force: true })
  rmSync('dist/node', { recursive: true, force: true })
  // Loaded here, because a start without a build does not need the tools.
  const [{ bundle }, { bundleSimulation }, { bundlePage }, { makeArchiveTemplate }] = await Promise.all([
    import('./bundle.mjs'),
    import('./simulation-bundle.mjs'),
    import('./bundle-page.mjs'),
    import('./archive-template.mjs'),
  ])
  await bundle(ENTRIES, 'dist/node')
  await bundleSimulation('dist/node/simulation.mjs')
  await bundlePage('dist/viewer')
  await makeArchiveTemplate('dist/archive-template')
  writeFileSync(SOURCES_FILE, sources)
}
