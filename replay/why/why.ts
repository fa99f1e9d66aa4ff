/** The inputs without which a fact of a recording would not be so. */
import type { Input, Realm } from '../../sim/index.ts'
import { bad, good, RecordingError, type RecordingResult } from '../error.ts'
import { ForkRunner } from '../fork/index.ts'
import { minimise } from '../fork/minimise.ts'
import type { Recording } from '../recording.ts'
import type { Simulation } from '../simulation.ts'
import { activitiesOf, type TimedInput } from './activities.ts'
import { factIn, holdsIn, type Fact, type FactQuestion } from './fact.ts'
import { influenceOn, isCandidate } from './influence.ts'
import { isSoWith } from './kept-inputs.ts'
import { inputKey, Trace } from './trace.ts'

/**
 * `start`: the fact is so at the recording's first state. `none`: it becomes so without any of the candidates.
 * `inputs`: it is not so without them.
 */
export interface Cause {
  readonly kind: 'start' | 'none' | 'inputs'
  readonly fact: Fact
  readonly inputs: readonly TimedInput[]
  /** The tick at which the fact last became so; for `start`, the recording's first. */
  readonly since: number
  /** What happened in the window that was searched; null for `start`. */
  readonly trace: Trace | null
  /** Forks that were run. */
  readonly tries: number
  /** True if none of the inputs can be left out alone. */
  readonly minimal: boolean
}

/** Ticks after the fact became so at which forks are judged. */
const SETTLE_TICKS = 30

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
): Promise<RecordingResult<Cause>> {
  try {
    return good(await search(recording, simulation, question))
  } catch (error) {
    if (error instanceof ForkFailed) return bad(error.failure)
    throw error
  }
}

async function search(recording: Recording, simulation: Simulation<Realm>, question: FactQuestion): Promise<Cause> {
  const open = async (tick: number): Promise<ForkRunner<Realm>> =>
    valueOrThrow(await ForkRunner.open(recording, simulation, tick))
  const fact = (await open(question.tick)).withStart((realm) => factIn(realm, question))
  let end = question.tick
  let latest: Cause | null = null
  const earlier = new Set([recording.startTick, ...recording.checkpoints.map(({ tick }) => tick)])
  for (const tick of [...earlier].filter((each) => each < question.tick).toSorted((a, b) => b - a)) {
    const runner = await open(tick)
    if (latest === null && runner.withStart((realm) => holdsIn(realm, fact))) {
      end = tick
      continue
    }
    latest = await searchWindow(runner, fact, end)
    if (!beginsEarlier(latest)) return latest
  }
  return latest ?? { kind: 'start', fact, inputs: [], since: recording.startTick, trace: null, tries: 0, minimal: true }
}

/** True if the window has only the end of the cause: no input of it matters, or one belongs to a hold from before. */
function beginsEarlier({ kind, inputs, trace }: Cause): boolean {
  if (kind === 'none') return true
  const before = trace?.holds.filter(({ heldBefore }) => heldBefore) ?? []
  return inputs.some(
    ({ tick, input: { player, command } }) =>
      (command.type === 'drag' || command.type === 'release') &&
      before.some((hold) => hold.player === player && hold.hand === command.hand && (hold.to ?? Infinity) >= tick),
  )
}

/** The trace from the runner's start to `end`, and the tick at which the fact last became so. */
function traced(runner: ForkRunner<Realm>, fact: Fact, end: number): { readonly trace: Trace; readonly since: number } {
  const trace = runner.withStart((realm) => new Trace(realm))
  let since = runner.startTick
  valueOrThrow(
    runner.run({ to: end }, ({ tick, realm, frame, events }) => {
      trace.read(realm, frame, events)
      if (!holdsIn(realm, fact)) since = tick + 1
    }),
  )
  return { trace, since }
}

async function searchWindow(runner: ForkRunner<Realm>, fact: Fact, end: number): Promise<Cause> {
  const { trace, since } = traced(runner, fact, end)
  const at = { fact, tick: Math.min(since + SETTLE_TICKS, end) }
  const influence = influenceOn(trace, fact.element, at.tick)
  const candidates: TimedInput[] = trace.frames.flatMap(({ tick, inputs }) =>
    inputs.filter((input) => isCandidate(influence, tick, input)).map((input) => ({ tick, input })),
  )
  const asked = new Set(candidates.map(({ input }) => inputKey(input)))
  const isSo = (kept: readonly TimedInput[]): boolean => {
    const keys = new Set(kept.map(({ input }) => inputKey(input)))
    const isKept = (_tick: number, input: Input): boolean => !asked.has(inputKey(input)) || keys.has(inputKey(input))
    return valueOrThrow(isSoWith(runner, trace, at, isKept))
  }
  const groups = await minimise(activitiesOf(trace, candidates), (kept) => isSo(kept.flatMap(({ inputs }) => inputs)))
  const grouped = groups.items.flatMap(({ inputs }) => inputs)
  const single = await minimise(grouped, isSo)
  const kind = single.items.length === 0 ? 'none' : 'inputs'
  const tries = groups.tries + single.tries
  return { kind, fact, inputs: single.items, since, trace, tries, minimal: single.minimal }
}
