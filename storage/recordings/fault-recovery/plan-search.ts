/**
 * Finds out by attempts what to leave out so that a realm can continue. It attempts these in order, each only if the one
 * before does not help:
 * - the inputs of the failing tick,
 * - props, the most suspicious and newest first, narrowed down to the few that matter, or to one owner's,
 * - avatars too,
 * - going back to an earlier tick,
 * - going back to an earlier recording.
 */
import {
  frameOf,
  type Base,
  type AttemptOutcome,
  type RecoveryPlan,
  type RemovableElement,
  type AttemptRunner,
  type Attempt,
} from './attempt.ts'

/** Attempts of one search. Each has a time limit; one search among a thousand elements takes some 20. */
export const SEARCH_ATTEMPTS_MAX = 100
/**
 * Ticks without inputs that a realm must survive to count as recovered: a second. A later failure starts another search.
 */
export const PROOF_TICKS = 60
/** Elements that are searched for one by one. If more are needed, all elements of an owner are removed together. */
export const CAUSES_MAX = 4
/** Step of going back, ticks: a second, so that nobody loses more than that needlessly. */
const BACK_TICKS = 60
/** Replays of one recording that may fail, each at an earlier tick. */
const REPLAYS_MAX = 3

/**
 * - `plan`: `removed` has the elements of `plan.props` and `plan.players`.
 * - `untried`: no attempt could run, or no recording could be used; the start of the realm will report why.
 * - `none`: nothing helps, or SEARCH_ATTEMPTS_MAX was reached.
 */
export type SearchResult =
  | { readonly type: 'plan'; readonly plan: RecoveryPlan; readonly removed: readonly RemovableElement[] }
  | { readonly type: 'untried' }
  | { readonly type: 'none'; readonly attempts: number; readonly reason: string }

class AttemptsSpent extends Error {}

/** `paths`: recordings of the realm, newest first. */
export async function findRecoveryPlan(paths: readonly string[], runner: AttemptRunner): Promise<SearchResult> {
  const search = new Search(runner)
  try {
    for (const [i, path] of paths.entries()) await search.recording(path, i > 0)
  } catch (error) {
    if (!(error instanceof AttemptsSpent)) throw error
  }
  return search.result()
}

/** Thrown if no better plan can be found. */
class BestPlanFound extends AttemptsSpent {}

class Search {
  readonly #runner: AttemptRunner
  #attempts = 0
  #reason: string | null = null
  /** The best working plan so far: the one with the fewest removals. */
  #best: Extract<SearchResult, { type: 'plan' }> | null = null

  constructor(runner: AttemptRunner) {
    this.#runner = runner
  }

