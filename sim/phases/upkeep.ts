/**
 * The phase before a frame's inputs. It repairs bodies whose numbers are not finite, and removes props that were left
 * behind.
 */
import { addBody } from '../avatar/avatars.ts'
import { createController, createWorld, type World } from '../engine.ts'
import { freeze } from '../props/freeze.ts'
import { releaseProp } from '../props/holds.ts'
import { addGround } from '../ground.ts'
import { expire, isLeftBehind } from '../props/left-behind.ts'
import { createBody, positionOf, readMotion, rotationOf } from '../props/props.ts'
import { SimulationFault, type Prop, type Realm } from '../state/state.ts'

/** Ticks between two checks for props that were left behind: half a second at 60 ticks a second. */
const LEFT_BEHIND_CHECK_TICKS = 30

/** Adds a prop's body to a new world with its place and velocity; a broken prop comes back at rest. */
function addProp(realm: Realm, world: World, prop: Prop): void {
  const body = createBody(world, prop, positionOf(prop), rotationOf(prop))
  if (!body) throw new SimulationFault(realm.tick, `prop ${prop.id} (${prop.spec.name}) has no hull any more`)
  prop.body = body
  const m = prop.motion
  if (prop.spec.motion === 'dynamic' && prop.frozen === null) {
    const [x, y, z, spinX, spinY, spinZ] = m.subarray(7) as unknown as [number, number, number, number, number, number]
    body.setLinvel({ x, y, z }, false)
    body.setAngvel({ x: spinX, y: spinY, z: spinZ }, false)
    if (prop.asleep) body.sleep()
  }
}

/**
 * Rebuilds the physics world from the realm's own state. Numbers that are not finite spread through contacts and the
 * engine's search trees, so nothing of the old world is kept. Contacts start from nothing, which is the same in every
 * replay.
 */
function rebuild(realm: Realm): void {
  const world = createWorld(realm.definition.gravity, realm.definition.tickRate)
  addGround(world, realm.definition)
  for (const avatar of realm.avatars.values()) addBody(world, avatar)
  for (const prop of realm.props.values()) addProp(realm, world, prop)
  realm.controller.free()
  realm.world.free()
  realm.world = world
  realm.controller = createController(world)
}

/** A broken prop is released and frozen at its last finite place until a player grabs or scales it. */
function repair(realm: Realm): void {
  const broken = [...realm.props.values()].filter((prop) => prop.broken)
  if (broken.length === 0) return
  for (const prop of broken) {
    releaseProp(realm, prop, false)
    prop.motion.fill(0, 7)
    prop.broken = false
    prop.asleep = false
    if (prop.spec.motion === 'dynamic') freeze(realm, prop, 'unstable')
  }
  rebuild(realm)
  for (const prop of broken) readMotion(prop)
}

export function stepUpkeep(realm: Realm): void {
  repair(realm)
  if (realm.definition.leftBehind.remove !== 'always' || realm.tick % LEFT_BEHIND_CHECK_TICKS !== 0) return
  for (const prop of realm.props.values()) if (isLeftBehind(realm, prop)) expire(realm, prop)
}
