/**
 * Refines capsules to fill the volume that a body's surface encloses: coordinate descent on the overlap (intersection
 * over union) of all capsules with the solid, in cells. A cell inside its own bone's capsule counts more, so that
 * capsules stay with their bones when these rotate.
 */
import { add, dot, length, scaled, sub, unit, vec } from '../../sim/maths/maths.ts'
import type { Vec3 } from '../../sim/index.ts'
import { across, type Capsule } from './avatar/capsule.ts'
import { sampleAt, type VoxelSolid } from './object/voxelise.ts'

/** Additional score of a cell in its own bone's capsule, beside the 1 for any capsule. */
const OWN = 0.3
/** Radius and length of a capsule stay within these factors of the surface's estimate. */
const LEAST = 0.5
const MOST = 1.6
const ROUNDS_MAX = 6

/** Number of cells in both capsules and solid, in either, and in their own bone's capsule. */
interface Counts {
  both: number
  own: number
  either: number
}

class Filling {
  readonly solid: VoxelSolid
  readonly owners: Int16Array
  readonly covers: Uint8Array
  readonly counts: Counts

  constructor(solid: VoxelSolid, owners: Int16Array) {
    this.solid = solid
    this.owners = owners
    this.covers = new Uint8Array(solid.inside.length)
    this.counts = { both: 0, own: 0, either: solid.count }
  }
  /** Calls `visit` for each cell whose sample is in a capsule. */
  #each({ a, b, r }: Capsule, visit: (cell: number) => void): void {
    const { solid } = this
    const range = (axis: 0 | 1 | 2, lo: number, hi: number, count: number): [number, number] => {
      const first = sampleAt(solid, axis, 0)
      return [
        Math.max(0, Math.ceil((lo - r - first) / solid.cell)),
        Math.min(count - 1, Math.floor((hi + r - first) / solid.cell)),
      ]
    }
    const [x0, x1] = range(0, Math.min(a.x, b.x), Math.max(a.x, b.x), solid.nx)
    const [y0, y1] = range(1, Math.min(a.y, b.y), Math.max(a.y, b.y), solid.ny)
    const [z0, z1] = range(2, Math.min(a.z, b.z), Math.max(a.z, b.z), solid.nz)
    const [dx, dy, dz] = [b.x - a.x, b.y - a.y, b.z - a.z]
    const square = dx * dx + dy * dy + dz * dz
    const inverse = square > 0 ? 1 / square : 0
    const rr = r * r
    const startX = sampleAt(solid, 0, 0) - a.x
    for (let k = z0; k <= z1; k++) {
      const pz = sampleAt(solid, 2, k) - a.z
      for (let j = y0; j <= y1; j++) {
        const py = sampleAt(solid, 1, j) - a.y
        const [row, rest] = [(k * solid.ny + j) * solid.nx, py * dy + pz * dz]
        for (let i = x0; i <= x1; i++) {
          const px = startX + i * solid.cell
          const share = (px * dx + rest) * inverse
          const t = share < 0 ? 0 : share > 1 ? 1 : share
          const ex = px - t * dx
          const ey = py - t * dy
          const ez = pz - t * dz
          if (ex * ex + ey * ey + ez * ez <= rr) visit(row + i)
        }
      }
    }
  }
  scoreOf({ both, own, either }: Counts = this.counts): number {
    return (both + OWN * own) / (either + OWN * this.solid.count)
  }
  /** The score with one more capsule. */
  scoreWith(capsule: Capsule, owner: number): number {
    const { covers, owners, solid } = this
    let [both, own, either] = [this.counts.both, this.counts.own, this.counts.either]
    this.#each(capsule, (cell) => {
      const inside = solid.inside[cell] === 1
      if (inside && owners[cell] === owner) own++
      if (covers[cell] !== 0) return
      if (inside) both++
      else either++
    })
    return this.scoreOf({ both, own, either })
  }
  /** Adds (1) or removes (-1) a bone's capsule. */
  put(capsule: Capsule, owner: number, by: 1 | -1): void {
    const { covers, counts, owners, solid } = this
    this.#each(capsule, (cell) => {
      const before = covers[cell] ?? 0
      covers[cell] = before + by
      const inside = solid.inside[cell] === 1
      if (inside && owners[cell] === owner) counts.own += by
      if (before !== (by === 1 ? 0 : 1)) return
      if (inside) counts.both += by
      else counts.either += by
    })
  }
}

