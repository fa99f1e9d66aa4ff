/**
 * Convex hulls: created, measured, decomposed from meshes and merged by the simulation's physics engine (its
 * deterministic build), and reduced to what a collider may hold.
 */
import { computedDesc, createWorld, loadEngine, RAPIER, type World } from '../../../sim/engine.ts'
import { cross, dot, scaled, sub, unit, vec } from '../../../sim/maths/maths.ts'
import { CONVEX_POINTS_MAX, type Vec3 } from '../../../sim/index.ts'
import { nearestWithin } from '../nearest-point.ts'
import { quantised } from '../node-frame.ts'
import { boundsOf } from '../surface.ts'

export interface Hull {
  readonly points: readonly Vec3[]
  /** m³ */
  readonly volume: number
}

/** Cells of the decomposition along a mesh's longest side: the finest wall that it resolves. */
const RESOLUTION = 64
/** Evenly spread directions by which hulls are reduced. */
const DIRECTIONS = 256
const ZERO = vec(0, 0, 0)

const flat = (points: readonly Vec3[]): Float32Array => Float32Array.from(points.flatMap(({ x, y, z }) => [x, y, z]))
const unflat = (numbers: Float32Array): Vec3[] =>
  Array.from({ length: Math.floor(numbers.length / 3) }, (_, i) =>
    vec(numbers[3 * i] ?? 0, numbers[3 * i + 1] ?? 0, numbers[3 * i + 2] ?? 0),
  )

/** Unit vectors: first the axes, then points of a lattice on the cube's faces, projected to the sphere. */
const directions: readonly Vec3[] = (() => {
  const out: Vec3[] = []
  for (const s of [1, -1]) out.push(vec(s, 0, 0), vec(0, s, 0), vec(0, 0, s))
  const n = Math.floor(Math.sqrt(DIRECTIONS / 6))
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (const s of [1, -1]) {
        const [u, v] = [(2 * i + 1) / n - 1, (2 * j + 1) / n - 1]
        out.push(unit(vec(s, u, v), vec(1, 0, 0)), unit(vec(u, s, v), vec(0, 1, 0)), unit(vec(u, v, s), vec(0, 0, 1)))
      }
  return out
})()

/** The extent of points in each direction. */
const reachOf = (points: readonly Vec3[]): number[] =>
  directions.map((d) => points.reduce((most, p) => Math.max(most, dot(p, d)), -Infinity))

/** The most important points of a hull: repeatedly the one that extends farthest beyond those already chosen. */
function thinned(points: readonly Vec3[], countMax: number): Vec3[] {
  if (points.length <= countMax) return [...points]
  const reach = reachOf(points)
  const got = directions.map(() => -Infinity)
  const chosen = new Set<Vec3>()
  while (chosen.size < countMax) {
    let [worst, gap] = [-1, 1e-7]
    reach.forEach((r, i) => {
      const missing = r - (got[i] ?? 0)
      if (missing > gap) [worst, gap] = [i, missing]
    })
    const d = directions[worst]
    const next = d && points.find((p) => dot(p, d) >= (reach[worst] ?? 0) - 1e-12)
    if (!next || chosen.has(next)) break
    chosen.add(next)
    directions.forEach((way, i) => (got[i] = Math.max(got[i] ?? 0, dot(next, way))))
  }
  return [...chosen]
}

/** A plane of a convex shape: outward normal, and its distance from the origin. */
type Plane = readonly [Vec3, number]

/** Distance of a point outside a convex shape, metres; 0 inside. */
function outside(p: Vec3, planes: readonly Plane[]): number {
  let most = 0
  for (const [normal, at] of planes) most = Math.max(most, dot(normal, p) - at)
  return most
}

/** Projections after which a point counts as inside the shape. */
const PULLS_MAX = 64

