/** Runs the attempts of a recovery search in a thread that the main thread can end when one fails or hangs. */
import type { MessagePort } from 'node:worker_threads'
import { loadEngine } from '../../../sim/index.ts'
import { recoverable, runAttempt, type Attempt } from '../../../storage/recordings/index.ts'
import { watched, type Pulse } from '../../both-threads/pulse.ts'

/** Runs each attempt that it receives, one after the other. */
export async function runAttempts(port: MessagePort, pulse: Pulse): Promise<void> {
  const simulation = watched(recoverable(await loadEngine()), pulse)
  port.on('message', (attempt: Attempt) => {
    void runAttempt(attempt, simulation).then((outcome) => port.postMessage(outcome, []))
  })
}
