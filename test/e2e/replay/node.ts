/** Runs in Node: prints the digest of recordings. `node node.mjs [--worker] FILE...` */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Worker } from 'node:worker_threads'
import { digestOf } from './digest.ts'

const [option, ...rest] = process.argv.slice(2)

// In a worker thread the same program runs without the option.
if (option === '--worker') await once(new Worker(new URL(import.meta.url), { argv: rest }), 'exit')
else {
  const paths = process.argv.slice(2)
  const found = await digestOf(
    paths.map((path) => ({ name: basename(path), bytes: new Uint8Array(readFileSync(path)) })),
  )
  process.stdout.write(JSON.stringify(found))
}