/** Moves a point into a convex shape: repeatedly projects it onto the face that it is farthest beyond. */
function pulledInto(p: Vec3, planes: readonly Plane[]): Vec3 {
  let at = p
  for (let i = 0; i < PULLS_MAX; i++) {
    let [worst, excess]: [Vec3 | null, number] = [null, 1e-6]
    for (const [normal, end] of planes) {
      const by = dot(normal, at) - end
      if (by > excess) [worst, excess] = [normal, by]
    }
    if (!worst) return at
    at = sub(at, scaled(worst, excess))
  }
  return at
}

function planesOf(points: readonly Vec3[], triangles: readonly number[]): Plane[] {
  const planes: Plane[] = []
  for (let i = 0; i + 2 < triangles.length; i += 3) {
    const [a, b, c] = [points[triangles[i] ?? 0], points[triangles[i + 1] ?? 0], points[triangles[i + 2] ?? 0]]
    const normal = a && b && c && unit(cross(sub(b, a), sub(c, a)), ZERO)
    if (a && normal && normal !== ZERO) planes.push([normal, dot(normal, a)])
  }
  return planes
}

/** The cube root of a number near 1, by Newton's method. */
function cubeRoot(x: number): number {
  let y = 1
  for (let i = 0; i < 40; i++) y -= (y * y * y - x) / (3 * y * y)
  return y
}

export const volumeOf = (points: readonly Vec3[], triangles: readonly number[]): number => {
  let six = 0
  for (let i = 0; i + 2 < triangles.length; i += 3) {
    const [a, b, c] = [points[triangles[i] ?? 0], points[triangles[i + 1] ?? 0], points[triangles[i + 2] ?? 0]]
    if (a && b && c) six += dot(a, cross(b, c))
  }
  return six / 6
}

/** The engine with a world for measurements. Call `free` after use. */
export class HullMaker {
  readonly #world: World

