/** The lines that show a collider's shape, at scale 1 about its own origin. */
import { EdgesGeometry } from 'three'
import type { Shape } from '../../sim/types.ts'
import { facetedGeometry } from './prop-geometry.ts'

/** Sides of a circle. */
const SIDES = 24
/** Edges between faces that are nearly in one plane are left out, degrees: a mesh shows its form, not its triangles. */
const FLAT_DEGREES = 4

type Lines = number[]
const line = (lines: Lines, ...points: readonly number[]): void => void lines.push(...points)

/** Arc in the plane of two axes (0 x, 1 y, 2 z) from one angle to another, about `y` on the vertical axis. */
function arc(lines: Lines, u: number, v: number, radius: number, from: number, to: number, y: number): void {
  const sides = Math.ceil((SIDES * (to - from)) / (2 * Math.PI))
  const point = (angle: number): readonly number[] => {
    const at = [0, y, 0]
    at[u] = (at[u] ?? 0) + Math.cos(angle) * radius
    at[v] = (at[v] ?? 0) + Math.sin(angle) * radius
    return at
  }
  for (let i = 0; i < sides; i++)
    line(lines, ...point(from + ((to - from) * i) / sides), ...point(from + ((to - from) * (i + 1)) / sides))
}

const FULL = 2 * Math.PI

function sphere(radius: number): Lines {
  const lines: Lines = []
  for (const [u, v] of [
    [0, 1],
    [2, 1],
    [0, 2],
  ] as const)
    arc(lines, u, v, radius, 0, FULL, 0)
  return lines
}

/** Two rings, two half circles on each end, four lines between them. */
function capsule(halfHeight: number, radius: number): Lines {
  const lines: Lines = []
  for (const side of [1, -1]) {
    arc(lines, 0, 2, radius, 0, FULL, side * halfHeight)
    for (const u of [0, 2])
      arc(lines, u, 1, radius, side > 0 ? 0 : Math.PI, side > 0 ? Math.PI : FULL, side * halfHeight)
  }
  for (const [x, z] of [
    [radius, 0],
    [-radius, 0],
    [0, radius],
    [0, -radius],
  ] as const)
    line(lines, x, -halfHeight, z, x, halfHeight, z)
  return lines
}

function box(x: number, y: number, z: number): Lines {
  const lines: Lines = []
  const corner = (i: number): readonly number[] => [i & 1 ? x : -x, i & 2 ? y : -y, i & 4 ? z : -z]
  for (let i = 0; i < 8; i++) for (const bit of [1, 2, 4]) if (!(i & bit)) line(lines, ...corner(i), ...corner(i | bit))
  return lines
}

function faceted(shape: Extract<Shape, { type: 'convex' | 'trimesh' }>): Lines {
  const geometry = facetedGeometry(shape)
  if (!geometry.getAttribute('position')) return []
  return [...new EdgesGeometry(geometry, FLAT_DEGREES).getAttribute('position').array]
}

function draw(shape: Shape): Lines {
  switch (shape.type) {
    case 'box':
      return box(shape.halfExtents.x, shape.halfExtents.y, shape.halfExtents.z)
    case 'sphere':
      return sphere(shape.radius)
    case 'capsule':
      return capsule(shape.halfHeight, shape.radius)
    case 'convex':
    case 'trimesh':
      return faceted(shape)
  }
}

const known = new WeakMap<Shape, readonly number[]>()
/** Avatars' capsules are new objects in each frame, so their lines are cached by size. */
const capsules = new Map<string, readonly number[]>()
const CAPSULES_MAX = 1_024

/** Flat list of points; each six numbers are a line. */
export function outlineOf(shape: Shape): readonly number[] {
  if (shape.type === 'capsule') {
    const key = `${shape.halfHeight} ${shape.radius}`
    let lines = capsules.get(key)
    if (capsules.size > CAPSULES_MAX) capsules.clear()
    if (!lines) capsules.set(key, (lines = draw(shape)))
    return lines
  }
  let lines = known.get(shape)
  if (!lines) known.set(shape, (lines = draw(shape)))
  return lines
}
