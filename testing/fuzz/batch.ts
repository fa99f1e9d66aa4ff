/** One batch of `otherworld fuzz`: the sessions of some seeds, checked in one thread. */
import { describeSession, repeatCommand, violationText } from '../properties/check-physics.ts'
import { PROPERTIES } from '../properties/index.ts'
import { saveCase, type SavedCase } from '../properties/saved-case.ts'
import { searchSeed } from '../properties/search.ts'
import { loadLab } from '../physics/copies.ts'
import { sizeOf, type CaseSize } from './case-size.ts'

export interface BatchInput {
  readonly firstSeed: number
  readonly runs: number
  /** Name of a ready-made property; null for all. */
  readonly property: string | null
  /** Folder for a failing session. */
  readonly saveTo: string | null
}

/** A failing session, for people and programs. */
export interface FuzzFailure extends CaseSize {
  readonly property: string
  readonly tick: number
  readonly message: string
  readonly seed: number
  /** Several lines for people: what is wrong, and the shrunk session. */
  readonly text: string
  /** The command that repeats it. */
  readonly again: string
  readonly saved: SavedCase | null
}

export interface BatchOutput {
  /** Sessions that were checked. */
  readonly runs: number
  readonly failure: FuzzFailure | null
}

/** Ends at the first failure, or soon after `isStopped`. `pause` lets the thread receive messages between sessions. */
export async function runBatch(
  { firstSeed, runs, property, saveTo }: BatchInput,
  isStopped: () => boolean,
  pause: () => Promise<unknown>,
): Promise<BatchOutput> {
  const lab = await loadLab()
  const properties = PROPERTIES.filter(({ name }) => property === null || name === property)
  for (let run = 0; run < runs; run++) {
    if (isStopped()) return { runs: run, failure: null }
    const found = searchSeed(firstSeed + run, properties, lab)
    if (found) {
      const { violation, seed } = found
      const failure: FuzzFailure = {
        ...violation,
        ...sizeOf(found.session),
        seed,
        text: `${violationText(violation)}\n${describeSession(found)}`,
        again: repeatCommand(seed, violation.property),
        saved: saveTo === null ? null : saveCase(saveTo, found, lab, true),
      }
      return { runs: run + 1, failure }
    }
    await pause()
  }
  return { runs, failure: null }
}
