/**
 * Runs two builds of the simulation side by side with the inputs of a recording, and finds where their states first
 * differ. Each build decodes the frames and makes the starting state itself.
 */
import { bad, good, RecordingError, type RecordingResult } from '../error.ts'
import { fieldDifferences, type FieldDifference } from '../fields.ts'
import { leadingOf, type Comparison, type RunDifference } from '../compare.ts'
import type { Recording } from '../recording.ts'
import type { Simulation } from '../simulation.ts'
import { BuildRun } from './build-run.ts'

export interface SideBySideOptions {
  onProgress?(progress: { readonly done: number; readonly total: number }): void
  readonly signal?: AbortSignal
  /** Milliseconds of any monotonic clock. */
  nowMs?(): number
}

export interface BuildComparison extends Comparison {
  /**
   * False if the builds hash their states in different ways: no field of the starting state differs, but its hash does. Then
   * only the fields are compared.
   */
  readonly comparesHashes: boolean
  readonly ticksExecuted: number
  /** Time of `actual` divided by that of `expected`, for each second of the realm in which both ran. */
  readonly timeRatios: readonly number[]
}

/** Longest time for which the thread is blocked, ms. */
const SLICE_MS = 50
/** Ticks between two states that are kept to find the phase. */
const KEEP_EVERY_TICKS = 300

/**
 * Steps both builds to the end of the recording, or to the first difference. Errors: those of BuildRun.start; `diverged`
 * if `expected` traps; `aborted`.
 */
export async function compareBuilds<A, B>(
  recording: Recording,
  expected: Simulation<A>,
  actual: Simulation<B>,
  options: SideBySideOptions = {},
): Promise<RecordingResult<BuildComparison>> {
  const one = await BuildRun.start(recording, expected)
  if (!one.ok) return one
  try {
    const other = await BuildRun.start(recording, actual)
    if (!other.ok) return other
    try {
      return await new SideBySide(recording, one.value, other.value, options).toEnd()
    } finally {
      other.value.free()
    }
  } finally {
    one.value.free()
  }
}

class SideBySide<A, B> {
  readonly #recording: Recording
  readonly #expected: BuildRun<A>
  readonly #actual: BuildRun<B>
  readonly #options: SideBySideOptions
  readonly #nowMs: () => number
  readonly #timeRatios: number[] = []
  #comparesHashes = true
  /** The first tick whose hashes differ, although no field does. */
  #hashTick: number | null = null

  constructor(recording: Recording, expected: BuildRun<A>, actual: BuildRun<B>, options: SideBySideOptions) {
    this.#recording = recording
    this.#expected = expected
    this.#actual = actual
    this.#options = options
    this.#nowMs = options.nowMs ?? (() => performance.now())
  }

  async toEnd(): Promise<RecordingResult<BuildComparison>> {
    const { startTick, lastTick, header } = this.#recording
    const atStart = this.#fieldsThatDiffer()
    if (atStart.length > 0) return good(this.#result(this.#describe(startTick, startTick, null, atStart)))
    this.#comparesHashes = this.#sameHashes()
    this.#keep()
    let sliceEndMs = this.#nowMs()
    for (let tick = startTick + 1; tick <= lastTick; tick++) {
      if (this.#nowMs() >= sliceEndMs) {
        this.#options.onProgress?.({ done: tick - 1 - startTick, total: lastTick - startTick })
        await new Promise((resolve) => setTimeout(resolve, 0))
        sliceEndMs = this.#nowMs() + SLICE_MS
      }
      if (this.#options.signal?.aborted) return bad(new RecordingError('aborted', `stopped at tick ${tick - 1}`))
      const found = this.#step(tick)
      if (!found.ok) return found
      if (found.value) return good(this.#result(found.value))
      if ((tick - startTick) % header.tickRate === 0) this.#takeTimes()
      if ((tick - startTick) % KEEP_EVERY_TICKS === 0 && this.#hashTick === null) this.#keep()
    }
    this.#options.onProgress?.({ done: lastTick - startTick, total: lastTick - startTick })
    return good(this.#result(this.#hashTick === null ? null : this.#describe(this.#hashTick, this.#hashTick, null, [])))
  }

  /** Steps both builds, in turns first, so that neither is measured in a warmer cache. */
  #step(tick: number): RecordingResult<RunDifference | null> {
    const first = tick % 2 === 0 ? this.#expected : this.#actual
    const second = first === this.#expected ? this.#actual : this.#expected
    for (const run of [first, second]) {
      const stepped = run.step(tick, this.#nowMs)
      if (!stepped.ok) return stepped
    }
    if (this.#expected.trap !== null)
      return bad(
        new RecordingError(
          'diverged',
          `the build that the other one is compared with could not replay tick ${tick}: ${this.#expected.trap}`,
        ),
      )
    if (this.#actual.trap !== null) return good(this.#describe(tick, null, null, []))
    if (this.#comparesHashes && this.#sameHashes()) return good(null)
    const differences = this.#fieldsThatDiffer()
    if (differences.length > 0)
      return this.#hashTick === null
        ? this.#within(tick, differences)
        : good(this.#describe(this.#hashTick, tick, null, differences))
    // Only the physics engine's own state differs. Fields that differ follow from it, some ticks later.
    if (this.#comparesHashes) this.#hashTick ??= tick
    return good(null)
  }

  /** Repeats a tick with the states after each phase. */
  #within(tick: number, differences: readonly FieldDifference[]): RecordingResult<RunDifference | null> {
    const [mine, theirs] = [this.#expected.phasesOf(tick), this.#actual.phasesOf(tick)]
    for (const [phase, fields] of mine ?? []) {
      const others = theirs?.get(phase)
      if (!others) break
      const found = fieldDifferences(fields, others)
      if (found.length > 0) return good(this.#describe(tick, tick, phase, found))
    }
    return good(this.#describe(tick, tick, null, differences))
  }

  #describe(
    tick: number,
    fieldsTick: number | null,
    phase: string | null,
    differences: readonly FieldDifference[],
  ): RunDifference {
    return {
      kind: 'run',
      tick,
      equalAgainTick: null,
      phase,
      ...leadingOf(differences),
      fieldsTick,
      inputs: { expected: this.#expected.inputsOf(tick), actual: this.#actual.inputsOf(tick) },
      trap: this.#actual.trap,
    }
  }

  #result(difference: RunDifference | null): BuildComparison {
    const { startTick, lastTick } = this.#recording
    return {
      from: startTick,
      to: difference ? difference.tick : lastTick,
      inputsTick: null,
      difference,
      comparesHashes: this.#comparesHashes,
      ticksExecuted: this.#expected.tick - startTick,
      timeRatios: this.#timeRatios,
    }
  }

  #takeTimes(): void {
    const [mine, theirs] = [this.#expected.takeMs(), this.#actual.takeMs()]
    if (mine > 0) this.#timeRatios.push(theirs / mine)
  }

  #keep(): void {
    this.#expected.keep()
    this.#actual.keep()
  }

  #sameHashes(): boolean {
    return this.#expected.hash() === this.#actual.hash()
  }

  #fieldsThatDiffer(): FieldDifference[] {
    return fieldDifferences(this.#expected.fields(), this.#actual.fields())
  }
}
