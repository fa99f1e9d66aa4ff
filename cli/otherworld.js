#!/usr/bin/env node
// Starts the built command line; `npm ci` builds it.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
const main = new URL('../dist/node/cli.js', import.meta.url)
if (!existsSync(main)) {
  console.error('otherworld is not built yet: run `npm run build` in', fileURLToPath(new URL('..', import.meta.url)))
  process.exit(2)
}
await import(main.href)
