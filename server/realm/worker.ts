/** The worker thread of a realm: runs an instance, or carries out tries of a search. What only one of them needs the other does not load. */
import { parentPort, workerData } from 'node:worker_threads'
import type { RealmStart } from '../realm-messages.ts'
import { Pulse } from '../host/watchdog.ts'

if (parentPort) {
  const start = workerData as RealmStart
  const pulse = new Pulse(start.pulse)
  pulse.enrol()
  if (start.isTrial) await (await import('./trial.ts')).tryOut(parentPort, pulse)
  else (await import('./run.ts')).runRealm(parentPort, start, pulse)
}
