/** Shrinks a recording to a small one that fails in the same way: a late start, few players, props and inputs. */
import { compareInputs, props, type ElementId, type Input, type PlayerId, type Realm } from '../../sim/index.ts'
import { bad, good, RecordingError, type RecordingResult } from '../error.ts'
import { readRecording } from '../read.ts'
import type { Recording } from '../recording.ts'
import type { Simulation } from '../simulation.ts'
import { clipRecording } from '../clip.ts'
import { editOf, type ForkEdits } from './edits.ts'
import { firstFailure, holdsAtStart, type Failure } from './first-failure.ts'
import { minimise } from './minimise.ts'
import { peopleOf } from './people.ts'
import type { Predicate } from './predicate.ts'
import { recordFork } from './record-fork.ts'
import { ForkRunner, lastForkTick, type EditInputs } from './run-fork.ts'

/** The stages of the work, in their order. */
export const SHRINK_STAGES = ['find', 'players', 'props', 'inputs', 'time'] as const
export type ShrinkStage = (typeof SHRINK_STAGES)[number]

export interface ShrinkProgress {
  readonly stage: ShrinkStage
  /** Ticks in the stage `find`; in others the tries so far, without a total. */
  readonly done: number
  readonly total: number | null
  /** Players, props or inputs that are left. */
  readonly left: number
}

export interface ShrinkOptions {
  /** How long before the failure the shrunk recording may begin. */
  readonly seconds: number
  /** The most tries of each stage. */
  readonly triesMax: number
  readonly recordedBy: string
  readonly signal?: AbortSignal
  onProgress?(progress: ShrinkProgress): void
}

export interface ShrunkSize {
  readonly ticks: number
  readonly players: number
  readonly props: number
  readonly inputs: number
}

export interface Shrunk {
  readonly bytes: Uint8Array
  /** The tick of the shrunk recording at which it fails, and the one at which the original does. */
  readonly tick: number
  readonly originalTick: number
  /** Sizes of the part with which the work began, and of the result. */
  readonly before: ShrunkSize
  readonly after: ShrunkSize
  readonly tries: number
  /** False if the tries or the signal ended a stage. */
  readonly minimal: boolean
}

/** Why there is nothing to shrink. */
export type NotShrunk = 'never' | 'true-from-start'

/**
 * The smallest recording that it finds in which the predicate becomes true. It begins with the latest part between two
 * checkpoints that fails. If none does: `true-from-start` if the predicate holds in the first state, so that the recording
 * does not show how it became true, else `never`. Errors: those of ForkRunner.open; `diverged` if a run cannot be repeated.
 */
export async function shrinkRecording(
  recording: Recording,
  simulation: Simulation<Realm>,
  predicate: Predicate,
  options: ShrinkOptions,
): Promise<RecordingResult<Shrunk | NotShrunk>> {
  const found = await latestFailure(recording, simulation, predicate, options)
  if (!found.ok) return found
  if (typeof found.value === 'string') return good(found.value)
  const { failure, checkpointTick } = found.value
  if (predicate.kind === 'divergence') return await clipOfDivergence(recording, simulation, failure.tick)
  const lead = Math.round(options.seconds * recording.header.tickRate)
  for (const from of new Set([Math.max(recording.startTick, failure.tick - lead), checkpointTick])) {
    const opened = await ForkRunner.open(recording, simulation, Math.min(from, failure.tick - 1))
    // The part before it may fail too; the checkpoint needs no replay.
    if (!opened.ok && from !== checkpointTick) continue
    if (!opened.ok) return opened
    const work = new Shrinking(opened.value, predicate, failure, options)
    if (work.failsWith()) return await work.run()
  }
  return bad(new RecordingError('diverged', `the failure of tick ${failure.tick} does not happen again`))
}

/** Looks at the parts between checkpoints, the latest first: a late failure is found without replaying all. */
async function latestFailure(
  recording: Recording,
  simulation: Simulation<Realm>,
  predicate: Predicate,
  { onProgress, signal }: ShrinkOptions,
): Promise<RecordingResult<{ readonly failure: Failure; readonly checkpointTick: number } | NotShrunk>> {
  const { startTick } = recording
  const last = lastForkTick(recording)
  const starts = [...new Set([startTick, ...recording.checkpoints.map(({ tick }) => tick)])].toSorted((a, b) => b - a)
  let to = last
  let why: NotShrunk = 'never'
  for (const checkpointTick of starts) {
    if (signal?.aborted) return bad(new RecordingError('aborted', 'it was stopped before the failure was found'))
    const opened = await ForkRunner.open(recording, simulation, checkpointTick)
    if (!opened.ok) return opened
    const failure = firstFailure(opened.value, predicate, { to })
    if (!failure.ok) return failure
    if (failure.value) return good({ failure: failure.value, checkpointTick })
    if (checkpointTick === startTick && holdsAtStart(opened.value, predicate)) why = 'true-from-start'
    to = checkpointTick
    onProgress?.({ stage: 'find', done: last - to, total: last - startTick, left: 0 })
  }
  return good(why)
}

