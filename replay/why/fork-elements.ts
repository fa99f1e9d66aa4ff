/** The numbers that a fork gives to elements made after its start: a spawn that is left out shifts all later ones. */
import type { Command, ElementId, SimEvent } from '../../sim/index.ts'
import { inputKey, type Trace } from './trace.ts'

/** The recording's element of each input that made one. */
export type MadeElements = ReadonlyMap<string, ElementId>

export function madeElements(trace: Trace): MadeElements {
  const made = new Map<string, ElementId>()
  for (const { event } of trace.events)
    if (event.type === 'spawned' || event.type === 'joined') made.set(inputKey(event), event.element)
  return made
}

export class ForkElements {
  readonly #made: MadeElements
  readonly #recorded: ReadonlySet<ElementId>
  /** The fork's number of each recorded element that was made after the start. */
  readonly #forked: Map<ElementId, ElementId>

  /** `forked`: the numbers that a run has given so far; copied. */
  constructor(made: MadeElements, forked: ReadonlyMap<ElementId, ElementId> = new Map()) {
    this.#made = made
    this.#recorded = new Set(made.values())
    this.#forked = new Map(forked)
  }

  get forked(): ReadonlyMap<ElementId, ElementId> {
    return this.#forked
  }

  /** The fork's number of a recorded element; 0 if it was made after the start and is not in the fork. */
  of(element: ElementId): ElementId {
    return this.#recorded.has(element) ? (this.#forked.get(element) ?? 0) : element
  }

  /** Reads the numbers of new elements. Call it after each step. */
  read(events: readonly SimEvent[]): void {
    for (const event of events) {
      const recorded = event.type === 'spawned' || event.type === 'joined' ? this.#made.get(inputKey(event)) : undefined
      if (recorded !== undefined && 'element' in event) this.#forked.set(recorded, event.element)
    }
  }

  command(command: Command): Command {
    return 'element' in command ? { ...command, element: this.of(command.element) } : command
  }
}
