// Builds everything that runs: generated codec, Node bundles (esbuild), the web pages (Vite). `--check` also type-checks.
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { makeArchiveTemplate } from './archive-template.mjs'
import { bundle } from './bundle.mjs'

const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit' })
const entries = {
  'cli': 'cli/main.ts',
  'realm-worker': 'server/realm-worker.ts',
  'archive-worker': 'storage/archive/embedded-worker.ts',
  'webrtc-child': 'netcode/webrtc/child.ts',
  'ingest-child': 'storage/ingest/ingest-child.ts',
  'lockstep-worker': 'testing/bots/lockstep-worker.ts',
  'testing': 'testing/index.ts',
}

rmSync('dist/node', { recursive: true, force: true })
if (process.argv.includes('--check')) run('npx', 'tsc', '-b')
await bundle(entries, 'dist/node')
await makeArchiveTemplate('dist/archive-template')
if (existsSync('viewer/vite.config.ts')) run('npx', 'vite', 'build', '--config', 'viewer/vite.config.ts', '--logLevel', 'warn')
