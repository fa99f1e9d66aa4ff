/**
 * Runs the attempts of a recovery search in realm workers. A worker whose attempt fails or takes too long is ended, and
 * the next attempt gets a fresh engine.
 */
import { Worker } from 'node:worker_threads'
import { Effect } from 'effect'
import type { AttemptOutcome, Attempt } from '../../../storage/recordings/index.ts'
import { REPLAY_MS_MAX, START_PAUSE_MS_MAX, ATTEMPT_MS_MAX, ATTEMPT_STEP_MS_MAX } from '../../limits.ts'
import type { RealmStart } from '../../both-threads/realm-messages.ts'
import { Pulse } from '../../both-threads/pulse.ts'
import { untilSpent, untilStuck } from '../watchdog.ts'

/** What an attempt does, in the reason of one that took too long. */
const WORK = { replay: 'the replay', 'go-on': 'a second of the realm' } as const

interface AttemptWorker {
  readonly worker: Worker
  readonly pulse: Pulse
  /** Why it can run no attempt; null while it can. */
  gone: string | null
}

export class AttemptWorkers {
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

  run(attempt: Attempt): Effect.Effect<AttemptOutcome> {
    return Effect.gen({ self: this }, function* () {
      const [current] = this.#workers
      if (this.#isEnded || !current) return { type: 'failed', tick: null, reason: 'the server stops' }
      const outcome = yield* this.#outcomeOf(current, attempt)
      if (outcome.type === 'failed') {
        // Whatever failed, the engine of that thread may be damaged.
        void current.worker.terminate()
        this.#workers = this.#isEnded ? [] : [...this.#workers.slice(1), this.#launch()]
      }
      return outcome
    })
  }

  /** Ends all workers. An attempt under way fails. */
  readonly end: Effect.Effect<void> = Effect.promise(async () => {
    this.#isEnded = true
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()))
  })

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

  #outcomeOf({ worker, pulse, gone }: AttemptWorker, attempt: Attempt): Effect.Effect<AttemptOutcome> {
    if (gone !== null) return Effect.succeed({ type: 'failed', tick: null, reason: gone })
    const failed = (reason: string): AttemptOutcome => ({
      type: 'failed',
      tick: pulse.tick === 0 ? null : pulse.tick,
      reason,
    })
    const msMax = attempt.type === 'replay' ? REPLAY_MS_MAX : ATTEMPT_MS_MAX
    const stuck = untilStuck({ pulse, stepMsMax: ATTEMPT_STEP_MS_MAX, pauseMsMax: () => START_PAUSE_MS_MAX })
    return answerOf(worker, attempt).pipe(
      Effect.catch((reason) => Effect.succeed(failed(reason))),
      Effect.raceFirst(Effect.map(stuck, failed)),
      Effect.raceFirst(Effect.map(untilSpent(pulse, msMax, WORK[attempt.type]), failed)),
    )
  }
}

/** Sends an attempt and waits for its outcome. Fails with why there is none. */
const answerOf = (worker: Worker, attempt: Attempt): Effect.Effect<AttemptOutcome, string> =>
  Effect.callback((resume) => {
    const settle = (answer: Effect.Effect<AttemptOutcome, string>): void => {
      stopListening()
      resume(answer)
    }
    const answered = (outcome: AttemptOutcome): void => settle(Effect.succeed(outcome))
    const broke = (error: Error): void => settle(Effect.fail(error.message))
    const ended = (): void => settle(Effect.fail('the thread ended'))
    const stopListening = (): void => void worker.off('message', answered).off('error', broke).off('exit', ended)
    worker.on('message', answered).on('error', broke).on('exit', ended)
    worker.postMessage(attempt, [])
    return Effect.sync(stopListening)
  })
