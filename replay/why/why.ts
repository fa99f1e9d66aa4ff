/** The inputs without which a fact of a recording would not be so. */
import type { ElementId, Realm, Vec3 } from '../../sim/index.ts'
import { bad, good, RecordingError, type RecordingResult } from '../error.ts'
import { ForkRunner } from '../fork/index.ts'
import type { ForkState } from '../fork/run-fork.ts'
import type { Recording } from '../recording.ts'
import type { Simulation } from '../simulation.ts'
import type { TimedInput } from './activities.ts'
import { candidatesOf, movesAtStart } from './candidates.ts'
import { factIn, factStateIn, metresBetween, placeOf, type Fact, type FactQuestion } from './fact.ts'
import { presentIn } from './influence.ts'
import { narrow, type WhyStage } from './narrow.ts'
import { Trace } from './trace.ts'
import { Trials, type Absent } from './trials.ts'

/**
 * `start`: the fact is so at the recording's first state. `none`: it becomes so without any of the candidates.
 * `inputs`: it is so with them, and not without any one of them.
 */
export interface Cause {
  readonly kind: 'start' | 'none' | 'inputs'
  readonly fact: Fact
  readonly inputs: readonly TimedInput[]
  /** The tick at which the fact last became so; for `start`, the recording's first. */
  readonly since: number
  /** What happened in the part that was searched; null for `start`. */
  readonly trace: Trace | null
  /** Forks that were run. */
  readonly tries: number
  /** True if none of the inputs can be left out alone. False if the time was up. */
  readonly minimal: boolean
}

export interface WhyProgress {
  readonly stage: WhyStage
  /** Forks so far. */
  readonly tries: number
  /** Inputs that are left. */
  readonly left: number
}

export interface WhyOptions {
  /** When it is up, the smallest cause so far is the answer. Without it, the search takes as long as it needs. */
  readonly seconds?: number
  onProgress?(progress: WhyProgress): void
}

/** A fork has this many ticks more than the recording had until the fact became so. */
const SETTLE_TICKS = 60
/** In the last ticks of a fork, the fact has to be so. */
const JUDGED_TICKS = 30
/** A prop that is farther from its place has moved, metres. */
const MOVED_METRES = 0.01
/** Ticks between two states from which a search may begin. */
const CALM_EVERY_TICKS = 15
/** Ticks before the part in which the tick of a move that was in effect at its start is looked for: 60 s. */
const MOVE_AGE_TICKS_MAX = 3_600

class ForkFailed extends Error {
  readonly failure: RecordingError

  constructor(failure: RecordingError) {
    super(failure.message)
    this.failure = failure
  }
}

function valueOrThrow<T>(result: RecordingResult<T>): T {
  if (!result.ok) throw new ForkFailed(result.error)
  return result.value
}

/** Finds a fact's cause. Errors: those of ForkRunner.open and run. Throws RangeError if the tick is not recorded. */
export async function why(
  recording: Recording,
  simulation: Simulation<Realm>,
  question: FactQuestion,
  options: WhyOptions = {},
): Promise<RecordingResult<Cause>> {
  try {
    return good(await new Search(recording, simulation, options).run(question))
  } catch (error) {
    if (error instanceof ForkFailed) return bad(error.failure)
    throw error
  }
}

class Search {
  readonly #recording: Recording
  readonly #simulation: Simulation<Realm>
  readonly #options: WhyOptions
  readonly #signal: AbortSignal
  #tries = 0

  constructor(recording: Recording, simulation: Simulation<Realm>, options: WhyOptions) {
    this.#recording = recording
    this.#simulation = simulation
    this.#options = options
    const { seconds } = options
    this.#signal = seconds === undefined ? new AbortController().signal : AbortSignal.timeout(seconds * 1000)
  }