  private constructor(world: World) {
    this.#world = world
  }
  static async load(): Promise<HullMaker> {
    await loadEngine()
    return new HullMaker(createWorld({ x: 0, y: 0, z: 0 }, 60))
  }
  free(): void {
    this.#world.free()
  }
  /** The convex hull of points with its faces; null if they have no volume. */
  faces(points: readonly Vec3[]): (Hull & { readonly triangles: readonly number[] }) | null {
    const desc = points.length >= 4 ? computedDesc(new RAPIER.ConvexPolyhedron(flat(points))) : null
    if (!desc) return null
    const collider = this.#world.createCollider(desc)
    const made = {
      points: unflat(collider.vertices()),
      triangles: Array.from(collider.indices() ?? []),
      volume: collider.volume(),
    }
    this.#world.removeCollider(collider, false)
    return made.volume > 0 ? made : null
  }
  hull(points: readonly Vec3[]): Hull | null {
    const made = this.faces(points)
    return made && { points: made.points, volume: made.volume }
  }
  /** A hull of at most 64 points, rounded to 0.1 mm, of the same volume, and nowhere outside the original. */
  reduced({ points, volume }: Hull): Hull | null {
    const kept = points.length <= CONVEX_POINTS_MAX ? points : this.#thinned(points)
    const small = this.hull(kept)
    if (!small) return null
    const grown = kept.length === points.length ? 1 : Math.min(1.05, cubeRoot(volume / small.volume))
    const centre = scaled(
      kept.reduce((s, p) => vec(s.x + p.x, s.y + p.y, s.z + p.z), ZERO),
      1 / kept.length,
    )
    const outer = kept.map((p) =>
      vec(
        centre.x + (p.x - centre.x) * grown,
        centre.y + (p.y - centre.y) * grown,
        centre.z + (p.z - centre.z) * grown,
      ),
    )
    const whole = grown === 1 ? null : this.faces(points)
    const planes = whole ? planesOf(whole.points, whole.triangles) : []
    const held = outer.map((p) => pulledInto(p, planes))
    const rounded = held.map(({ x, y, z }) =>
      vec(Math.fround(quantised(x)), Math.fround(quantised(y)), Math.fround(quantised(z))),
    )
    const final = this.hull(rounded)
    return final && { points: rounded, volume: final.volume }
  }
  /**
   * Chooses 64 points of a hull: some by direction, then repeatedly the one farthest outside the hull of the chosen
   * ones.
   */
  #thinned(points: readonly Vec3[]): Vec3[] {
    const chosen = thinned(points, CONVEX_POINTS_MAX / 4)
    while (chosen.length < CONVEX_POINTS_MAX) {
      const now = this.faces(chosen)
      const planes = now ? planesOf(now.points, now.triangles) : []
      let [farthest, most]: [Vec3 | null, number] = [null, 1e-5]
      for (const p of points) {
        const off = outside(p, planes)
        if (off > most) [farthest, most] = [p, off]
      }
      if (!farthest) break
      chosen.push(farthest)
    }
    return chosen
  }
  /** Decomposes a mesh into at most `countMax` hulls, none of which extends beyond the mesh. */
  decomposed(points: readonly Vec3[], triangles: readonly number[], countMax: number): Hull[] {
    const desc = RAPIER.ColliderDesc.convexDecomposition(flat(points), Uint32Array.from(triangles), {
      resolution: RESOLUTION,
    })
    const shape = desc?.shape
    const shapes = shape instanceof RAPIER.Compound ? shape.shapes : []
    const parts = shapes.flatMap((part) => (part instanceof RAPIER.ConvexPolyhedron ? [unflat(part.vertices)] : []))
    const { min, max } = boundsOf(points)
    // Parts are made of cells, so their corners may be a cell away from the mesh. They are moved back to it.
    const slack = (2 * Math.max(max.x - min.x, max.y - min.y, max.z - min.z)) / RESOLUTION
    const snapped = parts.map((part) => part.map((p) => nearestWithin(p, slack, points, triangles) ?? p))
    const hulls = this.merged(
      snapped.flatMap((part) => this.hull(part) ?? []),
      countMax,
    )
    return this.#covering(
      hulls,
      [...new Set(triangles)].flatMap((i) => points[i] ?? []),
      slack,
    )
  }
  /**
   * Hulls of cells may end a cell or two before the mesh. Each vertex outside all hulls is added to the nearest one.
   */
  #covering(hulls: readonly Hull[], vertices: readonly Vec3[], slack: number): Hull[] {
    const parts = hulls.flatMap((hull) => {
      const made = this.faces(hull.points)
      return made ? [{ planes: planesOf(made.points, made.triangles), points: [...made.points] }] : []
    })
    for (const p of vertices) {
      let [nearest, least] = [parts[0], Infinity]
      for (const part of parts) {
        const off = outside(p, part.planes)
        if (off < least) [nearest, least] = [part, off]
        if (off === 0) break
      }
      if (least > 0 && least <= slack) nearest?.points.push(p)
    }
    return parts.flatMap(({ points }) => this.hull(points) ?? [])
  }
  /** Repeatedly merges the pair whose common hull adds the least volume, until there are at most `countMax`. */
  merged(hulls: readonly Hull[], countMax: number): Hull[] {
    const left = new Map(hulls.map((hull, i) => [i, hull]))
    const costs = new Map<
      string,
      { readonly i: number; readonly j: number; readonly hull: Hull; readonly cost: number }
    >()
    const weigh = (i: number, j: number): void => {
      const [a, b] = [left.get(i), left.get(j)]
      const hull = a && b && this.hull([...a.points, ...b.points])
      if (a && b && hull) costs.set(`${i} ${j}`, { i, j, hull, cost: hull.volume - a.volume - b.volume })
    }
    for (const i of left.keys()) for (const j of left.keys()) if (i < j) weigh(i, j)
    let next = hulls.length
    while (left.size > countMax) {
      const [best] = [...costs.values()].toSorted((a, b) => a.cost - b.cost || a.i - b.i || a.j - b.j)
      if (!best) break
      for (const [key, { i, j }] of costs) if ([i, j].some((k) => k === best.i || k === best.j)) costs.delete(key)
      left.delete(best.i)
      left.delete(best.j)
      left.set(next, best.hull)
      for (const i of left.keys()) if (i !== next) weigh(i, next)
      next++
    }
    return [...left.values()]
  }
}
