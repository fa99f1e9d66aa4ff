/** The worker thread of one realm instance: loads the engine, opens the log, ticks until it is told to stop. Or carries out tries of a search. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads'
import { hash, loadEngine, type Realm } from '../sim/index.ts'
import { RecordingFault, repairable, runTry, type RepairableSimulation, type Try } from '../storage/recordings/index.ts'
import { Champion } from './champion.ts'
import { ServerError, textOf } from './error.ts'
import { WARM_UP_TICKS } from './limits.ts'
import { RealmMeters } from './metrics/realm-meters.ts'
import { ThreadMeter } from './metrics/thread-meter.ts'
import type { FromRealm, RealmStart, ToRealm } from './realm-messages.ts'
import { countsOf, RealmRunner } from './realm-runner.ts'
import { preciseTimer } from './tick-loop.ts'
import { warmUp } from './warm-up.ts'
import { Pulse } from './watchdog.ts'

async function run(port: MessagePort, start: RealmStart, pulse: Pulse): Promise<void> {
  const post = (message: FromRealm, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, transfer)
  const note = (text: string): void => post({ type: 'note', text })
  const engine = await loadEngine()
  const meters = new RealmMeters(start.meters)
  const thread = new ThreadMeter(meters.thread)
  const simulation = watched(repairable(engine), pulse)
  const log = await Champion.open({ start, engine, simulation, note, onLog: (event) => post({ type: 'log', event }), onSync: (ms) => meters.synced(ms) })
  await warmUp(engine, log.realm.definition, WARM_UP_TICKS)
  const receive = (): ToRealm | undefined => (receiveMessageOnPort(port) as { readonly message: ToRealm } | undefined)?.message
  const runner = new RealmRunner({ log, timer: preciseTimer(), receive, post, meters, pulse, onSecond: () => thread.sample() })
  post({ type: 'ready', tick: log.realm.tick, stateHash: hash(log.realm), ...countsOf(log.realm), definition: log.realm.definition, epoch: log.epoch })
  await runner.run()
  post({ type: 'stopped' })
}

/** Each step shows in the pulse. */
const watched = (simulation: RepairableSimulation<Realm>, pulse: Pulse): RepairableSimulation<Realm> =>
  ({ ...simulation, step: (realm, frame, onPhase) => pulse.during(frame.tick, () => simulation.step(realm, frame, onPhase)) })

/** Tries what it is sent, one after the other. */
async function tryOut(port: MessagePort, pulse: Pulse): Promise<void> {
  const simulation = watched(repairable(await loadEngine()), pulse)
  port.on('message', (attempt: Try) => { void runTry(attempt, simulation).then((outcome) => port.postMessage(outcome)) })
}

/** What can be helped by the operator alone, what by starting again, and what by leaving out whatever it fails on. */
function failure(error: unknown, start: RealmStart): FromRealm {
  if (error instanceof ServerError) return { type: 'failed', reason: error.reason, what: error.what, where: error.where, fix: error.fix, retry: 'never' }
  if (error instanceof RecordingFault)
    return { type: 'failed', reason: 'realm', what: error.message, where: error.path, fix: 'see to the disk and its rights, then start the server again', retry: error.reason === 'io' ? 'again' : 'never' }
  const stack = error instanceof Error ? error.stack : undefined
  return { type: 'failed', reason: 'realm', what: stack ?? textOf(error), where: `realm ${start.definition.id}`, fix: 'the realm is started again from its recording; report this with the recording', retry: 'search' }
}

if (parentPort) {
  const port = parentPort
  const start = workerData as RealmStart
  const pulse = new Pulse(start.pulse)
  pulse.enrol()
  if (start.isTrial) await tryOut(port, pulse)
  else
    run(port, start, pulse).then(
      () => process.exit(0),
      (error: unknown) => {
        port.postMessage(failure(error, start))
        process.exit(1)
      },
    )
}
