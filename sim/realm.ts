/** Genesis and the step: the pure core. Only `step` changes a realm, and only by what is in the frame. */
import { createController, createWorld, stepWorld, type Engine } from './engine.ts'
import { addGround } from './ground.ts'
import { applyInputs } from './phases/inputs.ts'
import { stepBones } from './avatar/bones.ts'
import { stepBounds } from './phases/bounds.ts'
import { stepHolds } from './props/holds.ts'
import { stepLocomotion } from './avatar/locomotion.ts'
import { createProp, templateOf, readMotion } from './props/props.ts'
import { seedRandom } from './maths/random.ts'
import { stepUpkeep } from './phases/upkeep.ts'
import { stepPhysicsBudget } from './limits/physics-cost.ts'
import { SimulationFault, type Realm } from './state/state.ts'
import { PHASES, type InputFrame, type Phase, type RealmDefinition, type SimEvent } from './types.ts'

/** Increased whenever the same frames would give another hash than before. */
export const SIM_VERSION = 6

/** The first element ids are the plane's and the marker's. */
const FIRST_FREE_ID = 3

/**
 * A realm at tick 0: ground, marker, and the props of the definition. The definition has been parsed, so it is valid.
 */
export function genesis(engine: Engine, definition: RealmDefinition): Realm {
  const world = createWorld(definition.gravity, definition.tickRate)
  const realm: Realm = {
    engine,
    definition,
    world,
    controller: createController(world),
    random: seedRandom(definition.seed),
    tick: 0,
    nextElement: FIRST_FREE_ID,
    avatars: new Map(),
    props: new Map(),
    packages: new Map(),
    players: new Map(),
    events: [],
  }
  addGround(world, definition)
  for (const placed of definition.props) {
    const template = templateOf(realm, placed.prop)
    if (typeof template === 'string' || !createProp(realm, template, { ...placed, owner: 0, share: 0, access: 0 }))
      throw new Error(`the realm's prop "${placed.prop.name}" has no hull`)
  }
  return realm
}

export interface StepOptions {
  /** Called after each phase during the step, for phase hashes and timing. */
  onPhase?(phase: Phase): void
}

function stepPhysics(realm: Realm): void {
  stepWorld(realm.world)
  for (const prop of realm.props.values()) readMotion(prop)
}

const RUN: Record<Phase, (realm: Realm, frame: InputFrame) => void> = {
  upkeep: stepUpkeep,
  inputs: (realm, frame) => applyInputs(realm, frame.inputs),
  // Before physics, not after: the engine's state bytes do not include changes made since its last step.
  bounds: stepBounds,
  locomotion: stepLocomotion,
  bones: stepBones,
  holds: stepHolds,
  work: stepPhysicsBudget,
  physics: stepPhysics,
}

/**
 * Applies one frame; its tick follows the realm's. Returns the events. Throws SimulationFault if the engine trapped;
 * the realm is then unusable.
 */
export function step(realm: Realm, frame: InputFrame, options?: StepOptions): readonly SimEvent[] {
  if (frame.tick !== realm.tick + 1)
    throw new RangeError(`frame of tick ${frame.tick} applied to a realm at tick ${realm.tick}`)
  realm.tick = frame.tick
  realm.events = []
  try {
    for (const phase of PHASES) {
      RUN[phase](realm, frame)
      options?.onPhase?.(phase)
    }
  } catch (error) {
    if (error instanceof SimulationFault) throw error
    throw new SimulationFault(frame.tick, `the simulation trapped: ${String(error)}`, { cause: error })
  }
  return realm.events
}

/** Frees the engine's memory. The realm must not be used afterwards. */
export function free(realm: Realm): void {
  realm.controller.free()
  realm.world.free()
}
