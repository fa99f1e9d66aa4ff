/** Spawns that once ended a realm, and similar ones: two props of the smallest and the largest sizes that touch. */
import type { Command, Motion, PropSpec, Quat, Shape, Vec3 } from '../../../sim/index.ts'

const { fround } = Math
const AT: Vec3 = { x: 0, y: 0, z: 0 }
const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }

export const single = (motion: Motion, shape: Shape, changes: Partial<PropSpec> = {}, offset = AT): PropSpec => ({
  name: 'x',
  motion,
  colliders: [{ shape, position: offset, rotation: IDENTITY }],
  density: 250,
  friction: 0.5,
  restitution: 0.1,
  color: 1,
  ...changes,
})

export const spawnOf = (prop: PropSpec, position: Vec3, scale = 1, rotation: Quat = IDENTITY): Command => ({
  type: 'spawn',
  prop,
  position,
  rotation,
  scale: fround(scale),
  access: 0,
  owner: 0,
})

const at = (x: number, y: number, z: number): Vec3 => ({ x: fround(x), y: fround(y), z: fround(z) })
const turn = (x: number, y: number, z: number, w: number): Quat => ({
  x: fround(x),
  y: fround(y),
  z: fround(z),
  w: fround(w),
})
const capsule = (radius: number, halfHeight: number): Shape => ({
  type: 'capsule',
  radius: fround(radius),
  halfHeight: fround(halfHeight),
})
const sphere = (radius: number): Shape => ({ type: 'sphere', radius: fround(radius) })

/** Cases by name: the first spawn, and the second one some ticks later. */
export const PAIRS: Readonly<Record<string, readonly [Command, Command]>> = {
  'pair-a': [
    spawnOf(single('kinematic', capsule(99, 1e-4), { friction: 0, restitution: 1 }), at(64, 64, -64), 0.05),
    spawnOf(
      single(
        'dynamic',
        capsule(1e-4, 20),
        { density: fround(0.001_000_000_05), restitution: 1 },
        at(0.407_773_17, 0.109_096_71, -0.369_489_998),
      ),
      at(64, 64, -64),
      0.05,
      turn(-0.144_469_544, -0.661_139_071, 0.478_990_495, -0.559_099_078),
    ),
  ],
  'pair-b': [
    spawnOf(
      single('kinematic', capsule(1, 1), { density: fround(0.1), restitution: 0 }),
      at(0.391_749_92, 2.317_160_61, 0.299_595_416),
      20,
    ),
    spawnOf(
      single(
        'dynamic',
        sphere(1.000_000_01e-7),
        { density: fround(0.1), friction: 10, restitution: 0.5 },
        at(17.185_863_5, -46.445_781_7, -40.826_278_7),
      ),
      at(0.391_749_92, 2.317_160_61, 0.299_595_416),
      0.05,
    ),
  ],
  smallest: [
    spawnOf(single('kinematic', capsule(0.5, 0.2)), at(3, 0.5, 3)),
    spawnOf(single('dynamic', sphere(1e-7), { density: fround(0.1) }, at(0.1, 0, 0)), at(3, 3, 3)),
  ],
}
