/**
 * Checks that a guest can spawn the fitted object at scale 1, with the simulation's own checks. Rejections have a rule,
 * the place in the file, the value and the limit for its author.
 */
import { COLLIDERS_MAX, type Collider, type PropSpec, type RejectReason, type Shape } from '../../../sim/index.ts'
import { guestSpecReason } from '../../../sim/limits/prop-limits.ts'
import { propRadius } from '../../../sim/props/extent.ts'
import { inRange, RANGES } from '../../../sim/limits/ranges.ts'
import { checkProp, checkScale } from '../../../sim/props/shapes.ts'
import { massOf, solidOf } from '../../../sim/props/solid.ts'
import { Rejected, type Rejection, type Warn } from '../../types.ts'
import { limitOf, rounded } from '../limit-text.ts'

/** The place of a collider, or of the mass, in the file. */
export interface Places {
  readonly colliders: readonly string[]
  readonly mass: string
}

function lengthsOf(shape: Shape): readonly number[] {
  switch (shape.type) {
    case 'box':
      return [shape.halfExtents.x, shape.halfExtents.y, shape.halfExtents.z]
    case 'sphere':
      return [shape.radius]
    case 'capsule':
      return [shape.radius, shape.halfHeight]
    case 'convex':
    case 'trimesh':
      return []
  }
}

function colliderFault({ shape }: Collider, where: string): Rejection | null {
  const solid = solidOf(shape)
  if (!solid) return null
  const { least, most } = solid
  if (!(least >= RANGES.scaledExtent.min)) {
    const message = `the ${shape.type} is ${rounded(2 * least)} m thick; a collider is at least ${2 * RANGES.scaledExtent.min} m thick in each direction. Make it thicker, or remove it, so that it is fitted automatically`
    return { rule: 'COLLIDER_SIZE', where, value: rounded(least), limit: limitOf('scaledExtent'), message }
  }
  const odd = lengthsOf(shape).find((x) => !inRange('shapeExtent', x))
  if (odd !== undefined || !(most <= RANGES.shapeExtent.max)) {
    const value = odd ?? most
    return {
      rule: 'COLLIDER_SIZE',
      where,
      value: rounded(value),
      limit: limitOf('shapeExtent'),
      message: `the ${shape.type} has a half width of ${rounded(value)} m; ${limitOf('shapeExtent')} are allowed. Scale it to metres`,
    }
  }
  if (inRange('slenderness', most / least)) return null
  const message = `the ${shape.type} is ${rounded(most / least)} times as long as it is thick; ${RANGES.slenderness.max} times are allowed. Make it thicker or shorter, or divide it`
  return { rule: 'COLLIDER_SLENDER', where, value: rounded(most / least), limit: RANGES.slenderness.max, message }
}

function wholeFaults(spec: PropSpec, places: Places): Rejection[] {
  const [radius, mass] = [propRadius(spec.colliders), massOf(spec, 1)]
  const faults: Rejection[] = []
  if (!inRange('scaledRadius', radius)) {
    faults.push({
      rule: 'COLLIDER_REACH',
      where: '',
      value: rounded(radius),
      limit: limitOf('scaledRadius'),
      message: `the colliders reach ${rounded(radius)} m from the object's origin; ${limitOf('scaledRadius')} are allowed. Scale the object, or move it to its origin`,
    })
  }
  if (!inRange('density', spec.density)) {
    faults.push({
      rule: 'COLLIDER_DENSITY',
      where: places.mass,
      value: rounded(spec.density),
      limit: limitOf('density'),
      message: `the mass over the colliders' volume is ${rounded(spec.density)} kg/m³; ${limitOf('density')} are allowed. Change the mass, or leave it out`,
    })
  } else if (spec.motion === 'dynamic' && !inRange('mass', mass)) {
    faults.push({
      rule: 'COLLIDER_MASS',
      where: places.mass,
      value: rounded(mass),
      limit: limitOf('mass'),
      message: `the object weighs ${rounded(mass)} kg; ${limitOf('mass')} are allowed. Change its mass or its size`,
    })
  }
  return faults
}

/** Refuses an object that cannot be spawned at scale 1. Throws Rejected. */
export function checkSpawnable(spec: PropSpec, places: Places): void {
  const count = spec.colliders.length
  if (count > COLLIDERS_MAX) {
    throw new Rejected({
      rule: 'COLLIDERS_MAX',
      where: '',
      value: count,
      limit: COLLIDERS_MAX,
      message: `the object has ${count} colliders; ${COLLIDERS_MAX} are allowed. Merge some, or remove them, so that they are fitted automatically`,
    })
  }
  const faults = spec.colliders.flatMap((collider, i) => colliderFault(collider, places.colliders[i] ?? '') ?? [])
  if (faults.length === 0) faults.push(...wholeFaults(spec, places))
  if (faults.length > 0) throw new Rejected(...faults)
  const reason = checkProp(spec) ?? checkScale(spec, 1)
  if (reason) throw invalid(spec, places, reason)
}

/** Errors without a rule above: a mesh without an area, or with coordinates beyond 100 m. */
function invalid(spec: PropSpec, places: Places, reason: RejectReason): Rejected {
  const at = spec.colliders.findIndex((collider) => checkProp({ ...spec, colliders: [collider] }) !== null)
  const message = `a collider cannot be used (${reason}): a mesh needs triangles with an area, and coordinates within ${RANGES.point.max} m`
  return new Rejected({
    rule: 'COLLIDER_INVALID',
    where: places.colliders[at] ?? '',
    value: spec.colliders[at]?.shape.type ?? reason,
    limit: null,
    message,
  })
}

/** Warns about objects that only builders (managers) can place. */
export function warnOfBuilders(spec: PropSpec, places: Places, warn: Warn): void {
  const reason = guestSpecReason(spec)
  if (!reason) return
  const triangles = spec.colliders.map(({ shape }) => (shape.type === 'trimesh' ? shape.indices.length / 3 : 0))
  const most = Math.max(...triangles)
  const why =
    reason === 'not-permitted'
      ? 'a kinematic object is moved by programs'
      : reason === 'mesh-too-large'
        ? `a static mesh has ${most} triangles; a guest may place at most ${RANGES.meshTriangles.max}. Decimate it, or name its node -convcol`
        : 'its static colliders together cost more than a guest may put into one place. Use fewer and simpler ones'
  warn({
    rule: 'BUILDERS_ONLY',
    where: places.colliders[triangles.indexOf(most)] ?? '',
    message: `only managers of a realm can place this object (${reason}): ${why}`,
  })
}
