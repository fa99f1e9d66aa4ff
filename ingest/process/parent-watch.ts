/**
 * Ends the ingest's process with the process that started it (nobody needs its result any more, and the next server
 * needs the machine), and after its processor time, which only Linux limits. run-child.ts has the kernel do the first
 * where it can; this watch is for other systems, and for a parent that dies while the process starts.
 */
import { Worker } from 'node:worker_threads'

/** Time between two checks, ms. */
const LOOK_EVERY_MS = 200

/**
 * Checks from a separate thread, because decoders and the fitting keep the main thread busy for seconds. A process
 * whose parent has ended gets another parent; the kernel sends no notification.
 */
const WATCH = `
  const { workerData: { parent, everyMs, cpuSeconds } } = require('node:worker_threads')
  const usedSeconds = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6 }
  const look = () => {
    if (process.ppid !== parent || usedSeconds() > cpuSeconds) process.kill(process.pid, 'SIGKILL')
  }
  look()
  setInterval(look, everyMs)
`

/** `cpuSeconds`: processor time of the whole process. */
export function endWithParent(parent: number, cpuSeconds = Infinity): void {
  const watch = new Worker(WATCH, {
    eval: true,
    workerData: { parent, everyMs: LOOK_EVERY_MS, cpuSeconds },
    execArgv: [],
    stdin: false,
  })
  watch.unref()
}
