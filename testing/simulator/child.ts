/** Runs simulated worlds in a process of its own: receives a seed and answers with the report, until it is ended. */
import { simulate } from './simulate.ts'

process.on('message', (message: { readonly seed: number } | 'end') => {
  if (message === 'end') process.disconnect()
  else
    simulate(message.seed).then(
      (report) => void process.send?.(report),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
        process.exit(1)
      },
    )
})
