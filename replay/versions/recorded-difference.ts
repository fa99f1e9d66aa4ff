/**
 * Where a run differs from a recording that this program cannot replay: by the recorded hashes and counts, and by the
 * checkpoints that this program can restore.
 */
import type { Field, Realm } from '../../sim/index.ts'
import { good, type RecordingResult } from '../error.ts'
import { fieldDifferences } from '../fields.ts'
import { leadingOf, type RunDifference } from '../compare.ts'
import { movedBetween, placesOf, type Moved } from '../fork/moved.ts'
import type { ForkRunner } from '../fork/run-fork.ts'
import { RecordingPlayer } from '../player/recording-player.ts'
import { readRecording } from '../read.ts'
import type { CheckpointEntry, Recording } from '../recording.ts'

/** Compares each state of a run with the hash and the sample that a recording has of it. */
export class RecordedHashes {
  readonly #recording: Recording
  #comparesHashes = true
  #firstTick: number | null = null

  constructor(recording: Recording) {
    this.#recording = recording
  }

  /** False if the starting states have different hashes: then the versions hash in different ways. */
  get comparesHashes(): boolean {
    return this.#comparesHashes
  }

  /** The first tick at which something differs. */
  get firstTick(): number | null {
    return this.#firstTick
  }

  /** Call it for each tick, from the start on. */
  compare(tick: number, hash: string, counts: { readonly players: number; readonly elements: number }): void {
    const { startTick, header, samples } = this.#recording
    const recorded = this.#recording.hash(tick)
    if (tick === startTick) this.#comparesHashes = recorded === hash
    if (this.#firstTick !== null || recorded === null) return
    const known = tick === startTick ? header : samples.get(tick)
    const otherCounts = known && (known.players !== counts.players || known.elements !== counts.elements)
    if (otherCounts || (this.#comparesHashes && recorded !== hash)) this.#firstTick = tick
  }
}

interface RecordedDifference {
  readonly difference: RunDifference | null
  readonly comparesHashes: boolean
  readonly moved: readonly Moved[] | null
  readonly movedTick: number | null
}

/** `bytes`: the recording of the new run. Errors: those of reading a checkpoint. */
export async function recordedDifference(
  { recording, simulation, definition }: Pick<ForkRunner<Realm>, 'recording' | 'simulation' | 'definition'>,
  bytes: Uint8Array,
  { firstTick, comparesHashes }: RecordedHashes,
  fault: { readonly tick: number; readonly message: string } | null,
): Promise<RecordingResult<RecordedDifference>> {
  const tick = firstTick ?? (fault && fault.tick <= recording.lastTick ? fault.tick : null)
  const sameUpTo = comparesHashes ? recording.lastTick : null
  if (tick === null)
    return good({ difference: null, comparesHashes, moved: sameUpTo === null ? null : [], movedTick: sameUpTo })
  const read = readRecording(bytes)
  if (!read.ok) return read
  const made = { recording: read.value, simulation, definition }
  const later = recording.checkpoints.filter((entry) => entry.tick >= tick && entry.tick <= read.value.lastTick)
  const states: BothStates[] = []
  for (const entry of new Set([later[0], later.at(-1)])) {
    const both = entry && (await statesAt(recording, made, entry))
    if (both && !both.ok) return both
    if (both?.value) states.push(both.value)
  }
  const [first] = states
  const last = states.at(-1)
  const differences = first ? fieldDifferences(first.expected, first.actual) : []
  return good({
    difference: {
      kind: 'run',
      tick,
      equalAgainTick: null,
      phase: null,
      ...leadingOf(differences),
      fieldsTick: first?.tick ?? null,
      inputs: { expected: inputsOf(recording, tick), actual: inputsOf(read.value, tick) },
      trap: fault?.tick === tick ? fault.message : null,
    },
    comparesHashes,
    moved: last ? movedBetween(placesOf(last.expected), placesOf(last.actual)) : null,
    movedTick: last?.tick ?? null,
  })
}

type Made = Pick<ForkRunner<Realm>, 'recording' | 'simulation' | 'definition'>

/** The fields of a state of both runs. */
interface BothStates {
  readonly tick: number
  readonly expected: readonly Field[]
  readonly actual: readonly Field[]
}

/** Null if this program cannot restore the old checkpoint to the recorded hash. */
async function statesAt(
  old: Recording,
  made: Made,
  entry: CheckpointEntry,
): Promise<RecordingResult<BothStates | null>> {
  const bytes = await old.checkpointBytes(entry)
  if (!bytes.ok) return bytes
  const expected = restoredFields(made, bytes.value, old.hash(entry.tick))
  if (!expected) return good(null)
  const actual = await replayedFields(made, entry.tick)
  return actual.ok ? good({ tick: entry.tick, expected, actual: actual.value }) : actual
}

function restoredFields({ simulation, definition }: Made, bytes: Uint8Array, hash: string | null): Field[] | null {
  let realm: Realm
  try {
    realm = simulation.restore(definition, bytes)
  } catch {
    return null
  }
  try {
    return simulation.hash(realm) === hash ? [...simulation.fields(realm)] : null
  } finally {
    simulation.free(realm)
  }
}

async function replayedFields({ recording, simulation }: Made, tick: number): Promise<RecordingResult<Field[]>> {
  const opened = await RecordingPlayer.open(recording, simulation, tick)
  if (!opened.ok) return opened
  try {
    const reached = await opened.value.reach(tick)
    return reached.ok ? good([...simulation.fields(opened.value.realm)]) : reached
  } finally {
    opened.value.free()
  }
}

function inputsOf(recording: Recording, tick: number): RunDifference['inputs']['expected'] {
  if (tick <= recording.startTick) return []
  const frame = recording.frame(tick)
  return frame.ok ? frame.value.inputs : []
}
