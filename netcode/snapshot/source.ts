/** The realm's state as it is sent: quantised once a tick for all clients, with the tick of each strand's last change. */
import type { ElementId } from '../../sim/types.ts'
import type { Pose } from '../../sim/pose.ts'
import type { AvatarView, PropView } from '../../sim/views.ts'
import { BONES, boneValues, JOINTS, jointValues, PROP, propValues, ROOT, rootValues, sameValues, type Bounds, type Kind, type Values } from './strands.ts'

export interface Strand {
  readonly kind: Kind
  readonly element: ElementId
  /** Small number of its own while it lives; used again after it is gone. */
  readonly slot: number
  values: Values
  changedTick: number
}

export interface Row {
  readonly element: ElementId
  readonly strands: Strand[]
  x: number
  y: number
  z: number
  held: boolean
  seenTick: number
  /** That its strands were made of. */
  pose: Pose | null
}

export class SnapshotSource {
  readonly #bounds: Bounds
  readonly #rows = new Map<ElementId, Row>()
  readonly #free: number[] = []
  #slots = 0
  #tick = -1

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  get tick(): number {
    return this.#tick
  }

  /** All that can move. */
  get rows(): Iterable<Row> {
    return this.#rows.values()
  }

  row(element: ElementId): Row | undefined {
    return this.#rows.get(element)
  }

  /** Takes the state at a later tick. Static props never move and are left out. */
  update(tick: number, avatars: readonly AvatarView[], props: readonly PropView[]): void {
    if (tick === this.#tick) return
    this.#tick = tick
    for (const avatar of avatars) this.#avatar(avatar)
    for (const prop of props) if (prop.spec.motion !== 'static') this.#prop(prop)
    for (const row of this.#rows.values()) if (row.seenTick !== tick) this.#remove(row)
  }

  #avatar(view: AvatarView): void {
    const row = this.#place(view.id, view.position)
    this.#set(row, 0, ROOT, rootValues(view, this.#bounds))
    if (view.pose === null || view.pose === row.pose) return
    row.pose = view.pose
    this.#set(row, 1, JOINTS, jointValues(view.pose))
    this.#set(row, 2, BONES, boneValues(view.pose))
  }

  #prop(view: PropView): void {
    const row = this.#place(view.id, view.position)
    row.held = view.holder !== 0
    this.#set(row, 0, PROP, propValues(view, this.#bounds))
  }

  #place(element: ElementId, { x, y, z }: AvatarView['position']): Row {
    let row = this.#rows.get(element)
    if (row === undefined) {
      row = { element, strands: [], x, y, z, held: false, seenTick: 0, pose: null }
      this.#rows.set(element, row)
    }
    row.x = x
    row.y = y
    row.z = z
    row.seenTick = this.#tick
    return row
  }

  #set(row: Row, index: number, kind: Kind, values: Values): void {
    const strand = row.strands[index]
    if (strand === undefined) row.strands[index] = { kind, element: row.element, slot: this.#free.pop() ?? this.#slots++, values, changedTick: this.#tick }
    else if (!sameValues(strand.values, values) || (kind === ROOT && isMoving(values))) {
      strand.values = values
      strand.changedTick = this.#tick
    }
  }

  #remove(row: Row): void {
    this.#rows.delete(row.element)
    for (const { slot } of row.strands) this.#free.push(slot)
  }
}

/** Readers let a root go on by its velocity: that it did not get on has to be said. */
export const isMoving = (root: Values): boolean => root[4] !== 0 || root[5] !== 0 || root[6] !== 0
