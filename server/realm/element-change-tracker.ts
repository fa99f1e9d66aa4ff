/**
 * Tells the main thread, in rounds, what has changed of a realm's elements since they were last told, for the archive. A
 * round goes over ticks, a few elements in each: no tick pays for a large realm.
 */
import type { ElementId, Realm } from '../../sim/index.ts'
import type { SavedElement } from '../../storage/archive/index.ts'

/** Time from one round to the next, s. */
export const ROUND_SECONDS = 2
/** What moves on and on is told this often, s; the rest when it rests. */
export const MOVING_SECONDS = 10
/** Elements that are looked at in one tick, and that are told in one: a few hundred microseconds each. */
const LOOKS_MAX = 1_024
const TOLD_MAX = 128

/** `begins`: everything is told from here on, and what was told before counts no more. `isComplete`: with it, all that was told is one view of the realm, which may be saved. */
export interface ElementChanges {
  readonly tick: number
  readonly put: readonly SavedElement[]
  readonly removed: readonly ElementId[]
  readonly begins: boolean
  readonly isComplete: boolean
}

/** What was told of an element last. */
interface Told {
  readonly place: Float32Array
  readonly scale: number
  readonly access: number
  readonly tick: number
}

type Prop = Realm['props'] extends ReadonlyMap<ElementId, infer P> ? P : never

/** Position and rotation stand first in a prop's motion. */
const PLACE_FLOATS = 7

export class ElementChangeTracker {
  readonly #realm: Realm
  readonly #tell: (told: ElementChanges) => void
  #told = new Map<ElementId, Told>()
  /** Elements of the round under way that are still to be looked at; null between rounds. */
  #left: ElementId[] | null = null
  #roundAtTick: number
  #hasTold = false
  /** Nothing was told since everything is to be. */
  #isFirst = true

  constructor(realm: Realm, tell: (told: ElementChanges) => void) {
    this.#realm = realm
    this.#tell = tell
    this.#roundAtTick = realm.tick
  }

  /** After each tick. */
  ticked(): void {
    const realm = this.#realm
    if (this.#left === null) {
      if (realm.tick < this.#roundAtTick) return
      this.#roundAtTick = realm.tick + ROUND_SECONDS * realm.definition.tickRate
      this.#left = [...realm.props.keys()].toReversed()
    }
    this.#look(this.#left, LOOKS_MAX, TOLD_MAX, (prop) => this.#isDue(prop))
  }

  /** The last round, all at once, of what moves too. */
  finish(): void {
    const left = [...this.#realm.props.keys()].toReversed()
    do this.#look(left, Infinity, TOLD_MAX, (prop) => this.#hasChanged(prop))
    while (left.length > 0)
  }

  /** Everything is told again, from the next round on. */
  forget(): void {
    this.#told = new Map()
    this.#left = null
    this.#roundAtTick = this.#realm.tick
    this.#isFirst = true
  }

  /** Takes from the end of `left`. */
  #look(left: ElementId[], looksMax: number, toldMax: number, isWanted: (prop: Prop) => boolean): void {
    const put: SavedElement[] = []
    for (let looks = 0; left.length > 0 && looks < looksMax && put.length < toldMax; looks++) {
      const prop = this.#realm.props.get(left.pop() ?? 0)
      if (!prop || !isWanted(prop)) continue
      put.push(savedElement(prop))
      this.#told.set(prop.id, {
        place: prop.motion.slice(0, PLACE_FLOATS),
        scale: prop.scale,
        access: prop.access,
        tick: this.#realm.tick,
      })
    }
    this.#post(put, left.length === 0)
  }

  #post(put: readonly SavedElement[], isLast: boolean): void {
    const removed = isLast ? this.#takeRemoved() : []
    if (put.length > 0 || removed.length > 0) this.#hasTold = true
    const isComplete = isLast && (this.#hasTold || this.#isFirst)
    if (put.length > 0 || removed.length > 0 || isComplete) {
      this.#tell({ tick: this.#realm.tick, put, removed, begins: this.#isFirst, isComplete })
      this.#isFirst = false
    }
    if (!isLast) return
    this.#left = null
    this.#hasTold = false
  }

  #takeRemoved(): ElementId[] {
    const removed = [...this.#told.keys()].filter((id) => !this.#realm.props.has(id))
    for (const id of removed) this.#told.delete(id)
    return removed
  }

  #isDue(prop: Prop): boolean {
    if (!this.#hasChanged(prop)) return false
    const told = this.#told.get(prop.id)
    if (!told || told.scale !== prop.scale || told.access !== prop.access) return true
    const rests = prop.asleep && prop.hold === null
    return rests || this.#realm.tick - told.tick >= MOVING_SECONDS * this.#realm.definition.tickRate
  }

  #hasChanged({ id, scale, access, motion }: Prop): boolean {
    const told = this.#told.get(id)
    if (!told || told.scale !== scale || told.access !== access) return true
    for (let i = 0; i < PLACE_FLOATS; i++) if (told.place[i] !== motion[i]) return true
    return false
  }
}

function savedElement({ id, spec, package: hash, owner, access, motion: m, scale }: Prop): SavedElement {
  return {
    element: id,
    name: spec.name,
    package: hash,
    spec: hash === null ? spec : null,
    owner,
    access,
    position: { x: m[0] ?? 0, y: m[1] ?? 0, z: m[2] ?? 0 },
    rotation: { x: m[3] ?? 0, y: m[4] ?? 0, z: m[5] ?? 0, w: m[6] ?? 1 },
    scale,
  }
}
