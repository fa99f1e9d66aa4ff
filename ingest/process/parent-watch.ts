/** The ingest's process ends with the one that started it: nobody waits for what it makes any more, and the next server needs the machine. */
import { Worker } from 'node:worker_threads'

/** Between two looks, ms. */
const LOOK_EVERY_MS = 200

/**
 * Looks from a thread of its own, as decoders and the fitting keep the main one for seconds. A process whose parent is gone
 * has another parent; the kernel tells nobody who does not ask.
 */
const WATCH = `
  const { workerData: { parent, everyMs } } = require('node:worker_threads')
  const look = () => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }
  look()
  setInterval(look, everyMs)
`

export function endWithParent(parent: number): void {
  const watch = new Worker(WATCH, {
    eval: true,
    workerData: { parent, everyMs: LOOK_EVERY_MS },
    execArgv: [],
    stdin: false,
  })
  watch.unref()
}
