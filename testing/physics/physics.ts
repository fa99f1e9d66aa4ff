/** The simulation as the properties use it. It is an argument everywhere, so that you can test a changed one. */
import { simulationOf, type Simulation } from '../../replay/index.ts'
import {
  avatars,
  compareInputs,
  props,
  type AvatarView,
  type Engine,
  type Input,
  type PropView,
  type Realm,
} from '../../sim/index.ts'

export interface Physics extends Simulation<Realm> {
  avatars(realm: Realm): readonly AvatarView[]
  props(realm: Realm): readonly PropView[]
  /** The canonical order of a frame's inputs. */
  compareInputs(a: Input, b: Input): number
}

/** The simulation of sim/ on a loaded engine. */
export const physicsOf = (engine: Engine): Physics => ({ ...simulationOf(engine), avatars, props, compareInputs })
