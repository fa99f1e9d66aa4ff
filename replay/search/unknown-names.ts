/** Players and props of a query that no recording has: they may be misspelt. */
import type { RecordingFacts } from './facts.ts'
import type { Pattern, Query, Step } from './query.ts'

export interface UnknownName {
  readonly what: 'player' | 'prop'
  /** The name or the number, as in the query. */
  readonly name: string
  /** The names that the recordings have. */
  readonly known: readonly string[]
}

/** The names and numbers of a query that are in none of the recordings. A prop without a name has its number. */
export function unknownNames(query: Query, recordings: readonly RecordingFacts[]): UnknownName[] {
  const players = recordings.flatMap(({ players: some }) =>
    some.map(({ player, user, name }) => ({ id: player, user, name })),
  )
  const props = recordings.flatMap(({ props: some }) =>
    some.map(({ element, name }) => ({ id: element, user: 0, name })),
  )
  const unknown = new Map<string, UnknownName>()
  const check = (what: UnknownName['what'], pattern: Pattern | null, all: readonly Named[]): void => {
    if (!pattern || pattern.type === 'any' || all.some((one) => fits(pattern, one))) return
    const name =
      pattern.type === 'name' ? pattern.name : String(pattern.type === 'id' ? pattern.id : `user ${pattern.user}`)
    const known = [...new Set(all.map((one) => one.name || String(one.id)))].toSorted()
    unknown.set(`${what} ${name}`, { what, name, known })
  }
  for (const step of query.steps.map(asked)) {
    check('player', step.player, players)
    check('prop', step.element, props)
  }
  return [...unknown.values()]
}

interface Named {
  readonly id: number
  readonly user: number
  readonly name: string
}

function fits(pattern: Exclude<Pattern, { readonly type: 'any' }>, { id, user, name }: Named): boolean {
  if (pattern.type === 'name') return pattern.matches(name)
  return pattern.type === 'id' ? pattern.id === id : pattern.user === user
}

const asked = (step: Step): { readonly player: Pattern | null; readonly element: Pattern | null } =>
  step.type === 'rate' ? { player: step.player ?? step.of?.player ?? null, element: step.of?.element ?? null } : step
