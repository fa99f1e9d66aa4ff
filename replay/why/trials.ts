/**
 * Forks of a part of a recording with some of its inputs only. States of earlier forks are kept, so that a fork steps
 * only the ticks after its first difference from them, and ends where its state and its inputs are those of an earlier one.
 */
import { compareInputs, type ElementId, type Input, type PlayerId, type Realm } from '../../sim/index.ts'
import type { RecordingResult } from '../error.ts'
import { good } from '../error.ts'
import type { ForkRunner } from '../fork/index.ts'
import type { TimedInput } from './activities.ts'
import { stopInsteadOf } from './candidates.ts'
import { holdsIn, type Fact } from './fact.ts'
import { ForkElements, madeElements, type MadeElements } from './fork-elements.ts'
import { inputKey, type Trace } from './trace.ts'

/** States that are kept of a fork, at most: each may take a megabyte. */
const STATES_MAX = 24
/** Least ticks between two of them. */
const STATE_TICKS_MIN = 8

interface KeptState {
  readonly tick: number
  readonly bytes: Uint8Array
  readonly forked: ReadonlyMap<ElementId, ElementId>
}

/** A fork that has run, and states on its way. */
interface Ran {
  /** Positions of its inputs among the candidates, ascending. */
  readonly kept: readonly number[]
  readonly states: readonly KeptState[]
}

interface TrialRange {
  readonly fact: Fact
  /** The fact has to be so after each tick from `from` to `to`: what only passes by is not there. */
  readonly judged: { readonly from: number; readonly to: number }
  /** All inputs that may be left out, in their order. */
  readonly candidates: readonly TimedInput[]
  /** Players and props that are removed in the first tick of each fork: the fewer there are, the faster it is. */
  readonly absent: Absent
}

export interface Absent {
  readonly players: readonly PlayerId[]
  readonly props: readonly ElementId[]
}

/** The first sequence of the inputs that remove them. Those of a server are far below. */
const REMOVAL_SEQUENCE = 4_000_000_000

function removalsOf({ players, props }: Absent): Input[] {
  const commands = [
    ...players.map((player) => ({ type: 'leave', player }) as const),
    ...props.map((element) => ({ type: 'despawn', element }) as const),
  ]
  return commands.map((command, i) => ({ player: 0, sequence: REMOVAL_SEQUENCE + i, command }))
}

export class Trials {
  readonly #runner: ForkRunner<Realm>
  readonly #range: TrialRange
  readonly #positions: ReadonlyMap<TimedInput, number>
  readonly #candidateKeys: ReadonlySet<string>
  readonly #made: MadeElements
  readonly #everyTicks: number
  /** Answers by the kept positions. */
  readonly #known = new Map<string, boolean>()
  /** Answers by a state and the inputs that follow it. */
  readonly #knownFrom = new Map<string, boolean>()
  /** The fork without candidates, and the smallest one in which the fact is so. */
  #without: Ran | null = null
  #smallest: Ran | null = null

  constructor(runner: ForkRunner<Realm>, trace: Trace, range: TrialRange) {
    this.#runner = runner
    this.#range = range
    this.#positions = new Map(range.candidates.map((each, i) => [each, i]))
    this.#candidateKeys = new Set(range.candidates.map(({ input }) => inputKey(input)))
    this.#made = madeElements(trace)
    this.#everyTicks = Math.max(STATE_TICKS_MIN, Math.ceil((range.judged.to - runner.startTick) / STATES_MAX))
  }

  /** True if the fact is so in a fork that has only these of the candidates. Error: `corrupt`. */
  isSo(some: readonly TimedInput[]): RecordingResult<boolean> {
    const kept = some.map((each) => this.#positions.get(each) ?? -1).toSorted((a, b) => a - b)
    const key = kept.join()
    const known = this.#known.get(key)
    if (known !== undefined) return good(known)
    const ran = this.#run(kept)
    if (!ran.ok) return ran
    const { isSo, states } = ran.value
    this.#known.set(key, isSo)
    if (kept.length === 0) this.#without = { kept, states }
    if (isSo && kept.length < (this.#smallest?.kept.length ?? Infinity)) this.#smallest = { kept, states }
    return good(isSo)
  }

  #run(kept: readonly number[]): RecordingResult<{ readonly isSo: boolean; readonly states: readonly KeptState[] }> {
    const { fact, judged, candidates } = this.#range
    const from = this.#startFor(kept)
    const elements = new ForkElements(this.#made, from?.state.forked)
    const states = from ? from.ran.states.filter(({ tick }) => tick <= from.state.tick) : []
    const visited: string[] = []
    let isSo = false
    const ran = this.#runner.run(
      { to: judged.to, ...(from && { from: from.state }), edit: this.#editTo(kept, elements) },
      ({ tick, realm, events }) => {
        elements.read(events)
        if (tick >= judged.from) {
          isSo = holdsIn(realm, fact, elements.of(fact.element))
          return !isSo
        }
        if ((tick - this.#runner.startTick) % this.#everyTicks !== 0) return false
        const later = kept.filter((i) => (candidates[i]?.tick ?? 0) > tick)
        const key = `${tick} ${this.#runner.simulation.hash(realm)} ${later.join()} ${[...elements.forked].join()}`
        const known = this.#knownFrom.get(key)
        if (known !== undefined) {
          isSo = known
          return true
        }
        visited.push(key)
        states.push({ tick, bytes: this.#runner.simulation.checkpoint(realm), forked: new Map(elements.forked) })
        return false
      },
    )
    if (!ran.ok) return ran
    if (ran.value.kind === 'fault') isSo = false
    for (const key of visited) this.#knownFrom.set(key, isSo)
    return good({ isSo, states })
  }

  /** The latest state of an earlier fork before which these inputs make no difference; null: the part's start. */
  #startFor(kept: readonly number[]): { readonly ran: Ran; readonly state: KeptState } | null {
    let best: { readonly ran: Ran; readonly state: KeptState } | null = null
    for (const ran of [this.#without, this.#smallest]) {
      const before = ran && this.#firstDifference(kept, ran.kept)
      const state = ran?.states.findLast(({ tick }) => before !== null && tick < before)
      if (ran && state && state.tick > (best?.state.tick ?? 0)) best = { ran, state }
    }
    return best
  }

  /** The tick of the first input that only one of two forks has; Infinity if they have the same. */
  #firstDifference(one: readonly number[], other: readonly number[]): number {
    let i = 0
    while (i < one.length && one[i] === other[i]) i++
    const first = Math.min(one[i] ?? Infinity, other[i] ?? Infinity)
    return this.#range.candidates[first]?.tick ?? Infinity
  }

  #editTo(kept: readonly number[], elements: ForkElements): (tick: number, inputs: readonly Input[]) => Input[] {
    const { candidates, absent } = this.#range
    const keys = new Set(kept.flatMap((i) => (candidates[i] ? [inputKey(candidates[i].input)] : [])))
    const { startTick } = this.#runner
    const isKept = (input: Input): boolean => {
      const key = inputKey(input)
      return keys.has(key) || !this.#candidateKeys.has(key)
    }
    return (tick, inputs) => {
      const left = inputs.filter(isKept).map((input): Input => ({ ...input, command: elements.command(input.command) }))
      if (tick > startTick + 1) return left
      const stops = candidates
        .filter((each) => each.tick === startTick && !keys.has(inputKey(each.input)))
        .map(stopInsteadOf)
      return [...removalsOf(absent), ...stops, ...left].toSorted(compareInputs)
    }
  }
}
