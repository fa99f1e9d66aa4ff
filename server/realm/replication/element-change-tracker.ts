/**
 * Finds which elements of a realm have changed and sends them to the main thread, for the archive. It compares all
 * elements in rounds. A round takes several ticks, with a few elements in each, so that a large realm slows no tick.
 */
import { defined } from '../../../sim/assert.ts'
import type { ElementId, Realm } from '../../../sim/index.ts'
import { positionOf, rotationOf } from '../../../sim/props/props.ts'
import type { SavedElement } from '../../../storage/archive/index.ts'
import type { ElementChanges } from '../../both-threads/archive-messages.ts'

/** Time between the starts of two rounds, s. */
export const ROUND_SECONDS = 2
/** Longest time between two reports of a prop that keeps moving, s. Others are reported once they rest. */
export const MOVING_SECONDS = 10
/** Elements compared in one tick, and elements sent in one tick. Each of the two takes a few hundred microseconds. */
const COMPARED_MAX = 1_024
const SENT_MAX = 128

/** The values of an element that were sent last. */
interface SentElement {
  readonly place: Float32Array
  readonly scale: number
  readonly access: number
  readonly tick: number
}

type Prop = Realm['props'] extends ReadonlyMap<ElementId, infer P> ? P : never

/** Position (3) and rotation (4) are the first floats of a prop's motion. */
const PLACE_FLOATS = 7

export class ElementChangeTracker {
  readonly #realm: Realm
  readonly #send: (changes: ElementChanges) => void
  #sent = new Map<ElementId, SentElement>()
  /** Elements that this round has not compared yet, null between rounds. */
  #left: ElementId[] | null = null
  #roundAtTick: number
  /** This round has sent something. */
  #hasSent = false
  /** Nothing was sent since the start or the last `resendAll`. */
  #isFirst = true

  constructor(realm: Realm, send: (changes: ElementChanges) => void) {
    this.#realm = realm
    this.#send = send
    this.#roundAtTick = realm.tick
  }

  /** Call after each tick. */
  ticked(): void {
    const realm = this.#realm
    if (this.#left === null) {
      if (realm.tick < this.#roundAtTick) return
      this.#roundAtTick = realm.tick + ROUND_SECONDS * realm.definition.tickRate
      this.#left = [...realm.props.keys()].toReversed()
    }
    this.#compare(this.#left, COMPARED_MAX, SENT_MAX, (prop) => this.#isDue(prop))
  }

  /** Does the last round at once, with props that are moving. */
  finish(): void {
    const left = [...this.#realm.props.keys()].toReversed()
    do this.#compare(left, Infinity, SENT_MAX, (prop) => this.#hasChanged(prop))
    while (left.length > 0)
  }

  /** Sends all elements again, starting with the next round. */
  resendAll(): void {
    this.#sent = new Map()
    this.#left = null
    this.#roundAtTick = this.#realm.tick
    this.#isFirst = true
  }

  /** Compares elements from the end of `left`, and removes them from it. */
  #compare(left: ElementId[], comparedMax: number, sentMax: number, isWanted: (prop: Prop) => boolean): void {
    const put: SavedElement[] = []
    for (let compared = 0; left.length > 0 && compared < comparedMax && put.length < sentMax; compared++) {
      const prop = this.#realm.props.get(defined(left.pop(), 'elements are left to compare'))
      if (!prop || !isWanted(prop)) continue
      put.push(savedElement(prop))
      this.#sent.set(prop.id, {
        place: prop.motion.slice(0, PLACE_FLOATS),
        scale: prop.scale,
        access: prop.access,
        tick: this.#realm.tick,
      })
    }
    this.#post(put, left.length === 0)
  }

  #post(put: readonly SavedElement[], isLast: boolean): void {
    const removed = isLast ? this.#removeGone() : []
    if (put.length > 0 || removed.length > 0) this.#hasSent = true
    const isComplete = isLast && (this.#hasSent || this.#isFirst)
    if (put.length > 0 || removed.length > 0 || isComplete) {
      this.#send({ tick: this.#realm.tick, put, removed, begins: this.#isFirst, isComplete })
      this.#isFirst = false
    }
    if (!isLast) return
    this.#left = null
    this.#hasSent = false
  }

  #removeGone(): ElementId[] {
    const removed = [...this.#sent.keys()].filter((id) => !this.#realm.props.has(id))
    for (const id of removed) this.#sent.delete(id)
    return removed
  }

  #isDue(prop: Prop): boolean {
    if (!this.#hasChanged(prop)) return false
    const sent = this.#sent.get(prop.id)
    if (!sent || sent.scale !== prop.scale || sent.access !== prop.access) return true
    const rests = prop.asleep && prop.hold === null
    return rests || this.#realm.tick - sent.tick >= MOVING_SECONDS * this.#realm.definition.tickRate
  }

  #hasChanged({ id, scale, access, motion }: Prop): boolean {
    const sent = this.#sent.get(id)
    if (!sent || sent.scale !== scale || sent.access !== access) return true
    for (let i = 0; i < PLACE_FLOATS; i++) if (sent.place[i] !== motion[i]) return true
    return false
  }
}

function savedElement(prop: Prop): SavedElement {
  const { id, spec, package: hash, owner, access, scale } = prop
  return {
    element: id,
    name: spec.name,
    package: hash,
    spec: hash === null ? spec : null,
    owner,
    access,
    position: positionOf(prop),
    rotation: rotationOf(prop),
    scale,
  }
}