/** The changes of a capsule by one step, in order. */
function moves({ a, b, r }: Capsule, step: number): Capsule[] {
  const axis = unit(sub(b, a), vec(0, 1, 0))
  const [u, v] = across(axis)
  const out: Capsule[] = []
  for (const s of [step, -step]) {
    for (const d of [axis, u, v]) {
      const by = scaled(d, s)
      out.push({ a: add(a, by), b: add(b, by), r }, { a: add(a, by), b, r }, { a, b: add(b, by), r })
    }
    out.push({ a, b, r: r + s }, { a: add(a, scaled(axis, s)), b: sub(b, scaled(axis, s)), r: r + s })
  }
  return out
}

function isAllowed(c: Capsule, from: Capsule): boolean {
  const [l, l0] = [length(sub(c.b, c.a)), length(sub(from.b, from.a))]
  if (l > 0 && l0 > 0 && dot(sub(c.b, c.a), sub(from.b, from.a)) < 0) return false
  const [whole, whole0] = [l + 2 * c.r, l0 + 2 * from.r]
  return c.r >= LEAST * from.r && c.r <= MOST * from.r && whole >= LEAST * whole0 && whole <= MOST * whole0
}

/** Step sizes of a search, in cells: large ones on a coarse grid, then small ones on a fine one. */
export const COARSE = [2, 1, 0.5]
export const FINE = [0.8, 0.4]

/**
 * Refines capsules of the same bones. `first`: the surface's estimates, which limit the result. `owners`: by cell the
 * index of the capsule that it belongs to, or -1.
 */
export function refine(
  capsules: readonly Capsule[],
  first: readonly Capsule[],
  solid: VoxelSolid,
  owners: Int16Array,
  steps: readonly number[],
): Capsule[] {
  const filling = new Filling(solid, owners)
  const best = [...capsules]
  capsules.forEach((capsule, i) => filling.put(capsule, i, 1))
  let score = filling.scoreOf()
  for (const cells of steps) {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const before = score
      best.forEach((old, i) => {
        const limits = first[i]
        if (!limits) return
        let now = old
        filling.put(old, i, -1)
        for (const move of moves(old, cells * solid.cell)) {
          const value = isAllowed(move, limits) ? filling.scoreWith(move, i) : -1
          if (value > score + 1e-9) [score, now] = [value, move]
        }
        filling.put(now, i, 1)
        best[i] = now
      })
      if (score - before < 5e-4) break
    }
  }
  return best
}

export type Seeds = readonly (readonly [Vec3, number])[]

/** The owner of each inside cell, spread from the surface inwards, breadth first. */
export function ownersOf(solid: VoxelSolid, seeds: Seeds): Int16Array {
  const owners = new Int16Array(solid.inside.length).fill(-1)
  const cellOf = (p: Vec3): number => {
    const at = (axis: 0 | 1 | 2, x: number, count: number): number =>
      Math.min(count - 1, Math.max(0, Math.round((x - sampleAt(solid, axis, 0)) / solid.cell)))
    return (at(2, p.z, solid.nz) * solid.ny + at(1, p.y, solid.ny)) * solid.nx + at(0, p.x, solid.nx)
  }
  let front: number[] = []
  for (const [p, owner] of seeds) {
    const cell = cellOf(p)
    if (owners[cell] !== -1) continue
    owners[cell] = owner
    front.push(cell)
  }
  const steps = [1, -1, solid.nx, -solid.nx, solid.nx * solid.ny, -solid.nx * solid.ny]
  while (front.length > 0) {
    const next: number[] = []
    for (const cell of front) {
      for (const by of steps) {
        const beside = cell + by
        if (solid.inside[beside] !== 1 || owners[beside] !== -1) continue
        owners[beside] = owners[cell] ?? -1
        next.push(beside)
      }
    }
    front = next
  }
  return owners
}
