/**
 * Runs one realm instance in its worker thread: loads the engine, opens the recording, and ticks until a `stop`
 * message.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { hash, loadEngine, SimulationFault } from '../../sim/index.ts'
import { RecordingFault, recoverable, ReplayFault } from '../../storage/recordings/index.ts'
import { Champion } from './recorder/recorder.ts'
import { ServerError, textOf } from '../error.ts'
import { RealmMeters } from '../metrics/realm-meters.ts'
import { ThreadMeter } from '../metrics/thread-meter.ts'
import type { ReportNote, FromRealm, RealmStart, ToRealm } from '../both-threads/realm-messages.ts'
import { countsOf } from './reports/realm-reporter.ts'
import { RealmRunner } from './runner.ts'
import { preciseTimer } from './tick-loop.ts'
import { warmUp } from './warm-up.ts'
import { watched, type Pulse } from '../both-threads/pulse.ts'

async function run(port: MessagePort, start: RealmStart, pulse: Pulse): Promise<void> {
  const post = (message: FromRealm, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, transfer)
  const note: ReportNote = (text, level) =>
    post({ type: 'note', text, ...(level === 'warning' ? { isWarning: true } : {}) })
  const engine = await loadEngine()
  const meters = new RealmMeters(start.meters)
  const thread = new ThreadMeter(meters.thread)
  const simulation = watched(recoverable(engine), pulse)
  const log = await Champion.open({
    start,
    engine,
    simulation,
    note,
    onLog: (event) => post({ type: 'log', event }),
    onSync: (ms) => meters.synced(ms),
    onLost: () => meters.lost(),
  })
  await warmUp(engine, log.realm.definition, start.warmUpTicks ?? 0)
  const receive = (): ToRealm | undefined =>
    (receiveMessageOnPort(port) as { readonly message: ToRealm } | undefined)?.message
  const runner = new RealmRunner({
    log,
    timer: preciseTimer(),
    receive,
    post,
    meters,
    pulse,
    onSecond: () => thread.sample(),
  })
  post({
    type: 'ready',
    tick: log.realm.tick,
    stateHash: hash(log.realm),
    ...countsOf(log.realm),
    definition: log.realm.definition,
    epoch: log.epoch,
  })
  await runner.run()
  post({ type: 'stopped' })
}

/**
 * Describes an error to the main thread, with what can help: the operator, a restart, or a search for what to leave
 * out.
 */
function failure(error: unknown, start: RealmStart): FromRealm {
  if (error instanceof ServerError)
    return {
      type: 'failed',
      reason: error.reason,
      what: error.what,
      where: error.where,
      fix: error.fix,
      retry: 'never',
    }
  if (error instanceof RecordingFault)
    return {
      type: 'failed',
      reason: 'realm',
      what: error.message,
      where: error.path,
      fix:
        error.reason === 'fenced'
          ? 'stop this server, and look at how two came to use one directory'
          : 'see to the disk and its rights, then start the server again',
      retry: error.reason === 'io' ? 'again' : 'never',
    }
  const stack = error instanceof Error ? error.stack : undefined
  return {
    type: 'failed',
    reason: 'realm',
    what: stack ?? textOf(error),
    where: `realm ${start.definition.id}`,
    fix: 'the realm is started again from its recording; report this with the recording',
    retry: error instanceof SimulationFault || error instanceof ReplayFault ? 'search' : 'again',
  }
}

export function runRealm(port: MessagePort, start: RealmStart, pulse: Pulse): void {
  run(port, start, pulse).then(
    () => process.exit(0),
    (error: unknown) => {
      port.postMessage(failure(error, start), [])
      process.exit(1)
    },
  )
}
