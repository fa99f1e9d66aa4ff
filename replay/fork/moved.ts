/** Which elements are elsewhere in another state. */
import type { ElementId, Field, Vec3 } from '../../sim/index.ts'

export interface Placed {
  readonly element: ElementId
  readonly kind: 'avatar' | 'prop'
  /** The avatar's player; 0 for a prop. */
  readonly player: number
  /** The prop's name; empty for an avatar. */
  readonly name: string
  readonly position: Vec3
}

export interface Moved extends Omit<Placed, 'position'> {
  /** Null: the state has no such element. */
  readonly expected: Vec3 | null
  readonly actual: Vec3 | null
  /** Distance between the two; null if one is missing. */
  readonly metres: number | null
}

/** The avatars and props of a state and their places, in the order of elements. */
export function placesOf(fields: Iterable<Field>): Placed[] {
  const found = new Map<ElementId, Record<string, Field['value']>>()
  for (const { element, field, value } of fields) {
    if (element === 0 || !/^(?:position\.[xyz]|player|name)$/.test(field)) continue
    const known = found.get(element) ?? {}
    known[field] = value
    found.set(element, known)
  }
  return Array.from(found, ([element, values]): Placed => ({
    element,
    kind: values['player'] === undefined ? 'prop' : 'avatar',
    player: Number(values['player'] ?? 0),
    name: String(values['name'] ?? ''),
    position: {
      x: Number(values['position.x']),
      y: Number(values['position.y']),
      z: Number(values['position.z']),
    },
  })).filter(({ kind, name }) => kind === 'avatar' || name !== '')
}

/** The elements whose places differ: first those that only one state has, then the farthest. */
export function movedBetween(expected: readonly Placed[], actual: readonly Placed[]): Moved[] {
  const others = new Map(actual.map((each) => [each.element, each]))
  const moved: Moved[] = []
  for (const { position, ...each } of expected) {
    const known = others.get(each.element)
    const other = known && isSameElement(each, known) ? known : undefined
    if (other) others.delete(each.element)
    const metres = other ? distance(position, other.position) : null
    if (metres !== 0) moved.push({ ...each, expected: position, actual: other?.position ?? null, metres })
  }
  for (const { position, ...each } of others.values())
    moved.push({ ...each, expected: null, actual: position, metres: null })
  return moved.toSorted((a, b) => rank(b) - rank(a) || a.element - b.element)
}

/** False if another run has given the id to another element. */
const isSameElement = (a: Omit<Placed, 'position'>, b: Omit<Placed, 'position'>): boolean =>
  a.kind === b.kind && a.player === b.player && a.name === b.name

const rank = ({ metres }: Moved): number => metres ?? Number.MAX_VALUE
const distance = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)
