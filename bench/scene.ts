/** The standard load: avatars with 18 bones posed by motion clips, walking among 200 dynamic props. */
import {
  DEFAULT_DEFINITION,
  genesis,
  step,
  type Engine,
  type InputFrame,
  type PlacedProp,
  type PropSpec,
  type Realm,
  type RealmDefinition,
  type SimEvent,
  type StepOptions,
} from '../sim/index.ts'
import { Dice } from '../bots/bot-behaviour.ts'
import { loadClips } from '../bots/clip-files.ts'
import { fitClips, type FittedClips } from '../bots/motion-clip-player.ts'
import { SimCrowd } from '../bots/sim-crowd.ts'

export const DYNAMICS = 200
/** Half the side of the square with props, metres: the area where the avatars walk. */
const SPREAD_METRES = 12
const SEED = 7

const NOWHERE = { x: 0, y: 0, z: 0 }
const UPRIGHT = { x: 0, y: 0, z: 0, w: 1 }
const specOf = (name: string, shape: PropSpec['colliders'][number]['shape']): PropSpec => ({
  name,
  motion: 'dynamic',
  colliders: [{ shape, position: NOWHERE, rotation: UPRIGHT }],
  density: 150,
  friction: 0.6,
  restitution: 0.3,
  color: 0x888888,
})
const SPECS = [
  specOf('box', { type: 'box', halfExtents: { x: 0.2, y: 0.2, z: 0.2 } }),
  specOf('ball', { type: 'sphere', radius: 0.2 }),
  specOf('capsule', { type: 'capsule', halfHeight: 0.2, radius: 0.125 }),
]

/** Props on a jittered grid, so that none starts inside another. */
function strewn(count: number): PlacedProp[] {
  const dice = new Dice(SEED)
  const side = Math.ceil(Math.sqrt(count))
  const along = (n: number): number =>
    Math.fround(((n + 0.5 + dice.between(-0.2, 0.2)) / side - 0.5) * 2 * SPREAD_METRES)
  return SPECS.flatMap((prop, kind) =>
    Array.from({ length: count }, (_, i) => i)
      .filter((i) => i % SPECS.length === kind)
      .map((i) => ({
        prop,
        position: { x: along(i % side), y: 0.5, z: along(Math.floor(i / side)) },
        rotation: UPRIGHT,
        scale: 1,
      })),
  )
}

export function sceneDefinition(avatars: number): RealmDefinition {
  const spawn = { position: { x: 0, y: 0, z: 0 }, yaw: 0, radius: SPREAD_METRES }
  return {
    ...DEFAULT_DEFINITION,
    id: 'bench',
    name: 'Bench',
    seed: SEED,
    spawn,
    playersMax: Math.max(1, avatars),
    elementsMax: 2_000,
    props: strewn(DYNAMICS),
  }
}

export async function loadFittedClips(): Promise<FittedClips> {
  const [body] = DEFAULT_DEFINITION.bodies
  if (!body) throw new Error('the default realm has no body')
  return fitClips(await loadClips(), body)
}

export interface BenchScene {
  readonly realm: Realm
  /** The next frame with the bots' inputs, not yet stepped. */
  nextFrame(): InputFrame
  /** Passes the events of a step to the bots. */
  handleEvents(events: readonly SimEvent[]): void
  /** Steps the frame and passes its events to the bots. */
  step(frame: InputFrame, options?: StepOptions): void
}

export function scene(engine: Engine, avatars: number, clips: FittedClips): BenchScene {
  const realm = genesis(engine, sceneDefinition(avatars))
  const crowd = new SimCrowd({ count: avatars, behaviour: 'mocap', seed: SEED, clips })
  return {
    realm,
    nextFrame: () => crowd.nextFrame(realm),
    handleEvents: (events) => crowd.handleEvents(events),
    step: (frame, options) => crowd.handleEvents(step(realm, frame, options)),
  }
}