  async run(question: FactQuestion): Promise<Cause> {
    const { startTick, checkpoints } = this.#recording
    const fact = (await this.#open(question.tick)).withStart((realm) => factIn(realm, question))
    let end = question.tick
    let latest: Cause | null = null
    const starts = [...new Set([startTick, ...checkpoints.map(({ tick }) => tick)])].toSorted((a, b) => b - a)
    let moving: ForkRunner<Realm> | null = null
    for (const tick of starts.filter((each) => each < question.tick)) {
      const runner = await this.#open(tick)
      const state = runner.withStart((realm) => factStateIn(realm, fact))
      if (latest === null && moving === null && state === 'so') end = tick
      else if (state === 'moving' && tick > startTick) moving = runner
      else {
        // If it was so before, too, what matters began while it moved.
        const found = await this.#searchFrom(state === 'so' && moving ? moving : runner, fact, end, latest === null)
        if (latest?.kind === 'inputs' && found.kind === 'none') return latest
        latest = found
        if (!beginsEarlier(latest) || this.#signal.aborted) return latest
        moving = null
      }
    }
    return latest ?? { kind: 'start', fact, inputs: [], since: startTick, trace: null, tries: 0, minimal: true }
  }

  async #open(tick: number): Promise<ForkRunner<Realm>> {
    return valueOrThrow(await ForkRunner.open(this.#recording, this.#simulation, tick))
  }

  /**
   * Searches the ticks from the runner's start to `end`. If `late`, it begins at the last moment at which nothing happened
   * to the element, if that is enough.
   */
  async #searchFrom(runner: ForkRunner<Realm>, fact: Fact, end: number, late: boolean): Promise<Cause> {
    const { since, calm } = historyOf(runner, fact, end)
    const tick = Math.min(since + SETTLE_TICKS, end)
    if (late && calm) {
      const from = runner.startingFrom(calm)
      const { cause, involved } = await this.#searchPart(from, fact, since, tick)
      const isAll = !beginsEarlier(cause) && !haveMoved(runner, from, involved)
      if (isAll || this.#signal.aborted) return cause
    }
    return (await this.#searchPart(runner, fact, since, tick)).cause
  }

  async #searchPart(runner: ForkRunner<Realm>, fact: Fact, since: number, tick: number): Promise<Found> {
    const trace = traced(runner, tick)
    const candidates = candidatesOf(trace, fact, runner.withStart(movesAtStart), tick)
    const part = { trace, fact, tick, candidates, present: runner.withStart(presentIn) }
    const judged = { from: Math.max(since, tick - JUDGED_TICKS + 1), to: tick }
    const trialsWithout = (absent: Absent): Trials => new Trials(runner, trace, { fact, judged, candidates, absent })
    const { inputs, minimal, involved } = await narrow(part, trialsWithout, {
      signal: this.#signal,
      orThrow: valueOrThrow,
      onTry: (stage, left) => {
        this.#tries++
        this.#options.onProgress?.({ stage, tries: this.#tries, left })
      },
    })
    const sent = inputs.map((each) => (each.tick > runner.startTick ? each : this.#withItsTick(each)))
    const kind = inputs.length === 0 ? 'none' : 'inputs'
    return { cause: { kind, fact, inputs: sent, since, trace, tries: this.#tries, minimal }, involved }
  }

  /** A move that was in effect at a part's start, with the tick whose frame has it. */
  #withItsTick(move: TimedInput): TimedInput {
    const { startTick } = this.#recording
    for (let tick = move.tick; tick > Math.max(startTick, move.tick - MOVE_AGE_TICKS_MAX); tick--) {
      const { inputs } = valueOrThrow(this.#recording.frame(tick))
      if (inputs.some(({ player, sequence }) => player === move.input.player && sequence === move.input.sequence))
        return { tick, input: move.input }
    }
    return move
  }
}

interface Found {
  readonly cause: Cause
  /** The elements that may have had an influence. */
  readonly involved: readonly ElementId[]
}

/** True if one of the props is elsewhere at the second start. */
function haveMoved(one: ForkRunner<Realm>, other: ForkRunner<Realm>, elements: readonly ElementId[]): boolean {
  const placesOf = (runner: ForkRunner<Realm>): readonly (Vec3 | null)[] =>
    runner.withStart((realm) => elements.map((each) => (realm.props.has(each) ? placeOf(realm, each) : null)))
  const before = placesOf(one)
  return placesOf(other).some((place, i) => {
    const was = before[i] ?? null
    return place !== null && (was === null || metresBetween(was, place) > MOVED_METRES)
  })
}

/** True if the part has only the end of the cause: no input of it matters, or one belongs to a hold from before. */
function beginsEarlier({ kind, inputs, trace }: Cause): boolean {
  if (kind === 'none') return true
  const before = trace?.holds.filter(({ heldBefore }) => heldBefore) ?? []
  return inputs.some(
    ({ tick, input: { player, command } }) =>
      (command.type === 'drag' || command.type === 'release') &&
      before.some((hold) => hold.player === player && hold.hand === command.hand && (hold.to ?? Infinity) >= tick),
  )
}

interface FactHistory {
  /** The tick at which the fact last became so. */
  readonly since: number
  /** The last state that was looked at in which it was not so, and nothing happened to its element. */
  readonly calm: ForkState | null
}

/** Follows the fact from the runner's start to `end`. */
function historyOf(runner: ForkRunner<Realm>, fact: Fact, end: number): FactHistory {
  let since = runner.startTick
  let calm: ForkState | null = null
  valueOrThrow(
    runner.run({ to: end }, ({ tick, realm }) => {
      const state = factStateIn(realm, fact)
      if (state !== 'so') since = tick + 1
      if (state === 'calm' && tick % CALM_EVERY_TICKS === 0) calm = { tick, bytes: runner.simulation.checkpoint(realm) }
    }),
  )
  return { since, calm }
}

function traced(runner: ForkRunner<Realm>, to: number): Trace {
  const trace = runner.withStart((realm) => new Trace(realm))
  valueOrThrow(
    runner.run({ to }, ({ realm, frame, events }) => {
      trace.read(realm, frame, events)
    }),
  )
  return trace
}
