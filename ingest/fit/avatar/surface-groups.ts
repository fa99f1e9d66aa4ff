/** Assigns parts of a surface to capsules: by humanoid bone, or else by joint. */
import type { Node } from '@gltf-transform/core'
import { distance, length, cross, sub } from '../../../sim/maths/maths.ts'
import { BONES } from '../../../sim/types.ts'
import type { Vec3 } from '../../../sim/index.ts'
import { frameOf } from '../node-frame.ts'
import type { Surface } from '../surface.ts'

export interface Group {
  /** Humanoid bone, or the joint's name. */
  readonly bone: string
  readonly node: Node
  readonly points: Vec3[]
  /** Area that each point represents, m². */
  readonly weights: number[]
  /** Direction of the bone from its node's origin, scene space; null if it ends or branches. */
  readonly tip: Vec3 | null
}

/** A sample that represents an area of the surface, and the node that carries it. */
export interface SurfaceSample {
  readonly point: Vec3
  readonly weight: number
  readonly carrier: Node
}

/** Largest number of parts of a triangle's edge: limits the samples of a very long triangle. */
const PARTS_MAX = 24

/** Merges samples of one carrier within a grid cell, so that a dense mesh has no more samples than a coarse one. */
class Gathered {
  readonly #cells = new Map<number, { x: number; y: number; z: number; weight: number; readonly carrier: Node }>()
  readonly #carriers = new Map<Node, number>()
  readonly #origin: Vec3
  readonly #cell: number

