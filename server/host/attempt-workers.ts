/**
 * Runs the attempts of a recovery search in realm workers. A worker whose attempt fails or takes too long is ended, and
 * the next attempt gets a fresh engine.
 */
import { Worker } from 'node:worker_threads'
import type { AttemptOutcome, AttemptRunner, RepairAttempt } from '../../storage/recordings/index.ts'
import { REPLAY_MS_MAX, START_PAUSE_MS_MAX, ATTEMPT_MS_MAX, ATTEMPT_STEP_MS_MAX } from '../limits.ts'
import type { RealmStart } from '../realm-messages.ts'
import { Pulse, Watchdog } from './watchdog.ts'

interface AttemptWorker {
  readonly worker: Worker
  readonly pulse: Pulse
  /** Why it can run no attempt; null while it can. */
  gone: string | null
}

export class AttemptWorkers implements AttemptRunner {
  readonly #file: string
  readonly #start: RealmStart
  /** The first runs the current attempt; the other loads its engine meanwhile. */
  #workers: AttemptWorker[]
  #isEnded = false

  /** `file`: the built worker of a realm. */
  constructor(file: string, start: RealmStart) {
    this.#file = file
    this.#start = start
    this.#workers = [this.#launch(), this.#launch()]
  }

  async run(attempt: RepairAttempt): Promise<AttemptOutcome> {
    const [current] = this.#workers
    if (this.#isEnded || !current) return { type: 'failed', tick: null, reason: 'the server stops' }
    const outcome = await this.#outcomeOf(current, attempt)
    if (outcome.type === 'failed') {
      // Whatever failed, the engine of that thread may be damaged.
      void current.worker.terminate()
      this.#workers = this.#isEnded ? [] : [...this.#workers.slice(1), this.#launch()]
    }
    return outcome
  }

  /** Ends all workers. An attempt under way fails. */
  async end(): Promise<void> {
    this.#isEnded = true
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()))
  }

  #launch(): AttemptWorker {
    const pulse = new Pulse()
    const workerData: RealmStart = { ...this.#start, pulse: pulse.buffer, runsAttempts: true }
    const worker = new Worker(this.#file, { workerData, name: `attempt ${this.#start.definition.id}` })
    const started: AttemptWorker = { worker, pulse, gone: null }
    worker.on('error', (error) => {
      started.gone ??= error.message
    })
    worker.on('exit', () => {
      started.gone ??= 'the thread ended'
    })
    return started
  }

  #outcomeOf({ worker, pulse, gone }: AttemptWorker, attempt: RepairAttempt): Promise<AttemptOutcome> {
    if (gone !== null) return Promise.resolve({ type: 'failed', tick: null, reason: gone })
    return new Promise((resolve) => {
      const settle = (outcome: AttemptOutcome): void => {
        watchdog.stop()
        clearTimeout(timer)
        worker.off('message', settle)
        worker.off('error', failed)
        worker.off('exit', ended)
        resolve(outcome)
      }
      const fail = (reason: string): void =>
        settle({ type: 'failed', tick: pulse.tick === 0 ? null : pulse.tick, reason })
      const failed = (error: Error): void => fail(error.message)
      const ended = (): void => fail('the thread ended')
      const watchdog = new Watchdog({
        pulse,
        stepMsMax: ATTEMPT_STEP_MS_MAX,
        pauseMsMax: () => START_PAUSE_MS_MAX,
        onStuck: fail,
      })
      const msMax = attempt.type === 'replay' ? REPLAY_MS_MAX : ATTEMPT_MS_MAX
      const timer = setTimeout(() => fail(`a second of the realm took more than ${msMax / 1_000} s`), msMax)
      worker.on('message', settle)
      worker.on('error', failed)
      worker.on('exit', ended)
      worker.postMessage(attempt, [])
    })
  }
}
