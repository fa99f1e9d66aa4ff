/** Carries out tries of a search in a thread that is ended when one fails or hangs. */
import type { MessagePort } from 'node:worker_threads'
import { loadEngine } from '../../sim/index.ts'
import { repairable, runTry, type Try } from '../../storage/recordings/index.ts'
import { watched, type Pulse } from '../host/watchdog.ts'

/** Tries what it is sent, one after the other. */
export async function tryOut(port: MessagePort, pulse: Pulse): Promise<void> {
  const simulation = watched(repairable(await loadEngine()), pulse)
  port.on('message', (attempt: Try) => {
    void runTry(attempt, simulation).then((outcome) => port.postMessage(outcome, []))
  })
}
