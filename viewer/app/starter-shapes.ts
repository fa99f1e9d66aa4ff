/** The shapes that the toolbar makes. */
import type { PropSpec, Quat, Shape, Vec3 } from '../../sim/types.ts'

/** Half the width of a gem at its girdle, metres. */
const GEM = 0.3

/** A cut gem: a point below, a girdle of eight, a table of eight. */
function gemPoints(): number[] {
  const out: number[] = [0, -GEM, 0]
  for (let i = 0; i < 8; i++) {
    const angle = (i / 8) * 2 * Math.PI
    const half = angle + Math.PI / 8
    out.push(GEM * Math.cos(angle), GEM * 0.18, GEM * Math.sin(angle))
    out.push(GEM * 0.6 * Math.cos(half), GEM * 0.58, GEM * 0.6 * Math.sin(half))
  }
  return out.map(Math.fround)
}

const spec = (name: string, color: number, shape: Shape, restitution: number): PropSpec => ({
  name,
  motion: 'dynamic',
  colliders: [{ shape, position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } }],
  density: 300,
  friction: Math.fround(0.7),
  restitution: Math.fround(restitution),
  color,
})

const half = Math.fround(0.25)

/** In the toolbar's order, keys 1 to 4. Every number is a 32-bit float. */
export const SHAPES: readonly PropSpec[] = [
  spec('box', 0xf0a35a, { type: 'box', halfExtents: { x: half, y: half, z: half } }, 0.15),
  spec('ball', 0xea6a78, { type: 'sphere', radius: half }, 0.65),
  spec('capsule', 0x3fb3a2, { type: 'capsule', halfHeight: Math.fround(0.22), radius: Math.fround(0.17) }, 0.2),
  spec('gem', 0x8c7bea, { type: 'convex', points: gemPoints() }, 0.25),
]

/** The place in front of a player at `feet` who looks along `yaw`: at arm's length, chest height. */
export function spawnPlace(feet: Vec3, yaw: number): { readonly position: Vec3; readonly rotation: Quat } {
  const metres = 1.5
  return {
    position: {
      x: Math.fround(feet.x - Math.sin(yaw) * metres),
      y: Math.fround(feet.y + 1.25),
      z: Math.fround(feet.z - Math.cos(yaw) * metres),
    },
    rotation: { x: 0, y: Math.fround(Math.sin(yaw / 2)), z: 0, w: Math.fround(Math.cos(yaw / 2)) },
  }
}