/** A state that differs from the recorded one: the state before it is recorded, so one tick shows it. */
async function clipOfDivergence(
  recording: Recording,
  simulation: Simulation<Realm>,
  tick: number,
): Promise<RecordingResult<Shrunk>> {
  const clipped = await clipRecording(recording, simulation, { from: tick - 1, to: tick })
  if (!clipped.ok) return clipped
  const read = readRecording(clipped.value)
  if (!read.ok) return read
  const frame = read.value.frame(tick)
  if (!frame.ok) return frame
  const { players, elements } = read.value.header
  const size = { ticks: 1, players, props: elements - players - 2, inputs: frame.value.inputs.length }
  return good({
    bytes: clipped.value,
    tick,
    originalTick: tick,
    before: { ...size, ticks: recording.lastTick - recording.startTick },
    after: size,
    tries: 0,
    minimal: true,
  })
}

interface PlacedInput {
  readonly tick: number
  readonly input: Input
}

const NO_EDITS = { withoutCommands: new Set<never>(), withoutPlayers: new Set<PlayerId>(), leaving: [], inputs: [] }

class Shrinking {
  #runner: ForkRunner<Realm>
  readonly #predicate: Predicate
  readonly #failure: Failure
  readonly #options: ShrinkOptions
  /** The last tick that a try may take: half a second after the original failure. */
  readonly #to: number
  /** The inputs from the runner's start on; null: the recorded ones. */
  #inputs: readonly PlacedInput[] | null = null
  #tries = 0
  #minimal = true

  constructor(runner: ForkRunner<Realm>, predicate: Predicate, failure: Failure, options: ShrinkOptions) {
    this.#runner = runner
    this.#predicate = predicate
    this.#failure = failure
    this.#options = options
    const { recording } = runner
    this.#to = Math.min(lastForkTick(recording), failure.tick + Math.round(recording.header.tickRate / 2))
  }

  /** The failure of a run with these inputs, if it is the same one; null otherwise. */
  failsWith(edit: EditInputs | undefined = this.#edit(), runner = this.#runner): Failure | null {
    this.#tries++
    const found = firstFailure(runner, this.#predicate, { to: this.#to, ...(edit && { edit }) })
    return found.ok && found.value?.reason === this.#failure.reason ? found.value : null
  }

  async run(): Promise<RecordingResult<Shrunk>> {
    const before = this.#size(this.#failure.tick)
    await this.#cutPlayers()
    await this.#cutProps()
    await this.#cutInputs()
    this.#cutTime()
    const failure = this.failsWith()
    if (!failure) return bad(new RecordingError('diverged', 'the shrunk run does not fail again'))
    const edit = this.#edit()
    const { recording } = this.#runner
    const recorded = await recordFork(this.#runner, {
      to: failure.tick,
      ...(edit && { edit }),
      recordedBy: this.#options.recordedBy,
      note: `shrunk from ${recording.header.realm}, epoch ${recording.header.epoch}, segment ${recording.header.segment}, tick ${this.#failure.tick}: ${this.#predicate.text}`,
    })
    if (!recorded.ok) return recorded
    return good({
      bytes: recorded.value.bytes,
      tick: failure.tick,
      originalTick: this.#failure.tick,
      before,
      after: this.#size(failure.tick),
      tries: this.#tries,
      minimal: this.#minimal,
    })
  }

