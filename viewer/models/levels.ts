/** Which model of each thing is drawn: by its distance, and so that all together stay within a budget. Pure. */

export interface LevelChoice {
  /** Of one's choosing; unique in a frame. */
  readonly key: string
  readonly metres: number
  readonly scale: number
  /** The thing's largest extent at scale 1, metres. */
  readonly size: number
  /** Its models, nearest first. */
  readonly models: readonly { readonly triangles: number; readonly metresMin: number }[]
}

export interface LevelBudget {
  readonly trianglesMax: number
  /** A thing of one metre is a placeholder from here on, metres; a larger one from farther away. */
  readonly metresMax: number
}

/** Things smaller than this are drawn as far as one of this size, metres: a cup on a table is looked for. */
const SMALL = 0.6

/** A coarser level is kept until the thing has come this much nearer, so that a thing at the limit does not flicker. */
const STICK = 0.9

/** Index of the model by distance alone; null: too far for any. */
function byDistance(
  { metres, scale, size, models }: LevelChoice,
  { metresMax }: LevelBudget,
  before: number | null | undefined,
): number | null {
  const limit = (metresMin: number, index: number): number =>
    metresMin * scale * (before !== undefined && (before ?? Infinity) >= index ? STICK : 1)
  const far = metresMax * Math.max(SMALL, size * scale)
  if (metres >= (before === null ? far * STICK : far)) return null
  let level = 0
  models.forEach(({ metresMin }, index) => {
    if (index > 0 && metres >= limit(metresMin, index)) level = index
  })
  return models.length > 0 ? level : null
}

/** Nearest things first; what does not fit into the budget gets its next simpler model, then none. `before`: of the last frame. */
export function chooseLevels(
  choices: readonly LevelChoice[],
  budget: LevelBudget,
  before: ReadonlyMap<string, number | null>,
): Map<string, number | null> {
  let left = budget.trianglesMax
  const chosen = new Map<string, number | null>()
  for (const choice of choices.toSorted((a, b) => a.metres - b.metres)) {
    let level = byDistance(choice, budget, before.get(choice.key))
    while (level !== null && (choice.models[level]?.triangles ?? Infinity) > left)
      level = level + 1 < choice.models.length ? level + 1 : null
    left -= level === null ? 0 : (choice.models[level]?.triangles ?? 0)
    chosen.set(choice.key, level)
  }
  return chosen
}
