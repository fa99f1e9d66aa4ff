/** The page's side of the hash check: starts the worker on demand and shows its result. */
import { formatCount, plural } from '../../http-contract/plural.ts'

/** What the worker reports. */
export type LockstepNews =
  | {
      readonly type: 'progress'
      readonly tick: number
      readonly ticksChecked: number
      readonly mismatches: number
      readonly firstMismatchTick: number | null
    }
  /** `final`: the check will not continue automatically. */
  | { readonly type: 'stopped'; readonly reason: string; readonly final: boolean; readonly ticksChecked: number }

export interface HashVerdict {
  readonly state: 'off' | 'starting' | 'agree' | 'mismatch' | 'failed'
  readonly text: string
}

const HASHES_OFF: HashVerdict = {
  state: 'off',
  text: 'Runs the whole simulation in this page and compares every tick with the server’s.',
}
const HASHES_STARTING: HashVerdict = {
  state: 'starting',
  text: 'Loading the simulation and the realm’s state …',
}

/** The text of a report. Pure. */
export function verdictOf(news: LockstepNews): HashVerdict {
  if (news.type === 'stopped')
    return { state: 'failed', text: `${news.final ? 'The check ended' : 'The check is interrupted'}: ${news.reason}` }
  if (news.mismatches > 0)
    return {
      state: 'mismatch',
      text: `✗ ${formatCount(news.mismatches)} of ${plural(news.ticksChecked, 'tick')} differ, the first at tick ${news.firstMismatchTick ?? '?'}. Please report it: the simulation must give the same state everywhere.`,
    }
  return news.ticksChecked === 0
    ? HASHES_STARTING
    : { state: 'agree', text: `✓ ${plural(news.ticksChecked, 'tick')} checked: all hashes agree.` }
}

/** Runs at most one worker. */
export class HashCheck {
  readonly #url: string
  readonly #changed: (verdict: HashVerdict) => void
  #worker: Worker | null = null

  constructor(url: string, changed: (verdict: HashVerdict) => void) {
    this.#url = url
    this.#changed = changed
  }

  get running(): boolean {
    return this.#worker !== null
  }

  toggle(): void {
    if (this.#worker) {
      this.#stop()
      this.#changed(HASHES_OFF)
      return
    }
    this.#changed(HASHES_STARTING)
    const worker = new Worker(new URL('./lockstep-worker.ts', import.meta.url), { type: 'module', name: 'hash check' })
    worker.addEventListener('message', (event: MessageEvent<LockstepNews>) => {
      this.#changed(verdictOf(event.data))
      if (event.data.type === 'stopped' && event.data.final) this.#stop()
    })
    worker.addEventListener('error', (event) => {
      this.#stop()
      this.#changed({
        state: 'failed',
        text: `The check could not run: ${event.message || 'the worker did not load. Reload the page and try again.'}`,
      })
    })
    worker.postMessage(this.#url, { transfer: [] })
    this.#worker = worker
  }

  #stop(): void {
    this.#worker?.terminate()
    this.#worker = null
  }
}
