/** A fact of a state: where an element is, or the value of one of its fields. */
import { elementFields, type ElementId, type Realm, type Vec3 } from '../../sim/index.ts'
import type { FieldValue } from '../fields.ts'

/** The question. */
export interface FactQuestion {
  readonly element: ElementId
  /** A field by its name in `fields`; null asks for the element's place. */
  readonly field: string | null
  readonly tick: number
  /** How much a value may differ and still count as the same; null: a default by the kind of the fact. */
  readonly tolerance: number | null
}

/** A place in metres, the value of a field, or null if there is no such element or field. */
export type FactValue = Vec3 | FieldValue | null

/** A value and how much another may differ from it. */
export interface Fact {
  readonly element: ElementId
  readonly field: string | null
  readonly value: FactValue
  readonly tolerance: number
}

/** Least default tolerance of a place, metres. */
const PLACE_METRES = 0.05
/** Share of the radius around a prop by which its place may differ. */
const PLACE_SHARE = 0.25
/** Default tolerance of an avatar's place, metres: half the width of a body. */
const AVATAR_METRES = 0.25
/** Default tolerance of a fraction that is not a place: a share of the value, and the least. */
const NUMBER_SHARE = 0.01
const NUMBER_LEAST = 0.01

/** The place of an avatar or a prop; null if there is no such element. */
export function placeOf(realm: Realm, element: ElementId): Vec3 | null {
  const motion = realm.props.get(element)?.motion
  if (motion) return { x: motion[0] ?? 0, y: motion[1] ?? 0, z: motion[2] ?? 0 }
  return realm.avatars.get(element)?.position ?? null
}

export const metresBetween = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)

/** The value that a state has for the question. */
export function valueOf(realm: Realm, element: ElementId, field: string | null): FactValue {
  if (field === null) return placeOf(realm, element)
  for (const each of elementFields(realm, element)) if (each.field === field) return each.value
  return null
}

function defaultTolerance(realm: Realm, { element, field }: FactQuestion, value: FactValue): number {
  if (field === null || field.startsWith('position.')) {
    const prop = realm.props.get(element)
    return prop ? Math.max(PLACE_METRES, PLACE_SHARE * prop.radius) : AVATAR_METRES
  }
  if (typeof value !== 'number' || Number.isInteger(value)) return 0
  return Math.max(NUMBER_LEAST, NUMBER_SHARE * Math.abs(value))
}

/** The fact that the realm, at the question's tick, is an answer to. */
export function factIn(realm: Realm, question: FactQuestion): Fact {
  const { element, field } = question
  const value = valueOf(realm, element, field)
  return { element, field, value, tolerance: question.tolerance ?? defaultTolerance(realm, question, value) }
}

/** True if the value is the fact's within its tolerance. */
function isSame({ value: expected, tolerance }: Fact, value: FactValue): boolean {
  if (expected === null || value === null) return expected === value
  if (typeof expected === 'object') return typeof value === 'object' && metresBetween(expected, value) <= tolerance
  if (typeof expected === 'number' && typeof value === 'number') return Math.abs(expected - value) <= tolerance
  return expected === value
}

/** True if the fact is so in a state. `element` is the number that its element has there. */
export const holdsIn = (realm: Realm, fact: Fact, element = fact.element): boolean =>
  isSame(fact, valueOf(realm, element, fact.field))

/**
 * `so`: the fact is so. `calm`: it is not, and nothing is happening to its element: it lies or stands still, is in nobody's
 * hand, or is not there. `moving`: it is not, and its prop is held or moves. `walking`: it is not, and its avatar moves, as
 * avatars often do.
 */
export type FactState = 'so' | 'calm' | 'moving' | 'walking'

export function factStateIn(realm: Realm, fact: Fact): FactState {
  if (holdsIn(realm, fact)) return 'so'
  if (fact.field !== null) return 'calm'
  const prop = realm.props.get(fact.element)
  if (prop) return prop.hold === null && (prop.asleep || prop.spec.motion !== 'dynamic') ? 'calm' : 'moving'
  const avatar = realm.avatars.get(fact.element)
  if (!avatar) return 'calm'
  const { velocity, intent } = avatar
  return [velocity.x, velocity.y, velocity.z, intent.x, intent.y, intent.z].every((each) => each === 0)
    ? 'calm'
    : 'walking'
}