  result(): SearchResult {
    if (this.#best) return { ...this.#best, plan: { ...this.#best.plan, attempts: this.#attempts } }
    return this.#reason === null
      ? { type: 'untried' }
      : { type: 'none', attempts: this.#attempts, reason: this.#reason }
  }

  async #run(attempt: Attempt): Promise<AttemptOutcome> {
    if (this.#attempts >= SEARCH_ATTEMPTS_MAX) throw new AttemptsSpent()
    this.#attempts++
    return this.#runner.run(attempt)
  }

  /** `isOlder`: not the newest recording. Returns if nothing in this recording helps. */
  async recording(path: string, isOlder: boolean): Promise<void> {
    const end = await this.#baseAt(path, null)
    if (!end) return
    if (isOlder) {
      await this.#helps({ ...end, pending: null }, [], { goesBack: true })
      return this.#goBack(end)
    }
    await this.#helps(end, [], { keepsInputs: true })
    if (end.pending !== null) await this.#helps(end, [])
    await this.#removals(end)
    return this.#goBack(end)
  }

  /** The state after `tick`, or after the last tick that can be replayed. */
  async #baseAt(path: string, tick: number | null): Promise<Base | null> {
    let wanted = tick
    for (let i = 0; i < REPLAYS_MAX; i++) {
      const outcome = await this.#run({ type: 'replay', path, tick: wanted })
      if (outcome.type === 'replayed') return outcome.base
      if (outcome.type !== 'failed') return null
      if (outcome.tick === null) return null
      this.#reason ??= outcome.reason
      wanted = outcome.tick - 1
    }
    return null
  }

  /**
   * Tries whether the realm continues from `base` without `elements`, and keeps the plan if it is the best so far.
   */
  async #works(
    base: Base,
    elements: readonly RemovableElement[],
    { keepsInputs = false, goesBack = false } = {},
  ): Promise<boolean> {
    const props = elements.filter(({ type }) => type === 'prop').map(({ element }) => element)
    const players = elements.filter(({ type }) => type === 'avatar').map(({ player }) => player)
    const frame = { pending: keepsInputs ? base.pending : null, props, players }
    const outcome = await this.#run({
      type: 'go-on',
      base: { tick: base.tick, definition: base.definition, checkpoint: base.checkpoint },
      frame,
      ticks: PROOF_TICKS,
    })
    if (outcome.type !== 'went-on') {
      if (outcome.type === 'failed') this.#reason ??= outcome.reason
      return false
    }
    if (this.#best === null || elements.length <= this.#best.removed.length) {
      const leavesOut = !keepsInputs && base.pending !== null && !goesBack
      const reason = this.#reason ?? ''
      this.#best = {
        type: 'plan',
        removed: elements,
        plan: {
          path: base.path,
          tick: base.tick,
          reason,
          leavesOut,
          props,
          players,
          goesBack,
          attempts: this.#attempts,
        },
      }
    }
    return true
  }

  /** Like `works`, and ends the search if it does. */
  async #helps(
    base: Base,
    elements: readonly RemovableElement[],
    options?: { keepsInputs?: boolean; goesBack?: boolean },
  ): Promise<void> {
    if (await this.#works(base, elements, options)) throw new BestPlanFound()
  }

  async #removals(base: Base): Promise<void> {
    const order = suspects(base, this.#reason ?? '')
    const props = order.filter(({ type }) => type === 'prop')
    const found =
      (await this.#fewest(
        base,
        props.map((element) => [element]),
      )) ?? (await this.#fewest(base, byUser(order)))
    if (found === null) return
    // The inputs of the tick may be innocent.
    if (
      base.pending !== null &&
      frameOf(base.tick + 1, { pending: base.pending, props: [], players: [] })?.inputs.length
    )
      await this.#works(base, found, { keepsInputs: true })
    throw new BestPlanFound()
  }

  /**
   * Finds the few groups that must be removed; `groups` has the most suspicious first. Returns null if even removing
   * all does not help.
   */
  async #fewest(
    base: Base,
    groups: readonly (readonly RemovableElement[])[],
  ): Promise<readonly RemovableElement[] | null> {
    const all = (some: readonly (readonly RemovableElement[])[]): RemovableElement[] => some.flat()
    const count = await shortest(groups.length, (n) => this.#works(base, all(groups.slice(0, n))))
    if (count === null) return null
    const enough = groups.slice(0, count)
    const few = await this.#narrow(enough.slice(0, -1), enough.slice(-1), (some) => this.#works(base, all(some)))
    if (few) return all(few)
    const owners = byUser(all(enough))
    const fewOwners =
      owners.length < count ? await this.#narrow(owners, [], (some) => this.#works(base, all(some))) : null
    return all(fewOwners ?? enough)
  }

  /**
   * `others` and `needed` help together. Returns those that are really needed, or null if they are more than
   * CAUSES_MAX.
   */
  async #narrow<G>(
    others: readonly G[],
    needed: readonly G[],
    help: (some: readonly G[]) => Promise<boolean>,
  ): Promise<readonly G[] | null> {
    if (others.length === 0 || (needed.length > 0 && (await help(needed)))) return needed
    if (needed.length >= CAUSES_MAX) return null
    // The shortest prefix of the others that helps, together with what is needed, ends with another needed one.
    const count =
      (await shortest(others.length, async (n) => n === others.length || help([...needed, ...others.slice(0, n)]))) ??
      others.length
    return this.#narrow(others.slice(0, count - 1), [...needed, ...others.slice(count - 1, count)], help)
  }

  /** Goes back to the latest tick from which the realm continues without other removals. */
  async #goBack(end: Base): Promise<void> {
    const steps = Math.ceil((end.tick - end.startTick) / BACK_TICKS)
    if (steps === 0) return
    const count = await shortest(steps, async (n) => {
      const tick = Math.max(end.startTick, end.tick - n * BACK_TICKS)
      const outcome = await this.#run({ type: 'replay', path: end.path, tick })
      return outcome.type === 'replayed' && this.#works({ ...outcome.base, pending: null }, [], { goesBack: true })
    })
    if (count !== null) throw new BestPlanFound()
  }
}

/**
 * The least n from 1 to `max` that helps, if more helps as well: found by doubling, then halving. Null if not even
 * `max` helps.
 */
async function shortest(max: number, helps: (n: number) => Promise<boolean>): Promise<number | null> {
  let [bad, good] = [0, 0]
  for (let n = 1; good === 0; n *= 2) {
    const size = Math.min(n, max)
    if (size === bad) return null
    if (await helps(size)) good = size
    else bad = size
  }
  while (good - bad > 1) {
    const middle = Math.floor((bad + good) / 2)
    if (await helps(middle)) good = middle
    else bad = middle
  }
  return good
}

/** Orders suspects: those that the failure names, recently touched ones, moving ones; each newest first. */
function suspects(
  { elements, touched }: Pick<Base, 'elements' | 'touched'>,
  reason: string,
): readonly RemovableElement[] {
  const named = Number(/\bprop (\d+)\b/.exec(reason)?.[1] ?? 0)
  const rank = ({ element, isAwake }: RemovableElement): number =>
    element === named ? 3 : touched.has(element) ? 2 : isAwake ? 1 : 0
  return elements.toSorted(
    (a, b) =>
      rank(b) - rank(a) || (touched.get(b.element) ?? 0) - (touched.get(a.element) ?? 0) || b.element - a.element,
  )
}

/** Groups elements by user, in the order of each user's first element. */
function byUser(elements: readonly RemovableElement[]): readonly (readonly RemovableElement[])[] {
  const groups = new Map<number, RemovableElement[]>()
  for (const element of elements) groups.set(element.user, [...(groups.get(element.user) ?? []), element])
  return [...groups.values()]
}
