/**
 * Removes the inputs of a world that its failure does not need (delta debugging after Zeller and Hildebrandt, 2002).
 */

/** Attempts in total: the shortest list is not worth an hour. */
const TRIES_MAX = 400

/** Returns a part of `items` that still fails and from which, within the attempts, no single item can be removed. */
export function minimise<T>(items: readonly T[], fails: (some: readonly T[]) => boolean): readonly T[] {
  let [kept, tries] = [items, 0]
  for (let size = Math.ceil(items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length;) {
      if (++tries > TRIES_MAX) return kept
      const rest = [...kept.slice(0, at), ...kept.slice(at + size)]
      if (rest.length < kept.length && fails(rest)) kept = rest
      else at += size
    }
  }
  return kept
}
