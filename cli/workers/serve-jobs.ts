/** The worker's side of JobPool: runs the jobs that arrive, one at a time. */
import { parentPort } from 'node:worker_threads'
import type { FromWorker, JobKinds, ToWorker } from './job.ts'

/** Time between two reports of a job's progress, ms. */
const PROGRESS_EVERY_MS = 100

/** Call it once in a worker thread. */
export function serveJobs(kinds: JobKinds): void {
  const port = parentPort
  if (!port) throw new Error('jobs run in a worker thread; start one with JobPool')
  const post = (message: FromWorker): void => port.postMessage(message, [])
  const running = new Map<number, AbortController>()
  port.on('message', (message: ToWorker) => {
    if (message.type === 'cancel') running.get(message.id)?.abort()
    else void run(message)
  })

  const run = async ({ id, kind, input }: Extract<ToWorker, { type: 'run' }>): Promise<void> => {
    const stop = new AbortController()
    running.set(id, stop)
    let retires = false
    let reportedMs = -Infinity
    try {
      const job = kinds[kind]
      if (!job) throw new Error(`there is no kind of job "${kind}"; this build knows ${Object.keys(kinds).join(', ')}`)
      const output = await job(input as never, {
        signal: stop.signal,
        progress: (done, total) => {
          if (performance.now() - reportedMs < PROGRESS_EVERY_MS) return
          reportedMs = performance.now()
          post({ type: 'progress', id, done, total })
        },
        retire: () => void (retires = true),
      })
      post({ type: 'done', id, output, retires })
    } catch (error) {
      post({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) })
    } finally {
      running.delete(id)
    }
  }
}