  async #minimise<T>(
    stage: ShrinkStage,
    all: readonly T[],
    fails: (kept: readonly T[]) => boolean,
  ): Promise<readonly T[]> {
    const { triesMax, signal, onProgress } = this.#options
    const { items, minimal } = await minimise(
      all,
      async (kept) => {
        // Lets a signal and a browser's messages through.
        await new Promise((resolve) => setTimeout(resolve, 0))
        return fails(kept)
      },
      {
        triesMax,
        ...(signal && { signal }),
        onProgress: ({ tries, items: left }) => onProgress?.({ stage, done: tries, total: null, left }),
      },
    )
    if (!minimal) this.#minimal = false
    return items
  }

  async #cutPlayers(): Promise<void> {
    const people = peopleOf(this.#runner, this.#to)
    if (!people.ok) return
    const editFor = (kept: readonly PlayerId[]): EditInputs => {
      const withoutPlayers = new Set(
        people.value.map(({ player }) => player).filter((player) => !kept.includes(player)),
      )
      const leaving = people.value.filter(({ player, isThere }) => isThere && withoutPlayers.has(player))
      return this.#editFirst({ withoutPlayers, leaving: leaving.map(({ player }) => player) })
    }
    const all = people.value.map(({ player }) => player)
    const kept = await this.#minimise('players', all, (some) => this.failsWith(editFor(some)) !== null)
    if (kept.length < all.length) this.#restart(() => editFor(kept))
  }

  async #cutProps(): Promise<void> {
    const all = this.#runner.withStart((realm) => props(realm).map(({ id }) => id))
    const editFor = (kept: readonly ElementId[]): EditInputs => {
      const stay = new Set(kept)
      const gone = all.filter((element) => !stay.has(element))
      const tick = this.#runner.startTick + 1
      return this.#editFirst({
        inputs: gone.map((element) => ({ tick, player: 0, sequence: null, command: { type: 'despawn', element } })),
      })
    }
    const kept = await this.#minimise('props', all, (some) => this.failsWith(editFor(some)) !== null)
    if (kept.length < all.length) this.#restart(() => editFor(kept))
  }

  async #cutInputs(): Promise<void> {
    const all = this.#inputs ?? this.#inputsOf(this.#edit())
    const groups = new Map<string, PlacedInput[]>()
    for (const each of all) {
      const key = `${each.input.player} ${each.input.command.type}`
      const known = groups.get(key)
      if (known) known.push(each)
      else groups.set(key, [each])
    }
    const inOrder = (some: readonly PlacedInput[]): readonly PlacedInput[] =>
      some.toSorted((a, b) => a.tick - b.tick || compareInputs(a.input, b.input))
    const fails = (some: readonly PlacedInput[]): boolean => this.failsWith(editTo(some)) !== null
    const keptGroups = await this.#minimise('inputs', [...groups.values()], (some) => fails(inOrder(some.flat())))
    this.#inputs = await this.#minimise('inputs', inOrder(keptGroups.flat()), fails)
  }

  /** Starts right before the first input that is left, or, without any, a second before the failure. */
  #cutTime(): void {
    const first = this.#inputs?.[0]?.tick ?? this.#failure.tick - this.#runner.recording.header.tickRate
    this.#options.onProgress?.({ stage: 'time', done: 0, total: null, left: this.#inputs?.length ?? 0 })
    if (first - 1 > this.#runner.startTick) this.#restart(() => this.#edit(), first - 1)
  }

  /** Takes the state after an edited tick as the new start, if the rest still fails from there. */
  #restart(makeEdit: () => EditInputs | undefined, tick = this.#runner.startTick + 1): void {
    const edit = makeEdit()
    const inputs = this.#inputsOf(edit).filter((each) => each.tick > tick)
    const next = this.#runner.after(tick, makeEdit())
    if (next.ok && this.failsWith(editTo(inputs), next.value)) this.#runner = next.value
    this.#inputs = this.#runner === (next.ok ? next.value : null) ? inputs : this.#inputsOf(makeEdit())
  }

  #edit(): EditInputs | undefined {
    return this.#inputs ? editTo(this.#inputs) : undefined
  }

  /** Edits in the first tick, on top of the inputs so far. */
  #editFirst(edits: Partial<ForkEdits>): EditInputs {
    const before = this.#edit()
    const more = editOf({ ...NO_EDITS, at: this.#runner.startTick + 1, ...edits })
    return (tick, recorded) => more(tick, before ? before(tick, recorded) : recorded)
  }

  #inputsOf(edit: EditInputs | undefined): PlacedInput[] {
    const found: PlacedInput[] = []
    for (let tick = this.#runner.startTick + 1; tick <= this.#to; tick++) {
      const frame = this.#runner.frame(tick)
      const recorded = frame.ok ? frame.value.inputs : []
      for (const input of edit ? edit(tick, recorded) : recorded) found.push({ tick, input })
    }
    return found
  }

  #size(to: number): ShrunkSize {
    const { startTick, simulation } = this.#runner
    const { players, elements } = this.#runner.withStart((realm) => simulation.counts(realm))
    const inputs = (this.#inputs ?? this.#inputsOf(undefined)).filter(({ tick }) => tick <= to)
    const joins = inputs.filter(({ input }) => input.command.type === 'join').length
    return { ticks: to - startTick, players: players + joins, props: elements - players - 2, inputs: inputs.length }
  }
}

/** Exactly these inputs, in their ticks. */
function editTo(inputs: readonly PlacedInput[]): EditInputs {
  const byTick = new Map<number, Input[]>()
  for (const { tick, input } of inputs) {
    const known = byTick.get(tick)
    if (known) known.push(input)
    else byTick.set(tick, [input])
  }
  return (tick) => byTick.get(tick) ?? []
}
