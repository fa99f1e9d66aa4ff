/** Finds few inputs of a part of a recording with which a fact is so: first whose, then which activities, then which inputs. */
import type { ElementId } from '../../sim/index.ts'
import type { RecordingResult } from '../error.ts'
import { minimise } from '../fork/minimise.ts'
import { activitiesOf, type TimedInput } from './activities.ts'
import { byPlayer } from './candidates.ts'
import type { Fact } from './fact.ts'
import { absentFrom, influencesOn, isCandidate, type Present } from './influence.ts'
import type { Trace } from './trace.ts'
import type { Absent, Trials } from './trials.ts'

/** The stages of the work, in their order. */
export type WhyStage = 'influence' | 'players' | 'activities' | 'inputs'

export interface Narrowed {
  readonly inputs: readonly TimedInput[]
  /** True if none of the inputs can be left out alone. */
  readonly minimal: boolean
  /** The elements that have a chain of touches, holds and commands to the fact's element. */
  readonly involved: readonly ElementId[]
}

export interface NarrowOptions {
  readonly signal: AbortSignal
  /** Unwraps a trial's answer, or throws. */
  orThrow<T>(result: RecordingResult<T>): T
  /** Called after each fork. `left`: inputs that are left. */
  onTry(stage: WhyStage, left: number): void
}

interface Part {
  readonly trace: Trace
  readonly fact: Fact
  /** The last tick of forks. */
  readonly tick: number
  readonly candidates: readonly TimedInput[]
  /** The avatars and props at the start. */
  readonly present: Present
}

const NOBODY: Absent = { players: [], props: [] }

class Narrowing {
  readonly #part: Part
  readonly #trialsWithout: (absent: Absent) => Trials
  readonly #options: NarrowOptions
  #trials: Trials
  #left: readonly TimedInput[]
  /** As many as the smallest set so far has. */
  #leftCount: number
  #minimal = true
  #involved: readonly ElementId[] = []

  constructor(part: Part, trialsWithout: (absent: Absent) => Trials, options: NarrowOptions) {
    this.#part = part
    this.#trialsWithout = trialsWithout
    this.#options = options
    this.#trials = trialsWithout(NOBODY)
    this.#left = part.candidates
    this.#leftCount = part.candidates.length
  }

  async run(): Promise<Narrowed> {
    const complete = this.#trials
    const level = await this.#dropUninvolved()
    await this.#minimiseAll()
    if (this.#trials === complete || this.#isTimeUp || (await this.#isSo('influence', this.#left, complete)))
      return this.#result()
    // Somebody's mere presence matters.
    this.#trials = complete
    this.#left = (await this.#isSo('influence', level)) ? level : this.#part.candidates
    await this.#minimiseAll()
    return this.#result()
  }

  #result(): Narrowed {
    return { inputs: this.#left, minimal: this.#minimal, involved: this.#involved }
  }

  get #isTimeUp(): boolean {
    if (this.#options.signal.aborted) this.#minimal = false
    return this.#options.signal.aborted
  }

  async #isSo(stage: WhyStage, some: readonly TimedInput[], trials = this.#trials): Promise<boolean> {
    // Lets a signal, a timer and a browser's messages through.
    await new Promise((resolve) => setTimeout(resolve, 0))
    const isSo = this.#options.orThrow(trials.isSo(some))
    if (isSo) this.#leftCount = some.length
    this.#options.onTry(stage, this.#leftCount)
    return isSo
  }

  /**
   * Takes the first level of influence that is enough, without anybody and anything else. Without one, everybody's inputs
   * are left. Returns what is left.
   */
  async #dropUninvolved(): Promise<readonly TimedInput[]> {
    const { trace, fact, tick, candidates, present } = this.#part
    let size = 0
    for (const influence of influencesOn(trace, fact.element, tick)) {
      const level = candidates.filter((each) => isCandidate(influence, each.tick, each.input))
      if (this.#isTimeUp || level.length === size) continue
      size = level.length
      this.#involved = [...influence.elements.keys()]
      const trials = this.#trialsWithout(absentFrom(influence, present))
      if (await this.#isSo('influence', level, trials)) {
        this.#trials = trials
        this.#left = level
        return level
      }
    }
    return this.#left
  }

  async #minimiseAll(): Promise<void> {
    await this.#dropPoses()
    await this.#minimise('players', byPlayer(this.#left))
    await this.#minimise(
      'activities',
      activitiesOf(this.#part.trace, this.#left).map(({ inputs }) => inputs),
    )
    await this.#minimise(
      'inputs',
      this.#left.map((each) => [each]),
    )
  }

  async #dropPoses(): Promise<void> {
    if (this.#isTimeUp) return
    const others = this.#left.filter(({ input }) => input.command.type !== 'pose')
    if (others.length < this.#left.length && (await this.#isSo('influence', others))) this.#left = others
  }

  async #minimise(stage: WhyStage, groups: readonly (readonly TimedInput[])[]): Promise<void> {
    const { signal } = this.#options
    const { items, minimal } = await minimise(groups, (some) => this.#isSo(stage, some.flat()), { signal })
    const kept = new Set(items.flat())
    this.#left = this.#left.filter((each) => kept.has(each))
    if (!minimal) this.#minimal = false
  }
}

/**
 * The smallest set of the candidates that it finds with which the fact is so. Empty if it is so without any.
 * `trialsWithout` makes forks in which some players and props are removed.
 */
export const narrow = (
  part: Part,
  trialsWithout: (absent: Absent) => Trials,
  options: NarrowOptions,
): Promise<Narrowed> => new Narrowing(part, trialsWithout, options).run()
