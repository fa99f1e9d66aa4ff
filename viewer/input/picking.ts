/** Finds what a ray hits first: exact for round shapes and boxes, by triangles for hulls and meshes. Pure. */
import { add, conjugate, dot, multiply, rotate, scaled, sub } from '../../sim/maths/maths.ts'
import type { Shape, Vec3 } from '../../sim/types.ts'
import { Ray, Vector3 } from 'three'
import { GeometryCache, type FacetedShape } from '../render/prop-geometry.ts'
import type { ShownProp } from '../app/world.ts'

/** `direction` has length 1. */
export interface PointerRay {
  readonly origin: Vec3
  readonly direction: Vec3
}

export interface Hit {
  readonly prop: ShownProp
  readonly point: Vec3
  /** From the ray's origin, metres. */
  readonly distance: number
}

const geometries = new GeometryCache()

/** Distance along the ray to a sphere about the origin; Infinity if it misses or starts inside. */
function toSphere({ origin, direction }: PointerRay, centre: Vec3, radius: number): number {
  const from = sub(origin, centre)
  const b = dot(from, direction)
  const root = b * b - dot(from, from) + radius * radius
  if (root < 0) return Infinity
  const t = -b - Math.sqrt(root)
  return t >= 0 ? t : Infinity
}

function toBox({ origin, direction }: PointerRay, half: Vec3): number {
  let [near, far] = [-Infinity, Infinity]
  for (const axis of ['x', 'y', 'z'] as const) {
    const [d, o, h] = [direction[axis], origin[axis], half[axis]]
    if (Math.abs(d) < 1e-9) {
      if (Math.abs(o) > h) return Infinity
      continue
    }
    const [a, b] = [(-h - o) / d, (h - o) / d]
    near = Math.max(near, Math.min(a, b))
    far = Math.min(far, Math.max(a, b))
  }
  return near <= far && near >= 0 ? near : Infinity
}

/** A capsule along Y: the cylinder between the ends, or the nearer end's sphere. */
function toCapsule(ray: PointerRay, half: number, radius: number): number {
  const { origin: o, direction: d } = ray
  const a = d.x * d.x + d.z * d.z
  const b = o.x * d.x + o.z * d.z
  const root = b * b - a * (o.x * o.x + o.z * o.z - radius * radius)
  if (a > 1e-12 && root >= 0) {
    const t = (-b - Math.sqrt(root)) / a
    if (t >= 0 && Math.abs(o.y + d.y * t) <= half) return t
  }
  return Math.min(toSphere(ray, { x: 0, y: half, z: 0 }, radius), toSphere(ray, { x: 0, y: -half, z: 0 }, radius))
}

function toTriangles({ origin, direction }: PointerRay, shape: FacetedShape): number {
  const position = geometries.get(shape).getAttribute('position')
  if (!position) return Infinity
  const ray = new Ray(new Vector3(origin.x, origin.y, origin.z), new Vector3(direction.x, direction.y, direction.z))
  const [a, b, c, at] = [new Vector3(), new Vector3(), new Vector3(), new Vector3()]
  let nearest = Infinity
  for (let i = 0; i + 2 < position.count; i += 3) {
    a.fromBufferAttribute(position, i)
    b.fromBufferAttribute(position, i + 1)
    c.fromBufferAttribute(position, i + 2)
    if (ray.intersectTriangle(a, b, c, false, at)) nearest = Math.min(nearest, at.distanceTo(ray.origin))
  }
  return nearest
}

/** Distance at which a ray in the shape's own space hits it, in that space's units; Infinity if it misses. */
export function rayToShape(ray: PointerRay, shape: Shape): number {
  switch (shape.type) {
    case 'sphere':
      return toSphere(ray, { x: 0, y: 0, z: 0 }, shape.radius)
    case 'box':
      return toBox(ray, shape.halfExtents)
    case 'capsule':
      return toCapsule(ray, shape.halfHeight, shape.radius)
    case 'convex':
    case 'trimesh':
      return toTriangles(ray, shape)
  }
}

/** Distance at which the ray hits the prop, metres. */
export function rayToProp(ray: PointerRay, prop: ShownProp): number {
  let nearest = Infinity
  for (const collider of prop.spec.colliders) {
    const position = add(prop.position, rotate(prop.rotation, scaled(collider.position, prop.scale)))
    const back = conjugate(multiply(prop.rotation, collider.rotation))
    const local = {
      origin: scaled(rotate(back, sub(ray.origin, position)), 1 / prop.scale),
      direction: rotate(back, ray.direction),
    }
    nearest = Math.min(nearest, rayToShape(local, collider.shape) * prop.scale)
  }
  return nearest
}

/** The first prop that the ray hits. */
export function pick(ray: PointerRay, props: readonly ShownProp[]): Hit | null {
  let best: { prop: ShownProp; distance: number } | null = null
  for (const prop of props) {
    const distance = rayToProp(ray, prop)
    if (distance < (best?.distance ?? Infinity)) best = { prop, distance }
  }
  return best && { ...best, point: add(ray.origin, scaled(ray.direction, best.distance)) }
}

/** How far from the view's middle a prop may be for a key to grab it: cosine of 40 degrees. */
const CONE = 0.766

/** Factor by which a prop in the middle of the view counts as nearer. */
const MIDDLE_BONUS = 0.6

/** The prop that a key grabs: movable, within reach of `head`, nearest to the player and to the middle of the view. */
export function pickForKey(ray: PointerRay, head: Vec3, reach: number, props: readonly ShownProp[]): Hit | null {
  const movable = props.filter(({ spec }) => spec.motion !== 'static')
  const middle = pick(ray, movable)
  let best: { prop: ShownProp; cost: number } | null = null
  for (const prop of movable) {
    const away = length(sub(prop.position, head))
    const seen = sub(prop.position, ray.origin)
    const straight = dot(seen, ray.direction) / Math.max(1e-6, length(seen))
    if (away > reach || straight < CONE) continue
    const cost = away * (2.2 - straight) * (prop.element === middle?.prop.element ? MIDDLE_BONUS : 1)
    if (cost < (best?.cost ?? Infinity)) best = { prop, cost }
  }
  if (middle && best?.prop.element === middle.prop.element) return middle
  return best && { prop: best.prop, point: best.prop.position, distance: length(sub(best.prop.position, ray.origin)) }
}

const length = (v: Vec3): number => Math.hypot(v.x, v.y, v.z)
