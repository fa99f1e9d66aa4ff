/** Carries out a search's tries in realm workers of their own: each is ended where it fails or takes too long, and the next gets a fresh engine. */
import { Worker } from 'node:worker_threads'
import type { Outcome, Trials, Try } from '../../storage/recordings/index.ts'
import { REPLAY_MS_MAX, START_PAUSE_MS_MAX, TRY_MS_MAX, TRY_STEP_MS_MAX } from '../limits.ts'
import type { RealmStart } from '../realm-messages.ts'
import { Pulse, Watchdog } from './watchdog.ts'

interface Hand {
  readonly worker: Worker
  readonly pulse: Pulse
  /** Why it can carry out no try; null: it can. */
  gone: string | null
}

export class TrialWorkers implements Trials {
  readonly #file: string
  readonly #start: RealmStart
  /** The first is at work; the other loads its engine meanwhile. */
  #hands: Hand[]
  #isEnded = false

  /** `file`: the built worker of a realm. */
  constructor(file: string, start: RealmStart) {
    this.#file = file
    this.#start = start
    this.#hands = [this.#engage(), this.#engage()]
  }

  async run(attempt: Try): Promise<Outcome> {
    const [hand] = this.#hands
    if (this.#isEnded || !hand) return { type: 'failed', tick: null, reason: 'the server stops' }
    const outcome = await this.#outcomeOf(hand, attempt)
    if (outcome.type === 'failed') {
      // Whatever it was: the engine of that thread is not to be trusted.
      void hand.worker.terminate()
      this.#hands = this.#isEnded ? [] : [...this.#hands.slice(1), this.#engage()]
    }
    return outcome
  }

  /** Ends what runs; a try that is under way fails. */
  async end(): Promise<void> {
    this.#isEnded = true
    await Promise.all(this.#hands.map(({ worker }) => worker.terminate()))
  }

  #engage(): Hand {
    const pulse = new Pulse()
    const workerData: RealmStart = { ...this.#start, pulse: pulse.buffer, isTrial: true }
    const worker = new Worker(this.#file, { workerData, name: `trial ${this.#start.definition.id}` })
    const hand: Hand = { worker, pulse, gone: null }
    worker.on('error', (error) => {
      hand.gone ??= error.message
    })
    worker.on('exit', () => {
      hand.gone ??= 'the thread ended'
    })
    return hand
  }

  #outcomeOf({ worker, pulse, gone }: Hand, attempt: Try): Promise<Outcome> {
    if (gone !== null) return Promise.resolve({ type: 'failed', tick: null, reason: gone })
    return new Promise((resolve) => {
      const settle = (outcome: Outcome): void => {
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
        stepMsMax: TRY_STEP_MS_MAX,
        pauseMsMax: () => START_PAUSE_MS_MAX,
        onStuck: fail,
      })
      const msMax = attempt.type === 'replay' ? REPLAY_MS_MAX : TRY_MS_MAX
      const timer = setTimeout(() => fail(`a second of the realm took more than ${msMax / 1_000} s`), msMax)
      worker.on('message', settle)
      worker.on('error', failed)
      worker.on('exit', ended)
      worker.postMessage(attempt, [])
    })
  }
}
