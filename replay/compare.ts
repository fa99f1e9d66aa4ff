/**
 * Finds where two runs of a realm first differ: the tick by the recorded hashes, then the phase and the field by
 * replaying that tick. A state that this program cannot replay is taken from a recorded checkpoint.
 */
import type { Field, Input } from '../sim/index.ts'
import { bad, caught, good, RecordingError, type RecordingResult } from './error.ts'
import { fieldDifferences, type FieldDifference, type FieldValue } from './fields.ts'
import { checkVersions, RecordingPlayer } from './player/recording-player.ts'
import type { TickRange } from './player/read-moment.ts'
import type { Recording } from './recording.ts'
import type { Simulation } from './simulation.ts'

/** The first difference of two runs. */
export interface RunDifference {
  /** `checkpoint`: the replay has the recorded hash, but the checkpoint of this tick restores to another state. */
  readonly kind: 'run' | 'checkpoint'
  /** The first tick after which the states differ. */
  readonly tick: number
  /**
   * The first later tick whose states are equal again. If it is the next, the recorded hash of `tick` may be damaged. A replay
   * looks for it up to the next checkpoint. Null if none was found.
   */
  readonly equalAgainTick: number | null
  /** The first phase of this tick after which they differ; null if that is not known. */
  readonly phase: string | null
  /** The first field that differs; null if no two states could be compared, or if only the physics engine's differ. */
  readonly element: number | null
  readonly field: string | null
  readonly expected: FieldValue | null
  readonly actual: FieldValue | null
  /** All fields that differ, in the order of elements. */
  readonly differences: readonly FieldDifference[]
  /** The tick whose states were compared: `tick`, or that of the next checkpoint. Null if there was none. */
  readonly fieldsTick: number | null
  /** The inputs of `tick` in both runs. */
  readonly inputs: { readonly expected: readonly Input[]; readonly actual: readonly Input[] }
  /** Why `actual` has no state after `tick`: the simulation trapped. Null if it did not. */
  readonly trap: string | null
}

/** Two runs, compared in the ticks that both have. */
export interface Comparison {
  /** The first and the last tick whose states were compared, if they are equal up to there. */
  readonly from: number
  readonly to: number
  /** The first tick whose inputs differ, up to the first difference of the states; null if there is none. */
  readonly inputsTick: number | null
  /** Null if all states are equal. */
  readonly difference: RunDifference | null
}

export interface Run<R> {
  readonly recording: Recording
  readonly simulation: Simulation<R>
  /**
   * The tick from which this run is a replay, whatever its states become. Null: it is what was recorded, and a replayed
   * state counts only if it has the recorded hash.
   */
  readonly replayedFrom: number | null
}

interface PhaseState {
  readonly hash: string
  readonly fields: readonly Field[]
}

/**
 * Compares the ticks that both recordings have, or those of them in `range`. It replays only around the first difference.
 * Errors: `no-common-tick`, and those of RecordingPlayer.open.
 */
export async function compareRecordings<R>(
  expected: Recording,
  actual: Recording,
  simulation: Simulation<R>,
  range: Partial<TickRange> = {},
): Promise<RecordingResult<Comparison>> {
  const other = checkVersions(expected, simulation) ?? checkVersions(actual, simulation)
  if (other) return bad(other)
  const first = Math.max(expected.startTick, actual.startTick, range.from ?? 0)
  const last = Math.min(expected.lastTick, actual.lastTick, range.to ?? Infinity)
  if (first > last)
    return bad(
      new RecordingError(
        'no-common-tick',
        `the recordings have no tick in common${isWhole(range) ? '' : ' in the given range'}: one has ${rangeOf(expected)}, the other ${rangeOf(actual)}`,
      ),
    )
  let tick = first
  // A recording that starts within a longer one knows its first hash from its header.
  while (tick <= last && expected.hash(tick) === actual.hash(tick)) tick++
  const inputsTick = firstOtherInputs(expected, actual, first, Math.min(tick, last))
  if (!inputsTick.ok) return inputsTick
  const compared = { from: first, to: Math.min(tick, last), inputsTick: inputsTick.value }
  if (tick > last) return good({ ...compared, difference: null })
  const run = { simulation, replayedFrom: null }
  const found = await difference({ ...run, recording: expected }, { ...run, recording: actual }, tick)
  return found.ok ? good({ ...compared, difference: found.value }) : found
}

