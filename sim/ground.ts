/** The quad plane under every realm. */
import { RAPIER, type World } from './engine.ts'
import { Groups } from './props/shapes.ts'
import type { RealmDefinition } from './types.ts'

/** Thickness of the ground below its plane, metres, so that nothing thrown at it passes through. */
const GROUND_THICKNESS = 10

export function addGround(world: World, { ground }: Pick<RealmDefinition, 'ground'>): void {
  const body = world.createRigidBody(RAPIER.RigidBodyDesc.fixed())
  const slab = RAPIER.ColliderDesc.cuboid(ground.x, GROUND_THICKNESS / 2, ground.z)
  world.createCollider(slab.setTranslation(0, -GROUND_THICKNESS / 2, 0).setCollisionGroups(Groups.world), body)
}
