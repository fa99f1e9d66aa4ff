/**
 * Voxelises the volume that a surface encloses. A cell is inside if its winding number is above one half. The winding
 * number is the mean over six directions of the signed crossings of a ray: exact for closed meshes; for open ones an
 * approximation of the generalised winding number (Jacobson et al. 2013, "Robust inside-outside segmentation using
 * generalized winding numbers"), only with + - * /.
 */
import type { Vec3 } from '../../../sim/index.ts'
import { boundsOf, type Surface } from '../surface.ts'

interface Grid {
  readonly origin: Vec3
  /** Edge of a cell, metres. */
  readonly cell: number
  readonly nx: number
  readonly ny: number
  readonly nz: number
}

export interface VoxelSolid extends Grid {
  /** 1 if a cell's centre is inside. x runs fastest. */
  readonly inside: Uint8Array
  readonly count: number
}

/** Cells along the longest side, and padding around it. */
const PAD = 4
/** Offset of sample points from the cells' centres, so that none lies on an edge of a model made on a grid. */
const ASIDE = 0.0137

const axisOf = ({ x, y, z }: Vec3, axis: number): number => (axis === 0 ? x : axis === 1 ? y : z)

/** Position of a cell's sample along an axis. */
export const sampleAt = ({ origin, cell }: Grid, axis: number, i: number): number =>
  axisOf(origin, axis) + (i + 0.5 + ASIDE * (axis + 1)) * cell

export function gridAround(points: readonly Vec3[], cellsMax: number): Grid {
  const { min, max } = boundsOf(points)
  const cell = Math.max(max.x - min.x, max.y - min.y, max.z - min.z, 1e-4) / cellsMax
  const cells = (lo: number, hi: number): number => Math.ceil((hi - lo) / cell) + 2 * PAD
  return {
    origin: { x: min.x - PAD * cell, y: min.y - PAD * cell, z: min.z - PAD * cell },
    cell,
    nx: cells(min.x, max.x),
    ny: cells(min.y, max.y),
    nz: cells(min.z, max.z),
  }
}

/** Adds to every cell twice the mean winding number of both directions along one axis. */
function sweep(grid: Grid, { points, triangles }: Surface, axis: 0 | 1 | 2, into: Int16Array): void {
  const [u, v] = [(axis + 1) % 3, (axis + 2) % 3]
  const size = [grid.nx, grid.ny, grid.nz]
  const stride = [1, grid.nx, grid.nx * grid.ny]
  const [depth = 0, wide = 0, high = 0] = [size[axis], size[u], size[v]]
  const [along = 0, right = 0, up = 0] = [stride[axis], stride[u], stride[v]]
  const crossings = new Int16Array(wide * high * (depth + 1))
  const index = (at: number, a: number): number =>
    Math.ceil((at - axisOf(grid.origin, a)) / grid.cell - 0.5 - ASIDE * (a + 1))
  for (let t = 0; t + 2 < triangles.length; t += 3) {
    const [a, b, c] = [points[triangles[t] ?? 0], points[triangles[t + 1] ?? 0], points[triangles[t + 2] ?? 0]]
    if (!a || !b || !c) continue
    const [au, av, bu, bv, cu, cv] = [
      axisOf(a, u),
      axisOf(a, v),
      axisOf(b, u),
      axisOf(b, v),
      axisOf(c, u),
      axisOf(c, v),
    ]
    const twice = (bu - au) * (cv - av) - (bv - av) * (cu - au)
    if (twice === 0) continue
    for (let i = Math.max(0, index(Math.min(au, bu, cu), u)); i < wide; i++) {
      const pu = sampleAt(grid, u, i)
      if (pu > Math.max(au, bu, cu)) break
      for (let j = Math.max(0, index(Math.min(av, bv, cv), v)); j < high; j++) {
        const pv = sampleAt(grid, v, j)
        if (pv > Math.max(av, bv, cv)) break
        const wa = ((bu - pu) * (cv - pv) - (bv - pv) * (cu - pu)) / twice
        const wb = ((cu - pu) * (av - pv) - (cv - pv) * (au - pu)) / twice
        const wc = 1 - wa - wb
        if (wa < 0 || wb < 0 || wc < 0) continue
        const at = Math.min(
          Math.max(index(wa * axisOf(a, axis) + wb * axisOf(b, axis) + wc * axisOf(c, axis), axis), 0),
          depth,
        )
        const slot = (j * wide + i) * (depth + 1) + at
        crossings[slot] = (crossings[slot] ?? 0) + (twice > 0 ? -1 : 1)
      }
    }
  }
  for (let j = 0; j < high; j++) {
    for (let i = 0; i < wide; i++) {
      const base = (j * wide + i) * (depth + 1)
      let total = 0
      for (let k = 0; k <= depth; k++) total += crossings[base + k] ?? 0
      let winding = 0
      for (let k = 0; k < depth; k++) {
        winding += crossings[base + k] ?? 0
        const cell = i * right + j * up + k * along
        into[cell] = (into[cell] ?? 0) + 2 * winding - total
      }
    }
  }
}

/** The volume enclosed by the surface, in cells of 1/`cellsMax` of its longest side. */
export function voxelise(surface: Surface, cellsMax: number): VoxelSolid {
  const grid = gridAround(surface.points, cellsMax)
  const sums = new Int16Array(grid.nx * grid.ny * grid.nz)
  for (const axis of [0, 1, 2] as const) sweep(grid, surface, axis, sums)
  const inside = new Uint8Array(sums.length)
  let count = 0
  for (let i = 0; i < sums.length; i++) {
    if (Math.abs(sums[i] ?? 0) <= 3) continue
    inside[i] = 1
    count++
  }
  return { ...grid, inside, count }
}