const isWhole = ({ from, to }: Partial<TickRange>): boolean => from === undefined && to === undefined
const rangeOf = ({ startTick, lastTick }: Recording): string => `ticks ${startTick} to ${lastTick}`

/** What differs at the first tick whose hashes do. `trap`: why `actual` has no state after the tick. */
export async function difference<R>(
  expected: Run<R>,
  actual: Run<R>,
  tick: number,
  trap: string | null = null,
): Promise<RecordingResult<RunDifference>> {
  const [mine, theirs] = [await phasesOf(expected, tick), await phasesOf(actual, tick)]
  if (!mine.ok) return mine
  if (!theirs.ok) return theirs
  const phase = firstOtherPhase(expected, actual, tick, mine.value, theirs.value)
  const at = phase === null ? null : [mine.value?.get(phase), theirs.value?.get(phase)]
  const compared =
    at?.[0] && at[1]
      ? good({ tick, differences: fieldDifferences(at[0].fields, at[1].fields) })
      : await compareLater(expected, actual, tick)
  if (!compared.ok) return compared
  const equalAgainTick = trap === null ? await equalAgain(expected, actual, tick) : good(null)
  if (!equalAgainTick.ok) return equalAgainTick
  return good({
    kind: 'run',
    tick,
    equalAgainTick: equalAgainTick.value,
    phase,
    ...leadingOf(compared.value?.differences ?? []),
    fieldsTick: compared.value?.tick ?? null,
    inputs: { expected: inputsOf(expected.recording, tick), actual: inputsOf(actual.recording, tick) },
    trap,
  })
}

/** The fields that differ, as a report has them. */
export function leadingOf(
  differences: readonly FieldDifference[],
): Pick<RunDifference, 'element' | 'field' | 'expected' | 'actual' | 'differences'> {
  const [leading] = differences
  return {
    element: leading?.element ?? null,
    field: leading?.field ?? null,
    expected: leading?.expected ?? null,
    actual: leading?.actual ?? null,
    differences,
  }
}

export function inputsOf(recording: Recording, tick: number): readonly Input[] {
  const frame = recording.frame(tick)
  return frame.ok ? frame.value.inputs : []
}

const isSame = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === b || (a !== null && b !== null && a.length === b.length && a.every((byte, i) => byte === b[i]))

/** A difference of the inputs explains a difference of the states, so it may lie some ticks before. */
function firstOtherInputs(a: Recording, b: Recording, first: number, tick: number): RecordingResult<number | null> {
  if (a === b) return good(null)
  return caught(() => {
    for (let at = first + 1; at <= tick; at++)
      if (!isSame(a.frameBytes(at), b.frameBytes(at))) {
        const frames = [a.frame(at), b.frame(at)]
        const broken = frames.find((frame) => !frame.ok)
        return broken && !broken.ok ? broken : good(at)
      }
    return good(null)
  })
}

function firstOtherPhase<R>(
  expected: Run<R>,
  actual: Run<R>,
  tick: number,
  mine: ReadonlyMap<string, PhaseState> | null,
  theirs: ReadonlyMap<string, PhaseState> | null,
): string | null {
  const hashOf = ({ recording, replayedFrom }: Run<R>, replayed: typeof mine, phase: string): string | null => {
    const sampled = recording.samples.get(tick)?.phases[recording.header.phases.indexOf(phase)]
    return replayed?.get(phase)?.hash ?? (replayedFrom === null ? (sampled ?? null) : null)
  }
  for (const phase of expected.simulation.phases) {
    const [a, b] = [hashOf(expected, mine, phase), hashOf(actual, theirs, phase)]
    if (a === null || b === null) return null
    if (a !== b) return phase
  }
  return null
}

