/** Runs a part of a recording with some of its inputs only, and asks there about the elements of the recording. */
import type { Command, ElementId, Input, Realm } from '../../sim/index.ts'
import type { RecordingResult } from '../error.ts'
import type { ForkRunner } from '../fork/index.ts'
import { good } from '../error.ts'
import { holdsIn, type Fact } from './fact.ts'
import { inputKey, type Trace } from './trace.ts'

/** The numbers that a fork gives to elements made after its start: a spawn that is left out shifts all later ones. */
class ForkElements {
  /** The recording's element of each input that made one. */
  readonly #made = new Map<string, ElementId>()
  readonly #forked = new Map<ElementId, ElementId>()

  constructor(trace: Trace) {
    for (const { event } of trace.events)
      if (event.type === 'spawned' || event.type === 'joined') this.#made.set(inputKey(event), event.element)
  }

  /** The fork's number of a recorded element; 0 if it was made after the start and is not in the fork. */
  of(element: ElementId): ElementId {
    for (const made of this.#made.values()) if (made === element) return this.#forked.get(element) ?? 0
    return element
  }

  note(key: string, element: ElementId): void {
    const recorded = this.#made.get(key)
    if (recorded !== undefined) this.#forked.set(recorded, element)
  }

  command(command: Command): Command {
    return 'element' in command ? { ...command, element: this.of(command.element) } : command
  }
}

/** True if the fact is so at a tick of a fork that has only the inputs for which `isKept` returns true. */
export function isSoWith(
  runner: ForkRunner<Realm>,
  trace: Trace,
  { fact, tick: to }: { readonly fact: Fact; readonly tick: number },
  isKept: (tick: number, input: Input) => boolean,
): RecordingResult<boolean> {
  const elements = new ForkElements(trace)
  let isSo = false
  const edit = (tick: number, inputs: readonly Input[]): readonly Input[] =>
    inputs
      .filter((input) => isKept(tick, input))
      .map((input) => ({ ...input, command: elements.command(input.command) }))
  const ran = runner.run({ to, edit }, ({ tick, realm, events }) => {
    for (const event of events)
      if (event.type === 'spawned' || event.type === 'joined') elements.note(inputKey(event), event.element)
    if (tick === to) isSo = holdsIn(realm, fact, elements.of(fact.element))
  })
  return ran.ok ? good(isSo) : ran
}
