/** Chooses the level of each model by its distance and a common triangle budget. Pure. */

export interface LevelChoice {
  /** Any key that is unique in a frame. */
  readonly key: string
  readonly metres: number
  readonly scale: number
  /** Largest extent at scale 1, metres. */
  readonly size: number
  /** Its models, nearest first. */
  readonly models: readonly { readonly triangles: number; readonly metresMin: number }[]
}

export interface LevelBudget {
  readonly trianglesMax: number
  /** Distance from which a model of one metre is a placeholder, metres; larger models from farther away. */
  readonly metresMax: number
}

/** Smaller models count as this size, metres, so that a cup on a table stays visible. */
const SMALL = 0.6

/** A coarser level is kept until the model is nearer by this factor, so that it does not flicker at the limit. */
const STICK = 0.9

/** Level by distance only; null if it is too far for any. */
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

/** Assigns levels, nearest first. A model that exceeds the budget gets its next simpler level, then none. `before`: levels of the last frame. */
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