/** The state after each phase of a tick; null if the run's tick cannot be replayed. */
async function phasesOf<R>(
  run: Run<R>,
  tick: number,
): Promise<RecordingResult<ReadonlyMap<string, PhaseState> | null>> {
  const { recording, simulation } = run
  if (tick <= recording.startTick) return good(null)
  const opened = await playerAt(run, tick - 1)
  if (!opened.ok || !opened.value) return opened.ok ? good(null) : opened
  const player = opened.value
  try {
    const states = new Map<string, PhaseState>()
    const stepped = player.step((phase) =>
      states.set(phase, { hash: simulation.phaseHash(player.realm), fields: [...simulation.fields(player.realm)] }),
    )
    if (!stepped.ok) return stepped
    return good(isTrue(run, player) ? states : null)
  } catch {
    return good(null)
  } finally {
    player.free()
  }
}

const isTrue = <R>({ recording, replayedFrom, simulation }: Run<R>, { realm, tick }: RecordingPlayer<R>): boolean =>
  replayedFrom !== null || simulation.hash(realm) === recording.hash(tick)

/** A player with the run's state after a tick; null if there is none. Free it after use. */
export async function playerAt<R>(run: Run<R>, tick: number): Promise<RecordingResult<RecordingPlayer<R> | null>> {
  const { recording, replayedFrom, simulation } = run
  const opened = await RecordingPlayer.open(recording, simulation, replayedFrom ?? tick)
  if (!opened.ok) return opened
  const player = opened.value
  let isThere = false
  try {
    // A seek would continue from checkpoints, and these are of the recorded run.
    while (player.tick < tick) {
      const stepped = player.step()
      if (!stepped.ok) return stepped
    }
    isThere = isTrue(run, player)
  } catch {
    return good(null)
  } finally {
    if (!isThere) player.free()
  }
  return good(isThere ? player : null)
}

/**
 * The first tick after `tick` whose states are equal: by both recorded hashes, or by a replay up to the next checkpoint, where
 * the states are compared anyway.
 */
async function equalAgain<R>(
  { recording }: Run<R>,
  actual: Run<R>,
  tick: number,
): Promise<RecordingResult<number | null>> {
  const last = Math.min(recording.lastTick, actual.recording.lastTick)
  if (actual.replayedFrom === null) {
    for (let at = tick + 1; at <= last; at++) if (recording.hash(at) === actual.recording.hash(at)) return good(at)
    return good(null)
  }
  const end = Math.min(last, ...recording.checkpoints.map((entry) => entry.tick).filter((at) => at > tick))
  const opened = await playerAt(actual, tick)
  if (!opened.ok || !opened.value) return opened.ok ? good(null) : opened
  const player = opened.value
  try {
    while (player.tick < end) {
      const stepped = player.step()
      if (!stepped.ok) return stepped
      if (actual.simulation.hash(player.realm) === recording.hash(player.tick)) return good(player.tick)
    }
    return good(null)
  } catch {
    return good(null)
  } finally {
    player.free()
  }
}

/**
 * Compares the states after the first tick from `tick` on that both runs can give: for a recorded run, at a checkpoint.
 * Null if there is no such tick, or if the states have become equal again: then they say nothing about the difference.
 */
async function compareLater<R>(
  expected: Run<R>,
  actual: Run<R>,
  tick: number,
): Promise<RecordingResult<{ readonly tick: number; readonly differences: FieldDifference[] } | null>> {
  const last = Math.min(expected.recording.lastTick, actual.recording.lastTick)
  const places = [expected, actual].flatMap(({ recording }) => recording.checkpoints.map((entry) => entry.tick))
  const candidates = [tick, ...places.filter((at) => at > tick && at <= last).toSorted((a, b) => a - b)]
  for (const at of new Set(candidates)) {
    const one = await playerAt(expected, at)
    if (!one.ok) return one
    const other = one.value && (await playerAt(actual, at))
    try {
      if (other && !other.ok) return other
      if (one.value && other?.value) {
        const { simulation } = expected
        const [a, b] = [one.value.realm, other.value.realm]
        if (simulation.hash(a) === simulation.hash(b)) return good(null)
        return good({ tick: at, differences: fieldDifferences(simulation.fields(a), simulation.fields(b)) })
      }
    } finally {
      one.value?.free()
      if (other?.ok) other.value?.free()
    }
  }
  return good(null)
}
