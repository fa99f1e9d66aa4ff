/** Headings: angles about +Y, radians; 0 looks along -Z. */
import type { Vec3 } from '../sim/index.ts'

/** The heading that looks from `a` to `b`. */
export const yawTowards = (a: Vec3, b: Vec3): number => Math.atan2(a.x - b.x, a.z - b.z)

/** The unit vector on the ground that a heading looks along. */
export const ahead = (yaw: number): Vec3 => ({ x: -Math.sin(yaw), y: 0, z: -Math.cos(yaw) })
