/** Leaves out of a world's inputs what its failure does not need (delta debugging after Zeller and Hildebrandt, 2002). */

/** Tries in all: the shortest list is not worth an hour. */
const TRIES_MAX = 400

/** A part of `items` that still fails and of which no single stretch of one can be left out, as far as the tries last. */
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
