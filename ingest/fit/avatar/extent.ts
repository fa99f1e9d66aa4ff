/** Checks an avatar's size. Each rejection states what was measured, in metres, the limit, and what to do. */
import { restHeadHeight, type AvatarBody, type Vec3 } from '../../../sim/index.ts'
import { inRange, RANGES, type RangeName } from '../../../sim/limits/ranges.ts'
import { BONE_PARENTS, BONES } from '../../../sim/types.ts'
import { Rejected, type Rejection } from '../../types.ts'
import { limitOf, rounded } from '../limit-text.ts'
import type { boundsOf } from '../surface.ts'

/** Largest side of a surface that can be sampled, metres. */
const SIDE_METRES = { min: 0.001, max: 1_000 } as const
const SCALE = 'Scale the model to metres and apply the scale (in Blender: Ctrl+A > Scale), then export again.'

const extentFault = (where: string, value: number, limit: string, message: string): Rejection => ({
  rule: 'AVATAR_EXTENT',
  where,
  value: rounded(value),
  limit,
  message,
})

/** The largest side of the surface's box, metres. Throws Rejected if nothing can be fitted to that. */
export function surfaceSide({ min, max }: ReturnType<typeof boundsOf>, triangles: number): number {
  if (triangles === 0)
    throw new Rejected(
      extentFault(
        '',
        0,
        'at least 1 triangle',
        'The avatar has no triangles, so it has no size. Export its meshes together with its armature.',
      ),
    )
  const sides = [
    ['wide', max.x - min.x],
    ['high', max.y - min.y],
    ['deep', max.z - min.z],
  ] as const
  const [way, side] = sides.reduce((most, one) => (one[1] > most[1] ? one : most))
  if (side > SIDE_METRES.min && side < SIDE_METRES.max) return side
  const limit = `${SIDE_METRES.min} to ${SIDE_METRES.max} m`
  throw new Rejected(
    extentFault(
      '',
      side,
      limit,
      `The avatar's largest side is ${rounded(side)} m ${way}; ${limit} are allowed. ${SCALE}`,
    ),
  )
}

/** The coordinate farthest from zero. */
const farthest = ({ x, y, z }: Vec3): number =>
  [x, y, z].reduce((most, c) => (Math.abs(c) <= Math.abs(most) ? most : c))

/**
 * Throws Rejected with each size of the body that a realm does not take; with the head's height only, if that is
 * wrong. `height`: of the mesh, metres.
 */
export function checkExtent(body: AvatarBody, height: number): void {
  const head = restHeadHeight(body)
  if (!inRange('headHeight', head))
    throw new Rejected(
      extentFault(
        'head',
        head,
        limitOf('headHeight'),
        `The avatar is ${rounded(height)} m high, with its head ${rounded(head)} m above the ground; a head is ${limitOf('headHeight')} above it. ${SCALE}`,
      ),
    )
  const faults: Rejection[] = []
  const check = (range: RangeName, bone: string, value: number, what: string): void => {
    const limit = RANGES[range].min < 0 ? `at most ${RANGES[range].max} m` : limitOf(range)
    if (!inRange(range, value))
      faults.push(
        extentFault(
          bone,
          Math.abs(value),
          limit,
          `${what} ${rounded(Math.abs(value))} m; ${limit} are allowed. Move the bone and its vertices nearer, or scale the model down, then export again.`,
        ),
      )
  }
  for (const [i, offset] of body.offsets.entries()) {
    const parent = BONES[BONE_PARENTS[i] ?? -1] ?? 'the point between the feet'
    const bone = BONES[i] ?? ''
    check('boneOffset', bone, farthest(offset), `Along one axis, the distance of ${bone} from ${parent} is`)
  }
  for (const { bone: i, a, b, radius } of body.capsules) {
    const bone = BONES[i] ?? ''
    for (const end of [a, b])
      check('boneOffset', bone, farthest(end), `Along one axis, the vertices of ${bone} reach from it`)
    check('boneRadius', bone, radius, `The radius of the vertices around ${bone} is`)
  }
  if (faults.length > 0) throw new Rejected(...faults)
}
