/**
 * Entry of a realm's worker thread. It runs a realm instance or the attempts of a recovery search, and loads only what
 * that needs.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { RealmStart } from '../both-threads/realm-messages.ts'
import { Pulse } from '../both-threads/pulse.ts'

if (parentPort) {
  const start = workerData as RealmStart
  const pulse = new Pulse(start.pulse)
  pulse.registerThread()
  if (start.runsAttempts) await (await import('./fault-recovery/attempt-thread.ts')).runAttempts(parentPort, pulse)
  else (await import('./run-realm.ts')).runRealm(parentPort, start, pulse)
}
