/** Finds the nearest point of a mesh. */
import { add, dot, scaled, sub } from '../../sim/maths/maths.ts'
import type { Vec3 } from '../../sim/index.ts'

/**
 * The nearest point of a triangle, by the region of its plane into which p projects (Ericson 2005, "Real-Time Collision
 * Detection", 5.1.5).
 */
function onTriangle(p: Vec3, a: Vec3, b: Vec3, c: Vec3): Vec3 {
  const [ab, ac, ap] = [sub(b, a), sub(c, a), sub(p, a)]
  const [d1, d2] = [dot(ab, ap), dot(ac, ap)]
  if (d1 <= 0 && d2 <= 0) return a
  const bp = sub(p, b)
  const [d3, d4] = [dot(ab, bp), dot(ac, bp)]
  if (d3 >= 0 && d4 <= d3) return b
  const cp = sub(p, c)
  const [d5, d6] = [dot(ab, cp), dot(ac, cp)]
  if (d6 >= 0 && d5 <= d6) return c
  const vc = d1 * d4 - d3 * d2
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return add(a, scaled(ab, d1 - d3 > 0 ? d1 / (d1 - d3) : 0))
  const vb = d5 * d2 - d1 * d6
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return add(a, scaled(ac, d2 - d6 > 0 ? d2 / (d2 - d6) : 0))
  const va = d3 * d6 - d5 * d4
  const along = d4 - d3 + d5 - d6
  if (va <= 0 && d4 >= d3 && d5 >= d6) return add(b, scaled(sub(c, b), along > 0 ? (d4 - d3) / along : 0))
  const sum = va + vb + vc
  return sum > 0 ? add(a, add(scaled(ab, vb / sum), scaled(ac, vc / sum))) : a
}

/** The nearest point of a mesh within `reach` metres of p, or null. */
export function nearestWithin(
  p: Vec3,
  reach: number,
  points: readonly Vec3[],
  triangles: readonly number[],
): Vec3 | null {
  let [nearest, least]: [Vec3 | null, number] = [null, reach * reach]
  for (let i = 0; i + 2 < triangles.length; i += 3) {
    const [a, b, c] = [points[triangles[i] ?? 0], points[triangles[i + 1] ?? 0], points[triangles[i + 2] ?? 0]]
    if (!a || !b || !c) continue
    if (Math.min(a.x, b.x, c.x) > p.x + reach || Math.max(a.x, b.x, c.x) < p.x - reach) continue
    if (Math.min(a.y, b.y, c.y) > p.y + reach || Math.max(a.y, b.y, c.y) < p.y - reach) continue
    if (Math.min(a.z, b.z, c.z) > p.z + reach || Math.max(a.z, b.z, c.z) < p.z - reach) continue
    const at = onTriangle(p, a, b, c)
    const d = sub(at, p)
    const square = dot(d, d)
    if (square <= least) [nearest, least] = [at, square]
  }
  return nearest
}