  constructor(origin: Vec3, cell: number) {
    this.#origin = origin
    this.#cell = cell
  }
  /** A mesh lies within 1024 cells of its first point and has fewer than 4096 carriers, so the key is exact. */
  #key({ x, y, z }: Vec3, carrier: Node): number {
    const at = (d: number): number => Math.floor(d / this.#cell) + 1024
    const index = this.#carriers.get(carrier) ?? this.#carriers.size
    this.#carriers.set(carrier, index)
    return ((at(x - this.#origin.x) * 2048 + at(y - this.#origin.y)) * 2048 + at(z - this.#origin.z)) * 4096 + index
  }
  put(p: Vec3, weight: number, carrier: Node): void {
    const key = this.#key(p, carrier)
    const sum = this.#cells.get(key) ?? { x: 0, y: 0, z: 0, weight: 0, carrier }
    sum.x += p.x * weight
    sum.y += p.y * weight
    sum.z += p.z * weight
    sum.weight += weight
    this.#cells.set(key, sum)
  }
  samples(): SurfaceSample[] {
    return [...this.#cells.values()].map(({ x, y, z, weight, carrier }) => ({
      point: { x: x / weight, y: y / weight, z: z / weight },
      weight,
      carrier,
    }))
  }
}

/** Samples the surface at `spacing` or closer, so that large triangles count by their area. */
export function samplesOf({ points, carriers, triangles }: Surface, spacing: number): SurfaceSample[] {
  const gathered = new Gathered(points[0] ?? { x: 0, y: 0, z: 0 }, spacing / 2)
  for (let t = 0; t + 2 < triangles.length; t += 3) {
    const [ia = 0, ib = 0, ic = 0] = triangles.slice(t, t + 3)
    const [a, b, c] = [points[ia], points[ib], points[ic]]
    const [ca, cb, cc] = [carriers[ia], carriers[ib], carriers[ic]]
    if (!a || !b || !c || !ca || !cb || !cc) continue
    const area = length(cross(sub(b, a), sub(c, a))) / 2
    if (!(area > 0)) continue
    const n = Math.min(
      PARTS_MAX,
      Math.max(1, Math.ceil(Math.max(distance(a, b), distance(b, c), distance(c, a)) / spacing)),
    )
    const put = (u: number, v: number): void => {
      const w = 1 - u - v
      const point = { x: w * a.x + u * b.x + v * c.x, y: w * a.y + u * b.y + v * c.y, z: w * a.z + u * b.z + v * c.z }
      gathered.put(point, area / (n * n), w >= u && w >= v ? ca : u >= v ? cb : cc)
    }
    // The centres of n² smaller triangles. A single triangle is sampled at its corners, because they matter there.
    if (n === 1) {
      gathered.put(a, area / 3, ca)
      gathered.put(b, area / 3, cb)
      gathered.put(c, area / 3, cc)
    } else
      for (let i = 0; i < n; i++)
        for (let j = 0; i + j < n; j++) {
          put((i + 1 / 3) / n, (j + 1 / 3) / n)
          if (i + j + 1 < n) put((i + 2 / 3) / n, (j + 2 / 3) / n)
        }
  }
  return gathered.samples()
}

/** The bone that each bone points to: the first of these that exists. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  hips: ['spine'],
  spine: ['chest', 'upperChest', 'neck', 'head'],
  chest: ['upperChest', 'neck', 'head'],
  upperChest: ['neck', 'head'],
  neck: ['head'],
  ...Object.fromEntries(
    (['left', 'right'] as const).flatMap((s) => [
      [`${s}UpperArm`, [`${s}LowerArm`]],
      [`${s}LowerArm`, [`${s}Hand`]],
      [`${s}Hand`, [`${s}MiddleProximal`, `${s}IndexProximal`]],
      [`${s}UpperLeg`, [`${s}LowerLeg`]],
      [`${s}LowerLeg`, [`${s}Foot`]],
      [`${s}Foot`, [`${s}Toes`]],
    ]),
  ),
}

/** Caches a node's result: there are many samples and few nodes, and a document is slow to find a node's parent. */
function remembered<T>(of: (node: Node) => T): (node: Node) => T {
  const known = new Map<Node, T>()
  return (node) => {
    const found = known.get(node)
    if (found !== undefined) return found
    const made = of(node)
    known.set(node, made)
    return made
  }
}

const nearestOf = (known: ReadonlyMap<Node, number>, node: Node): number | undefined => {
  for (let n: Node | null = node; n; n = n.getParentNode()) {
    const found = known.get(n)
    if (found !== undefined) return found
  }
  return undefined
}

function add(group: Group | undefined, { point, weight }: SurfaceSample): void {
  group?.points.push(point)
  group?.weights.push(weight)
}

/**
 * Groups by the 18 humanoid bones. The surface of other joints goes to the nearest humanoid ancestor, and the rest to
 * the hips.
 */
export function humanoidGroups(samples: readonly SurfaceSample[], humanoid: ReadonlyMap<string, Node>): Group[] {
  const groups = BONES.flatMap((bone): Group[] => {
    const node = humanoid.get(bone)
    const next = NEXT[bone]?.map((name) => humanoid.get(name)).find((n) => n !== undefined)
    return node ? [{ bone, node, points: [], weights: [], tip: next ? frameOf(next).position : null }] : []
  })
  const byNode = new Map(groups.map(({ node }, i) => [node, i]))
  const groupOf = remembered((carrier) => groups[nearestOf(byNode, carrier) ?? 0])
  for (const sample of samples) add(groupOf(sample.carrier), sample)
  return groups.filter(({ points }) => points.length > 0)
}

/** A joint with less than this share of the surface is merged into its parent. */
const SHARE_MIN = 0.015

const areaOf = ({ weights }: Group): number => weights.reduce((sum, w) => sum + w, 0)

/** Groups by joint. Small joints are merged into their ancestors, and more until there are at most `countMax`. */
export function jointGroups(samples: readonly SurfaceSample[], joints: ReadonlySet<Node>, countMax: number): Group[] {
  const groups = new Map<Node, Group>()
  const groupOf = remembered((node): Group => {
    const below = node.listChildren().filter((child) => joints.has(child))
    const [only] = below
    const made: Group = {
      bone: node.getName(),
      node,
      points: [],
      weights: [],
      tip: only && below.length === 1 ? frameOf(only).position : null,
    }
    groups.set(node, made)
    return made
  })
  const carrierOf = remembered((node): Node => {
    for (let n: Node | null = node; n; n = n.getParentNode()) if (joints.has(n)) return n
    return node
  })
  for (const sample of samples) add(groupOf(carrierOf(sample.carrier)), sample)
  const total = [...groups.values()].reduce((sum, group) => sum + areaOf(group), 0)
  for (;;) {
    const [smallest] = [...groups.values()].toSorted((a, b) => areaOf(a) - areaOf(b))
    if (!smallest || groups.size === 1 || (groups.size <= countMax && areaOf(smallest) >= SHARE_MIN * total)) break
    let above = smallest.node.getParentNode()
    while (above && !groups.has(above)) above = above.getParentNode()
    const into = (above && groups.get(above)) ?? [...groups.values()].find((group) => group !== smallest)
    groups.delete(smallest.node)
    if (into) {
      for (const p of smallest.points) into.points.push(p)
      for (const w of smallest.weights) into.weights.push(w)
    }
  }
  return [...groups.values()]
}
