/**
 * The realm's state for snapshots: quantised once a tick for all clients, kept for HISTORY_TICKS as baselines, with
 * records encoded once a tick however many clients get them.
 */
import { assert } from '../../sim/assert.ts'
import type { AvatarView, PropView } from '../../sim/state/views.ts'
import { RecordWriter } from './bytes.ts'
import { History, grown, NO_TICK } from './history.ts'
import { SAVINGS, type Savings } from './interest.ts'
import { Quantiser } from './quantise.ts'
import { Roster } from './roster.ts'
import { SnapshotScratch } from './scratch.ts'
import { BONES, JOINTS, PROP, ROOT, type Bounds, type ComponentKind } from './components.ts'

/** A prop counts as touched for this long after its release, ticks: two seconds of flight. */
const THROWN_TICKS = 120
/** It also counts as touched while it is awake and this near to an avatar's axis, metres: an arm's length. */
const TOUCH_METRES = 0.75

export class SnapshotSource {
  readonly savings: Savings
  readonly avatars = new Roster()
  readonly props = new Roster()
  /** By component kind. */
  readonly histories: readonly [History, History, History, History] = [
    new History(ROOT),
    new History(JOINTS),
    new History(BONES),
    new History(PROP),
  ]
  /** Working memory of the views of this source, used by one at a time. */
  readonly scratch = new SnapshotScratch()
  /** The records of this tick. */
  readonly records = new RecordWriter(65_536)
  readonly #quantiser: Quantiser
  #heldTick = new Int32Array(0)
  #tick = NO_TICK
  #before = NO_TICK

  constructor(bounds: Bounds, savings: Savings = SAVINGS) {
    this.savings = savings
    this.#quantiser = new Quantiser(bounds, savings.deadband)
  }

  get tick(): number {
    return this.#tick
  }

  /** Takes the state of a later tick, and keeps none of the views. Static props never move and are left out. */
  update(tick: number, avatars: Iterable<AvatarView>, props: Iterable<PropView>): void {
    if (tick === this.#tick) return
    assert(tick > this.#tick, 'a snapshot source is updated with increasing ticks')
    this.#before = this.#tick
    this.#tick = tick
    this.records.at = 0
    for (const avatar of avatars) this.#avatar(avatar)
    for (const row of this.avatars.sweep(tick)) this.#forgetAvatar(row)
    for (const prop of props) if (prop.spec.motion !== 'static') this.#prop(prop)
    for (const row of this.props.sweep(tick)) this.histories[PROP].forget(row)
  }

  #avatar(view: AvatarView): void {
    const row = this.avatars.place(view.id, view.position, this.#tick)
    const [roots, joints, bones] = this.histories
    for (const history of [roots, joints, bones]) history.ensureCapacity(row)
    const { pose } = view
    this.#quantiser.root(view, roots.states, this.#from(roots, row), roots.at(row, this.#tick))
    roots.written(row, this.#tick, this.#before, this.#isMoving(roots, row))
    if (pose === null) return
    this.#quantiser.joints(pose, joints.states, this.#from(joints, row), joints.at(row, this.#tick))
    joints.written(row, this.#tick, this.#before, false)
    this.#quantiser.bones(pose, bones.states, this.#from(bones, row), bones.at(row, this.#tick))
    bones.written(row, this.#tick, this.#before, false)
  }

  #prop(view: PropView): void {
    const { id, position, asleep, holder } = view
    const history = this.histories[PROP]
    const row = this.props.place(id, position, this.#tick)
    history.ensureCapacity(row)
    this.#quantiser.prop(view, history.states, this.#from(history, row), history.at(row, this.#tick))
    history.written(row, this.#tick, this.#before, this.#isMoving(history, row))
    if (row >= this.#heldTick.length) this.#heldTick = grown(this.#heldTick, row * 2 + 64)
    if (history.born[row] === this.#tick) this.#heldTick[row] = NO_TICK
    if (holder !== 0) this.#heldTick[row] = this.#tick
    const heldTick = this.#heldTick[row] ?? NO_TICK
    const isThrown = heldTick !== NO_TICK && this.#tick - heldTick <= THROWN_TICKS
    this.props.touched[row] = isThrown || (!asleep && this.avatars.isNear(position, TOUCH_METRES)) ? 1 : 0
  }

  /** Offset of the previous state; -1 if there is none. */
  #from(history: History, row: number): number {
    return history.born[row] === NO_TICK ? -1 : history.at(row, this.#before)
  }

  /**
   * True if a root or prop has a velocity. Clients extrapolate it, so a state must be sent even if the position did not
   * change.
   */
  #isMoving(history: History, row: number): boolean {
    const [{ states }, now] = [history, history.at(row, this.#tick)]
    return states[now + 4] !== 0 || states[now + 5] !== 0 || states[now + 6] !== 0
  }

  #forgetAvatar(row: number): void {
    for (const kind of [ROOT, JOINTS, BONES] as const) this.histories[kind].forget(row)
  }

  /**
   * Encodes the record of a component against its state at `baseTick` (NO_TICK: none), once a tick. Returns its offset
   * in `records`.
   */
  record(kind: ComponentKind, row: number, baseTick: number): number {
    return this.histories[kind].record(row, this.#tick, baseTick, this.records)
  }
}
